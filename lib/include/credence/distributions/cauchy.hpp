// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/cauchy.hpp"

namespace credence {

/// Names, domains and the functions of cauchy without a kernel; `p` is in the order of `parameters`.
struct cauchy_family {
  using kernel = cauchy_kernel;
  static constexpr const char* name = "cauchy";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"location", parameter_domain::real}, {"scale", parameter_domain::positive}}};
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

/// The Cauchy distribution: a Student t with one degree of freedom.
template <class Location = double, class Scale = double>
struct cauchy {
  using family = cauchy_family;
  using kernel = cauchy_kernel;

  Location location;  ///< the median
  Scale scale;        ///< half the distance between the quartiles, positive

  template <class P0, class P1>
  cauchy(P0 location_value, P1 scale_value)
      : location(detail::as_parameter<Location>(location_value)), scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(location, scale); }
};
template <class P0, class P1>
cauchy(P0, P1) -> cauchy<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
