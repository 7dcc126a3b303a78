// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/lognormal.hpp"

namespace credence {

/// Names, domains and the functions of lognormal without a kernel; `p` is in the order of `parameters`.
struct lognormal_family {
  using kernel = lognormal_kernel;
  static constexpr const char* name = "lognormal";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"log_mean", parameter_domain::real}, {"log_sd", parameter_domain::positive}}};
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

/// The distribution of exp(z) with z normal(log_mean, log_sd).
template <class LogMean = double, class LogSd = double>
struct lognormal {
  using family = lognormal_family;
  using kernel = lognormal_kernel;

  LogMean log_mean;  ///< mean of the logarithm
  LogSd log_sd;      ///< standard deviation of the logarithm, positive

  template <class P0, class P1>
  lognormal(P0 log_mean_value, P1 log_sd_value)
      : log_mean(detail::as_parameter<LogMean>(log_mean_value)), log_sd(detail::as_parameter<LogSd>(log_sd_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(log_mean, log_sd); }
};
template <class P0, class P1>
lognormal(P0, P1) -> lognormal<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
