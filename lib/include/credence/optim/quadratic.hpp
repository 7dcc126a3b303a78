// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// What a quadratic form x'Ax/2 + b'x + c is.
enum class quadratic_kind : std::uint8_t {
  unique_minimum,   ///< A is positive definite
  many_minima,      ///< A is positive semidefinite and b lies in its range: a flat of minima, `x` is the shortest
  unbounded_below,  ///< A is positive semidefinite, but b has a part where A is zero: `direction` falls for ever
  saddle,           ///< A has positive and negative eigenvalues: `x` is stationary, `direction` falls for ever
  unique_maximum,   ///< A is negative definite: unbounded below, `x` is the maximum
  unbounded,        ///< A has negative eigenvalues and no stationary point
};
const char* to_string(quadratic_kind kind);

struct quadratic_answer {
  quadratic_kind kind = quadratic_kind::unique_minimum;
  std::vector<double> x;            ///< the stationary point of least length; empty where there is none
  double value = 0.0;               ///< there; -infinity where the form is unbounded below
  std::vector<double> direction;    ///< unit vector along which the form falls without end; empty where it is bounded
  std::vector<double> eigenvalues;  ///< of A, ascending
  std::int64_t rank = 0;
  double condition = 0.0;  ///< largest over smallest absolute eigenvalue that is not taken for zero
};

/// Answers "where is x'Ax/2 + b'x + c least" for any symmetric A, also where the answer is "nowhere".
/// @param a          (n, n); symmetrised
/// @param tolerance  eigenvalues below tolerance * n * the largest are taken for zero
/// @throws shape_error   when the sizes do not fit
/// @throws domain_error  when an element is not finite
/// @complexity one eigenvalue decomposition
quadratic_answer minimize_quadratic(view<const double, 2> a, std::span<const double> b, double c = 0.0,
                                    double tolerance = 2.2e-16);

}  // namespace credence
