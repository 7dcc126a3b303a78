// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>

namespace credence::detail {

/// One product c = alpha op(a) op(b) + beta c on one thread. Row-major; *_row is the distance between rows.
template <class T>
struct gemm_tile {
  std::int64_t m, n, k;
  const T* a;
  const T* b;
  T* c;
  std::int64_t a_row, b_row, c_row;
  bool transposed_a, transposed_b;
  T alpha, beta;
};
void run_gemm_tile(const gemm_tile<double>& tile);
void run_gemm_tile(const gemm_tile<float>& tile);

/// Rows begin..end-1 of y = alpha a x + beta y.
void run_gemv(const view<const double, 2>& a, const view<const double, 1>& x, const view<double, 1>& y, double alpha,
              double beta, std::int64_t begin, std::int64_t end);
void run_gemv(const view<const float, 2>& a, const view<const float, 1>& x, const view<float, 1>& y, float alpha,
              float beta, std::int64_t begin, std::int64_t end);

}  // namespace credence::detail
