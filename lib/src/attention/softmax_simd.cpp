// SPDX-License-Identifier: BSD-3-Clause
// One row: a pass for the maximum, one for exponentials and their sum, one to divide. The first brings the row into the
// first cache, so memory is read once and written once.
#include "attention/softmax_kernels.hpp"
#include "attention/tile_vector.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
T largest_of(const T* in, std::int64_t n) {
  using V = wide<T>;
  V a = V::splat(-math::infinity<T>), b = a;
  std::int64_t c = 0;
  for (; c + 2 * V::width <= n; c += 2 * V::width) {
    a = V::larger(V::load(in + c), a);
    b = V::larger(V::load(in + c + V::width), b);
  }
  T top = V::larger(a, b).largest();
  for (; c < n; ++c) top = math::max(in[c], top);
  return top;
}

/// Sums of 512 terms are taken in T, these in double.
template <class T>
double exponentials(const T* in, T* out, std::int64_t n, T shift) {
  using V = wide<T>;
  const V by = V::splat(shift);
  double total = 0.0;
  std::int64_t c = 0;
  while (c + 2 * V::width <= n) {
    const std::int64_t end = c + 512 < n ? c + 512 : n;
    V a = V::zero(), b = a;
    for (; c + 2 * V::width <= end; c += 2 * V::width) {
      // The next row, which the arithmetic hides the fetching of; beyond the last row this has no effect.
      __builtin_prefetch(in + n + c);
      const V x = exp_nonpositive(V::load(in + c) - by), y = exp_nonpositive(V::load(in + c + V::width) - by);
      x.store(out + c);
      y.store(out + c + V::width);
      a = a + x;
      b = b + y;
    }
    total += static_cast<double>((a + b).sum());
  }
  for (; c < n; ++c) {
    out[c] = math::exp_nonpositive(in[c] - shift);
    total += static_cast<double>(out[c]);
  }
  return total;
}

template <class T>
void row(const T* in, T* out, std::int64_t n) {
  const T top = largest_of(in, n);
  if (top == math::infinity<T>) {
    T count = T(0);
    for (std::int64_t c = 0; c < n; ++c) count += math::is_nan(in[c]) ? in[c] : T(in[c] == top);
    for (std::int64_t c = 0; c < n; ++c) out[c] = T(in[c] == top) / count;
    return;
  }
  const double sum = exponentials(in, out, n, top == -math::infinity<T> ? T(0) : top);
  const T factor = sum == 0.0 ? T(0) : static_cast<T>(1.0 / sum);
  for (std::int64_t c = 0; c < n; ++c) out[c] *= factor;
}

template <class T>
void row_backward(const T* out, const T* d_out, T* d_in, std::int64_t n) {
  using V = wide<T>;
  double total = 0.0;
  std::int64_t c = 0;
  while (c + V::width <= n) {
    const std::int64_t end = c + 512 < n ? c + 512 : n;
    V a = V::zero();
    for (; c + V::width <= end; c += V::width) a = V::fma(V::load(out + c), V::load(d_out + c), a);
    total += static_cast<double>(a.sum());
  }
  for (; c < n; ++c) total += static_cast<double>(out[c] * d_out[c]);
  const T mean = static_cast<T>(total);
  for (c = 0; c < n; ++c) d_in[c] = out[c] * (d_out[c] - mean);
}

}  // namespace

void softmax_row_f32(const float* in, float* out, std::int64_t n) { row(in, out, n); }
void softmax_row_f64(const double* in, double* out, std::int64_t n) { row(in, out, n); }
void softmax_row_backward_f32(const float* out, const float* d_out, float* d_in, std::int64_t n) {
  row_backward(out, d_out, d_in, n);
}
void softmax_row_backward_f64(const double* out, const double* d_out, double* d_in, std::int64_t n) {
  row_backward(out, d_out, d_in, n);
}

}  // namespace credence::detail::CREDENCE_ISA
