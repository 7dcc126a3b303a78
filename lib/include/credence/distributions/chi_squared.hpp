// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/chi_squared.hpp"

namespace credence {

/// Names, domains and the functions of chi_squared without a kernel; `p` is in the order of `parameters`.
struct chi_squared_family {
  using kernel = chi_squared_kernel;
  static constexpr const char* name = "chi_squared";
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

/// The sum of df squares of standard normals.
template <class Df = double>
struct chi_squared {
  using family = chi_squared_family;
  using kernel = chi_squared_kernel;

  Df df;  ///< degrees of freedom, positive

  template <class P0>
  explicit chi_squared(P0 df_value) : df(detail::as_parameter<Df>(df_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(df); }
};
template <class P0>
chi_squared(P0) -> chi_squared<detail::promoted<P0>>;

}  // namespace credence
