// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/zero_truncated_negative_binomial.hpp"

namespace credence {

/// Names, domains and the functions of zero_truncated_negative_binomial without a kernel; `p` is in the order of
/// `parameters`.
struct zero_truncated_negative_binomial_family {
  using kernel = zero_truncated_negative_binomial_kernel;
  static constexpr const char* name = "zero_truncated_negative_binomial";
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

/// A negative binomial that is not 0.
template <class Mean = double, class Dispersion = double>
struct zero_truncated_negative_binomial {
  using family = zero_truncated_negative_binomial_family;
  using kernel = zero_truncated_negative_binomial_kernel;

  Mean mean;              ///< of the negative binomial before truncation, positive
  Dispersion dispersion;  ///< positive

  template <class P0, class P1>
  zero_truncated_negative_binomial(P0 mean_value, P1 dispersion_value)
      : mean(detail::as_parameter<Mean>(mean_value)), dispersion(detail::as_parameter<Dispersion>(dispersion_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, dispersion); }
};
template <class P0, class P1>
zero_truncated_negative_binomial(P0, P1)
    -> zero_truncated_negative_binomial<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
