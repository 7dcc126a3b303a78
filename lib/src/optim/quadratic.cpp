// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/quadratic.hpp"

#include "credence/tensor/linalg.hpp"
#include "optim/vectors.hpp"

namespace credence {

using namespace optim_detail;

const char* to_string(quadratic_kind kind) {
  switch (kind) {
    case quadratic_kind::unique_minimum:
      return "unique_minimum";
    case quadratic_kind::many_minima:
      return "many_minima";
    case quadratic_kind::unbounded_below:
      return "unbounded_below";
    case quadratic_kind::saddle:
      return "saddle";
    case quadratic_kind::unique_maximum:
      return "unique_maximum";
    case quadratic_kind::unbounded:
      return "unbounded";
  }
  return "";
}

quadratic_answer minimize_quadratic(view<const double, 2> a, std::span<const double> b, double c, double tolerance) {
  const std::int64_t n = a.extents[0];
  check::same_size("minimize_quadratic", "columns of a", a.extents[1], "rows of a", n);
  check::same_size("minimize_quadratic", "b", static_cast<std::int64_t>(b.size()), "rows of a", n);
  check_start("minimize_quadratic", b);
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> symmetric(size * size);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      symmetric[static_cast<std::size_t>(i * n + j)] = 0.5 * a(i, j) + 0.5 * a(j, i);
    }
  }
  const auto solved = eigen_symmetric({}, view<const double, 2>(symmetric.data(), n, n));
  const double *values = solved.values.data(), *vectors = solved.vectors.data();
  quadratic_answer out;
  out.eigenvalues.assign(values, values + n);
  const double scale = std::fmax(std::fabs(values[0]), std::fabs(values[n - 1]));
  const double zero = tolerance * static_cast<double>(n) * scale;
  const double b_scale = length(b);
  double smallest = HUGE_VAL, largest_taken = 0.0;
  bool positive = false, negative = false, flat_slope = false;
  std::vector<double> along(size, 0.0), x(size, 0.0), fall(size, 0.0);
  for (std::size_t j = 0; j < size; ++j) {
    for (std::size_t i = 0; i < size; ++i) along[j] += vectors[i * size + j] * b[i];
    const double value = values[j];
    if (std::fabs(value) <= zero) {
      if (std::fabs(along[j]) > 1e-12 * b_scale) {
        flat_slope = true;
        for (std::size_t i = 0; i < size; ++i) fall[i] -= along[j] * vectors[i * size + j];
      }
      continue;
    }
    ++out.rank;
    (value > 0.0 ? positive : negative) = true;
    smallest = std::fmin(smallest, std::fabs(value));
    largest_taken = std::fmax(largest_taken, std::fabs(value));
    for (std::size_t i = 0; i < size; ++i) x[i] -= along[j] / value * vectors[i * size + j];
  }
  out.condition = out.rank > 0 ? largest_taken / smallest : 1.0;
  if (negative) {
    out.kind = flat_slope                                                 ? quadratic_kind::unbounded
               : !positive && out.rank == static_cast<std::int64_t>(size) ? quadratic_kind::unique_maximum
                                                                          : quadratic_kind::saddle;
    // The most negative eigenvector; of its two ways the one that also falls at first.
    const double sign = along[0] > 0.0 ? -1.0 : 1.0;
    for (std::size_t i = 0; i < size; ++i) fall[i] = sign * vectors[i * size];
  } else if (flat_slope) {
    out.kind = quadratic_kind::unbounded_below;
    const double norm = length(fall);
    for (double& v : fall) v /= norm;
  } else {
    out.kind =
        out.rank == static_cast<std::int64_t>(size) ? quadratic_kind::unique_minimum : quadratic_kind::many_minima;
  }
  if (!flat_slope) {
    out.x = x;
    out.value = c + 0.5 * dot(b, x);
  } else {
    out.value = -HUGE_VAL;
  }
  if (negative) out.value = -HUGE_VAL;
  if (negative || flat_slope) out.direction = fall;
  return out;
}

}  // namespace credence
