// SPDX-License-Identifier: BSD-3-Clause
// Cholesky, triangular and LU solves, determinants.
#include "tensor/linalg_cuda.hpp"
#include "tensor/linalg_eigen.hpp"

#include "credence/tensor/linalg.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace credence {

namespace {

using detail::matrix_of;
using detail::part;
using detail::row_matrix;
using detail::tensor_of;

/// The first pivot that is not positive, by the plain algorithm: for the message only.
template <class T>
[[noreturn]] void fail_cholesky(const row_matrix<T>& a) {
  row_matrix<T> l = a;
  for (Eigen::Index j = 0; j < a.rows(); ++j) {
    T pivot = a(j, j);
    for (Eigen::Index k = 0; k < j; ++k) pivot -= l(j, k) * l(j, k);
    if (!(pivot > T(0))) {
      check::fail_domain("cholesky", "leading minor of order " + std::to_string(j + 1), static_cast<double>(pivot),
                         "positive");
    }
    l(j, j) = std::sqrt(pivot);
    for (Eigen::Index i = j + 1; i < a.rows(); ++i) {
      T sum = a(i, j);
      for (Eigen::Index k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
      l(i, j) = sum / l(j, j);
    }
  }
  // The blocked algorithm met rounding that the plain one did not: the matrix is singular to working precision.
  check::fail_domain("cholesky", "leading minor of order " + std::to_string(a.rows()), 0.0, "positive");
}

template <class T>
tensor<T> cholesky_any(const exec::context& ctx, const array_view<const T>& x) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::cholesky(ctx, x);
  const auto a = matrix_of<row_matrix<T>>("cholesky", "a", ctx, x, part::lower);
  detail::check_square("cholesky", a);
  const Eigen::LLT<row_matrix<T>, Eigen::Lower> factor(a);
  if (a.rows() > 0 && factor.info() != Eigen::Success) fail_cholesky<T>(a);
  return tensor_of<T>(row_matrix<T>(factor.matrixL()));
}

/// The solution in the shape of the right-hand side.
template <class T, class Matrix>
tensor<T> like(const array_view<const T>& b, const Matrix& solution) {
  return tensor_of<T>(solution).reshaped(b.shape());
}

template <class Matrix, class T>
Matrix right_side(const char* where, const exec::context& ctx, const array_view<const T>& b, std::int64_t rows) {
  auto out = matrix_of<Matrix>(where, "b", ctx, b, part::all, true);
  check::same_size(where, "the rows of b", out.rows(), "the matrix", rows);
  return out;
}

template <class T>
void check_diagonal(const char* where, const row_matrix<T>& t) {
  detail::check_square(where, t);
  for (Eigen::Index i = 0; i < t.rows(); ++i) {
    if (t(i, i) == T(0)) check::fail_domain(where, "diagonal element " + std::to_string(i), 0.0, "other than zero");
  }
}

using mapped = Eigen::Map<row_matrix<double>, 0, Eigen::OuterStride<>>;
using mapped_const = Eigen::Map<const row_matrix<double>, 0, Eigen::OuterStride<>>;

template <class Map, class View>
Map map_of(const View& v) {
  return Map(v.data, v.extent(0), v.extent(1), Eigen::OuterStride<>(v.strides[0]));
}

template <class Matrix, class Right>
void solve_in_place(const Matrix& a, Right& x, const triangular_options& options) {
  const bool lower = options.which == triangle::lower, turned = options.transpose == transposed::yes;
  if (lower && !turned) a.template triangularView<Eigen::Lower>().solveInPlace(x);
  if (lower && turned) a.transpose().template triangularView<Eigen::Upper>().solveInPlace(x);
  if (!lower && !turned) a.template triangularView<Eigen::Upper>().solveInPlace(x);
  if (!lower && turned) a.transpose().template triangularView<Eigen::Lower>().solveInPlace(x);
}

template <class T>
tensor<T> solve_triangular_any(const exec::context& ctx, const array_view<const T>& t, const array_view<const T>& b,
                               const triangular_options& options) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::solve_triangular(ctx, "solve_triangular", t, b, options);
  const char* const where = "solve_triangular";
  const bool lower = options.which == triangle::lower;
  const auto a = matrix_of<row_matrix<T>>(where, "t", ctx, t, lower ? part::lower : part::upper);
  check_diagonal(where, a);
  auto x = right_side<row_matrix<T>>(where, ctx, b, a.rows());
  solve_in_place(a, x, options);
  return like(b, x);
}

template <class T>
tensor<T> cholesky_solve_any(const exec::context& ctx, const array_view<const T>& l, const array_view<const T>& b) {
  if (ctx.where == exec::backend::cuda) {
    const tensor<T> half = detail::cuda::solve_triangular(ctx, "cholesky_solve", l, b, {});
    return detail::cuda::solve_triangular(ctx, "cholesky_solve", l, array_view<const T>(half),
                                          {.transpose = transposed::yes});
  }
  const auto a = matrix_of<row_matrix<T>>("cholesky_solve", "l", ctx, l, part::lower);
  check_diagonal("cholesky_solve", a);
  auto x = right_side<row_matrix<T>>("cholesky_solve", ctx, b, a.rows());
  a.template triangularView<Eigen::Lower>().solveInPlace(x);
  a.transpose().template triangularView<Eigen::Upper>().solveInPlace(x);
  return like(b, x);
}

template <class T>
tensor<T> solve_any(const exec::context& ctx, const array_view<const T>& a, const array_view<const T>& b) {
  if (ctx.where == exec::backend::cuda) return detail::cuda::solve(ctx, a, b);
  const auto m = matrix_of<row_matrix<double>>("solve", "a", ctx, a);
  detail::check_square("solve", m);
  const auto right = right_side<row_matrix<double>>("solve", ctx, b, m.rows());
  if (right.size() == 0) return tensor<T>(b.shape());
  const Eigen::PartialPivLU<row_matrix<double>> lu(m);
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    if (lu.matrixLU()(i, i) == 0.0) {
      check::fail_domain("solve", "pivot " + std::to_string(i + 1), 0.0, "other than zero: the matrix is singular");
    }
  }
  return like<T>(b, row_matrix<double>(lu.solve(right)));
}

template <class T>
log_determinant_result log_determinant_any(const exec::context& ctx, const array_view<const T>& a) {
  const auto m = matrix_of<row_matrix<double>>("log_determinant", "a", ctx, a);
  detail::check_square("log_determinant", m);
  log_determinant_result out{0.0, 1};
  if (m.rows() == 0) return out;
  const Eigen::PartialPivLU<row_matrix<double>> lu(m);
  out.sign = lu.permutationP().determinant() < 0 ? -1 : 1;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    const auto pivot = static_cast<double>(lu.matrixLU()(i, i));
    if (pivot == 0.0) return {-__builtin_inf(), 0};
    if (pivot < 0.0) out.sign = -out.sign;
    out.log_absolute += std::log(std::abs(pivot));
  }
  return out;
}

}  // namespace

bool cholesky_in_place(view<double, 2> a) {
  auto m = map_of<mapped>(a);
  Eigen::LLT<Eigen::Ref<row_matrix<double>, 0, Eigen::OuterStride<>>, Eigen::Lower> factor(m);
  // Eigen takes a NaN pivot for a positive one.
  if (factor.info() != Eigen::Success || !m.diagonal().allFinite()) return false;
  m.triangularView<Eigen::StrictlyUpper>().setZero();
  return true;
}

void solve_triangular_in_place(view<const double, 2> t, view<double, 2> b, const triangular_options& options) {
  auto x = map_of<mapped>(b);
  solve_in_place(map_of<mapped_const>(t), x, options);
}

tensor<double> cholesky(const exec::context& ctx, array_view<const double> a) { return cholesky_any(ctx, a); }
tensor<float> cholesky(const exec::context& ctx, array_view<const float> a) { return cholesky_any(ctx, a); }
tensor<double> solve_triangular(const exec::context& ctx, array_view<const double> t, array_view<const double> b,
                                const triangular_options& options) {
  return solve_triangular_any(ctx, t, b, options);
}
tensor<float> solve_triangular(const exec::context& ctx, array_view<const float> t, array_view<const float> b,
                               const triangular_options& options) {
  return solve_triangular_any(ctx, t, b, options);
}
tensor<double> cholesky_solve(const exec::context& ctx, array_view<const double> l, array_view<const double> b) {
  return cholesky_solve_any(ctx, l, b);
}
tensor<float> cholesky_solve(const exec::context& ctx, array_view<const float> l, array_view<const float> b) {
  return cholesky_solve_any(ctx, l, b);
}
tensor<double> solve(const exec::context& ctx, array_view<const double> a, array_view<const double> b) {
  return solve_any(ctx, a, b);
}
tensor<float> solve(const exec::context& ctx, array_view<const float> a, array_view<const float> b) {
  return solve_any(ctx, a, b);
}
log_determinant_result log_determinant(const exec::context& ctx, array_view<const double> a) {
  return log_determinant_any(ctx, a);
}
log_determinant_result log_determinant(const exec::context& ctx, array_view<const float> a) {
  return log_determinant_any(ctx, a);
}

}  // namespace credence
