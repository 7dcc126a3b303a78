// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/distributions/family.hpp"
#include "credence/random/key.hpp"

/// The verbs of univariate distributions whose parameters are numbers. Everywhere: outside the support the density is 0
/// (log density -infinity), NaN in gives NaN out.
namespace credence {

namespace detail {
constexpr int at_least_one(int n) { return n > 0 ? n : 1; }
}  // namespace detail

/// Logarithm of the density, or of the probability of x for a discrete family.
template <numeric_distribution D>
double log_pdf(const D& d, double x) {
  using kernel = typename D::kernel;
  const auto p = parameter_array(d);
  double parameter_terms[detail::at_least_one(kernel::parameter_terms)];
  double variate_terms[detail::at_least_one(kernel::variate_terms)];
  kernel::prepare_parameters(p.data(), parameter_terms);
  kernel::prepare_variate(x, variate_terms);
  return kernel::log_pdf(x, variate_terms, p.data(), parameter_terms);
}

/// log_pdf and its derivatives.
template <std::size_t Parameters>
struct log_pdf_gradient {
  double value;
  double x;                                   ///< by the variate; 0 for discrete families
  std::array<double, Parameters> parameters;  ///< by each parameter; 0 for counts
};

template <numeric_distribution D>
auto log_pdf_partials(const D& d, double x) {
  using kernel = typename D::kernel;
  const auto p = parameter_array(d);
  double parameter_terms[detail::at_least_one(kernel::parameter_terms)];
  double variate_terms[detail::at_least_one(kernel::variate_terms)];
  kernel::prepare_parameters(p.data(), parameter_terms);
  kernel::prepare_variate(x, variate_terms);
  log_pdf_gradient<std::tuple_size_v<decltype(parameter_array(d))>> out;
  out.value = kernel::partials(x, variate_terms, p.data(), parameter_terms, out.x, out.parameters.data());
  return out;
}

namespace detail {

/// Which tail of the distribution of a family is meant, and how it is returned.
enum class tail : std::uint8_t { lower, upper, log_lower, log_upper };

/// The family's function inside its support; what lies outside is settled here: the families see finite x only, whole
/// numbers when they are discrete, and for continuous ones the ends of the support never.
template <tail Which, numeric_distribution D>
double probability(const D& d, double x) {
  using family = typename D::family;
  constexpr bool logarithm = Which == tail::log_lower || Which == tail::log_upper;
  constexpr bool upper = Which == tail::upper || Which == tail::log_upper;
  constexpr double none = logarithm ? -__builtin_inf() : 0.0, all = logarithm ? 0.0 : 1.0;
  if (x != x) return x;
  const auto p = parameter_array(d);
  const support_interval where = family::support(p.data());
  if (where.discrete) x = __builtin_floor(x);
  if (where.discrete ? x < where.lower : x <= where.lower) return upper ? all : none;
  if (x >= where.upper) return upper ? none : all;
  if constexpr (Which == tail::lower) return family::cdf(p.data(), x);
  if constexpr (Which == tail::upper) return family::ccdf(p.data(), x);
  if constexpr (Which == tail::log_lower) return family::log_cdf(p.data(), x);
  if constexpr (Which == tail::log_upper) return family::log_ccdf(p.data(), x);
}

}  // namespace detail

/// P(X <= x).
template <numeric_distribution D>
double cdf(const D& d, double x) {
  return detail::probability<detail::tail::lower>(d, x);
}
/// P(X > x), exact in the upper tail where 1 - cdf is not.
template <numeric_distribution D>
double ccdf(const D& d, double x) {
  return detail::probability<detail::tail::upper>(d, x);
}
/// log P(X <= x), also where the probability underflows.
template <numeric_distribution D>
double log_cdf(const D& d, double x) {
  return detail::probability<detail::tail::log_lower>(d, x);
}
/// log P(X > x), also where the probability underflows.
template <numeric_distribution D>
double log_ccdf(const D& d, double x) {
  return detail::probability<detail::tail::log_upper>(d, x);
}

/// The smallest x with cdf(x) >= probability: the ends of the support for 0 and 1.
/// @throws domain_error  when the probability is not between 0 and 1
template <numeric_distribution D>
double quantile(const D& d, double probability) {
  check::probability(D::family::name, "quantile's probability", probability);
  const auto p = parameter_array(d);
  if (probability == 0.0) return D::family::support(p.data()).lower;
  if (probability == 1.0) return D::family::support(p.data()).upper;
  return D::family::quantile(p.data(), probability);
}

/// A draw: a function of the key and the index, nothing is consumed (docs/design/randomness.md).
template <numeric_distribution D>
double sample(const D& d, rng_key key, std::uint64_t index = 0) {
  return D::family::sample(parameter_array(d).data(), key, index);
}

/// The mean; infinite or NaN where it does not exist.
template <numeric_distribution D>
double mean(const D& d) {
  return D::family::mean(parameter_array(d).data());
}
/// The variance; infinite or NaN where it does not exist.
template <numeric_distribution D>
double variance(const D& d) {
  return D::family::variance(parameter_array(d).data());
}
/// Where the density is largest: the smallest such point when there are several.
template <numeric_distribution D>
double mode(const D& d) {
  return D::family::mode(parameter_array(d).data());
}
/// -E log f(X), in nats. Only families that have it in closed form.
template <numeric_distribution D>
requires requires(const double* p) { D::family::entropy(p); }
double entropy(const D& d) { return D::family::entropy(parameter_array(d).data()); }
template <numeric_distribution D>
support_interval support(const D& d) {
  return D::family::support(parameter_array(d).data());
}

}  // namespace credence
