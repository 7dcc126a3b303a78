// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/weibull.hpp"

namespace credence {

/// Names, domains and the functions of weibull without a kernel; `p` is in the order of `parameters`.
struct weibull_family {
  using kernel = weibull_kernel;
  static constexpr const char* name = "weibull";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"shape", parameter_domain::positive}, {"scale", parameter_domain::positive}}};
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

/// The Weibull distribution.
template <class Shape = double, class Scale = double>
struct weibull {
  using family = weibull_family;
  using kernel = weibull_kernel;

  Shape shape;  ///< positive; 1 is the exponential
  Scale scale;  ///< the quantile of 1 - 1/e, positive

  template <class P0, class P1>
  weibull(P0 shape_value, P1 scale_value)
      : shape(detail::as_parameter<Shape>(shape_value)), scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(shape, scale); }
};
template <class P0, class P1>
weibull(P0, P1) -> weibull<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
