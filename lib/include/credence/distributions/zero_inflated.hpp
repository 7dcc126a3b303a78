// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/functions.hpp"
#include "credence/random/uniform.hpp"
#include "credence/special/log_sum_exp.hpp"

#include <array>
#include <cmath>
#include <string_view>

namespace credence {

/// A family of counts with extra zeros: 0 with probability zero_probability, else a draw of the base (which may be 0).
/// poisson and negative_binomial have families of their own, whose parameters may be views or recorded variables.
template <numeric_distribution D>
struct zero_inflated {
  double zero_probability;
  D base;

  /// @throws domain_error  when the probability is outside [0, 1] or the base is not discrete
  zero_inflated(double probability, const D& d) : zero_probability(probability), base(d) {
    check::probability("zero_inflated", "zero_probability", probability);
    if (!support(base).discrete) {
      check::fail_domain("zero_inflated", "base", std::string_view(D::family::name), "a discrete distribution");
    }
  }
};

template <numeric_distribution D>
double log_pdf(const zero_inflated<D>& d, double x) {
  const double l = log_pdf(d.base, x) + std::log1p(-d.zero_probability);
  return x == 0.0 ? special::log_add_exp(std::log(d.zero_probability), l) : l;
}

template <std::size_t Parameters>
struct zero_inflated_gradient {
  double value;
  double zero_probability;
  std::array<double, Parameters> parameters;  ///< of the base
};
/// log_pdf and its derivatives; 0 outside the support.
template <numeric_distribution D>
auto log_pdf_partials(const zero_inflated<D>& d, double x) {
  const auto part = log_pdf_partials(d.base, x);
  zero_inflated_gradient<std::tuple_size_v<decltype(parameter_array(d.base))>> out{log_pdf(d, x), 0.0, part.parameters};
  if (out.value == -__builtin_inf()) {
    out.parameters.fill(0.0);
    return out;
  }
  const double rest = 1.0 - d.zero_probability;
  const double odds = x == 0.0 ? std::exp(part.value - out.value) : 1.0 / rest;  // base probability over that of x
  out.zero_probability = x == 0.0 ? std::exp(-out.value) - odds : -1.0 / rest;
  for (double& slope : out.parameters) slope *= rest * odds;
  return out;
}

template <numeric_distribution D>
double cdf(const zero_inflated<D>& d, double x) {
  return x < 0.0 ? 0.0 : d.zero_probability + (1.0 - d.zero_probability) * cdf(d.base, x);
}
template <numeric_distribution D>
double mean(const zero_inflated<D>& d) {
  return (1.0 - d.zero_probability) * mean(d.base);
}
template <numeric_distribution D>
double variance(const zero_inflated<D>& d) {
  const double m = mean(d.base);
  return (1.0 - d.zero_probability) * (variance(d.base) + d.zero_probability * m * m);
}
template <numeric_distribution D>
double sample(const zero_inflated<D>& d, rng_key key, std::uint64_t index = 0) {
  return random::uniform(key.split(purpose::user, 3), index) < d.zero_probability ? 0.0 : sample(d.base, key, index);
}

}  // namespace credence
