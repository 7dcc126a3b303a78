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

/// P(X <= x).
template <numeric_distribution D>
double cdf(const D& d, double x) {
  return D::family::cdf(parameter_array(d).data(), x);
}
/// P(X > x), exact in the upper tail where 1 - cdf is not.
template <numeric_distribution D>
double ccdf(const D& d, double x) {
  return D::family::ccdf(parameter_array(d).data(), x);
}
/// log P(X <= x), also where the probability underflows.
template <numeric_distribution D>
double log_cdf(const D& d, double x) {
  return D::family::log_cdf(parameter_array(d).data(), x);
}
/// log P(X > x), also where the probability underflows.
template <numeric_distribution D>
double log_ccdf(const D& d, double x) {
  return D::family::log_ccdf(parameter_array(d).data(), x);
}

/// The smallest x with cdf(x) >= probability.
/// @throws domain_error  when the probability is not between 0 and 1
template <numeric_distribution D>
double quantile(const D& d, double probability) {
  check::probability(D::family::name, "quantile's probability", probability);
  return D::family::quantile(parameter_array(d).data(), probability);
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
