// SPDX-License-Identifier: BSD-3-Clause
// Singular values, in double for both types (see linalg_eigen.hpp).
#include "tensor/linalg_cuda.hpp"
#include "tensor/linalg_eigen.hpp"

#include "credence/tensor/linalg.hpp"

#include <Eigen/SVD>

#include <algorithm>

namespace credence {

namespace {

using detail::column_matrix;
using detail::matrix_of;
using detail::tensor_of;

template <class T>
svd_result<T> svd_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::svd(ctx, x);
  const auto a = matrix_of<column_matrix<double>>("svd", "a", ctx, x);
  const Eigen::Index k = std::min(a.rows(), a.cols());
  if (k == 0) return {tensor<T>({a.rows(), k}), tensor<T>({k}), tensor<T>({k, a.cols()})};
  const Eigen::BDCSVD<column_matrix<double>> solver(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  column_matrix<double> u = solver.matrixU(), v = solver.matrixV();
  for (Eigen::Index j = 0; j < k; ++j) {
    if (!(u(detail::largest_row(u, j), j) < 0.0)) continue;
    u.col(j) = -u.col(j);
    v.col(j) = -v.col(j);
  }
  return {tensor_of<T>(u), tensor_of<T>(solver.singularValues()).reshaped({k}), tensor_of<T>(v.transpose())};
}

}  // namespace

svd_result<double> svd(const exec::context& ctx, array_view<const double> a) { return svd_any(ctx, a); }
svd_result<float> svd(const exec::context& ctx, array_view<const float> a) { return svd_any(ctx, a); }

}  // namespace credence
