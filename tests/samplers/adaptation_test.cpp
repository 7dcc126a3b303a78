// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/random/normal.hpp"
#include "credence/samplers/dual_averaging.hpp"
#include "credence/samplers/windowed_adaptation.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;

TEST_CASE("windows: end where Stan ends them", "[samplers][adaptation]") {
  using ends = std::vector<std::int64_t>;
  const windowed_adaptation::options opt;
  CHECK(windowed_adaptation::plan(opt, 1000).window_ends == ends{99, 149, 249, 449, 949});
  CHECK(windowed_adaptation::plan(opt, 500).window_ends == ends{99, 149, 249, 449});
  CHECK(windowed_adaptation::plan(opt, 400).window_ends == ends{99, 149, 349});
  CHECK(windowed_adaptation::plan(opt, 150).window_ends == ends{99});
  const auto shorter = windowed_adaptation::plan(opt, 100);  // 15, 75 and 10 per cent
  CHECK(shorter.start == 15);
  CHECK(shorter.window_ends == ends{89});
  CHECK(windowed_adaptation::plan(opt, 20).window_ends == ends{17});
  CHECK(windowed_adaptation::plan(opt, 19).window_ends.empty());
  CHECK(windowed_adaptation::plan(opt, 0).window_ends.empty());
  CHECK_THROWS_AS(windowed_adaptation::plan(opt, -1), domain_error);
}

TEST_CASE("dual averaging: first steps by hand", "[samplers][adaptation]") {
  const dual_averaging::options opt;
  auto now = dual_averaging::init(0.5);
  // t = 1: error (0.8 - 0.6) / 11, log step = log 5 - error / 0.05, average weight 1
  const double first = dual_averaging::update(opt, now, 0.6);
  const double error = 0.2 / 11.0, log_first = std::log(5.0) - error / 0.05;
  CHECK_THAT(first, WithinRel(std::exp(log_first), 1e-14));
  CHECK_THAT(dual_averaging::final(now), WithinRel(first, 1e-14));
  // t = 2: a rate that is not a number counts as 0
  const double second = dual_averaging::update(opt, now, std::nan(""));
  const double error_2 = error * 11.0 / 12.0 + 0.8 / 12.0, log_second = std::log(5.0) - error_2 * std::sqrt(2.0) / 0.05;
  CHECK_THAT(second, WithinRel(std::exp(log_second), 1e-13));
  const double weight = std::pow(2.0, -0.75);
  CHECK_THAT(dual_averaging::final(now), WithinRel(std::exp(weight * log_second + (1 - weight) * log_first), 1e-13));
}

TEST_CASE("dual averaging: reaches the target rate", "[samplers][adaptation]") {
  // An acceptance rate that falls with the step size: exp(-step), so the answer is -log(target).
  const double target = GENERATE(0.6, 0.8, 0.95);
  auto now = dual_averaging::init(3.0);
  double step = 3.0;
  for (int i = 0; i < 5000; ++i) step = dual_averaging::update({.target_acceptance = target}, now, std::exp(-step));
  // The pull towards ten times the first step fades like 1 / sqrt(iterations).
  CHECK_THAT(std::exp(-dual_averaging::final(now)), WithinAbs(target, 0.005));
}

TEST_CASE("windowed adaptation: the metric is the shrunken variance of the last window", "[samplers][adaptation]") {
  const windowed_adaptation::options opt;
  auto now = windowed_adaptation::init(opt, 1000, 2, 1.0, metric{});
  std::vector<double> last_window;
  int changes = 0;
  for (int i = 0; i < 1000; ++i) {
    const double x = 3.0 * random::normal<double>({4, 0}, static_cast<std::uint64_t>(i));
    if (i >= 450 && i <= 949) last_window.push_back(x);
    if (windowed_adaptation::update(opt, now, 0.8, std::vector<double>{x, 5.0})) ++changes;
  }
  CHECK(changes == 5);
  double mean = 0.0, variance = 0.0;
  for (const double x : last_window) mean += x / 500.0;
  for (const double x : last_window) variance += (x - mean) * (x - mean) / 499.0;
  CHECK_THAT(variances(now.estimate, 2)[0], WithinRel(variance * 500.0 / 505.0 + 1e-3 * 5.0 / 505.0, 1e-12));
  CHECK_THAT(variances(now.estimate, 2)[1], WithinRel(1e-3 * 5.0 / 505.0, 1e-12));  // a constant coordinate
}
