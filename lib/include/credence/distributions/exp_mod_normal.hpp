// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/exp_mod_normal.hpp"

namespace credence {

/// Names, domains and the functions of exp_mod_normal without a kernel; `p` is in the order of `parameters`.
struct exp_mod_normal_family {
  using kernel = exp_mod_normal_kernel;
  static constexpr const char* name = "exp_mod_normal";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"mean", parameter_domain::real}, {"sd", parameter_domain::positive}, {"rate", parameter_domain::positive}}};
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

/// The sum of a normal and an independent exponential: response times, chromatographic peaks.
template <class Mean = double, class Sd = double, class Rate = double>
struct exp_mod_normal {
  using family = exp_mod_normal_family;
  using kernel = exp_mod_normal_kernel;

  Mean mean;  ///< of the normal part
  Sd sd;      ///< of the normal part, positive
  Rate rate;  ///< of the exponential part, positive

  template <class P0, class P1, class P2>
  exp_mod_normal(P0 mean_value, P1 sd_value, P2 rate_value)
      : mean(detail::as_parameter<Mean>(mean_value)),
        sd(detail::as_parameter<Sd>(sd_value)),
        rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, sd, rate); }
};
template <class P0, class P1, class P2>
exp_mod_normal(P0, P1, P2) -> exp_mod_normal<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
