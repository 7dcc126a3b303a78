// SPDX-License-Identifier: BSD-3-Clause
// The library behind matrix products: CBLAS where the build found one, kept to one thread, else Eigen.
#include "tensor/gemm_backend.hpp"

#include "tensor/gemv_simd.hpp"

#include "credence/tensor/gemm.hpp"

#ifdef CREDENCE_HAVE_BLAS
#include <cblas.h>
#else
#include <Eigen/Core>
#endif

#include <algorithm>

#ifdef CREDENCE_HAVE_BLAS
// OpenBLAS would start threads of its own; other libraries have no such function.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);
#endif

namespace credence {

namespace detail {

namespace {

/// c = beta c, where 0 clears whatever is there.
template <class T>
void scale_rows(const gemm_tile<T>& tile) {
  for (std::int64_t i = 0; i < tile.m; ++i) {
    T* row = tile.c + i * tile.c_row;
    if (tile.beta == T(0)) {
      std::fill_n(row, tile.n, T(0));
    } else {
      for (std::int64_t j = 0; j < tile.n; ++j) row[j] *= tile.beta;
    }
  }
}

#ifdef CREDENCE_HAVE_BLAS

void use_one_thread() {
  static const bool done = [] {
    if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
    return true;
  }();
  (void)done;
}

CBLAS_TRANSPOSE op(bool transpose) { return transpose ? CblasTrans : CblasNoTrans; }

void multiply(const gemm_tile<double>& t) {
  cblas_dgemm(CblasRowMajor, op(t.transposed_a), op(t.transposed_b), static_cast<int>(t.m), static_cast<int>(t.n),
              static_cast<int>(t.k), t.alpha, t.a, static_cast<int>(t.a_row), t.b, static_cast<int>(t.b_row), t.beta,
              t.c, static_cast<int>(t.c_row));
}
void multiply(const gemm_tile<float>& t) {
  cblas_sgemm(CblasRowMajor, op(t.transposed_a), op(t.transposed_b), static_cast<int>(t.m), static_cast<int>(t.n),
              static_cast<int>(t.k), t.alpha, t.a, static_cast<int>(t.a_row), t.b, static_cast<int>(t.b_row), t.beta,
              t.c, static_cast<int>(t.c_row));
}

#else

void use_one_thread() {}

template <class T>
void multiply(const gemm_tile<T>& t) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using map = Eigen::Map<const matrix, 0, Eigen::OuterStride<> >;
  const map a(t.a, t.transposed_a ? t.k : t.m, t.transposed_a ? t.m : t.k, Eigen::OuterStride<>(t.a_row));
  const map b(t.b, t.transposed_b ? t.n : t.k, t.transposed_b ? t.k : t.n, Eigen::OuterStride<>(t.b_row));
  Eigen::Map<matrix, 0, Eigen::OuterStride<> > c(t.c, t.m, t.n, Eigen::OuterStride<>(t.c_row));
  if (t.beta != T(1)) scale_rows(t);
  if (!t.transposed_a && !t.transposed_b) c.noalias() += t.alpha * a * b;
  if (t.transposed_a && !t.transposed_b) c.noalias() += t.alpha * a.transpose() * b;
  if (!t.transposed_a && t.transposed_b) c.noalias() += t.alpha * a * b.transpose();
  if (t.transposed_a && t.transposed_b) c.noalias() += t.alpha * a.transpose() * b.transpose();
}

#endif

template <class T>
void run_tile(const gemm_tile<T>& tile) {
  if (tile.k == 0 || tile.alpha == T(0)) return scale_rows(tile);
  use_one_thread();
  multiply(tile);
}

}  // namespace

void run_gemm_tile(const gemm_tile<double>& tile) { run_tile(tile); }
void run_gemm_tile(const gemm_tile<float>& tile) { run_tile(tile); }

void run_gemv(const view<const double, 2>& a, const view<const double, 1>& x, const view<double, 1>& y, double alpha,
              double beta, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(gemv_f64)
  (a.data, a.strides[0], a.strides[1], x.data, x.strides[0], a.extents[1], y.data, y.strides[0], alpha, beta, begin,
   end);
}
void run_gemv(const view<const float, 2>& a, const view<const float, 1>& x, const view<float, 1>& y, float alpha,
              float beta, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(gemv_f32)
  (a.data, a.strides[0], a.strides[1], x.data, x.strides[0], a.extents[1], y.data, y.strides[0], alpha, beta, begin,
   end);
}

}  // namespace detail

const char* gemm_backend() {
#ifdef CREDENCE_HAVE_BLAS
  return "cblas";
#else
  return "eigen";
#endif
}

}  // namespace credence
