// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/zero_truncated_poisson.hpp"

namespace credence {

/// Names, domains and the functions of zero_truncated_poisson without a kernel; `p` is in the order of `parameters`.
struct zero_truncated_poisson_family {
  using kernel = zero_truncated_poisson_kernel;
  static constexpr const char* name = "zero_truncated_poisson";
  static constexpr std::array<parameter_spec, 1> parameters{{{"rate", parameter_domain::positive}}};
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

/// A poisson given that it is not 0.
template <class Rate = double>
struct zero_truncated_poisson {
  using family = zero_truncated_poisson_family;
  using kernel = zero_truncated_poisson_kernel;

  Rate rate;  ///< mean of the poisson before, positive

  template <class P0>
  explicit zero_truncated_poisson(P0 rate_value) : rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(rate); }
};
template <class P0>
zero_truncated_poisson(P0) -> zero_truncated_poisson<detail::promoted<P0>>;

}  // namespace credence
