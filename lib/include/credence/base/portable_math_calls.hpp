// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

/// How ordinary translation units reach the library's copies of the portable functions.

/// Each function of one argument, for the lists that must name them all.
#define CREDENCE_MATH_UNARY(apply)                                                                                     \
  apply(exp) apply(expm1) apply(exp2) apply(log) apply(log1p) apply(log2) apply(sin) apply(cos) apply(tan) apply(atan) \
      apply(asin) apply(acos) apply(sinh) apply(cosh) apply(tanh) apply(log_factorial) apply(inv_logit)                \
          apply(log1p_exp) apply(log1m_exp)

namespace credence::detail {

/// Pointers to the scalar functions compiled for one instruction set.
struct scalar_math {
#define CREDENCE_MATH_MEMBER(name) \
  double (*name)(double);          \
  float (*name##_f32)(float);
  CREDENCE_MATH_UNARY(CREDENCE_MATH_MEMBER)
#undef CREDENCE_MATH_MEMBER
  double (*pow)(double, double);
  float (*pow_f32)(float, float);
  void (*sincos)(double, double&, double&);
  void (*sincos_f32)(float, float&, float&);
  void (*sincos_pi)(double, double&, double&);
  void (*sincos_pi_f32)(float, float&, float&);
};

/// The table for this processor. It is set when the library is loaded; code that runs earlier (constructors of other
/// libraries' globals) finds the generic one, which gives the same bits.
extern const scalar_math* scalar_math_table;

}  // namespace credence::detail

#if CREDENCE_INLINE_MATH
#define CREDENCE_MATH_F64(name) inlined::name
#define CREDENCE_MATH_F32(name) inlined::name
#else
#define CREDENCE_MATH_F64(name) ::credence::detail::scalar_math_table->name
#define CREDENCE_MATH_F32(name) ::credence::detail::scalar_math_table->name##_f32
#endif
