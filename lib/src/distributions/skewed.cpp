// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/exp_mod_normal.hpp"
#include "credence/distributions/inverse_gaussian.hpp"
#include "credence/distributions/skew_normal.hpp"

#include "credence/random/normal.hpp"
#include "credence/special/log_sum_exp.hpp"
#include "credence/special/owens_t.hpp"
#include "distributions/tail_integral.hpp"

/// Families made from normals that lean to one side. Where a distribution function is a difference, it is taken only
/// where the difference is large (above 0.1); the rest comes from integrating the density outwards.
namespace credence {

using namespace detail;

namespace {

constexpr double large = 0.1;

/// The mode, between two points: bisection of the slope of the log density.
template <class Density>
double mode_between(const Density& density, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2.0;
    if (!(middle > low && middle < high)) break;
    (density.slope(middle) > 0.0 ? low : high) = middle;
  }
  return density(low) > density(high) ? low : high;
}

using skew_density = density_of<skew_normal_kernel>;

/// P(X <= x) while it is above about 0.1; Azzalini (1985): Phi(z) - 2 T(z, shape).
double skew_normal_below(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return normal_cdf(z) - 2.0 * special::owens_t(z, p[2]);
}
double skew_normal_above(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return normal_cdf(-z) + 2.0 * special::owens_t(z, p[2]);
}
double skew_delta(double shape) { return shape / std::sqrt(1.0 + shape * shape); }

}  // namespace

support_interval skew_normal_family::support(const double*) { return real_line; }
double skew_normal_family::cdf(const double* p, double x) {
  const double below = skew_normal_below(p, x);
  return below > large ? below : std::exp(log_cdf(p, x));
}
double skew_normal_family::ccdf(const double* p, double x) {
  const double above = skew_normal_above(p, x);
  return above > large ? above : std::exp(log_ccdf(p, x));
}
double skew_normal_family::log_cdf(const double* p, double x) {
  const double below = skew_normal_below(p, x);
  if (below > large) return below < 0.5 ? std::log(below) : std::log1p(-ccdf(p, x));
  const skew_density density(p);
  return log_tail(density, x, density.slope(x), -1.0);
}
double skew_normal_family::log_ccdf(const double* p, double x) {
  const double above = skew_normal_above(p, x);
  if (above > large) return above < 0.5 ? std::log(above) : std::log1p(-cdf(p, x));
  const skew_density density(p);
  return log_tail(density, x, density.slope(x), 1.0);
}
double skew_normal_family::quantile(const double* p, double probability) {
  return invert_tails(
      skew_density(p), [p](double x) { return log_cdf(p, x); }, [p](double x) { return log_ccdf(p, x); }, probability,
      -infinity, infinity, mean(p), 2.0 * p[1]);
}
double skew_normal_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double delta = skew_delta(p[2]);
  const double shared = std::abs(random::normal(key, 2 * index)), own = random::normal(key, 2 * index + 1);
  return p[0] + p[1] * (delta * shared + own / std::sqrt(1.0 + p[2] * p[2]));
}
double skew_normal_family::mean(const double* p) {
  return p[0] + p[1] * skew_delta(p[2]) * std::sqrt(2.0 / constants::pi);
}
double skew_normal_family::variance(const double* p) {
  const double delta = skew_delta(p[2]);
  return p[1] * p[1] * (1.0 - 2.0 / constants::pi * delta * delta);
}
double skew_normal_family::mode(const double* p) {
  return p[2] > 0.0 ? mode_between(skew_density(p), p[0], p[0] + p[1])
                    : (p[2] < 0.0 ? mode_between(skew_density(p), p[0] - p[1], p[0]) : p[0]);
}

namespace {
using exp_mod_density = density_of<exp_mod_normal_kernel>;
}  // namespace
support_interval exp_mod_normal_family::support(const double*) { return real_line; }
double exp_mod_normal_family::cdf(const double* p, double x) {
  const double below = normal_cdf((x - p[0]) / p[1]) - std::exp(exp_mod_density(p)(x)) / p[2];
  return below > large ? below : std::exp(log_cdf(p, x));
}
double exp_mod_normal_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double exp_mod_normal_family::log_cdf(const double* p, double x) {
  const exp_mod_density density(p);
  const double below = normal_cdf((x - p[0]) / p[1]) - std::exp(density(x)) / p[2];
  if (below > large) return std::log1p(-ccdf(p, x));
  return log_tail(density, x, density.slope(x), -1.0);
}
double exp_mod_normal_family::log_ccdf(const double* p, double x) {
  // Phi(-z) + f(x) / rate, both positive; from the other tail where the sum is nearly 1
  const exp_mod_density density(p);
  const double value = special::log_add_exp(log_normal_cdf((p[0] - x) / p[1]), density(x) - std::log(p[2]));
  if (value < -0.1) return value;
  return std::log1p(-std::exp(log_tail(density, x, density.slope(x), -1.0)));
}
double exp_mod_normal_family::quantile(const double* p, double probability) {
  return invert_tails(
      exp_mod_density(p), [p](double x) { return log_cdf(p, x); }, [p](double x) { return log_ccdf(p, x); },
      probability, -infinity, infinity, mean(p), 2.0 * (p[1] + 1.0 / p[2]));
}
double exp_mod_normal_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * random::normal(key, index) + random::exponential(key.split(purpose::user, 1), index) / p[2];
}
double exp_mod_normal_family::mean(const double* p) { return p[0] + 1.0 / p[2]; }
double exp_mod_normal_family::variance(const double* p) { return p[1] * p[1] + 1.0 / (p[2] * p[2]); }
double exp_mod_normal_family::mode(const double* p) {
  return mode_between(exp_mod_density(p), p[0], p[0] + 1.0 / p[2]);
}

namespace {

using inverse_gaussian_density = density_of<inverse_gaussian_kernel>;

/// Phi(-z) / phi(z), z >= 0.
double mills(double z) { return 1.25331413731550025121 * special::erfcx(z * constants::inv_sqrt_two); }

/// How far x is from the mean, and from minus the mean, in units of sqrt(x / shape).
struct inverse_gaussian_places {
  double from_mean, from_mirror;
  inverse_gaussian_places(const double* p, double x)
      : from_mean(std::sqrt(p[1] / x) * (x - p[0]) / p[0]), from_mirror(std::sqrt(p[1] / x) * (x / p[0] + 1.0)) {}
  /// exp(2 shape / mean) Phi(-from_mirror), as phi(from_mean) times Mills' ratio.
  [[nodiscard]] double mirrored() const {
    return std::exp(-0.5 * from_mean * from_mean - constants::half_log_two_pi) * mills(from_mirror);
  }
};

}  // namespace
support_interval inverse_gaussian_family::support(const double*) { return open_half_line; }
double inverse_gaussian_family::cdf(const double* p, double x) {
  const inverse_gaussian_places at(p, x);
  return normal_cdf(at.from_mean) + at.mirrored();
}
double inverse_gaussian_family::ccdf(const double* p, double x) {
  const inverse_gaussian_places at(p, x);
  const double above = normal_cdf(-at.from_mean) - at.mirrored();
  return above > large ? above : std::exp(log_ccdf(p, x));
}
double inverse_gaussian_family::log_cdf(const double* p, double x) {
  const inverse_gaussian_places at(p, x);
  if (at.from_mean < 0.0) {
    const double a = at.from_mean;
    return std::log(mills(-a) + mills(at.from_mirror)) - 0.5 * a * a - constants::half_log_two_pi;
  }
  const double below = cdf(p, x);
  return below < 0.5 ? std::log(below) : std::log1p(-ccdf(p, x));
}
double inverse_gaussian_family::log_ccdf(const double* p, double x) {
  const inverse_gaussian_places at(p, x);
  const double above = normal_cdf(-at.from_mean) - at.mirrored();
  if (above > large) return above < 0.5 ? std::log(above) : std::log1p(-cdf(p, x));
  const inverse_gaussian_density density(p);
  return log_tail(density, x, density.slope(x), 1.0);
}
double inverse_gaussian_family::quantile(const double* p, double probability) {
  // found as log(x): the left tail falls faster than any power
  const inverse_gaussian_density density(p);
  return std::exp(invert_tails(
      [&](double l) { return density(std::exp(l)) + l; }, [p](double l) { return log_cdf(p, std::exp(l)); },
      [p](double l) { return log_ccdf(p, std::exp(l)); }, probability, -infinity, infinity, std::log(mode(p)), 1.0));
}
double inverse_gaussian_family::sample(const double* p, rng_key key, std::uint64_t index) {
  // Michael, Schucany and Haas (1976): the roots of a quadratic are x and mean^2 / x; the smaller one without
  // cancelling
  const double z = random::normal(key, index);
  const double y = 0.5 * p[0] * z * z / p[1];
  const double smaller = p[0] / (1.0 + y + std::sqrt(y * (y + 2.0)));
  const double u = random::uniform(key.split(purpose::user, 1), index);
  return u * (p[0] + smaller) <= p[0] ? smaller : p[0] * (p[0] / smaller);
}
double inverse_gaussian_family::mean(const double* p) { return p[0]; }
double inverse_gaussian_family::variance(const double* p) { return p[0] * p[0] * (p[0] / p[1]); }
double inverse_gaussian_family::mode(const double* p) {
  const double r = 1.5 * p[0] / p[1];
  return p[0] / (std::sqrt(1.0 + r * r) + r);
}

}  // namespace credence
