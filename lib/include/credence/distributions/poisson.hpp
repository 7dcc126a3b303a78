// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/poisson.hpp"

namespace credence {

/// Names, domains and the functions of poisson without a kernel; `p` is in the order of `parameters`.
struct poisson_family {
  using kernel = poisson_kernel;
  static constexpr const char* name = "poisson";
  static constexpr std::array<parameter_spec, 1> parameters{{{"rate", parameter_domain::non_negative}}};
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

/// Counts of a Poisson process.
template <class Rate = double>
struct poisson {
  using family = poisson_family;
  using kernel = poisson_kernel;

  Rate rate;  ///< the mean; 0 puts all mass at 0

  template <class P0>
  explicit poisson(P0 rate_value) : rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(rate); }
};
template <class P0>
poisson(P0) -> poisson<detail::promoted<P0>>;

}  // namespace credence
