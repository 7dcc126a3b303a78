// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/gumbel.hpp"

namespace credence {

/// Names, domains and the functions of gumbel without a kernel; `p` is in the order of `parameters`.
struct gumbel_family {
  using kernel = gumbel_kernel;
  static constexpr const char* name = "gumbel";
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

/// The extreme-value distribution of type I, of largest values.
template <class Location = double, class Scale = double>
struct gumbel {
  using family = gumbel_family;
  using kernel = gumbel_kernel;

  Location location;  ///< the mode
  Scale scale;        ///< positive

  template <class P0, class P1>
  gumbel(P0 location_value, P1 scale_value)
      : location(detail::as_parameter<Location>(location_value)), scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(location, scale); }
};
template <class P0, class P1>
gumbel(P0, P1) -> gumbel<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
