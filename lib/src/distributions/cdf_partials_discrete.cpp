// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/cdf_partials.hpp"
#include "credence/distributions/families.hpp"
#include "credence/distributions/negative_binomial.hpp"
#include "credence/distributions/poisson.hpp"
#include "distributions/tail_integral.hpp"

/// -(dF / dp) / P(x) of discrete families.
namespace credence::detail {

namespace {

/// By adding the derivatives of the probabilities up to x, or those beyond it with the other sign.
template <class Kernel>
void summed_slopes(const double* p, double x, double last, bool from_below, double* out) {
  const density_of<Kernel> density(p);
  const double at_x = density(x);
  for (int j = 0; j < Kernel::parameters; ++j) out[j] = 0.0;
  for (double k = from_below ? 0.0 : x + 1.0; k <= (from_below ? x : last); k += 1.0) {
    double variate[Kernel::variate_terms], dx = 0.0, dp[Kernel::parameters];
    Kernel::prepare_variate(k, variate);
    const double weight = std::exp(Kernel::partials(k, variate, p, density.terms, dx, dp) - at_x);
    for (int j = 0; j < Kernel::parameters; ++j) out[j] += (from_below ? -weight : weight) * dp[j];
  }
}

}  // namespace

void variate_slopes(const bernoulli_family*, const double* p, double, double* out) { out[0] = 1.0 / (1.0 - p[0]); }
void variate_slopes(const bernoulli_logit_family*, const double* p, double, double* out) {
  out[0] = math::inv_logit(p[0]);
}
void variate_slopes(const beta_binomial_family*, const double* p, double x, double* out) {
  summed_slopes<beta_binomial_kernel>(p, x, p[0], x < p[0] * (p[1] / (p[1] + p[2])), out);
  out[0] = 0.0;
}
void variate_slopes(const binomial_family*, const double* p, double x, double* out) {
  out[0] = 0.0;
  out[1] = (p[0] - x) / (1.0 - p[1]);
}
void variate_slopes(const binomial_logit_family*, const double* p, double x, double* out) {
  out[0] = 0.0;
  out[1] = (p[0] - x) * math::inv_logit(p[1]);
}
void variate_slopes(const geometric_family*, const double* p, double x, double* out) { out[0] = -(x + 1.0) / p[0]; }
void variate_slopes(const hypergeometric_family*, const double*, double, double* out) {
  out[0] = out[1] = out[2] = 0.0;
}
void variate_slopes(const negative_binomial_family*, const double* p, double x, double* out) {
  const double sum = p[0] + p[1], q = p[1] / sum;
  out[0] = (p[1] + x) / sum;
  out[1] = (p[1] + x) / q * (special::beta_variate_derivative_a(p[1], x + 1.0, q) - p[0] / sum / sum);
}
void variate_slopes(const negative_binomial_p_family*, const double* p, double x, double* out) {
  out[0] = (p[0] + x) / p[1] * special::beta_variate_derivative_a(p[0], x + 1.0, p[1]);
  out[1] = -(p[0] + x) / p[1];
}
void variate_slopes(const poisson_family*, const double*, double, double* out) { out[0] = 1.0; }
void variate_slopes(const poisson_log_family*, const double* p, double, double* out) { out[0] = std::exp(p[0]); }
void variate_slopes(const zero_inflated_negative_binomial_family*, const double* p, double x, double* out) {
  const double at_x = density_of<zero_inflated_negative_binomial_kernel>(p)(x);
  const double share = (1.0 - p[0]) * std::exp(density_of<negative_binomial_kernel>(p + 1)(x) - at_x);
  variate_slopes(static_cast<const negative_binomial_family*>(nullptr), p + 1, x, out + 1);
  out[0] = -std::exp(negative_binomial_family::log_ccdf(p + 1, x) - at_x);
  out[1] *= share;
  out[2] *= share;
}
void variate_slopes(const zero_inflated_poisson_family*, const double* p, double x, double* out) {
  const double at_x = density_of<zero_inflated_poisson_kernel>(p)(x);
  out[0] = -std::exp(poisson_family::log_ccdf(p + 1, x) - at_x);
  out[1] = (1.0 - p[0]) * std::exp(density_of<poisson_kernel>(p + 1)(x) - at_x);
}
void variate_slopes(const zero_truncated_negative_binomial_family*, const double* p, double x, double* out) {
  const double odds = std::exp(negative_binomial_family::log_ccdf(p, x) - density_of<negative_binomial_kernel>(p)(x));
  const density_of<zero_truncated_negative_binomial_kernel> density(p);  // terms 5 and 6: slopes of log(1 - P(0))
  variate_slopes(static_cast<const negative_binomial_family*>(nullptr), p, x, out);
  out[0] -= odds * density.terms[5];
  out[1] -= odds * density.terms[6];
}
void variate_slopes(const zero_truncated_poisson_family*, const double* p, double x, double* out) {
  const double odds = std::exp(poisson_family::log_ccdf(p, x) - density_of<poisson_kernel>(p)(x));
  out[0] = 1.0 - odds / std::expm1(p[0]);
}

}  // namespace credence::detail
