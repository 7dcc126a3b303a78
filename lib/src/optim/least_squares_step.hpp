// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "optim/vectors.hpp"

#include <vector>

namespace credence::optim_detail {

/// Householder's QR of a tall matrix with pivoting of columns, kept so that Q' can be applied later. Column-major.
class householder_qr {
 public:
  /// @param jacobian  row-major (m, n)
  householder_qr(values jacobian, std::size_t m, std::size_t n);

  /// First n elements of Q' v.
  [[nodiscard]] std::vector<double> project(values v) const;
  /// The upper triangle R, row i column j (j >= i), in pivoted order.
  [[nodiscard]] double r(std::size_t i, std::size_t j) const { return a_[j * m_ + i]; }
  /// Which column of the matrix stands at place j.
  [[nodiscard]] std::size_t column(std::size_t j) const { return order_[j]; }
  [[nodiscard]] std::size_t columns() const { return n_; }
  [[nodiscard]] std::size_t rows() const { return m_; }
  /// Columns whose remainder is above rounding.
  [[nodiscard]] std::size_t rank() const { return rank_; }

 private:
  std::size_t m_, n_, rank_ = 0;
  std::vector<double> a_, tau_;
  std::vector<std::size_t> order_;
};

/// Solutions of min |J p + target|^2 + lambda |D p|^2 for several lambda, from the QR of J.
class damped_problem {
 public:
  damped_problem(const householder_qr& qr, values scales) : qr_(&qr), scales_(scales) {}

  /// @param target  first n elements of Q' target
  /// @param slope   where wanted: d|Dp| / d lambda
  std::vector<double> solve(values target, double lambda, double* slope = nullptr) const;

  /// The step of length `radius` (in the scaled norm, within a tenth) or the shorter Gauss-Newton step; updates lambda.
  std::vector<double> within(values target, double radius, double& lambda) const;

  [[nodiscard]] double scaled_length(values p) const;
  /// J p, in the rotated rows: |J p| is its length.
  [[nodiscard]] std::vector<double> product(values p) const;
  /// J' J-rotated: R' u in the order of the parameters.
  [[nodiscard]] std::vector<double> transposed_product(values u) const;

 private:
  const householder_qr* qr_;
  values scales_;
};

}  // namespace credence::optim_detail
