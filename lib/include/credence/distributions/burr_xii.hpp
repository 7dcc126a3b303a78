// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/burr_xii.hpp"

namespace credence {

/// Names, domains and the functions of burr_xii without a kernel; `p` is in the order of `parameters`.
struct burr_xii_family {
  using kernel = burr_xii_kernel;
  static constexpr const char* name = "burr_xii";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"scale", parameter_domain::positive}, {"c", parameter_domain::positive}, {"k", parameter_domain::positive}}};
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

/// A power-law tail behind a power-law rise: 1 - cdf = (1 + (x / scale)^c)^-k.
template <class Scale = double, class C = double, class K = double>
struct burr_xii {
  using family = burr_xii_family;
  using kernel = burr_xii_kernel;

  Scale scale;  ///< positive
  C c;          ///< positive
  K k;          ///< positive; moments exist below c k

  template <class P0, class P1, class P2>
  burr_xii(P0 scale_value, P1 c_value, P2 k_value)
      : scale(detail::as_parameter<Scale>(scale_value)),
        c(detail::as_parameter<C>(c_value)),
        k(detail::as_parameter<K>(k_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(scale, c, k); }
};
template <class P0, class P1, class P2>
burr_xii(P0, P1, P2) -> burr_xii<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
