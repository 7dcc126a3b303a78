// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/tensor/run_rows.hpp"
#include "credence/tensor/tensor.hpp"

#include <Eigen/Core>
#include <cmath>

/// What the linear algebra sources share: Eigen matrices from and to tensors. LU, QR, eigenvalues and singular values of
/// f32 are computed in double and rounded once: better results, and half of what the compiler needs minutes for.
namespace credence::detail {

template <class T>
using row_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
using column_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

enum class part : std::uint8_t { all, lower, upper };

/// A checked copy: rank 2 (a vector counts as one column where `vectors`), finite in the part that is read.
template <class Matrix, class T>
Matrix matrix_of(const char* where, const char* name, const exec::context& ctx, const array_view<const T>& x,
                 part read = part::all, bool vectors = false) {
  require_cpu(where, ctx);
  if (!(vectors && x.rank() == 1)) check::rank_is(where, name, x.shape(), 2);
  const std::int64_t rows = x.extent(0), columns = x.rank() == 1 ? 1 : x.extent(1);
  Matrix out(rows, columns);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const bool skipped = (read == part::lower && j > i) || (read == part::upper && j < i);
      const T value = skipped ? T(0) : x.data()[i * x.stride(0) + (x.rank() == 1 ? 0 : j * x.stride(1))];
      if (!(value - value == T(0))) {
        check::fail_domain(where, std::string(name) + "(" + std::to_string(i) + ", " + std::to_string(j) + ")",
                           static_cast<double>(value), "finite");
      }
      out(i, j) = value;
    }
  }
  return out;
}

template <class Matrix>
void check_square(const char* where, const Matrix& a) {
  if (a.rows() == a.cols()) return;
  check::fail_shape(
      where, "the matrix is " + std::to_string(a.rows()) + " by " + std::to_string(a.cols()) + ", but must be square");
}

template <class T, class Expression>
tensor<T> tensor_of(const Expression& m) {
  auto out = tensor<T>::uninitialized({}, {m.rows(), m.cols()});
  Eigen::Map<row_matrix<T>>(out.data(), m.rows(), m.cols()) = m.template cast<T>();
  return out;
}

/// The row of the largest magnitude in a column, the first of equals.
template <class Matrix>
Eigen::Index largest_row(const Matrix& m, Eigen::Index column) {
  Eigen::Index best = 0;
  for (Eigen::Index i = 1; i < m.rows(); ++i) {
    if (std::abs(m(i, column)) > std::abs(m(best, column))) best = i;
  }
  return best;
}

}  // namespace credence::detail
