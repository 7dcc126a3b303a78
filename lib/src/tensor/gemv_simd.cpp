// SPDX-License-Identifier: BSD-3-Clause
// Matrix times vector: every element of the result is a dot product in the eight-interleaved order. Where rows are
// contiguous the eight partial sums are one vector; where columns are, 64 results advance together with eight rows of
// partial sums. Both ways give the same bits. The matrix is read once.
#include "tensor/gemv_simd.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
CREDENCE_INLINE T sum_eight(const T* lane, std::int64_t step) {
  return ((lane[0] + lane[step]) + (lane[2 * step] + lane[3 * step])) +
         ((lane[4 * step] + lane[5 * step]) + (lane[6 * step] + lane[7 * step]));
}

template <class T, bool Unit>
CREDENCE_INLINE T dot(const T* a, std::int64_t column, const T* x, std::int64_t x_step, std::int64_t k) {
  if constexpr (Unit) column = x_step = 1;
  T lane[8] = {};
  std::int64_t j = 0;
  for (; j + 8 <= k; j += 8) {
    for (int l = 0; l < 8; ++l) lane[l] = math::fma(a[(j + l) * column], x[(j + l) * x_step], lane[l]);
  }
  for (int l = 0; j < k; ++j, ++l) lane[l] = math::fma(a[j * column], x[j * x_step], lane[l]);
  return sum_eight(lane, 1);
}

template <class T>
CREDENCE_INLINE void store(T* y, T value, T alpha, T beta) {
  *y = beta == T(0) ? alpha * value : math::fma(beta, *y, alpha * value);
}

template <class T>
void gemv(const T* a, std::int64_t row, std::int64_t column, const T* x, std::int64_t x_step, std::int64_t k, T* y,
          std::int64_t y_step, T alpha, T beta, std::int64_t begin, std::int64_t end) {
  if (row == 1 && column != 1) {  // columns are contiguous
    constexpr std::int64_t width = 64;
    T acc[8 * width];
    for (std::int64_t first = begin; first < end; first += width) {
      const std::int64_t n = end - first < width ? end - first : width;
      for (T& value : acc) value = T(0);
      for (std::int64_t j = 0; j < k; ++j) {
        const T* CREDENCE_RESTRICT from = a + first + j * column;
        T* CREDENCE_RESTRICT to = acc + (j & 7) * width;
        const T weight = x[j * x_step];
        for (std::int64_t i = 0; i < n; ++i) to[i] = math::fma(from[i], weight, to[i]);
      }
      for (std::int64_t i = 0; i < n; ++i) store(y + (first + i) * y_step, sum_eight(acc + i, width), alpha, beta);
    }
    return;
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const T* from = a + i * row;
    const T value =
        column == 1 && x_step == 1 ? dot<T, true>(from, 1, x, 1, k) : dot<T, false>(from, column, x, x_step, k);
    store(y + i * y_step, value, alpha, beta);
  }
}

}  // namespace

void gemv_f64(const double* a, std::int64_t row, std::int64_t column, const double* x, std::int64_t x_step,
              std::int64_t k, double* y, std::int64_t y_step, double alpha, double beta, std::int64_t begin,
              std::int64_t end) {
  gemv(a, row, column, x, x_step, k, y, y_step, alpha, beta, begin, end);
}
void gemv_f32(const float* a, std::int64_t row, std::int64_t column, const float* x, std::int64_t x_step,
              std::int64_t k, float* y, std::int64_t y_step, float alpha, float beta, std::int64_t begin,
              std::int64_t end) {
  gemv(a, row, column, x, x_step, k, y, y_step, alpha, beta, begin, end);
}

}  // namespace credence::detail::CREDENCE_ISA
