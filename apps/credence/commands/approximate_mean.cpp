// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate mean`: the mean of a stream, by steps of 1/n.
#include "credence/approximate_common.hpp"

namespace credence::app {
namespace {

struct options {
  std::string input = "-";
  double level = 0.95;
};

document run(const options& given, session& now) {
  running_mean mean;
  read_number_stream(given.input, [&](double x) { mean.add(x); });
  if (mean.steps() == 0) throw domain_error("approximate mean: there is no number in the input");
  document shown = interval_document(mean.interval(given.level));
  if (mean.steps() == 1) now.warn("one number has no standard error");
  shown.data["variance"] = mean.variance();
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("input", given.input, "one number a line; - is standard input")->option_text("FILE");
  app.add_option("--level", given.level, "of the interval")->check(between_0_and_1())->option_text("P");
}

}  // namespace

void add_approximate_mean(program& all) {
  all.add({.name = "approximate mean",
           .summary = "mean of a stream of numbers with its interval, w -= (w - x) / n",
           .example = "seq 1 100 | credence approximate mean",
           .csv = true},
          declare, run);
}

}  // namespace credence::app
