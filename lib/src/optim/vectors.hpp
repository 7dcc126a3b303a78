// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The few vector operations that optimisers need.
namespace credence::optim_detail {

using values = std::span<const double>;

inline double dot(values a, values b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
/// Largest absolute component; NaN when one is.
inline double largest(values a) {
  double most = 0.0;
  for (const double x : a) {
    if (x != x) return x;
    most = std::fmax(most, std::fabs(x));
  }
  return most;
}
/// Length, without overflow.
inline double length(values a) {
  const double scale = largest(a);
  if (!(scale > 0.0) || scale == HUGE_VAL) return scale;
  double sum = 0.0;
  for (const double x : a) sum += (x / scale) * (x / scale);
  return scale * std::sqrt(sum);
}
inline bool all_finite(values a) {
  for (const double x : a) {
    if (!std::isfinite(x)) return false;
  }
  return true;
}
inline void check_start(std::string_view where, values start) {
  if (start.empty()) check::fail_shape(where, "the start has no elements");
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (!std::isfinite(start[i])) check::fail_domain(where, "start[" + std::to_string(i) + "]", start[i], "finite");
  }
}

}  // namespace credence::optim_detail
