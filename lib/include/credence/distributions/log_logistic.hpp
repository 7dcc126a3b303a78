// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/log_logistic.hpp"

namespace credence {

/// Names, domains and the functions of log_logistic without a kernel; `p` is in the order of `parameters`.
struct log_logistic_family {
  using kernel = log_logistic_kernel;
  static constexpr const char* name = "log_logistic";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"scale", parameter_domain::positive}, {"shape", parameter_domain::positive}}};
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

/// The distribution of exp(y) with y logistic(log(scale), 1 / shape).
template <class Scale = double, class Shape = double>
struct log_logistic {
  using family = log_logistic_family;
  using kernel = log_logistic_kernel;

  Scale scale;  ///< the median, positive
  Shape shape;  ///< tail exponent, positive; moments exist below it

  template <class P0, class P1>
  log_logistic(P0 scale_value, P1 shape_value)
      : scale(detail::as_parameter<Scale>(scale_value)), shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(scale, shape); }
};
template <class P0, class P1>
log_logistic(P0, P1) -> log_logistic<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
