// SPDX-License-Identifier: BSD-3-Clause
// The last pass of softmax and log_softmax: one element read and one written; the exponential is taken in double, so
// that float results are rounded once.
#include "tensor/softmax_simd.hpp"

#include "tensor/reduce_terms.hpp"

#include "credence/tensor/row_tasks.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
void softmax_finish(const loop_nest<3>& nest, bool logs, T* out, const T* x, const double* largest, const double* sum,
                    std::int64_t begin, std::int64_t end) {
  for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
    T* to = out + at[0];
    const T* from = x + at[1];
    const double* top = largest + at[2];
    const double* total = sum + at[2];
    if (stride[0] == 1 && stride[1] == 1 && stride[2] == 0) {
      const double shift = reduce_terms::usable_shift(*top);
      if (logs) {
        const double log_total = math::log(*total);
        for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>((from[i] - shift) - log_total);
      } else {
        const double scale = 1.0 / *total;
        for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(math::exp(from[i] - shift) * scale);
      }
      return;
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const double shift = reduce_terms::usable_shift(top[i * stride[2]]);
      const double value = static_cast<double>(from[i * stride[1]]);
      to[i * stride[0]] = static_cast<T>(logs ? (value - shift) - math::log(total[i * stride[2]])
                                              : math::exp(value - shift) * (1.0 / total[i * stride[2]]));
    }
  });
}

}  // namespace

void softmax_finish_f64(const loop_nest<3>& nest, bool logs, double* out, const double* x, const double* largest,
                        const double* sum, std::int64_t begin, std::int64_t end) {
  softmax_finish(nest, logs, out, x, largest, sum, begin, end);
}
void softmax_finish_f32(const loop_nest<3>& nest, bool logs, float* out, const float* x, const double* largest,
                        const double* sum, std::int64_t begin, std::int64_t end) {
  softmax_finish(nest, logs, out, x, largest, sum, begin, end);
}

}  // namespace credence::detail::CREDENCE_ISA
