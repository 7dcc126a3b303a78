// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/exponential.hpp"

namespace credence {

/// Names, domains and the functions of exponential without a kernel; `p` is in the order of `parameters`.
struct exponential_family {
  using kernel = exponential_kernel;
  static constexpr const char* name = "exponential";
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
  static double entropy(const double* p);
};

/// Waiting times of a memoryless event.
template <class Rate = double>
struct exponential {
  using family = exponential_family;
  using kernel = exponential_kernel;

  Rate rate;  ///< 1 / mean, positive

  template <class P0>
  explicit exponential(P0 rate_value) : rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(rate); }
};
template <class P0>
exponential(P0) -> exponential<detail::promoted<P0>>;

}  // namespace credence
