// SPDX-License-Identifier: BSD-3-Clause
// Eigenvalues and vectors, in double for both types (see linalg_eigen.hpp).
#include "tensor/linalg_cuda.hpp"
#include "tensor/linalg_eigen.hpp"

#include "credence/tensor/linalg.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <complex>
#include <numeric>
#include <vector>

namespace credence {

namespace {

using detail::column_matrix;
using detail::matrix_of;
using detail::part;
using detail::tensor_of;

template <class T>
symmetric_eigen_result<T> eigen_symmetric_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::eigen_symmetric(ctx, x);
  const auto a = matrix_of<column_matrix<double>>("eigen_symmetric", "a", ctx, x, part::lower);
  detail::check_square("eigen_symmetric", a);
  if (a.rows() == 0) return {tensor<T>({0}), tensor<T>({0, 0})};
  const Eigen::SelfAdjointEigenSolver<column_matrix<double>> solver(a);
  if (solver.info() != Eigen::Success) {
    check::fail_domain("eigen_symmetric", "the matrix", "not solved", "one for which the iteration converges");
  }
  column_matrix<double> vectors = solver.eigenvectors();
  for (Eigen::Index j = 0; j < vectors.cols(); ++j) {
    if (vectors(detail::largest_row(vectors, j), j) < 0.0) vectors.col(j) = -vectors.col(j);
  }
  return {tensor_of<T>(solver.eigenvalues()).reshaped({a.rows()}), tensor_of<T>(vectors)};
}

template <class T>
general_eigen_result<T> eigen_general_any(const exec::context& ctx, const array_view<const T>& x) {
  const auto a = matrix_of<column_matrix<double>>("eigen_general", "a", ctx, x);
  detail::check_square("eigen_general", a);
  const Eigen::Index n = a.rows();
  general_eigen_result<T> out{tensor<T>({n}), tensor<T>({n}), tensor<T>({n, n}), tensor<T>({n, n})};
  if (n == 0) return out;
  const Eigen::EigenSolver<column_matrix<double>> solver(a);
  if (solver.info() != Eigen::Success) {
    check::fail_domain("eigen_general", "the matrix", "not solved", "one for which the iteration converges");
  }
  const auto values = solver.eigenvalues();
  const auto vectors = solver.eigenvectors();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index i, Eigen::Index j) {
    if (values(i).real() != values(j).real()) return values(i).real() > values(j).real();
    return values(i).imag() > values(j).imag();
  });
  for (Eigen::Index j = 0; j < n; ++j) {
    const Eigen::Index from = order[static_cast<std::size_t>(j)];
    out.real[j] = static_cast<T>(values(from).real());
    out.imaginary[j] = static_cast<T>(values(from).imag());
    const std::complex<double> largest = vectors(detail::largest_row(vectors, from), from);
    const std::complex<double> turn = std::conj(largest) / std::abs(largest) / vectors.col(from).norm();
    for (Eigen::Index i = 0; i < n; ++i) {
      const std::complex<double> component = vectors(i, from) * turn;
      out.vectors_real(i, j) = static_cast<T>(component.real());
      out.vectors_imaginary(i, j) = static_cast<T>(component.imag());
    }
  }
  return out;
}

}  // namespace

symmetric_eigen_result<double> eigen_symmetric(const exec::context& ctx, array_view<const double> a) {
  return eigen_symmetric_any(ctx, a);
}
symmetric_eigen_result<float> eigen_symmetric(const exec::context& ctx, array_view<const float> a) {
  return eigen_symmetric_any(ctx, a);
}
general_eigen_result<double> eigen_general(const exec::context& ctx, array_view<const double> a) {
  return eigen_general_any(ctx, a);
}
general_eigen_result<float> eigen_general(const exec::context& ctx, array_view<const float> a) {
  return eigen_general_any(ctx, a);
}

}  // namespace credence
