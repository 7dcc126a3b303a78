// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/bernoulli_logit.hpp"

namespace credence {

/// Names, domains and the functions of bernoulli_logit without a kernel; `p` is in the order of `parameters`.
struct bernoulli_logit_family {
  using kernel = bernoulli_logit_kernel;
  static constexpr const char* name = "bernoulli_logit";
  static constexpr std::array<parameter_spec, 1> parameters{{{"logit", parameter_domain::real}}};
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

/// 0 or 1, with the log odds of 1 as parameter.
template <class Logit = double>
struct bernoulli_logit {
  using family = bernoulli_logit_family;
  using kernel = bernoulli_logit_kernel;

  Logit logit;  ///< log(P(1) / P(0))

  template <class P0>
  explicit bernoulli_logit(P0 logit_value) : logit(detail::as_parameter<Logit>(logit_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(logit); }
};
template <class P0>
bernoulli_logit(P0) -> bernoulli_logit<detail::promoted<P0>>;

}  // namespace credence
