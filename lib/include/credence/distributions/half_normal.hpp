// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/half_normal.hpp"

namespace credence {

/// Names, domains and the functions of half_normal without a kernel; `p` is in the order of `parameters`.
struct half_normal_family {
  using kernel = half_normal_kernel;
  static constexpr const char* name = "half_normal";
  static constexpr std::array<parameter_spec, 1> parameters{{{"sd", parameter_domain::positive}}};
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

/// The distribution of |z| with z normal(0, sd).
template <class Sd = double>
struct half_normal {
  using family = half_normal_family;
  using kernel = half_normal_kernel;

  Sd sd;  ///< standard deviation of z, not of |z|; positive

  template <class P0>
  explicit half_normal(P0 sd_value) : sd(detail::as_parameter<Sd>(sd_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(sd); }
};
template <class P0>
half_normal(P0) -> half_normal<detail::promoted<P0>>;

}  // namespace credence
