// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/normal.hpp"

namespace credence {

/// Names, domains and the functions of normal without a kernel; `p` is in the order of `parameters`.
struct normal_family {
  using kernel = normal_kernel;
  static constexpr const char* name = "normal";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"mean", parameter_domain::real}, {"sd", parameter_domain::positive}}};
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

/// The normal distribution.
template <class Mean = double, class Sd = double>
struct normal {
  using family = normal_family;
  using kernel = normal_kernel;

  Mean mean;  ///< any finite number
  Sd sd;      ///< standard deviation, positive

  template <class P0, class P1>
  normal(P0 mean_value, P1 sd_value)
      : mean(detail::as_parameter<Mean>(mean_value)), sd(detail::as_parameter<Sd>(sd_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, sd); }
};
template <class P0, class P1>
normal(P0, P1) -> normal<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
