// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/random_walk.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/binomial.hpp"
#include "credence/random/uniform.hpp"
#include "credence/special/gamma.hpp"

#include <cmath>

namespace credence::processes {

double walk_pmf(std::int64_t steps, std::int64_t place, double up) {
  check::at_least("walk_pmf", "steps", steps, 0);
  check::probability("walk_pmf", "up", up);
  if (std::abs(place) > steps || (steps + place) % 2 != 0) return 0.0;
  if (steps == 0) return 1.0;
  return std::exp(log_pdf(binomial{static_cast<double>(steps), up}, static_cast<double>((steps + place) / 2)));
}

double first_return_pmf(std::int64_t steps, double up) {
  if (steps < 2) return 0.0 * walk_pmf(steps, 0, up);
  return walk_pmf(steps, 0, up) / static_cast<double>(steps - 1);
}

double positive_time_pmf(std::int64_t steps, std::int64_t positive_steps) {
  check::at_least("positive_time_pmf", "steps", steps, 0);
  if (steps % 2 != 0) check::fail_domain("positive_time_pmf", "steps", steps, "even");
  if (positive_steps < 0 || positive_steps > steps || positive_steps % 2 != 0) return 0.0;
  return walk_pmf(positive_steps, 0) * walk_pmf(steps - positive_steps, 0);
}

gamblers_ruin ruin(std::int64_t fortune, std::int64_t goal, double up) {
  check::at_least("ruin", "goal", goal, 1);
  check::at_least("ruin", "fortune", fortune, 0);
  check::less_than("ruin", "fortune", fortune, goal + 1);
  check::probability("ruin", "up", up);
  const auto z = static_cast<double>(fortune), a = static_cast<double>(goal), rest = a - z, down = 1.0 - up;
  if (fortune == 0) return {1.0, 0.0};
  if (fortune == goal) return {0.0, 0.0};
  if (up == 0.5) return {rest / a, z * rest};
  if (up == 0.0) return {1.0, z};
  if (up == 1.0) return {0.0, rest};
  // ((q/p)^a - (q/p)^z) / ((q/p)^a - 1), without large powers and without cancellation near p = 1/2.
  const double ratio = std::log(down / up);
  const double ruined = ratio > 0.0 ? std::expm1(-ratio * rest) / std::expm1(-ratio * a)
                                    : std::exp(ratio * z) * std::expm1(ratio * rest) / std::expm1(ratio * a);
  // The drift times the duration is the expected gain; near p = 1/2 both vanish: then by the fair game's series.
  const double drift = up - down;
  if (std::abs(drift) * a < 1e-5) return {ruined, z * rest * (1.0 + drift * (rest - z) / 3.0)};
  return {ruined, (rest - a * ruined) / drift};
}

namespace {

double log_factorial(std::int64_t n) { return lgamma(static_cast<double>(n) + 1.0); }

}  // namespace

double lattice_return_pmf(std::int64_t steps, int dimension) {
  check::at_least("lattice_return_pmf", "steps", steps, 0);
  check::at_least("lattice_return_pmf", "dimension", dimension, 1);
  check::less_than("lattice_return_pmf", "dimension", dimension, 4);
  if (steps % 2 != 0) return 0.0;
  const double line = walk_pmf(steps, 0);
  if (dimension == 1) return line;
  if (dimension == 2) return line * line;
  // C(2n, n) 4^-n sum over i + j <= n of (n! / (i! j! (n-i-j)!) 3^-n)^2
  const std::int64_t n = steps / 2;
  double sum = 0.0;
  for (std::int64_t i = 0; i <= n; ++i) {
    for (std::int64_t j = 0; i + j <= n; ++j) {
      sum += std::exp(2.0 * (log_factorial(n) - log_factorial(i) - log_factorial(j) - log_factorial(n - i - j) -
                             static_cast<double>(n) * std::log(3.0)));
    }
  }
  return line * sum;
}

double return_probability(int dimension) {
  check::at_least("return_probability", "dimension", dimension, 1);
  check::less_than("return_probability", "dimension", dimension, 4);
  if (dimension < 3) return 1.0;
  const double pi = 3.14159265358979323846;
  const double visits = std::sqrt(6.0) / (32.0 * pi * pi * pi) *
                        std::exp(lgamma(1.0 / 24) + lgamma(5.0 / 24) + lgamma(7.0 / 24) + lgamma(11.0 / 24));
  return 1.0 - 1.0 / visits;
}

std::vector<std::int64_t> simulate_walk(std::int64_t steps, rng_key key, double up) {
  check::at_least("simulate_walk", "steps", steps, 0);
  check::probability("simulate_walk", "up", up);
  std::vector<std::int64_t> path{0};
  for (std::int64_t k = 0; k < steps; ++k) {
    path.push_back(path.back() + (random::uniform<double>(key, static_cast<std::uint64_t>(k)) < up ? 1 : -1));
  }
  return path;
}

}  // namespace credence::processes
