// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "distributions/tails.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>

/// Tail probabilities of families whose distribution functions cancel there, and the inversion of any.
namespace credence::detail {

/// Integral of f over panels that begin at 0, the first `width` wide and each twice as wide as the one before, until a
/// panel adds nothing. For positive f that changes over about `width` near 0 and more slowly further out.
template <class F>
double integrate_outwards(const F& f, double width) {
  using rule = boost::math::quadrature::gauss<double, 25>;
  double sum = 0.0, begin = 0.0;
  for (int panel = 0; panel < 2000; ++panel) {
    const double part = rule::integrate([&](double u) { return f(begin + width * u); }, 0.0, 1.0) * width;
    sum += part;
    if (!(part > 1e-18 * sum)) break;
    begin += width;
    width *= 2.0;
  }
  return sum;
}

/// log of the mass beyond x, to the right (direction 1) or the left (-1), of a density that falls towards there: the
/// integral of exp(log_pdf(t) - log_pdf(x)), to about 1e-15, also where the mass underflows.
template <class LogPdf>
double log_tail(const LogPdf& log_pdf, double x, double slope, double direction) {
  const double top = log_pdf(x);
  if (!(top > -infinity)) return top;
  return top + std::log(integrate_outwards([&](double u) { return std::exp(log_pdf(x + direction * u) - top); },
                                           1.0 / std::abs(slope)));
}

/// The x with log_cdf(x) = log(probability), or log_ccdf(x) = log(1 - probability) above 1/2: Newton's method on those
/// logarithms inside a bracket that bisection keeps. `low` and `high` may be infinite; `start` and `spread` are
/// guesses.
template <class LogPdf, class LogCdf, class LogCcdf>
double invert_tails(const LogPdf& log_pdf, const LogCdf& log_cdf, const LogCcdf& log_ccdf, double probability,
                    double low, double high, double start, double spread) {
  const bool left = probability < 0.5;
  const double wanted = left ? std::log(probability) : std::log1p(-probability);
  // positive where x is too small
  const auto short_of = [&](double x) { return left ? wanted - log_cdf(x) : log_ccdf(x) - wanted; };
  double x = start;
  if (!(low > -infinity)) {
    for (low = start - spread; !(short_of(low) > 0.0) && low > -1e300; low = start - spread) spread *= 4.0;
  }
  if (!(high < infinity)) {
    for (high = start + spread; short_of(high) > 0.0 && high < 1e300; high = start + spread) spread *= 4.0;
  }
  for (int i = 0; i < 400; ++i) {
    if (!(x > low && x < high)) x = low + (high - low) / 2.0;
    const double missing = short_of(x);
    if (missing == 0.0) return x;
    (missing > 0.0 ? low : high) = x;
    const double slope = std::exp(log_pdf(x) - (left ? log_cdf(x) : log_ccdf(x)));
    // a Newton step on the logarithm; every third is a bisection, for what Newton cannot do
    const double next = i % 3 == 2 ? low + (high - low) / 2.0 : x + missing / slope;
    if (next == x || !(high - low > 1e-16 * std::abs(x))) break;
    if (std::abs(missing) < 1e-14 && std::abs(next - x) <= 1e-15 * std::abs(x)) return next;
    x = next;
  }
  return x;
}

/// The log density of a family and its derivative by x, from its kernel.
template <class Kernel>
struct density_of {
  const double* p;
  double terms[Kernel::parameter_terms > 0 ? Kernel::parameter_terms : 1];

  explicit density_of(const double* parameters) : p(parameters) { Kernel::prepare_parameters(p, terms); }
  double operator()(double x) const {
    double variate[Kernel::variate_terms > 0 ? Kernel::variate_terms : 1];
    Kernel::prepare_variate(x, variate);
    return Kernel::log_pdf(x, variate, p, terms);
  }
  [[nodiscard]] double slope(double x) const {
    double variate[Kernel::variate_terms > 0 ? Kernel::variate_terms : 1], dx = 0.0, dp[Kernel::parameters];
    Kernel::prepare_variate(x, variate);
    Kernel::partials(x, variate, p, terms, dx, dp);
    return dx;
  }
};

}  // namespace credence::detail
