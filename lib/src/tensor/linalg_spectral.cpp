// SPDX-License-Identifier: BSD-3-Clause
// QR, eigenvalues, singular values.
#include "tensor/linalg_cuda.hpp"
#include "tensor/linalg_eigen.hpp"

#include "credence/tensor/linalg.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

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
qr_result<T> qr_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::qr(ctx, x);
  const auto a = matrix_of<column_matrix<T>>("qr", "a", ctx, x);
  const Eigen::Index k = std::min(a.rows(), a.cols());
  if (k == 0) return {tensor<T>({a.rows(), k}), tensor<T>({k, a.cols()})};
  const Eigen::HouseholderQR<column_matrix<T>> factor(a);
  column_matrix<T> q = factor.householderQ() * column_matrix<T>::Identity(a.rows(), k);
  column_matrix<T> r = factor.matrixQR().topRows(k).template triangularView<Eigen::Upper>();
  for (Eigen::Index i = 0; i < k; ++i) {
    if (!(r(i, i) < T(0))) continue;
    r.row(i) = -r.row(i);
    q.col(i) = -q.col(i);
  }
  return {tensor_of<T>(q), tensor_of<T>(r)};
}

template <class T>
symmetric_eigen_result<T> eigen_symmetric_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::eigen_symmetric(ctx, x);
  const auto a = matrix_of<column_matrix<T>>("eigen_symmetric", "a", ctx, x, part::lower);
  detail::check_square("eigen_symmetric", a);
  if (a.rows() == 0) return {tensor<T>({0}), tensor<T>({0, 0})};
  const Eigen::SelfAdjointEigenSolver<column_matrix<T>> solver(a);
  if (solver.info() != Eigen::Success) {
    check::fail_domain("eigen_symmetric", "the matrix", "not solved", "one for which the iteration converges");
  }
  column_matrix<T> vectors = solver.eigenvectors();
  for (Eigen::Index j = 0; j < vectors.cols(); ++j) {
    if (vectors(detail::largest_row(vectors, j), j) < T(0)) vectors.col(j) = -vectors.col(j);
  }
  return {tensor_of<T>(solver.eigenvalues()).reshaped({a.rows()}), tensor_of<T>(vectors)};
}

template <class T>
general_eigen_result<T> eigen_general_any(const exec::context& ctx, const array_view<const T>& x) {
  const auto a = matrix_of<column_matrix<T>>("eigen_general", "a", ctx, x);
  detail::check_square("eigen_general", a);
  const Eigen::Index n = a.rows();
  general_eigen_result<T> out{tensor<T>({n}), tensor<T>({n}), tensor<T>({n, n}), tensor<T>({n, n})};
  if (n == 0) return out;
  const Eigen::EigenSolver<column_matrix<T>> solver(a);
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
    out.real[j] = values(from).real();
    out.imaginary[j] = values(from).imag();
    const std::complex<T> largest = vectors(detail::largest_row(vectors, from), from);
    const std::complex<T> turn = std::conj(largest) / std::abs(largest) / vectors.col(from).norm();
    for (Eigen::Index i = 0; i < n; ++i) {
      const std::complex<T> component = vectors(i, from) * turn;
      out.vectors_real(i, j) = component.real();
      out.vectors_imaginary(i, j) = component.imag();
    }
  }
  return out;
}

template <class T>
svd_result<T> svd_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::svd(ctx, x);
  const auto a = matrix_of<column_matrix<T>>("svd", "a", ctx, x);
  const Eigen::Index k = std::min(a.rows(), a.cols());
  if (k == 0) return {tensor<T>({a.rows(), k}), tensor<T>({k}), tensor<T>({k, a.cols()})};
  const Eigen::BDCSVD<column_matrix<T>> solver(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  column_matrix<T> u = solver.matrixU(), v = solver.matrixV();
  for (Eigen::Index j = 0; j < k; ++j) {
    if (!(u(detail::largest_row(u, j), j) < T(0))) continue;
    u.col(j) = -u.col(j);
    v.col(j) = -v.col(j);
  }
  return {tensor_of<T>(u), tensor_of<T>(solver.singularValues()).reshaped({k}), tensor_of<T>(v.transpose())};
}

}  // namespace

qr_result<double> qr(const exec::context& ctx, array_view<const double> a) { return qr_any(ctx, a); }
qr_result<float> qr(const exec::context& ctx, array_view<const float> a) { return qr_any(ctx, a); }
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
svd_result<double> svd(const exec::context& ctx, array_view<const double> a) { return svd_any(ctx, a); }
svd_result<float> svd(const exec::context& ctx, array_view<const float> a) { return svd_any(ctx, a); }

}  // namespace credence
