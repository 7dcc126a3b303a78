// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"
#include "credence/tensor/elementwise_enums.hpp"

/// The arithmetic of one element, for the CPU and CUDA kernels alike.
namespace credence {
inline namespace CREDENCE_ISA {
namespace element {

#define CREDENCE_UNARY(name, expression)           \
  struct name {                                    \
    template <class T>                             \
    CREDENCE_HD CREDENCE_INLINE static T of(T x) { \
      return expression;                           \
    }                                              \
  };
CREDENCE_UNARY(negate, -x)
CREDENCE_UNARY(absolute, math::abs(x))
CREDENCE_UNARY(sign, x != x ? x : T(x > T(0)) - T(x < T(0)))
CREDENCE_UNARY(square, x* x)
CREDENCE_UNARY(reciprocal, T(1) / x)
CREDENCE_UNARY(square_root, math::sqrt(x))
CREDENCE_UNARY(exponential, math::exp(x))
CREDENCE_UNARY(exponential_minus_one, math::expm1(x))
CREDENCE_UNARY(logarithm, math::log(x))
CREDENCE_UNARY(logarithm_one_plus, math::log1p(x))
CREDENCE_UNARY(sine, math::sin(x))
CREDENCE_UNARY(cosine, math::cos(x))
CREDENCE_UNARY(hyperbolic_tangent, math::tanh(x))
CREDENCE_UNARY(round_down, math::floor(x))
CREDENCE_UNARY(inverse_logit, math::inv_logit(x))
CREDENCE_UNARY(log_one_plus_exp, math::log1p_exp(x))
#undef CREDENCE_UNARY

#define CREDENCE_BINARY(name, expression)               \
  struct name {                                         \
    template <class T>                                  \
    CREDENCE_HD CREDENCE_INLINE static T of(T a, T b) { \
      return expression;                                \
    }                                                   \
  };
CREDENCE_BINARY(add, a + b)
CREDENCE_BINARY(subtract, a - b)
CREDENCE_BINARY(multiply, a* b)
CREDENCE_BINARY(divide, a / b)
CREDENCE_BINARY(maximum, (a < b) | (b != b) ? b : a)
CREDENCE_BINARY(minimum, (b < a) | (b != b) ? b : a)
CREDENCE_BINARY(power, math::pow(a, b))
#undef CREDENCE_BINARY

struct where {
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T of(T condition, T yes, T no) {
    return condition != T(0) ? yes : no;
  }
};
struct clamp {
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T of(T x, T lower, T upper) {
    return minimum::of(maximum::of(x, lower), upper);
  }
};
struct fused_multiply_add {
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T of(T a, T b, T c) {
    return math::fma(a, b, c);
  }
};

/// Calls body.template run<Op>() for the operation named.
template <class Body>
CREDENCE_INLINE void with_op(unary_op op, const Body& body) {
  switch (op) {
    case unary_op::negate:
      return body.template run<negate>();
    case unary_op::absolute:
      return body.template run<absolute>();
    case unary_op::sign:
      return body.template run<sign>();
    case unary_op::square:
      return body.template run<square>();
    case unary_op::reciprocal:
      return body.template run<reciprocal>();
    case unary_op::sqrt:
      return body.template run<square_root>();
    case unary_op::exp:
      return body.template run<exponential>();
    case unary_op::expm1:
      return body.template run<exponential_minus_one>();
    case unary_op::log:
      return body.template run<logarithm>();
    case unary_op::log1p:
      return body.template run<logarithm_one_plus>();
    case unary_op::sin:
      return body.template run<sine>();
    case unary_op::cos:
      return body.template run<cosine>();
    case unary_op::tanh:
      return body.template run<hyperbolic_tangent>();
    case unary_op::floor:
      return body.template run<round_down>();
    case unary_op::inv_logit:
      return body.template run<inverse_logit>();
    case unary_op::log1p_exp:
      return body.template run<log_one_plus_exp>();
  }
}
template <class Body>
CREDENCE_INLINE void with_op(binary_op op, const Body& body) {
  switch (op) {
    case binary_op::add:
      return body.template run<add>();
    case binary_op::subtract:
      return body.template run<subtract>();
    case binary_op::multiply:
      return body.template run<multiply>();
    case binary_op::divide:
      return body.template run<divide>();
    case binary_op::maximum:
      return body.template run<maximum>();
    case binary_op::minimum:
      return body.template run<minimum>();
    case binary_op::pow:
      return body.template run<power>();
  }
}
template <class Body>
CREDENCE_INLINE void with_op(ternary_op op, const Body& body) {
  switch (op) {
    case ternary_op::where:
      return body.template run<where>();
    case ternary_op::clamp:
      return body.template run<clamp>();
    case ternary_op::fma:
      return body.template run<fused_multiply_add>();
  }
}

}  // namespace element
}  // namespace CREDENCE_ISA
}  // namespace credence
