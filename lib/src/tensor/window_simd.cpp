// SPDX-License-Identifier: BSD-3-Clause
// Inner loops of sliding windows over rows.
#include "tensor/window_simd.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
void add_scaled(double* CREDENCE_RESTRICT acc, const T* x, std::int64_t stride, double weight, std::int64_t n) {
  if (stride == 1) {
    for (std::int64_t i = 0; i < n; ++i) acc[i] = math::fma(static_cast<double>(x[i]), weight, acc[i]);
  } else {
    for (std::int64_t i = 0; i < n; ++i) acc[i] = math::fma(static_cast<double>(x[i * stride]), weight, acc[i]);
  }
}

template <class T>
void pairwise_maximum(T* CREDENCE_RESTRICT out, const T* a, const T* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = (a[i] < b[i]) | (b[i] != b[i]) ? b[i] : a[i];
}

}  // namespace

void add_scaled_f64(double* acc, const double* x, std::int64_t stride, double weight, std::int64_t n) {
  add_scaled(acc, x, stride, weight, n);
}
void add_scaled_f32(double* acc, const float* x, std::int64_t stride, double weight, std::int64_t n) {
  add_scaled(acc, x, stride, weight, n);
}
void pairwise_maximum_f64(double* out, const double* a, const double* b, std::int64_t n) {
  pairwise_maximum(out, a, b, n);
}
void pairwise_maximum_f32(float* out, const float* a, const float* b, std::int64_t n) {
  pairwise_maximum(out, a, b, n);
}

}  // namespace credence::detail::CREDENCE_ISA
