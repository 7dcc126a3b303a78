// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate kiefer-wolfowitz` and `spsa`: the minimum of a named function seen with noise.
#include "credence/approximate_common.hpp"

#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

namespace credence::app {
namespace {

struct options {
  std::int64_t steps = 5000;
  double noise = 0.5, gain = 0.5, width = 1.0, level = 0.95;
};

void declare_all(CLI::App& app, options& given) {
  app.add_option("--steps", given.steps, "how many, two values each")
      ->check(between(32, 1'000'000'000))
      ->option_text("N");
  app.add_option("--noise", given.noise, "standard deviation of every value")->check(non_negative())->option_text("S");
  app.add_option("--gain", given.gain, "a of the gains")->check(positive())->option_text("A");
  app.add_option("--width", given.width, "c of the gains")->check(positive())->option_text("C");
  app.add_option("--level", given.level, "of the interval")->check(between_0_and_1())->option_text("P");
}

document describe(const averaged_iterates& path, const options& given, const json& exact, const json& last) {
  document shown = interval_document(path.batch_means(given.level));
  shown.data["exact"] = exact;
  shown.data["last"] = last;
  shown.notes.push_back("the minimum lies at " + to_json_text(exact) + "; the interval is of batch means");
  return shown;
}

document one_dimension(const options& given, session& now) {
  const rng_key key = rng_key{now.seed, 0}.split(purpose::data_simulation);
  std::uint64_t looks = 0;
  const auto f = [&](double x) { return (x - 2.0) * (x - 2.0) + given.noise * random::normal<double>(key, looks++); };
  averaged_iterates path(1);
  const double last =
      kiefer_wolfowitz(f, 0.0, {harmonic_steps(given.gain), polynomial_steps(given.width, 0.25)}, given.steps, &path);
  return describe(path, given, 2.0, last);
}

document two_dimensions(const options& given, session& now) {
  const rng_key key = rng_key{now.seed, 0}.split(purpose::data_simulation);
  const rng_key signs = rng_key{now.seed, 0}.split(purpose::proposal);
  std::uint64_t looks = 0;
  const auto f = [&](const std::vector<double>& w) {
    return 5.0 * w[0] * w[0] + 0.5 * w[1] * w[1] + w[0] * w[1] - w[0] +
           given.noise * random::normal<double>(key, looks++);
  };
  const auto sign = [&](std::int64_t n, std::int64_t i) {
    return random::uniform<double>(signs, static_cast<std::uint64_t>(2 * n + i)) < 0.5 ? 1.0 : -1.0;
  };
  averaged_iterates path(2);
  const std::vector<double> last =
      spsa(f, {1.0, -2.0}, spall_gains(0.1 * given.gain, given.width, 0.1 * static_cast<double>(given.steps)),
           given.steps, sign, &path);
  return describe(path, given, {1.0 / 9.0, -1.0 / 9.0}, last);
}

}  // namespace

void add_approximate_minimum(program& all) {
  all.add({.name = "approximate kiefer-wolfowitz",
           .summary = "minimum of (x - 2)^2 seen with noise, by differences",
           .example = "credence approximate kiefer-wolfowitz --steps 10000 --seed 1",
           .csv = true,
           .random = true},
          declare_all, one_dimension);
  all.add({.name = "approximate spsa",
           .summary = "minimum of 5x^2 + y^2/2 + xy - x seen with noise, by two values a step",
           .example = "credence approximate spsa --steps 20000 --seed 1",
           .csv = true,
           .random = true},
          declare_all, two_dimensions);
}

}  // namespace credence::app
