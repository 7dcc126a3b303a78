// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/distributions/kernels/gompertz.hpp"

namespace credence {

/// Names, domains and the functions of gompertz without a kernel; `p` is in the order of `parameters`.
struct gompertz_family {
  using kernel = gompertz_kernel;
  static constexpr const char* name = "gompertz";
  static constexpr std::array<parameter_spec, 2> parameters{
      {{"shape", parameter_domain::positive}, {"rate", parameter_domain::positive}}};
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

/// Life times with the hazard rate exp(shape x).
template <class Shape = double, class Rate = double>
struct gompertz {
  using family = gompertz_family;
  using kernel = gompertz_kernel;

  Shape shape;  ///< growth of the hazard, positive
  Rate rate;    ///< hazard at 0, positive

  template <class P0, class P1>
  gompertz(P0 shape_value, P1 rate_value)
      : shape(detail::as_parameter<Shape>(shape_value)), rate(detail::as_parameter<Rate>(rate_value)) {
    detail::check_parameters(*this);
  }

  auto parameters() const { return std::tie(shape, rate); }
};
template <class P0, class P1>
gompertz(P0, P1) -> gompertz<detail::promoted<P0>, detail::promoted<P1>>;

}  // namespace credence
