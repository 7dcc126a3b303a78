// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate quantile`: a quantile of a stream by Robbins and Monro, averaged or not.
#include "credence/approximate_common.hpp"

#include <fmt/format.h>

#include <cmath>

namespace credence::app {
namespace {

struct options {
  std::string input = "-";
  double probability = 0.5, start = 0.0, gain = 1.0, exponent = 0.7, level = 0.95;
  bool average = true;
};

document run(const options& given, session& now) {
  if (!(given.probability > 0.0 && given.probability < 1.0)) {
    throw usage_error(
        fmt::format("approximate quantile: --probability is {}, but must be between 0 and 1", given.probability));
  }
  running_quantile quantile(given.probability, given.start,
                            checked_gain("approximate quantile", given.gain, given.exponent));
  read_number_stream(given.input, [&](double x) { quantile.add(x); });
  if (quantile.steps() == 0) throw domain_error("approximate quantile: there is no number in the input");
  const interval_estimate result = quantile.interval(given.average, given.level);
  if (!std::isfinite(result.std_error[0])) {
    now.warn("the standard error is unknown: too few numbers near the quantile, or --gain too small for them");
  }
  return interval_document(result);
}

void declare(CLI::App& app, options& given) {
  app.add_option("input", given.input, "one number a line; - is standard input")->option_text("FILE");
  app.add_option("--probability", given.probability, "which quantile")->option_text("P");
  app.add_option("--start", given.start, "where to begin")->option_text("X");
  app.add_option("--gain", given.gain, "a of the steps a n^-b")->check(positive())->option_text("A");
  app.add_option("--gain-exponent", given.exponent, "b of the steps a n^-b")->option_text("B");
  app.add_flag("--average,!--no-average", given.average, "report the mean of all iterates (default), or the last one");
  app.add_option("--level", given.level, "of the interval")->check(between_0_and_1())->option_text("P");
}

}  // namespace

void add_approximate_quantile(program& all) {
  all.add({.name = "approximate quantile",
           .summary = "quantile of a stream of numbers with its interval, by stochastic approximation",
           .example = "seq 1 1000 | shuf | credence approximate quantile --probability 0.9 --start 500 --gain 500",
           .csv = true},
          declare, run);
}

}  // namespace credence::app
