// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/gaussian_series.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/normal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence {

namespace {

bool any_infinite(std::span<const double> x) {
  return std::any_of(x.begin(), x.end(), [](double v) { return std::isinf(v); });
}
constexpr double infinity = std::numeric_limits<double>::infinity();

/// log density of a standardised residual z with that sd.
double normal_term(double z, double log_sd) { return -0.5 * z * z - log_sd - constants::half_log_two_pi; }

}  // namespace

gaussian_ar1::gaussian_ar1(double centre, double correlation, double innovation_sd)
    : mean(centre), coefficient(correlation), sd(innovation_sd) {
  check::finite("gaussian_ar1", "mean", mean);
  if (!(std::abs(coefficient) < 1.0)) {
    check::fail_domain("gaussian_ar1", "coefficient", coefficient, "strictly between -1 and 1");
  }
  check::positive("gaussian_ar1", "sd", sd);
}

gaussian_random_walk::gaussian_random_walk(double step_mean, double step_sd, double first_mean, double first_sd)
    : drift(step_mean), sd(step_sd), start_mean(first_mean), start_sd(first_sd) {
  check::finite("gaussian_random_walk", "drift", drift);
  check::positive("gaussian_random_walk", "sd", sd);
  check::finite("gaussian_random_walk", "start_mean", start_mean);
  check::positive("gaussian_random_walk", "start_sd", start_sd);
}

double log_pdf(const gaussian_ar1& d, std::span<const double> x) {
  if (x.empty()) return 0.0;
  if (any_infinite(x)) return -infinity;
  const double log_sd = math::log(d.sd), shrink = (1.0 - d.coefficient) * (1.0 + d.coefficient);
  const double first = (x[0] - d.mean) / d.sd;
  double value = -0.5 * first * first * shrink + 0.5 * math::log(shrink) - log_sd - constants::half_log_two_pi;
  for (std::size_t t = 1; t < x.size(); ++t) {
    value += normal_term(((x[t] - d.mean) - d.coefficient * (x[t - 1] - d.mean)) / d.sd, log_sd);
  }
  return value;
}

double log_pdf_partials(const gaussian_ar1& d, std::span<const double> x, std::span<double> dx,
                        gaussian_ar1_slopes& slopes) {
  check::same_size("gaussian_ar1", "dx", static_cast<std::int64_t>(dx.size()), "x",
                   static_cast<std::int64_t>(x.size()));
  slopes = {0.0, 0.0, 0.0};
  std::fill(dx.begin(), dx.end(), 0.0);
  const double value = log_pdf(d, x);
  if (x.empty() || value == -infinity) return value;
  const double shrink = (1.0 - d.coefficient) * (1.0 + d.coefficient), per_sd = 1.0 / d.sd;
  const double first = (x[0] - d.mean) * per_sd;
  dx[0] = -first * shrink * per_sd;
  slopes.mean = first * shrink * per_sd;
  slopes.coefficient = d.coefficient * (first * first - 1.0 / shrink);
  slopes.sd = (first * first * shrink - 1.0) * per_sd;
  for (std::size_t t = 1; t < x.size(); ++t) {
    const double before = x[t - 1] - d.mean;
    const double z = ((x[t] - d.mean) - d.coefficient * before) * per_sd;
    dx[t] -= z * per_sd;
    dx[t - 1] += d.coefficient * z * per_sd;
    slopes.mean += (1.0 - d.coefficient) * z * per_sd;
    slopes.coefficient += z * before * per_sd;
    slopes.sd += (z * z - 1.0) * per_sd;
  }
  return value;
}

void sample(const gaussian_ar1& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const double shrink = (1.0 - d.coefficient) * (1.0 + d.coefficient);
  double before = 0.0;
  for (std::size_t t = 0; t < out.size(); ++t) {
    const double step = d.sd * random::normal(key, index * out.size() + t);
    before = t == 0 ? step / std::sqrt(shrink) : d.coefficient * before + step;
    out[t] = d.mean + before;
  }
}

double log_pdf(const gaussian_random_walk& d, std::span<const double> x) {
  if (x.empty()) return 0.0;
  if (any_infinite(x)) return -infinity;
  double value = normal_term((x[0] - d.start_mean) / d.start_sd, math::log(d.start_sd));
  const double log_sd = math::log(d.sd);
  for (std::size_t t = 1; t < x.size(); ++t) value += normal_term((x[t] - x[t - 1] - d.drift) / d.sd, log_sd);
  return value;
}

double log_pdf_partials(const gaussian_random_walk& d, std::span<const double> x, std::span<double> dx,
                        gaussian_random_walk_slopes& slopes) {
  check::same_size("gaussian_random_walk", "dx", static_cast<std::int64_t>(dx.size()), "x",
                   static_cast<std::int64_t>(x.size()));
  slopes = {0.0, 0.0, 0.0, 0.0};
  std::fill(dx.begin(), dx.end(), 0.0);
  const double value = log_pdf(d, x);
  if (x.empty() || value == -infinity) return value;
  const double first = (x[0] - d.start_mean) / d.start_sd;
  dx[0] = -first / d.start_sd;
  slopes.start_mean = first / d.start_sd;
  slopes.start_sd = (first * first - 1.0) / d.start_sd;
  for (std::size_t t = 1; t < x.size(); ++t) {
    const double z = (x[t] - x[t - 1] - d.drift) / d.sd;
    dx[t] -= z / d.sd;
    dx[t - 1] += z / d.sd;
    slopes.drift += z / d.sd;
    slopes.sd += (z * z - 1.0) / d.sd;
  }
  return value;
}

void sample(const gaussian_random_walk& d, rng_key key, std::uint64_t index, std::span<double> out) {
  double place = 0.0;
  for (std::size_t t = 0; t < out.size(); ++t) {
    const double z = random::normal(key, index * out.size() + t);
    place = t == 0 ? d.start_mean + d.start_sd * z : place + d.drift + d.sd * z;
    out[t] = place;
  }
}

}  // namespace credence
