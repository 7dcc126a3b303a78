// SPDX-License-Identifier: BSD-3-Clause
// QR, in double for both types (see linalg_eigen.hpp).
#include "tensor/linalg_cuda.hpp"
#include "tensor/linalg_eigen.hpp"

#include "credence/tensor/linalg.hpp"

#include <Eigen/QR>

#include <algorithm>

namespace credence {

namespace {

using detail::column_matrix;
using detail::matrix_of;
using detail::tensor_of;

template <class T>
qr_result<T> qr_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::qr(ctx, x);
  const auto a = matrix_of<column_matrix<double>>("qr", "a", ctx, x);
  const Eigen::Index k = std::min(a.rows(), a.cols());
  if (k == 0) return {tensor<T>({a.rows(), k}), tensor<T>({k, a.cols()})};
  const Eigen::HouseholderQR<column_matrix<double>> factor(a);
  column_matrix<double> q = factor.householderQ() * column_matrix<double>::Identity(a.rows(), k);
  column_matrix<double> r = factor.matrixQR().topRows(k).template triangularView<Eigen::Upper>();
  for (Eigen::Index i = 0; i < k; ++i) {
    if (!(r(i, i) < 0.0)) continue;
    r.row(i) = -r.row(i);
    q.col(i) = -q.col(i);
  }
  return {tensor_of<T>(q), tensor_of<T>(r)};
}

}  // namespace

qr_result<double> qr(const exec::context& ctx, array_view<const double> a) { return qr_any(ctx, a); }
qr_result<float> qr(const exec::context& ctx, array_view<const float> a) { return qr_any(ctx, a); }

}  // namespace credence
