// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/nakagami.hpp"

namespace credence {

/// Names, domains and the functions of nakagami without a kernel; `p` is in the order of `parameters`.
struct nakagami_family {
  using kernel = nakagami_kernel;
  static constexpr const char* name = "nakagami";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"shape", parameter_domain::positive}, {"spread", parameter_domain::positive}}};
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

/// The square root of a gamma(shape, shape / spread).
template <class Shape = double, class Spread = double>
struct nakagami {
  using family = nakagami_family;
  using kernel = nakagami_kernel;

  Shape shape;    ///< positive
  Spread spread;  ///< mean of the square, positive

  template <class P0, class P1>
  nakagami(P0 shape_value, P1 spread_value)
      : shape(detail::as_parameter<Shape>(shape_value)), spread(detail::as_parameter<Spread>(spread_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(shape, spread); }
};
template <class P0, class P1>
nakagami(P0, P1) -> nakagami<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
