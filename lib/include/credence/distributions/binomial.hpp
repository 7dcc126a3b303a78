// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/binomial.hpp"

namespace credence {

/// Names, domains and the functions of binomial without a kernel; `p` is in the order of `parameters`.
struct binomial_family {
  using kernel = binomial_kernel;
  static constexpr const char* name = "binomial";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"trials", parameter_domain::count}, {"probability", parameter_domain::probability}}};
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

/// Successes in independent trials.
template <class Trials = double, class Probability = double>
struct binomial {
  using family = binomial_family;
  using kernel = binomial_kernel;

  Trials trials;            ///< their number
  Probability probability;  ///< of success

  template <class P0, class P1>
  binomial(P0 trials_value, P1 probability_value)
      : trials(detail::as_parameter<Trials>(trials_value)),
        probability(detail::as_parameter<Probability>(probability_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(trials, probability); }
};
template <class P0, class P1>
binomial(P0, P1) -> binomial<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
