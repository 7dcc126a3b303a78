// SPDX-License-Identifier: BSD-3-Clause
// The checks of the rig that stand in files of their own, and what all of them use.
#pragma once

#include "rig.hpp"

#include <limits>
#include <string>

namespace credence::test {

inline constexpr double eps = std::numeric_limits<double>::epsilon();
inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline std::string text(const doubles& p) {
  std::string out;
  for (const double v : p) out += (out.empty() ? "" : ", ") + check::to_text(v);
  return out;
}

inline bool is_count(parameter_domain d) {
  return d == parameter_domain::count || d == parameter_domain::positive_count;
}

/// One plus the sum of sizes: what the rounding of a sum of these terms is relative to.
inline high size_of(const highs& terms) {
  high sum = 1;
  for (const high& t : terms) sum += abs(t);
  return sum;
}

/// Points through the whole distribution: quantiles from 1e-12 to 1 - 1e-9, different ones only.
inline doubles interior_points(const subject& f, const doubles& p) {
  doubles out;
  for (const double q : {1e-12, 1e-6, 1e-3, 0.05, 0.3, 0.5, 0.77, 0.95, 0.999, 1.0 - 1e-6, 1.0 - 1e-9}) {
    const double x = f.quantile(p, q);
    const support_interval s = f.support(p);
    const bool inside = x > s.lower && x < s.upper;
    const bool at_end = s.discrete && (x == s.lower || x == s.upper);
    if ((inside || at_end) && (out.empty() || out.back() != x)) out.push_back(x);
  }
  return out;
}

/// Density and partials against the declared formula in 50 digits.
void check_against_formula(const subject& f, const doubles& p);
/// Partials of the distribution function and its logarithms.
void check_tail_partials(const subject& f, const doubles& p);
/// Densities and distribution functions outside of the support, and what is refused.
void check_outside(const subject& f, const doubles& p);

}  // namespace credence::test
