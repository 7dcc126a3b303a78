// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/beta.hpp"

namespace credence {

/// Names, domains and the functions of beta without a kernel; `p` is in the order of `parameters`.
struct beta_family {
  using kernel = beta_kernel;
  static constexpr const char* name = "beta";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"a", parameter_domain::positive}, {"b", parameter_domain::positive}}};
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

/// The beta distribution on [0, 1].
template <class A = double, class B = double>
struct beta {
  using family = beta_family;
  using kernel = beta_kernel;

  A a;  ///< power of x plus one, positive
  B b;  ///< power of 1 - x plus one, positive

  template <class P0, class P1>
  beta(P0 a_value, P1 b_value) : a(detail::as_parameter<A>(a_value)), b(detail::as_parameter<B>(b_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(a, b); }
};
template <class P0, class P1>
beta(P0, P1) -> beta<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
