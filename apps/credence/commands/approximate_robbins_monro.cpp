// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate robbins-monro`: the root of a named function seen with noise, with a known answer beside it.
#include "credence/approximate_common.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

namespace credence::app {
namespace {

struct options {
  std::string problem = "normal-median";
  std::int64_t steps = 10000;
  double start = 0.0, gain = 2.0, exponent = 0.7, level = 0.95;
};

/// What is seen at theta: a function of the key and the step.
double seen(const std::string& problem, double theta, rng_key key, std::uint64_t step) {
  if (problem == "normal-median") return (random::normal<double>(key, step) <= theta ? 1.0 : 0.0) - 0.5;
  if (problem == "line") return 2.0 * (theta - 3.0) + random::normal<double>(key, step);
  // dose: half of the animals die at a logit of 0.8466 + 7.7488 x (the bioassay of Gelman et al., 3.7).
  const double rate = 1.0 / (1.0 + math::exp(-(0.8465802 + 7.7488172 * theta)));
  return (random::uniform<double>(key, step) < rate ? 1.0 : 0.0) - 0.5;
}
double root_of(const std::string& problem) {
  if (problem == "line") return 3.0;
  return problem == "dose" ? -0.8465802 / 7.7488172 : 0.0;
}

document run(const options& given, session& now) {
  robbins_monro root(given.start, checked_gain("approximate robbins-monro", given.gain, given.exponent));
  averaged_iterates path(1);
  const rng_key key = rng_key{now.seed, 0}.split(purpose::data_simulation);
  for (std::int64_t n = 0; n < given.steps; ++n) {
    root.add(seen(given.problem, root.theta(), key, static_cast<std::uint64_t>(n)));
    const double theta = root.theta();
    path.add({&theta, 1});
  }
  document shown = interval_document(path.batch_means(given.level));
  shown.data["problem"] = given.problem;
  shown.data["exact"] = root_of(given.problem);
  shown.data["last"] = root.theta();
  shown.notes.push_back("the root is " + to_json_text(root_of(given.problem)) + "; the interval is of batch means");
  return shown;
}

void declare(CLI::App& app, options& given) {
  app.add_option("--problem", given.problem, "normal-median, line or dose")
      ->check(CLI::IsMember({"normal-median", "line", "dose"}))
      ->option_text("NAME");
  app.add_option("--steps", given.steps, "how many")->check(between(32, 1'000'000'000))->option_text("N");
  app.add_option("--start", given.start, "where to begin")->option_text("X");
  app.add_option("--gain", given.gain, "a of the steps a n^-b")->check(positive())->option_text("A");
  app.add_option("--gain-exponent", given.exponent, "b of the steps a n^-b")->option_text("B");
  app.add_option("--level", given.level, "of the interval")->check(between_0_and_1())->option_text("P");
}

}  // namespace

void add_approximate_robbins_monro(program& all) {
  all.add({.name = "approximate robbins-monro",
           .summary = "root of a named noisy function, averaged, with its interval and the exact root",
           .example = "credence approximate robbins-monro --problem dose --steps 20000 --seed 1",
           .csv = true,
           .random = true},
          declare, run);
}

}  // namespace credence::app
