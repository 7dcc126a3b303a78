// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/tensor.hpp"

/// Factorisations and solves of dense matrices, f64 and f32, any strides in, row-major out. On the CPU they run on one
/// thread (Eigen inside); with a CUDA context operands and results lie on the device (cuSOLVER; not log_determinant and
/// eigen_general); results have conventional signs, so that they are unique where the mathematics allows. All throw
/// shape_error when shapes do not fit, and domain_error for matrices with NaN or infinite elements.
namespace credence {

/// Lower triangular L with positive diagonal and L L^T = a. Only the lower triangle of `a` is read.
/// @throws domain_error  "cholesky: leading minor of order 3 is -1, but must be positive" (order counted from 1; the
///                       value is the pivot)
tensor<double> cholesky(const exec::context& ctx, array_view<const double> a);
tensor<float> cholesky(const exec::context& ctx, array_view<const float> a);

enum class triangle : std::uint8_t { lower, upper };
struct triangular_options {
  triangle which = triangle::lower;       ///< of the matrix as given; the other triangle is not read
  transposed transpose = transposed::no;  ///< solve with the transpose
};
/// x with op(t) x = b, for b (n, r) or (n).
/// @throws domain_error  when a diagonal element is zero
tensor<double> solve_triangular(const exec::context& ctx, array_view<const double> t, array_view<const double> b,
                                const triangular_options& options = {});
tensor<float> solve_triangular(const exec::context& ctx, array_view<const float> t, array_view<const float> b,
                               const triangular_options& options = {});

/// x with (L L^T) x = b for the factor L of cholesky.
tensor<double> cholesky_solve(const exec::context& ctx, array_view<const double> l, array_view<const double> b);
tensor<float> cholesky_solve(const exec::context& ctx, array_view<const float> l, array_view<const float> b);

// In place, for loops that factorise again and again: nothing is checked or copied. The innermost stride must be 1.

/// The lower triangle of `a` becomes its Cholesky factor, the upper one zeros. False, with `a` left undefined, when the
/// matrix is not positive definite (NaN counts as that).
bool cholesky_in_place(view<double, 2> a);
/// b becomes the solution x of op(t) x = b, for b (n, r).
void solve_triangular_in_place(view<const double, 2> t, view<double, 2> b, const triangular_options& options = {});

/// x with a x = b by LU with partial pivoting; b (n, r) or (n).
/// @throws domain_error  when the matrix is exactly singular
tensor<double> solve(const exec::context& ctx, array_view<const double> a, array_view<const double> b);
tensor<float> solve(const exec::context& ctx, array_view<const float> a, array_view<const float> b);

struct log_determinant_result {
  double log_absolute;  ///< -infinity for a singular matrix
  int sign;             ///< 1, -1, or 0 for a singular matrix
};
/// log |det a| and its sign, by LU: no overflow. The determinant of a (0, 0) matrix is 1.
log_determinant_result log_determinant(const exec::context& ctx, array_view<const double> a);
log_determinant_result log_determinant(const exec::context& ctx, array_view<const float> a);

template <class T>
struct qr_result {
  tensor<T> q;  ///< (m, k) with orthonormal columns, k = min(m, n)
  tensor<T> r;  ///< (k, n), upper triangular with non-negative diagonal
};
/// a = q r by Householder reflections, for any shape.
qr_result<double> qr(const exec::context& ctx, array_view<const double> a);
qr_result<float> qr(const exec::context& ctx, array_view<const float> a);

template <class T>
struct symmetric_eigen_result {
  tensor<T> values;   ///< (n), ascending
  tensor<T> vectors;  ///< (n, n): column j belongs to values[j]; its largest component by magnitude is positive
};
/// Only the lower triangle is read.
symmetric_eigen_result<double> eigen_symmetric(const exec::context& ctx, array_view<const double> a);
symmetric_eigen_result<float> eigen_symmetric(const exec::context& ctx, array_view<const float> a);

template <class T>
struct general_eigen_result {
  tensor<T> real;  ///< (n): eigenvalues by descending real part, then descending imaginary part
  tensor<T> imaginary;
  tensor<T> vectors_real;       ///< (n, n): column j is a right eigenvector of length 1, its largest component by
  tensor<T> vectors_imaginary;  ///< magnitude real and positive
};
/// Eigenvalues and right eigenvectors of a square matrix. @throws domain_error  when the iteration does not converge
general_eigen_result<double> eigen_general(const exec::context& ctx, array_view<const double> a);
general_eigen_result<float> eigen_general(const exec::context& ctx, array_view<const float> a);

template <class T>
struct svd_result {
  tensor<T> u;                ///< (m, k), k = min(m, n); in each column the largest component by magnitude is positive
  tensor<T> singular_values;  ///< (k), descending
  tensor<T> vt;               ///< (k, n)
};
/// a = u diag(singular_values) vt.
svd_result<double> svd(const exec::context& ctx, array_view<const double> a);
svd_result<float> svd(const exec::context& ctx, array_view<const float> a);

}  // namespace credence
