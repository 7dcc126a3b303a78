// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/bernoulli.hpp"

namespace credence {

/// Names, domains and the functions of bernoulli without a kernel; `p` is in the order of `parameters`.
struct bernoulli_family {
  using kernel = bernoulli_kernel;
  static constexpr const char* name = "bernoulli";
  static constexpr std::array<parameter_spec, 1> parameters{{{"probability", parameter_domain::probability}}};
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

/// 0 or 1.
template <class Probability = double>
struct bernoulli {
  using family = bernoulli_family;
  using kernel = bernoulli_kernel;

  Probability probability;  ///< P(1)

  template <class P0>
  explicit bernoulli(P0 probability_value) : probability(detail::as_parameter<Probability>(probability_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(probability); }
};
template <class P0>
bernoulli(P0) -> bernoulli<detail::promoted<P0>>;

}  // namespace credence
