// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/half_student_t.hpp"

namespace credence {

/// Names, domains and the functions of half_student_t without a kernel; `p` is in the order of `parameters`.
struct half_student_t_family {
  using kernel = half_student_t_kernel;
  static constexpr const char* name = "half_student_t";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"df", parameter_domain::positive}, {"scale", parameter_domain::positive}}};
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

/// The distribution of |t| with t student_t(df, 0, scale).
template <class Df = double, class Scale = double>
struct half_student_t {
  using family = half_student_t_family;
  using kernel = half_student_t_kernel;

  Df df;        ///< degrees of freedom, positive
  Scale scale;  ///< positive

  template <class P0, class P1>
  half_student_t(P0 df_value, P1 scale_value)
      : df(detail::as_parameter<Df>(df_value)), scale(detail::as_parameter<Scale>(scale_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(df, scale); }
};
template <class P0, class P1>
half_student_t(P0, P1) -> half_student_t<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
