// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>

/// Derivatives of distribution functions by the parameters, and of quantiles and draws: one fact a family gives both.
///
/// With F the distribution function and f the density, dx / dp = -(dF / dp) / f is how a point of fixed probability
/// moves when the parameter p does. It neither under- nor overflows in the tails; the derivatives of F and of its
/// logarithms follow from it.
/// @source Figurnov, Mohamed, Mnih, "Implicit reparameterization gradients", NeurIPS 2018
namespace credence {

struct bernoulli_family;
struct bernoulli_logit_family;
struct beta_family;
struct beta_binomial_family;
struct beta_proportion_family;
struct binomial_family;
struct binomial_logit_family;
struct burr_xii_family;
struct cauchy_family;
struct chi_squared_family;
struct exp_mod_normal_family;
struct exponential_family;
struct frechet_family;
struct gamma_family;
struct generalized_extreme_value_family;
struct generalized_pareto_family;
struct geometric_family;
struct gompertz_family;
struct gumbel_family;
struct half_cauchy_family;
struct half_normal_family;
struct half_student_t_family;
struct hypergeometric_family;
struct inverse_chi_squared_family;
struct inverse_gamma_family;
struct inverse_gaussian_family;
struct kumaraswamy_family;
struct laplace_family;
struct log_logistic_family;
struct logistic_family;
struct lognormal_family;
struct nakagami_family;
struct negative_binomial_family;
struct negative_binomial_p_family;
struct normal_family;
struct pareto_family;
struct pareto_ii_family;
struct poisson_family;
struct poisson_log_family;
struct rayleigh_family;
struct skew_normal_family;
struct student_t_family;
struct triangular_family;
struct uniform_family;
struct von_mises_family;
struct weibull_family;
struct zero_inflated_negative_binomial_family;
struct zero_inflated_poisson_family;
struct zero_truncated_negative_binomial_family;
struct zero_truncated_poisson_family;

namespace detail {

void variate_slopes(const bernoulli_family*, const double* p, double x, double* out);
void variate_slopes(const bernoulli_logit_family*, const double* p, double x, double* out);
void variate_slopes(const beta_family*, const double* p, double x, double* out);
void variate_slopes(const beta_binomial_family*, const double* p, double x, double* out);
void variate_slopes(const beta_proportion_family*, const double* p, double x, double* out);
void variate_slopes(const binomial_family*, const double* p, double x, double* out);
void variate_slopes(const binomial_logit_family*, const double* p, double x, double* out);
void variate_slopes(const burr_xii_family*, const double* p, double x, double* out);
void variate_slopes(const cauchy_family*, const double* p, double x, double* out);
void variate_slopes(const chi_squared_family*, const double* p, double x, double* out);
void variate_slopes(const exp_mod_normal_family*, const double* p, double x, double* out);
void variate_slopes(const exponential_family*, const double* p, double x, double* out);
void variate_slopes(const frechet_family*, const double* p, double x, double* out);
void variate_slopes(const gamma_family*, const double* p, double x, double* out);
void variate_slopes(const generalized_extreme_value_family*, const double* p, double x, double* out);
void variate_slopes(const generalized_pareto_family*, const double* p, double x, double* out);
void variate_slopes(const geometric_family*, const double* p, double x, double* out);
void variate_slopes(const gompertz_family*, const double* p, double x, double* out);
void variate_slopes(const gumbel_family*, const double* p, double x, double* out);
void variate_slopes(const half_cauchy_family*, const double* p, double x, double* out);
void variate_slopes(const half_normal_family*, const double* p, double x, double* out);
void variate_slopes(const half_student_t_family*, const double* p, double x, double* out);
void variate_slopes(const hypergeometric_family*, const double* p, double x, double* out);
void variate_slopes(const inverse_chi_squared_family*, const double* p, double x, double* out);
void variate_slopes(const inverse_gamma_family*, const double* p, double x, double* out);
void variate_slopes(const inverse_gaussian_family*, const double* p, double x, double* out);
void variate_slopes(const kumaraswamy_family*, const double* p, double x, double* out);
void variate_slopes(const laplace_family*, const double* p, double x, double* out);
void variate_slopes(const log_logistic_family*, const double* p, double x, double* out);
void variate_slopes(const logistic_family*, const double* p, double x, double* out);
void variate_slopes(const lognormal_family*, const double* p, double x, double* out);
void variate_slopes(const nakagami_family*, const double* p, double x, double* out);
void variate_slopes(const negative_binomial_family*, const double* p, double x, double* out);
void variate_slopes(const negative_binomial_p_family*, const double* p, double x, double* out);
void variate_slopes(const normal_family*, const double* p, double x, double* out);
void variate_slopes(const pareto_family*, const double* p, double x, double* out);
void variate_slopes(const pareto_ii_family*, const double* p, double x, double* out);
void variate_slopes(const poisson_family*, const double* p, double x, double* out);
void variate_slopes(const poisson_log_family*, const double* p, double x, double* out);
void variate_slopes(const rayleigh_family*, const double* p, double x, double* out);
void variate_slopes(const skew_normal_family*, const double* p, double x, double* out);
void variate_slopes(const student_t_family*, const double* p, double x, double* out);
void variate_slopes(const triangular_family*, const double* p, double x, double* out);
void variate_slopes(const uniform_family*, const double* p, double x, double* out);
void variate_slopes(const von_mises_family*, const double* p, double x, double* out);
void variate_slopes(const weibull_family*, const double* p, double x, double* out);
void variate_slopes(const zero_inflated_negative_binomial_family*, const double* p, double x, double* out);
void variate_slopes(const zero_inflated_poisson_family*, const double* p, double x, double* out);
void variate_slopes(const zero_truncated_negative_binomial_family*, const double* p, double x, double* out);
void variate_slopes(const zero_truncated_poisson_family*, const double* p, double x, double* out);

template <numeric_distribution D>
bool within_support(const D& d, double x) {
  const support_interval where = support(d);
  return where.discrete ? x >= where.lower && x < where.upper : x > where.lower && x < where.upper;
}

}  // namespace detail

/// dx / dp for each parameter, x keeping its probability: the derivative of quantile(d, probability) where that is x,
/// and of a draw x by the parameters. For discrete families -(dF / dp) / P(x), for which only the functions below have
/// a use. 0 for counts among the parameters and outside the support, NaN for NaN.
template <numeric_distribution D>
auto variate_slopes(const D& d, double x) {
  auto p = parameter_array(d);
  decltype(p) out;
  out.fill(x != x ? x : 0.0);
  const double at = support(d).discrete ? std::floor(x) : x;
  if (detail::within_support(d, at)) {
    detail::variate_slopes(static_cast<const typename D::family*>(nullptr), p.data(), at, out.data());
  }
  return out;
}

namespace detail {

/// The value of a tail with its derivatives; `weight` is the density over what the logarithm is taken of.
template <numeric_distribution D>
auto tail_partials(const D& d, double x, double value, double weight) {
  log_pdf_gradient<std::tuple_size_v<decltype(parameter_array(d))>> out{value, 0.0, variate_slopes(d, x)};
  for (double& slope : out.parameters) slope = slope == 0.0 ? 0.0 : -slope * weight;
  if (!support(d).discrete && within_support(d, x)) out.x = weight;
  if (x != x) out.x = x;
  return out;
}
template <numeric_distribution D>
double log_pdf_of_tail(const D& d, double x) {
  return log_pdf(d, support(d).discrete ? std::floor(x) : x);
}

}  // namespace detail

/// P(X <= x) and its derivatives by x (the density; 0 for discrete families) and by each parameter.
template <numeric_distribution D>
auto cdf_partials(const D& d, double x) {
  return detail::tail_partials(d, x, cdf(d, x), std::exp(detail::log_pdf_of_tail(d, x)));
}
/// log P(X <= x) and its derivatives, also where the probability underflows.
template <numeric_distribution D>
auto log_cdf_partials(const D& d, double x) {
  const double value = log_cdf(d, x);
  return detail::tail_partials(d, x, value, std::exp(detail::log_pdf_of_tail(d, x) - value));
}
/// log P(X > x) and its derivatives, also where the probability underflows.
template <numeric_distribution D>
auto log_ccdf_partials(const D& d, double x) {
  const double value = log_ccdf(d, x);
  return detail::tail_partials(d, x, value, -std::exp(detail::log_pdf_of_tail(d, x) - value));
}

}  // namespace credence
