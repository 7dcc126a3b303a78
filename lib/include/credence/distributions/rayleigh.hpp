// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/rayleigh.hpp"

namespace credence {

/// Names, domains and the functions of rayleigh without a kernel; `p` is in the order of `parameters`.
struct rayleigh_family {
  using kernel = rayleigh_kernel;
  static constexpr const char* name = "rayleigh";
  static constexpr std::array<parameter_spec, 1> parameters{{{"scale", parameter_domain::positive}}};
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

/// The length of two independent normal(0, scale).
template <class Scale = double>
struct rayleigh {
  using family = rayleigh_family;
  using kernel = rayleigh_kernel;

  Scale scale;  ///< the mode, positive

  template <class P0>
  explicit rayleigh(P0 scale_value) : scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(scale); }
};
template <class P0>
rayleigh(P0) -> rayleigh<detail::promoted<P0>>;

}  // namespace credence
