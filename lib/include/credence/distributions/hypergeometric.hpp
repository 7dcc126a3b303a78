// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/hypergeometric.hpp"

namespace credence {

/// Names, domains and the functions of hypergeometric without a kernel; `p` is in the order of `parameters`.
struct hypergeometric_family {
  using kernel = hypergeometric_kernel;
  static constexpr const char* name = "hypergeometric";
  static constexpr std::array<parameter_spec, 3> parameters{
      {{"draws", parameter_domain::count}, {"good", parameter_domain::count}, {"bad", parameter_domain::count}}};
  static void check(const double* p);
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

/// The good ones in a sample taken without replacement.
template <class Draws = double, class Good = double, class Bad = double>
struct hypergeometric {
  using family = hypergeometric_family;
  using kernel = hypergeometric_kernel;

  Draws draws;  ///< size of the sample, at most good + bad
  Good good;    ///< how many there are
  Bad bad;      ///< how many others there are

  template <class P0, class P1, class P2>
  hypergeometric(P0 draws_value, P1 good_value, P2 bad_value)
      : draws(detail::as_parameter<Draws>(draws_value)),
        good(detail::as_parameter<Good>(good_value)),
        bad(detail::as_parameter<Bad>(bad_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(draws, good, bad); }
};
template <class P0, class P1, class P2>
hypergeometric(P0, P1, P2) -> hypergeometric<detail::promoted<P0>, detail::promoted<P1>, detail::promoted<P2>>;

}  // namespace credence
