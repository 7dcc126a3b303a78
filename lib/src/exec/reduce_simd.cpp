// SPDX-License-Identifier: BSD-3-Clause
// Sums and extrema of one chunk. The inner loops over eight lanes become one or two vector instructions.
#include "exec/reduce_kernels.hpp"

#include "credence/base/config.hpp"

namespace credence::detail {
namespace CREDENCE_ISA {

namespace {

template <class Sum, class T>
CREDENCE_INLINE Sum sum_of(const T* x, std::int64_t n) {
  Sum p[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int lane = 0; lane < 8; ++lane) p[lane] += static_cast<Sum>(x[i + lane]);
  }
  for (int lane = 0; i < n; ++i, ++lane) p[lane] += static_cast<Sum>(x[i]);
  return ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7]));
}

/// Integers wrap around, so they are added without a sign.
template <class T>
CREDENCE_INLINE std::int64_t wrapping_sum(const T* x, std::int64_t n) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(x[i]));
  return static_cast<std::int64_t>(sum);
}

template <bool Smallest, class T>
CREDENCE_INLINE T extreme_of(const T* x, std::int64_t n) {
  constexpr int width = 32;  // independent lanes; the order is free, for no value is rounded
  T best[width];
  bool unordered = false;
  for (int lane = 0; lane < width; ++lane) best[lane] = x[0];
  std::int64_t i = 0;
  for (; i + width <= n; i += width) {
    T nan = 0;
    for (int lane = 0; lane < width; ++lane) {
      const T v = x[i + lane];
      best[lane] = (Smallest ? v < best[lane] : best[lane] < v) ? v : best[lane];
      nan += v == v ? T(0) : T(1);
    }
    unordered |= nan != T(0);
  }
  for (; i < n; ++i) {
    best[0] = (Smallest ? x[i] < best[0] : best[0] < x[i]) ? x[i] : best[0];
    unordered |= !(x[i] == x[i]);
  }
  if (unordered) {
    for (std::int64_t k = 0; k < n; ++k) {
      if (!(x[k] == x[k])) return x[k];
    }
  }
  for (int lane = 1; lane < width; ++lane) {
    best[0] = (Smallest ? best[lane] < best[0] : best[0] < best[lane]) ? best[lane] : best[0];
  }
  return best[0];
}

}  // namespace

double sum_chunk_f64(const double* x, std::int64_t n) { return sum_of<double>(x, n); }
double sum_chunk_f32(const float* x, std::int64_t n) { return sum_of<double>(x, n); }
std::int64_t sum_chunk_i64(const std::int64_t* x, std::int64_t n) { return wrapping_sum(x, n); }
std::int64_t sum_chunk_i32(const std::int32_t* x, std::int64_t n) { return wrapping_sum(x, n); }
double min_chunk_f64(const double* x, std::int64_t n) { return extreme_of<true>(x, n); }
float min_chunk_f32(const float* x, std::int64_t n) { return extreme_of<true>(x, n); }
std::int64_t min_chunk_i64(const std::int64_t* x, std::int64_t n) { return extreme_of<true>(x, n); }
std::int32_t min_chunk_i32(const std::int32_t* x, std::int64_t n) { return extreme_of<true>(x, n); }
double max_chunk_f64(const double* x, std::int64_t n) { return extreme_of<false>(x, n); }
float max_chunk_f32(const float* x, std::int64_t n) { return extreme_of<false>(x, n); }
std::int64_t max_chunk_i64(const std::int64_t* x, std::int64_t n) { return extreme_of<false>(x, n); }
std::int32_t max_chunk_i32(const std::int32_t* x, std::int64_t n) { return extreme_of<false>(x, n); }

}  // namespace CREDENCE_ISA
}  // namespace credence::detail
