// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/gamma.hpp"

namespace credence {

/// Names, domains and the functions of gamma without a kernel; `p` is in the order of `parameters`.
struct gamma_family {
  using kernel = gamma_kernel;
  static constexpr const char* name = "gamma";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"shape", parameter_domain::positive}, {"rate", parameter_domain::positive}}};
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

/// The gamma distribution.
template <class Shape = double, class Rate = double>
struct gamma {
  using family = gamma_family;
  using kernel = gamma_kernel;

  Shape shape;  ///< positive
  Rate rate;    ///< 1 / scale, positive

  template <class P0, class P1>
  gamma(P0 shape_value, P1 rate_value)
      : shape(detail::as_parameter<Shape>(shape_value)), rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(shape, rate); }
};
template <class P0, class P1>
gamma(P0, P1) -> gamma<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
