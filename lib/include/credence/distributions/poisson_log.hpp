// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/poisson_log.hpp"

namespace credence {

/// Names, domains and the functions of poisson_log without a kernel; `p` is in the order of `parameters`.
struct poisson_log_family {
  using kernel = poisson_log_kernel;
  static constexpr const char* name = "poisson_log";
  static constexpr std::array<parameter_spec, 1> parameters{{{"log_rate", parameter_domain::real}}};
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

/// Counts of a Poisson process, with the logarithm of the rate as parameter.
template <class LogRate = double>
struct poisson_log {
  using family = poisson_log_family;
  using kernel = poisson_log_kernel;

  LogRate log_rate;  ///< log of the mean

  template <class P0>
  explicit poisson_log(P0 log_rate_value) : log_rate(detail::as_parameter<LogRate>(log_rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(log_rate); }
};
template <class P0>
poisson_log(P0) -> poisson_log<detail::promoted<P0>>;

}  // namespace credence
