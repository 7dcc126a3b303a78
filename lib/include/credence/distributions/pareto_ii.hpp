// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/pareto_ii.hpp"

namespace credence {

/// Names, domains and the functions of pareto_ii without a kernel; `p` is in the order of `parameters`.
struct pareto_ii_family {
  using kernel = pareto_ii_kernel;
  static constexpr const char* name = "pareto_ii";
  static constexpr std::array<parameter_spec, 3> parameters{{{"location", parameter_domain::real},
                                                             {"scale", parameter_domain::positive},
                                                             {"shape", parameter_domain::positive}}};
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

/// The Lomax distribution with a location: Pareto of type II.
template <class Location = double, class Scale = double, class Shape = double>
struct pareto_ii {
  using family = pareto_ii_family;
  using kernel = pareto_ii_kernel;

  Location location;  ///< left end of the support
  Scale scale;        ///< positive
  Shape shape;        ///< tail exponent, positive; moments exist below it

  template <class P0, class P1, class P2>
  pareto_ii(P0 location_value, P1 scale_value, P2 shape_value)
      : location(detail::as_parameter<Location>(location_value)),
        scale(detail::as_parameter<Scale>(scale_value)),
        shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(location, scale, shape); }
};
template <class P0, class P1, class P2>
pareto_ii(P0, P1, P2) -> pareto_ii<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
