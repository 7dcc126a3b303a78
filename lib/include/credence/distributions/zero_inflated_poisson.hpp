// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/zero_inflated_poisson.hpp"

namespace credence {

/// Names, domains and the functions of zero_inflated_poisson without a kernel; `p` is in the order of `parameters`.
struct zero_inflated_poisson_family {
  using kernel = zero_inflated_poisson_kernel;
  static constexpr const char* name = "zero_inflated_poisson";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"zero_probability", parameter_domain::probability}, {"rate", parameter_domain::positive}}};
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

/// A poisson with extra zeros.
template <class ZeroProbability = double, class Rate = double>
struct zero_inflated_poisson {
  using family = zero_inflated_poisson_family;
  using kernel = zero_inflated_poisson_kernel;

  ZeroProbability zero_probability;  ///< of a zero that is not the poisson's
  Rate rate;                         ///< mean of the poisson, positive

  template <class P0, class P1>
  zero_inflated_poisson(P0 zero_probability_value, P1 rate_value)
      : zero_probability(detail::as_parameter<ZeroProbability>(zero_probability_value)),
        rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(zero_probability, rate); }
};
template <class P0, class P1>
zero_inflated_poisson(P0, P1) -> zero_inflated_poisson<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
