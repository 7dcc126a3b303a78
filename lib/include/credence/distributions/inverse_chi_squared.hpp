// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/inverse_chi_squared.hpp"

namespace credence {

/// Names, domains and the functions of inverse_chi_squared without a kernel; `p` is in the order of `parameters`.
struct inverse_chi_squared_family {
  using kernel = inverse_chi_squared_kernel;
  static constexpr const char* name = "inverse_chi_squared";
  static constexpr std::array<parameter_spec, 1> parameters{{{"df", parameter_domain::positive}}};
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

/// The distribution of 1 / c with c chi_squared(df).
template <class Df = double>
struct inverse_chi_squared {
  using family = inverse_chi_squared_family;
  using kernel = inverse_chi_squared_kernel;

  Df df;  ///< degrees of freedom, positive

  template <class P0>
  explicit inverse_chi_squared(P0 df_value) : df(detail::as_parameter<Df>(df_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(df); }
};
template <class P0>
inverse_chi_squared(P0) -> inverse_chi_squared<detail::promoted<P0>>;

}  // namespace credence
