// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/geometric.hpp"

namespace credence {

/// Names, domains and the functions of geometric without a kernel; `p` is in the order of `parameters`.
struct geometric_family {
  using kernel = geometric_kernel;
  static constexpr const char* name = "geometric";
  static constexpr std::array<parameter_spec, 1> parameters{{{"probability", parameter_domain::open_probability}}};
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

/// Failures before the first success.
template <class Probability = double>
struct geometric {
  using family = geometric_family;
  using kernel = geometric_kernel;

  Probability probability;  ///< of success, strictly between 0 and 1

  template <class P0>
  explicit geometric(P0 probability_value) : probability(detail::as_parameter<Probability>(probability_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(probability); }
};
template <class P0>
geometric(P0) -> geometric<detail::promoted<P0>>;

}  // namespace credence
