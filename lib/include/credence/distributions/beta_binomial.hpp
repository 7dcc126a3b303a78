// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/beta_binomial.hpp"

namespace credence {

/// Names, domains and the functions of beta_binomial without a kernel; `p` is in the order of `parameters`.
struct beta_binomial_family {
  using kernel = beta_binomial_kernel;
  static constexpr const char* name = "beta_binomial";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"trials", parameter_domain::count}, {"a", parameter_domain::positive}, {"b", parameter_domain::positive}}};
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

/// Successes in trials whose common probability is beta(a, b).
template <class Trials = double, class A = double, class B = double>
struct beta_binomial {
  using family = beta_binomial_family;
  using kernel = beta_binomial_kernel;

  Trials trials;  ///< their number
  A a;            ///< positive
  B b;            ///< positive

  template <class P0, class P1, class P2>
  beta_binomial(P0 trials_value, P1 a_value, P2 b_value)
      : trials(detail::as_parameter<Trials>(trials_value)),
        a(detail::as_parameter<A>(a_value)),
        b(detail::as_parameter<B>(b_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(trials, a, b); }
};
template <class P0, class P1, class P2>
beta_binomial(P0, P1, P2) -> beta_binomial<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
