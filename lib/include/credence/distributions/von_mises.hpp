// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/von_mises.hpp"

namespace credence {

/// Names, domains and the functions of von_mises without a kernel; `p` is in the order of `parameters`.
struct von_mises_family {
  using kernel = von_mises_kernel;
  static constexpr const char* name = "von_mises";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"mean_direction", parameter_domain::real}, {"concentration", parameter_domain::positive}}};
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

/// Directions on a circle. The density is given for every real x and has period 2 pi; everything else takes x as the
/// representative between mean_direction - pi and mean_direction + pi.
template <class MeanDirection = double, class Concentration = double>
struct von_mises {
  using family = von_mises_family;
  using kernel = von_mises_kernel;

  MeanDirection mean_direction;  ///< where the density is largest, in radians
  Concentration concentration;   ///< positive; about 1 / variance when large

  template <class P0, class P1>
  von_mises(P0 mean_direction_value, P1 concentration_value)
      : mean_direction(detail::as_parameter<MeanDirection>(mean_direction_value)),
        concentration(detail::as_parameter<Concentration>(concentration_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(mean_direction, concentration); }
};
template <class P0, class P1>
von_mises(P0, P1) -> von_mises<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
