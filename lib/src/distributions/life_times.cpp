// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/gompertz.hpp"

#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>

namespace credence {

using namespace detail;

namespace {

/// shape^(1 + power) times the integral of x^power P(X > x), by 64 panels up to where the survival is exp(-745).
double gompertz_survival_integral(double ratio, double power) {
  using rule = boost::math::quadrature::gauss<double, 25>;
  const double end = std::log1p(745.0 / ratio), width = end / 64.0;
  double sum = 0.0;
  for (int panel = 0; panel < 64; ++panel) {
    sum += rule::integrate([&](double s) { return std::pow(s, power) * std::exp(-ratio * std::expm1(s)); },
                           panel * width, (panel + 1) * width);
  }
  return sum;
}

}  // namespace

support_interval gompertz_family::support(const double*) { return half_line; }
double gompertz_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double gompertz_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double gompertz_family::log_cdf(const double* p, double x) { return log1m_exp(log_ccdf(p, x)); }
double gompertz_family::log_ccdf(const double* p, double x) { return -p[1] / p[0] * std::expm1(p[0] * x); }
double gompertz_family::quantile(const double* p, double probability) {
  return std::log1p(-p[0] / p[1] * std::log1p(-probability)) / p[0];
}
double gompertz_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return math::log1p(p[0] / p[1] * random::exponential(key, index)) / p[0];
}
double gompertz_family::mean(const double* p) { return gompertz_survival_integral(p[1] / p[0], 0.0) / p[0]; }
double gompertz_family::variance(const double* p) {
  const double first = gompertz_survival_integral(p[1] / p[0], 0.0);
  return (2.0 * gompertz_survival_integral(p[1] / p[0], 1.0) - first * first) / (p[0] * p[0]);
}
double gompertz_family::mode(const double* p) { return std::max(0.0, std::log(p[0] / p[1]) / p[0]); }
double gompertz_family::entropy(const double* p) { return 1.0 - std::log(p[1]) - p[0] * mean(p); }

}  // namespace credence
