// SPDX-License-Identifier: BSD-3-Clause
// The arithmetic of elementwise operations: one functor each, shared by the CPU loops and the CUDA interpreter.
// `value` is the result; `by_a`, `by_b`, `by_c` are the adjoint g times the partial derivative (o is the result).
#pragma once

#include "credence/base/dual.hpp"
#include "credence/base/portable_math.hpp"

#include "credence/special/dual.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace ops {

#define CREDENCE_UNARY(name, value_expression, by_a_expression)                                  \
  struct name {                                                                                  \
    static constexpr int inputs = 1;                                                             \
    template <class T>                                                                           \
    CREDENCE_HD static CREDENCE_INLINE T value(T a) {                                            \
      return value_expression;                                                                   \
    }                                                                                            \
    template <class T>                                                                           \
    CREDENCE_HD static CREDENCE_INLINE T by_a(T g, [[maybe_unused]] T a, [[maybe_unused]] T o) { \
      return by_a_expression;                                                                    \
    }                                                                                            \
  };

CREDENCE_UNARY(negate, -a, -g)
CREDENCE_UNARY(exp, math::exp(a), g* o)
CREDENCE_UNARY(expm1, math::expm1(a), g*(o + T(1)))
CREDENCE_UNARY(log, math::log(a), g / a)
CREDENCE_UNARY(log1p, math::log1p(a), g / (T(1) + a))
CREDENCE_UNARY(sqrt, math::sqrt(a), T(0.5) * g / o)
CREDENCE_UNARY(square, a* a, T(2) * g * a)
CREDENCE_UNARY(reciprocal, T(1) / a, -g* o* o)
CREDENCE_UNARY(inv_logit, math::inv_logit(a), g* o*(T(1) - o))
CREDENCE_UNARY(log_inv_logit, -math::log1p_exp(-a), g* math::inv_logit(-a))
CREDENCE_UNARY(log1p_exp, math::log1p_exp(a), g* math::inv_logit(a))
CREDENCE_UNARY(tanh, math::tanh(a), g*(T(1) - o * o))
CREDENCE_UNARY(sin, math::sin(a), g* math::cos(a))
CREDENCE_UNARY(cos, math::cos(a), -g* math::sin(a))
CREDENCE_UNARY(abs, math::abs(a), math::select(a < T(0), -g, math::select(a > T(0), g, T(0))))
CREDENCE_UNARY(atan, math::atan(a), g / math::fma(a, a, T(1)))
CREDENCE_UNARY(sinh, math::sinh(a), g* math::cosh(a))
CREDENCE_UNARY(cosh, math::cosh(a), g* math::sinh(a))
CREDENCE_UNARY(lgamma, special::lgamma(a), g* special::digamma(a))
CREDENCE_UNARY(digamma, special::digamma(a), g* special::trigamma(a))
CREDENCE_UNARY(erf, special::erf(a), g* T(1.1283791670955126) * math::exp(-a * a))
CREDENCE_UNARY(erfc, special::erfc(a), g* T(-1.1283791670955126) * math::exp(-a * a))
CREDENCE_UNARY(normal_cdf, special::normal_cdf(a), g* T(0.3989422804014327) * math::exp(T(-0.5) * a * a))
// The density over the distribution function, sqrt(2 / pi) / erfcx(-a / sqrt 2).
CREDENCE_UNARY(log_normal_cdf, special::log_normal_cdf(a),
               g* T(0.79788456080286541) / special::erfcx(T(-0.70710678118654752) * a))
#undef CREDENCE_UNARY

#define CREDENCE_BINARY(name, value_expression, by_a_expression, by_b_expression)                                      \
  struct name {                                                                                                        \
    static constexpr int inputs = 2;                                                                                   \
    template <class T>                                                                                                 \
    CREDENCE_HD static CREDENCE_INLINE T value(T a, T b) {                                                             \
      return value_expression;                                                                                         \
    }                                                                                                                  \
    template <class T>                                                                                                 \
    CREDENCE_HD static CREDENCE_INLINE T by_a(T g, [[maybe_unused]] T a, [[maybe_unused]] T b, [[maybe_unused]] T o) { \
      return by_a_expression;                                                                                          \
    }                                                                                                                  \
    template <class T>                                                                                                 \
    CREDENCE_HD static CREDENCE_INLINE T by_b(T g, [[maybe_unused]] T a, [[maybe_unused]] T b, [[maybe_unused]] T o) { \
      return by_b_expression;                                                                                          \
    }                                                                                                                  \
  };

CREDENCE_BINARY(add, a + b, g, g)
CREDENCE_BINARY(subtract, a - b, g, -g)
CREDENCE_BINARY(multiply, a* b, g* b, g* a)
CREDENCE_BINARY(divide, a / b, g / b, -g* o / b)
// At a = 0 the slope by the exponent is 0 * log(0): take its limit 0, for exponents > 0.
CREDENCE_BINARY(pow, math::pow(a, b), g* b* math::pow(a, b - T(1)),
                math::select(a == T(0) && b > T(0), T(0), g* o* math::log(a)))
// Ties give the whole adjoint to the first.
CREDENCE_BINARY(minimum, math::select(b < a, b, a), math::select(b < a, T(0), g), math::select(b < a, g, T(0)))
CREDENCE_BINARY(maximum, math::select(b > a, b, a), math::select(b > a, T(0), g), math::select(b > a, g, T(0)))
CREDENCE_BINARY(less, math::select(a < b, T(1), T(0)), T(0) * g, T(0) * g)
CREDENCE_BINARY(less_equal, math::select(a <= b, T(1), T(0)), T(0) * g, T(0) * g)
#undef CREDENCE_BINARY

struct multiply_add {
  static constexpr int inputs = 3;
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T value(T a, T b, T c) {
    return math::fma(a, b, c);
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_a(T g, T, T b, T, T) {
    return g * b;
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_b(T g, T a, T, T, T) {
    return g * a;
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_c(T g, T, T, T, T) {
    return g;
  }
};

/// b where a is not 0, else c. The adjoint is selected too, so that an infinite one on the other side stays there.
struct select {
  static constexpr int inputs = 3;
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T value(T a, T b, T c) {
    return math::select(a != T(0), b, c);
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_a(T, T, T, T, T) {
    return T(0);
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_b(T g, T a, T, T, T) {
    return math::select(a != T(0), g, T(0));
  }
  template <class T>
  CREDENCE_HD static CREDENCE_INLINE T by_c(T g, T a, T, T, T) {
    return math::select(a != T(0), T(0), g);
  }
};

template <class... Ops>
struct list {};

/// In the order of the enumeration opcode, from negate to select.
using all = list<negate, exp, expm1, log, log1p, sqrt, square, reciprocal, inv_logit, log_inv_logit, log1p_exp, tanh,
                 sin, cos, abs, atan, sinh, cosh, lgamma, digamma, erf, erfc, normal_cdf, log_normal_cdf, add, subtract,
                 multiply, divide, pow, minimum, maximum, less, less_equal, multiply_add, select>;

}  // namespace ops
}  // namespace CREDENCE_ISA
}  // namespace credence

namespace credence::detail {

/// Families with log_pdf = value - log(factor), see docs/design/kernels.md.
template <class K>
concept has_factored_partials = requires(double x, const double* p, double& d, double* dp) {
  K::factored_partials(x, p, p, p, d, dp, d);
};

}  // namespace credence::detail
