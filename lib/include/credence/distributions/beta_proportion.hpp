// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/beta_proportion.hpp"

namespace credence {

/// Names, domains and the functions of beta_proportion without a kernel; `p` is in the order of `parameters`.
struct beta_proportion_family {
  using kernel = beta_proportion_kernel;
  static constexpr const char* name = "beta_proportion";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"mean", parameter_domain::open_probability}, {"precision", parameter_domain::positive}}};
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

/// The beta distribution by its mean: beta(mean precision, (1 - mean) precision).
template <class Mean = double, class Precision = double>
struct beta_proportion {
  using family = beta_proportion_family;
  using kernel = beta_proportion_kernel;

  Mean mean;            ///< strictly between 0 and 1
  Precision precision;  ///< a + b, positive

  template <class P0, class P1>
  beta_proportion(P0 mean_value, P1 precision_value)
      : mean(detail::as_parameter<Mean>(mean_value)), precision(detail::as_parameter<Precision>(precision_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, precision); }
};
template <class P0, class P1>
beta_proportion(P0, P1) -> beta_proportion<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
