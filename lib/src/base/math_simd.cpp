// SPDX-License-Identifier: BSD-3-Clause
// The portable functions as scalar entries for ordinary translation units. One copy for each instruction set.
#include "base/math_kernels.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail::CREDENCE_ISA {
namespace {

#define CREDENCE_MATH_SCALAR(name)                         \
  double scalar_##name(double x) { return math::name(x); } \
  float scalar_##name##_f32(float x) { return math::name(x); }

// sin, cos and tan skip the long reduction where the short one serves; in a vector loop both are computed. Same bits.
template <class T>
void scalar_sincos(T x, T& sine, T& cosine) {
  if (math::abs(x) < T(math::inlined::reduction_limit)) {
    math::inlined::sincos_below_limit(x, sine, cosine);
  } else {
    math::inlined::sincos(x, sine, cosine);
  }
}
template <class T>
void scalar_sincos_pi(T x, T& sine, T& cosine) {
  math::inlined::sincos_pi(x, sine, cosine);
}
double scalar_pow(double x, double y) { return math::pow(x, y); }
float scalar_pow_f32(float x, float y) { return math::pow(x, y); }

CREDENCE_MATH_SCALAR(exp)
CREDENCE_MATH_SCALAR(expm1)
CREDENCE_MATH_SCALAR(exp2)
CREDENCE_MATH_SCALAR(log)
CREDENCE_MATH_SCALAR(log1p)
CREDENCE_MATH_SCALAR(log2)
CREDENCE_MATH_SCALAR(atan)
CREDENCE_MATH_SCALAR(asin)
CREDENCE_MATH_SCALAR(acos)
CREDENCE_MATH_SCALAR(sinh)
CREDENCE_MATH_SCALAR(cosh)
CREDENCE_MATH_SCALAR(tanh)
CREDENCE_MATH_SCALAR(log_factorial)
CREDENCE_MATH_SCALAR(inv_logit)
CREDENCE_MATH_SCALAR(log1p_exp)
CREDENCE_MATH_SCALAR(log1m_exp)

template <class T, bool cosine>
T one_of_sincos(T x) {
  T s = T(0), c = T(0);
  scalar_sincos(x, s, c);
  return cosine ? c : s;
}
template <class T>
T tangent(T x) {
  return math::abs(x) < T(math::inlined::reduction_limit) ? math::inlined::tan_below_limit(x) : math::inlined::tan(x);
}
constexpr auto scalar_sin = one_of_sincos<double, false>;
constexpr auto scalar_sin_f32 = one_of_sincos<float, false>;
constexpr auto scalar_cos = one_of_sincos<double, true>;
constexpr auto scalar_cos_f32 = one_of_sincos<float, true>;
constexpr auto scalar_tan = tangent<double>;
constexpr auto scalar_tan_f32 = tangent<float>;

#define CREDENCE_MATH_ENTRY(name) scalar_##name, scalar_##name##_f32,
}  // namespace

constinit const scalar_math scalar_functions = {CREDENCE_MATH_UNARY(CREDENCE_MATH_ENTRY) scalar_pow,
                                                scalar_pow_f32,
                                                scalar_sincos<double>,
                                                scalar_sincos<float>,
                                                scalar_sincos_pi<double>,
                                                scalar_sincos_pi<float>};

}  // namespace credence::detail::CREDENCE_ISA
