// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/negative_binomial_p.hpp"

namespace credence {

/// Names, domains and the functions of negative_binomial_p without a kernel; `p` is in the order of `parameters`.
struct negative_binomial_p_family {
  using kernel = negative_binomial_p_kernel;
  static constexpr const char* name = "negative_binomial_p";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"successes", parameter_domain::positive}, {"probability", parameter_domain::open_probability}}};
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

/// Failures before a number of successes (which need not be whole).
template <class Successes = double, class Probability = double>
struct negative_binomial_p {
  using family = negative_binomial_p_family;
  using kernel = negative_binomial_p_kernel;

  Successes successes;      ///< positive
  Probability probability;  ///< of success, strictly between 0 and 1

  template <class P0, class P1>
  negative_binomial_p(P0 successes_value, P1 probability_value)
      : successes(detail::as_parameter<Successes>(successes_value)),
        probability(detail::as_parameter<Probability>(probability_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(successes, probability); }
};
template <class P0, class P1>
negative_binomial_p(P0, P1) -> negative_binomial_p<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
