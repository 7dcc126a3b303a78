// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/inverse_gaussian.hpp"

namespace credence {

/// Names, domains and the functions of inverse_gaussian without a kernel; `p` is in the order of `parameters`.
struct inverse_gaussian_family {
  using kernel = inverse_gaussian_kernel;
  static constexpr const char* name = "inverse_gaussian";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"mean", parameter_domain::positive}, {"shape", parameter_domain::positive}}};
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

/// The time at which a Brownian motion with drift first reaches a level.
template <class Mean = double, class Shape = double>
struct inverse_gaussian {
  using family = inverse_gaussian_family;
  using kernel = inverse_gaussian_kernel;

  Mean mean;    ///< positive
  Shape shape;  ///< positive; the variance is mean^3 / shape

  template <class P0, class P1>
  inverse_gaussian(P0 mean_value, P1 shape_value)
      : mean(detail::as_parameter<Mean>(mean_value)), shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean, shape); }
};
template <class P0, class P1>
inverse_gaussian(P0, P1) -> inverse_gaussian<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
