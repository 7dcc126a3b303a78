// SPDX-License-Identifier: BSD-3-Clause
// What the tests of families of vectors and matrices share.
#pragma once

#include "credence/tensor/view.hpp"
#include "support/catch.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace credence::test {

using doubles = std::vector<double>;
using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
inline constexpr double inf = std::numeric_limits<double>::infinity();

inline view<const double, 2> viewed(const matrix& m) { return view<const double, 2>(m.data(), m.rows(), m.cols()); }
inline matrix as_matrix(const doubles& v, Eigen::Index rows, Eigen::Index columns) {
  return Eigen::Map<const matrix>(v.data(), rows, columns);
}

/// Derivative by central differences with Richardson extrapolation: error some 1e-10 for numbers of size 1.
inline double slope(const std::function<double(double)>& f, double at) {
  const double h = 1e-3 * (1.0 + std::abs(at));
  const auto difference = [&](double step) { return (f(at + step) - f(at - step)) / (2.0 * step); };
  return (64.0 * difference(h / 4) - 20.0 * difference(h / 2) + difference(h)) / 45.0;
}

/// Checks got[k] against the derivative of f by x[k], for all k.
inline void check_slopes(const std::function<double(const doubles&)>& f, const doubles& x, const doubles& got) {
  REQUIRE(got.size() == x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    CAPTURE(k);
    const double expected = slope(
        [&](double v) {
          doubles y = x;
          y[k] = v;
          return f(y);
        },
        x[k]);
    CHECK_THAT(got[k], WithinAbs(expected, 2e-8 * (1.0 + std::abs(expected))));
  }
}

/// A 3 by 3 covariance with a condition number of about 10.
inline matrix example_covariance() {
  matrix a(3, 3);
  a << 2.0, 0.0, 0.0, 0.5, 0.7, 0.0, -1.0, 0.3, 1.5;
  return a * a.transpose();
}

}  // namespace credence::test
