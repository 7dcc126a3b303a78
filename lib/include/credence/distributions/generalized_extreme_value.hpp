// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/generalized_extreme_value.hpp"

namespace credence {

/// Names, domains and the functions of generalized_extreme_value without a kernel; `p` is in the order of `parameters`.
struct generalized_extreme_value_family {
  using kernel = generalized_extreme_value_kernel;
  static constexpr const char* name = "generalized_extreme_value";
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
  static double entropy(const double* p);
};

/// Largest values of any type.
template <class Location = double, class Scale = double, class Shape = double>
struct generalized_extreme_value {
  using family = generalized_extreme_value_family;
  using kernel = generalized_extreme_value_kernel;

  Location location;  ///< near the mode
  Scale scale;        ///< positive
  Shape shape;        ///< tail: 0 the gumbel, above it heavy, below it bounded

  template <class P0, class P1, class P2>
  generalized_extreme_value(P0 location_value, P1 scale_value, P2 shape_value)
      : location(detail::as_parameter<Location>(location_value)),
        scale(detail::as_parameter<Scale>(scale_value)),
        shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(location, scale, shape); }
};
template <class P0, class P1, class P2>
generalized_extreme_value(P0, P1, P2)
    -> generalized_extreme_value<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
