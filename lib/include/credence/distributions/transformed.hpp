// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"
#include "credence/distributions/functions.hpp"

#include <cmath>
#include <concepts>
#include <string_view>

namespace credence {

/// An increasing or decreasing function of one number with its inverse:
///  - `g(z)`             the value y
///  - `g.inverse(y)`     the z it came from; NaN where no z has that value
///  - `g.log_slope(z)`   log |dg / dz|
///  - `g.increasing()`   whether it rises
template <class G>
concept monotone_map = requires(const G& g, double v) {
  { g(v) } -> std::convertible_to<double>;
  { g.inverse(v) } -> std::convertible_to<double>;
  { g.log_slope(v) } -> std::convertible_to<double>;
  { g.increasing() } -> std::convertible_to<bool>;
};

/// z -> shift + scale z, scale not 0.
struct affine_map {
  double shift, scale;
  double operator()(double z) const { return shift + scale * z; }
  [[nodiscard]] double inverse(double y) const { return (y - shift) / scale; }
  [[nodiscard]] double log_slope(double) const { return std::log(std::abs(scale)); }
  [[nodiscard]] bool increasing() const { return scale > 0.0; }
};
/// z -> exp(z).
struct exp_map {
  double operator()(double z) const { return std::exp(z); }
  [[nodiscard]] double inverse(double y) const { return std::log(y); }
  [[nodiscard]] double log_slope(double z) const { return z; }
  [[nodiscard]] bool increasing() const { return true; }
};
/// z -> 1 / (1 + exp(-z)).
struct inv_logit_map {
  double operator()(double z) const { return math::inv_logit(z); }
  [[nodiscard]] double inverse(double y) const { return std::log(y) - std::log1p(-y); }
  [[nodiscard]] double log_slope(double z) const { return -math::log1p_exp(z) - math::log1p_exp(-z); }
  [[nodiscard]] bool increasing() const { return true; }
};

/// y = g(z) with z from a continuous distribution: `transformed{normal{0, 1}, exp_map{}}` is a lognormal.
template <numeric_distribution D, monotone_map G>
struct transformed {
  D base;
  G map;

  /// @throws domain_error  when the base is discrete
  transformed(const D& d, const G& g) : base(d), map(g) {
    if (support(base).discrete) {
      check::fail_domain("transformed", "base", std::string_view(D::family::name), "a continuous distribution");
    }
  }
};

/// The base's at the inverse, minus log |dg / dz|; -infinity for what g does not reach.
template <numeric_distribution D, monotone_map G>
double log_pdf(const transformed<D, G>& d, double y) {
  if (y != y) return y;
  const double z = d.map.inverse(y), l = z == z ? log_pdf(d.base, z) : -__builtin_inf();
  return l == -__builtin_inf() ? l : l - d.map.log_slope(z);
}

/// log_pdf and its derivatives by the parameters of the base; `x` is left 0: g has no second derivative here.
template <numeric_distribution D, monotone_map G>
auto log_pdf_partials(const transformed<D, G>& d, double y) {
  auto out = log_pdf_partials(d.base, d.map.inverse(y));
  out.value = log_pdf(d, y);
  out.x = 0.0;
  if (out.value == -__builtin_inf()) out.parameters.fill(0.0);
  return out;
}

template <numeric_distribution D, monotone_map G>
double cdf(const transformed<D, G>& d, double y) {
  const double z = d.map.inverse(y);
  return d.map.increasing() ? cdf(d.base, z) : ccdf(d.base, z);
}
template <numeric_distribution D, monotone_map G>
double quantile(const transformed<D, G>& d, double probability) {
  return d.map(quantile(d.base, d.map.increasing() ? probability : 1.0 - probability));
}
template <numeric_distribution D, monotone_map G>
double sample(const transformed<D, G>& d, rng_key key, std::uint64_t index = 0) {
  return d.map(sample(d.base, key, index));
}

}  // namespace credence
