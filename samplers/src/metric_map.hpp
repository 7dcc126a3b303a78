// SPDX-License-Identifier: BSD-3-Clause
// The linear map of a metric, and a density seen through it.
#pragma once

#include "credence/samplers/metric.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>

namespace credence::detail {

/// out = L y
void apply(const metric& map, const double* y, double* out, std::int64_t dimension);
/// out = L^T g
void apply_transposed(const metric& map, const double* g, double* out, std::int64_t dimension);
/// out = L^-T g
void solve_transposed(const metric& map, const double* g, double* out, std::int64_t dimension);
/// out = L^-1 x
void solve(const metric& map, const double* x, double* out, std::int64_t dimension);
/// log det L
double log_determinant(const metric& map, std::int64_t dimension);

/// y -> log density at origin + L y, with the gradient by y. Every transition has its own origin, so that rounding does
/// not build up whatever the condition of L.
struct mapped_density {
  const density_ref* target;
  const metric* map;
  const double* origin;
  double* x;         ///< scratch
  double* gradient;  ///< scratch

  /// In the form that density_ref::function has.
  static double call(const void* object, const double* y, double* gradient);
  /// x = origin + L y
  void position(const double* y, double* out) const;
};

/// Unit and diagonal metrics are a vector of scales, which the kernels handle themselves.
inline bool is_diagonal(const metric& m) { return m.what == metric::shape::unit || m.what == metric::shape::diagonal; }

}  // namespace credence::detail
