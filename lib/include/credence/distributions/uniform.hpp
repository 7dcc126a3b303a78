// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/uniform.hpp"

namespace credence {

/// Names, domains and the functions of uniform without a kernel; `p` is in the order of `parameters`.
struct uniform_family {
  using kernel = uniform_kernel;
  static constexpr const char* name = "uniform";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"lower", parameter_domain::real}, {"upper", parameter_domain::real}}};
  static void check(const double* p);
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

/// The continuous uniform distribution on [lower, upper].
template <class Lower = double, class Upper = double>
struct uniform {
  using family = uniform_family;
  using kernel = uniform_kernel;

  Lower lower;  ///< left end
  Upper upper;  ///< right end, above lower

  template <class P0, class P1>
  uniform(P0 lower_value, P1 upper_value)
      : lower(detail::as_parameter<Lower>(lower_value)), upper(detail::as_parameter<Upper>(upper_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(lower, upper); }
};
template <class P0, class P1>
uniform(P0, P1) -> uniform<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
