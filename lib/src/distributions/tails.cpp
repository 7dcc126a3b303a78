// SPDX-License-Identifier: BSD-3-Clause
#include "distributions/tails.hpp"

#include "credence/distributions/kernels/gamma_functions.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace credence::detail {

namespace {
constexpr double tiny = 1e-290;  // below this the logarithm comes from a series of its own
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z * constants::inv_sqrt_two); }

double normal_quantile(double probability) {
  return -constants::sqrt_two * boost::math::erfc_inv(2.0 * probability, quiet());
}

double log_normal_cdf(double z) {
  if (z > 0.0) return std::log1p(-normal_cdf(-z));
  if (z > -20.0) return std::log(normal_cdf(z));
  // Mills' ratio as 1 - 1/z^2 + 3/z^4 - ...: at z = -20 the twelfth term is below 1e-19
  const double s = 1.0 / (z * z);
  double sum = 0.0, term = 1.0;
  for (int n = 1; n <= 12; ++n) sum += term *= -(2.0 * n - 1.0) * s;
  return -0.5 * z * z - constants::half_log_two_pi - std::log(-z) + std::log1p(sum);
}

double log_gamma_p(double a, double x) {
  const double p = boost::math::gamma_p(a, x, quiet());
  if (p > 0.5) return std::log1p(-boost::math::gamma_q(a, x, quiet()));
  if (p > tiny) return std::log(p);
  // x^a e^-x / Gamma(a + 1) * sum_n x^n / ((a + 1) ... (a + n))
  double sum = 1.0, term = 1.0;
  for (int n = 1; n < 100000 && term > 1e-17 * sum; ++n) sum += term *= x / (a + n);
  return a * std::log(x) - x - std::lgamma(a + 1.0) + std::log(sum);
}

double log_gamma_q(double a, double x) {
  const double q = boost::math::gamma_q(a, x, quiet());
  if (q > 0.5) return std::log1p(-boost::math::gamma_p(a, x, quiet()));
  if (q > tiny) return std::log(q);
  // Legendre's continued fraction, by the modified Lentz method
  double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, h = d;
  for (int i = 1; i < 100000; ++i) {
    const double an = -i * (i - a);
    b += 2.0;
    d = an * d + b;
    if (d == 0.0) d = 1e-300;
    c = b + an / c;
    if (c == 0.0) c = 1e-300;
    d = 1.0 / d;
    const double factor = d * c;
    h *= factor;
    if (std::abs(factor - 1.0) < 1e-16) break;
  }
  return a * std::log(x) - x - std::lgamma(a) + std::log(h);
}

double log_ibeta(double a, double b, double x, double y) {
  const double p = x <= 0.5 ? boost::math::ibeta(a, b, x, quiet()) : boost::math::ibetac(b, a, y, quiet());
  if (p > 0.5) {
    return std::log1p(-(x <= 0.5 ? boost::math::ibetac(a, b, x, quiet()) : boost::math::ibeta(b, a, y, quiet())));
  }
  if (p > tiny) return std::log(p);
  // x^a y^b / (a B(a, b)) * sum_n (a + b)_n / (a + 1)_n x^n
  double sum = 1.0, term = 1.0;
  for (int n = 0; n < 10000000 && term > 1e-17 * sum; ++n) sum += term *= (a + b + n) / (a + 1.0 + n) * x;
  return a * std::log(x) + b * (x < 0.5 ? std::log1p(-x) : std::log(y)) - std::log(a) - kernels::log_beta(a, b) +
         std::log(sum);
}

}  // namespace credence::detail
