// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/negative_binomial.hpp"

namespace credence {

/// Names, domains and the functions of negative_binomial without a kernel; `p` is in the order of `parameters`.
struct negative_binomial_family {
  using kernel = negative_binomial_kernel;
  static constexpr const char* name = "negative_binomial";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"mean", parameter_domain::positive}, {"dispersion", parameter_domain::positive}}};
  static support_interval support(const double* p);
  static double cdf(const double* p, double x);
  static double ccdf(const double* p, double x);
  static double log_cdf(const double* p, double x);
  static double log_ccdf(const double* p, double x);
  static double quantile(const double* p, double probability);
  static double sample(const double* p, rng_key key, std::uint64_t index);
  static double mean(const double* p);
  static double variance(const double* p);
  static double mode(const double* p);
};

/// Overdispersed counts: a poisson whose rate is gamma distributed. The variance is mean + mean^2 / dispersion.
template <class Mean = double, class Dispersion = double>
struct negative_binomial {
  using family = negative_binomial_family;
  using kernel = negative_binomial_kernel;

  Mean mean;              ///< positive
  Dispersion dispersion;  ///< positive; infinite would be the poisson

  template <class P0, class P1>
  negative_binomial(P0 mean_value, P1 dispersion_value)
      : mean(detail::as_parameter<Mean>(mean_value)), dispersion(detail::as_parameter<Dispersion>(dispersion_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, dispersion); }
};
template <class P0, class P1>
negative_binomial(P0, P1) -> negative_binomial<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
