// SPDX-License-Identifier: BSD-3-Clause
// Feature maps of linear attention, element by element: one exponential or a sine and a cosine each.
#include "attention/feature_kernels.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
void simple(bool elu, const T* x, std::int64_t n, T* out) {
  if (elu) {
    for (std::int64_t i = 0; i < n; ++i) {
      const T low = math::exp_nonpositive(math::min(x[i], T(0)));
      out[i] = math::select(x[i] > T(0), x[i] + T(1), low);
    }
  } else {
    for (std::int64_t i = 0; i < n; ++i) out[i] = math::select(x[i] < T(0), T(0), x[i]);
  }
}
template <class T>
void shifted(T* x, std::int64_t n, T shift, T factor) {
  for (std::int64_t i = 0; i < n; ++i) x[i] = math::exp(x[i] - shift) * factor;
}
template <class T>
void waves(const T* x, std::int64_t n, T factor, T* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    T s, c;
    math::sincos(x[i], s, c);
    out[i] = factor * s;
    out[i + n] = factor * c;
  }
}

}  // namespace

void simple_features_f32(bool elu, const float* x, std::int64_t n, float* out) { simple(elu, x, n, out); }
void simple_features_f64(bool elu, const double* x, std::int64_t n, double* out) { simple(elu, x, n, out); }
void shifted_exp_f32(float* x, std::int64_t n, float shift, float factor) { shifted(x, n, shift, factor); }
void shifted_exp_f64(double* x, std::int64_t n, double shift, double factor) { shifted(x, n, shift, factor); }
void waves_f32(const float* x, std::int64_t n, float factor, float* out) { waves(x, n, factor, out); }
void waves_f64(const double* x, std::int64_t n, double factor, double* out) { waves(x, n, factor, out); }

}  // namespace credence::detail::CREDENCE_ISA
