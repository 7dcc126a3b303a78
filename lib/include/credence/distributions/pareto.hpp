// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/pareto.hpp"

namespace credence {

/// Names, domains and the functions of pareto without a kernel; `p` is in the order of `parameters`.
struct pareto_family {
  using kernel = pareto_kernel;
  static constexpr const char* name = "pareto";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"minimum", parameter_domain::positive}, {"shape", parameter_domain::positive}}};
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

/// The Pareto distribution of type I.
template <class Minimum = double, class Shape = double>
struct pareto {
  using family = pareto_family;
  using kernel = pareto_kernel;

  Minimum minimum;  ///< left end of the support, positive
  Shape shape;      ///< tail exponent, positive; moments exist below it

  template <class P0, class P1>
  pareto(P0 minimum_value, P1 shape_value)
      : minimum(detail::as_parameter<Minimum>(minimum_value)), shape(detail::as_parameter<Shape>(shape_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(minimum, shape); }
};
template <class P0, class P1>
pareto(P0, P1) -> pareto<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
