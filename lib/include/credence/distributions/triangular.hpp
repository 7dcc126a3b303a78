// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/triangular.hpp"

namespace credence {

/// Names, domains and the functions of triangular without a kernel; `p` is in the order of `parameters`.
struct triangular_family {
  using kernel = triangular_kernel;
  static constexpr const char* name = "triangular";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"lower", parameter_domain::real}, {"mode", parameter_domain::real}, {"upper", parameter_domain::real}}};
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

/// A density that rises linearly from lower to mode and falls linearly to upper.
template <class Lower = double, class Mode = double, class Upper = double>
struct triangular {
  using family = triangular_family;
  using kernel = triangular_kernel;

  Lower lower;  ///< left end
  Mode mode;    ///< peak, from lower to upper
  Upper upper;  ///< right end, above lower

  template <class P0, class P1, class P2>
  triangular(P0 lower_value, P1 mode_value, P2 upper_value)
      : lower(detail::as_parameter<Lower>(lower_value)),
        mode(detail::as_parameter<Mode>(mode_value)),
        upper(detail::as_parameter<Upper>(upper_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(lower, mode, upper); }
};
template <class P0, class P1, class P2>
triangular(P0, P1, P2) -> triangular<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
