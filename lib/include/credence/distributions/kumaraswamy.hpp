// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/kumaraswamy.hpp"

namespace credence {

/// Names, domains and the functions of kumaraswamy without a kernel; `p` is in the order of `parameters`.
struct kumaraswamy_family {
  using kernel = kumaraswamy_kernel;
  static constexpr const char* name = "kumaraswamy";
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

/// The distribution of u^(1/a) with 1 - u the power 1/b of a uniform: a beta with a simple distribution function.
template <class A = double, class B = double>
struct kumaraswamy {
  using family = kumaraswamy_family;
  using kernel = kumaraswamy_kernel;

  A a;  ///< positive
  B b;  ///< positive

  template <class P0, class P1>
  kumaraswamy(P0 a_value, P1 b_value) : a(detail::as_parameter<A>(a_value)), b(detail::as_parameter<B>(b_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(a, b); }
};
template <class P0, class P1>
kumaraswamy(P0, P1) -> kumaraswamy<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
