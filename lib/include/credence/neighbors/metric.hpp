// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/neighbors/distance_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credence::neighbors {

/// How far two points are apart. Searches compare *power distances*, which need no root:
///
///   euclidean   sum_j w_j (x_j - y_j)^2     the squared distance
///   manhattan   sum_j w_j |x_j - y_j|       the distance itself
///   chebyshev   max_j w_j |x_j - y_j|       the distance itself
///   minkowski   sum_j w_j |x_j - y_j|^p     its p-th power
///
/// The number is defined to the last bit, in the type of the points: the difference is rounded once; terms are taken in
/// the order of the dimensions, each added by one correctly rounded fma, s = fma(w_j * t, t, s) or s = fma(w_j, |t|, s)
/// (without weights fma(t, t, s) and s + |t|); powers are those of base/portable_math.hpp. Bytes give exact integers.
struct metric {
  metric_kind kind = metric_kind::euclidean;
  double p = 2.0;               ///< the exponent of `minkowski`; at least 1
  std::vector<double> weights;  ///< one for each dimension, finite and not negative; empty: all are 1

  static metric euclidean(std::vector<double> weights = {}) {
    return {metric_kind::euclidean, 2.0, std::move(weights)};
  }
  static metric manhattan(std::vector<double> weights = {}) {
    return {metric_kind::manhattan, 1.0, std::move(weights)};
  }
  static metric chebyshev(std::vector<double> weights = {}) {
    return {metric_kind::chebyshev, 1.0, std::move(weights)};
  }
  static metric minkowski(double p, std::vector<double> weights = {}) {
    return {metric_kind::minkowski, p, std::move(weights)};
  }

  friend bool operator==(const metric&, const metric&) = default;
};

/// "euclidean", "manhattan", "chebyshev", "minkowski:3".
std::string to_string(const metric& how);
/// @throws domain_error  for another text
metric parse_metric(std::string_view text);

/// The power distance of two points by its definition: the slow twin of every search.
/// @param how  without weights, and not `minkowski`, where T is a type of bytes
template <class T>
distance_t<T> power_distance(const metric& how, const T* x, const T* y, std::int64_t dimensions);

/// The distance that a power distance stands for: its square root, p-th root, or itself.
double root_distance(const metric& how, double power_distance);

}  // namespace credence::neighbors
