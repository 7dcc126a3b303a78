// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/von_mises.hpp"

#include "credence/distributions/cdf_partials.hpp"
#include "credence/special/bessel.hpp"
#include "distributions/tail_integral.hpp"

#include <algorithm>

namespace credence {

using namespace detail;

namespace {

/// Integral of weight(t) exp(k (cos(t) - cos(from))) for t from `from` to `to`, both between 0 and pi, where the
/// density falls: in panels over which it changes by a factor of about exp(4) at most.
template <class Weight>
double falling_arc(double k, double from, double to, const Weight& weight) {
  using rule = boost::math::quadrature::gauss<double, 25>;
  double sum = 0.0;
  for (double begin = from; begin < to;) {
    const double width = std::min({0.5, 2.0 / std::sqrt(k), 4.0 / (k * std::abs(std::sin(begin))), to - begin});
    const double end = begin + width < to ? begin + width : to;
    // cos(t) - cos(from) = -2 sin((t - from) / 2) sin((t + from) / 2)
    const double part = rule::integrate(
        [&](double t) {
          return weight(t) * std::exp(-2.0 * k * std::sin(0.5 * (t - from)) * std::sin(0.5 * (t + from)));
        },
        begin, end);
    sum += part;
    if (!(part > 1e-18 * sum)) break;
    begin = end;
  }
  return sum;
}

/// log of the probability between the angle a from the mean, 0 <= a <= pi, and pi.
double log_beyond(double k, double a) {
  const double half = std::sin(0.5 * a);
  return std::log(falling_arc(k, a, constants::pi, [](double) { return 1.0; })) - 2.0 * k * half * half -
         std::log(constants::two_pi * special::bessel_i0_scaled(k));
}

/// log P(X <= mean + a), -pi < a < pi; that of X > mean + a is lower(-a).
double log_lower(double k, double a) { return a <= 0.0 ? log_beyond(k, -a) : std::log1p(-std::exp(log_beyond(k, a))); }

}  // namespace

support_interval von_mises_family::support(const double* p) {
  return support_interval{p[0] - constants::pi, p[0] + constants::pi, true, true, false};
}
double von_mises_family::cdf(const double* p, double x) {
  const double a = x - p[0], beyond = std::exp(log_beyond(p[1], std::min(std::abs(a), constants::pi)));
  return a <= 0.0 ? beyond : 1.0 - beyond;
}
double von_mises_family::ccdf(const double* p, double x) {
  const double a = x - p[0], beyond = std::exp(log_beyond(p[1], std::min(std::abs(a), constants::pi)));
  return a <= 0.0 ? 1.0 - beyond : beyond;
}
double von_mises_family::log_cdf(const double* p, double x) { return log_lower(p[1], x - p[0]); }
double von_mises_family::log_ccdf(const double* p, double x) { return log_lower(p[1], p[0] - x); }
double von_mises_family::quantile(const double* p, double probability) {
  const double centred[] = {0.0, p[1]};
  const density_of<von_mises_kernel> density(centred);
  return p[0] + invert_tails(
                    density, [k = p[1]](double a) { return log_lower(k, a); },
                    [k = p[1]](double a) { return log_lower(k, -a); }, probability, -constants::pi, constants::pi, 0.0,
                    1.0);
}
double von_mises_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double k = p[1];
  if (!(k < 1e6)) return quantile(p, random::uniform(key, index));  // the constants below would have lost their digits
  // Best and Fisher (1979): rejection from a wrapped Cauchy
  const double tau = 1.0 + std::sqrt(1.0 + 4.0 * k * k), rho = (tau - std::sqrt(2.0 * tau)) / (2.0 * k);
  const double r = k < 1e-5 ? 1.0 / k + k : (1.0 + rho * rho) / (2.0 * rho);
  for (std::uint64_t attempt = 0;; ++attempt) {
    const rng_key one = key.split(purpose::user, attempt);
    const double z = math::cos(constants::pi * random::uniform(one, 4 * index));
    const double f = (1.0 + r * z) / (r + z), c = k * (r - f);
    const double u = random::uniform(one, 4 * index + 1);
    if (c * (2.0 - c) > u || math::log(c / u) + 1.0 >= c) {
      const double angle = math::acos(std::clamp(f, -1.0, 1.0));
      return p[0] + (random::uniform(one, 4 * index + 2) < 0.5 ? -angle : angle);
    }
  }
}
double von_mises_family::mean(const double* p) { return p[0]; }
double von_mises_family::variance(const double* p) {
  return 2.0 * falling_arc(p[1], 0.0, constants::pi, [](double t) { return t * t; }) /
         (constants::two_pi * special::bessel_i0_scaled(p[1]));
}
double von_mises_family::mode(const double* p) { return p[0]; }
double von_mises_family::entropy(const double* p) {
  return p[1] * (1.0 - special::bessel_ratio(p[1])) + std::log(constants::two_pi * special::bessel_i0_scaled(p[1]));
}

}  // namespace credence

namespace credence::detail {

/// By the concentration: minus the integral of cos(t) - I1 / I0 over the density at x, from the nearer end.
void variate_slopes(const von_mises_family*, const double* p, double x, double* out) {
  const double a = x - p[0], from = std::min(std::abs(a), constants::pi), mean_cosine = special::bessel_ratio(p[1]);
  const double integral = falling_arc(p[1], from, constants::pi, [](double t) { return 1.0 - std::cos(t); }) -
                          (1.0 - mean_cosine) * falling_arc(p[1], from, constants::pi, [](double) { return 1.0; });
  out[0] = 1.0;
  out[1] = a <= 0.0 ? integral : -integral;
}

}  // namespace credence::detail
