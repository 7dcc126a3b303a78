// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/binomial_logit.hpp"

namespace credence {

/// Names, domains and the functions of binomial_logit without a kernel; `p` is in the order of `parameters`.
struct binomial_logit_family {
  using kernel = binomial_logit_kernel;
  static constexpr const char* name = "binomial_logit";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"trials", parameter_domain::count}, {"logit", parameter_domain::real}}};
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

/// Successes in independent trials, with the log odds as parameter.
template <class Trials = double, class Logit = double>
struct binomial_logit {
  using family = binomial_logit_family;
  using kernel = binomial_logit_kernel;

  Trials trials;  ///< their number
  Logit logit;    ///< log(P(1) / P(0))

  template <class P0, class P1>
  binomial_logit(P0 trials_value, P1 logit_value)
      : trials(detail::as_parameter<Trials>(trials_value)), logit(detail::as_parameter<Logit>(logit_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(trials, logit); }
};
template <class P0, class P1>
binomial_logit(P0, P1) -> binomial_logit<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
