// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/skew_normal.hpp"

namespace credence {

/// Names, domains and the functions of skew_normal without a kernel; `p` is in the order of `parameters`.
struct skew_normal_family {
  using kernel = skew_normal_kernel;
  static constexpr const char* name = "skew_normal";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"location", parameter_domain::real}, {"scale", parameter_domain::positive}, {"shape", parameter_domain::real}}};
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

/// A normal skewed to one side: 2 phi(z) Phi(shape z) / scale, z = (x - location) / scale.
/// @source Azzalini, "A class of distributions which includes the normal ones", Scand. J. Stat. 12 (1985)
template <class Location = double, class Scale = double, class Shape = double>
struct skew_normal {
  using family = skew_normal_family;
  using kernel = skew_normal_kernel;

  Location location;  ///< where the normal it was skewed from has its mean
  Scale scale;        ///< positive
  Shape shape;        ///< skewness: 0 the normal, above it a longer right tail

  template <class P0, class P1, class P2>
  skew_normal(P0 location_value, P1 scale_value, P2 shape_value)
      : location(detail::as_parameter<Location>(location_value)),
        scale(detail::as_parameter<Scale>(scale_value)),
        shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(location, scale, shape); }
};
template <class P0, class P1, class P2>
skew_normal(P0, P1, P2) -> skew_normal<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
