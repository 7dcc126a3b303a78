// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

/// Terms and joins of the reductions, for the CPU and CUDA kernels alike.
namespace credence {
inline namespace CREDENCE_ISA {
namespace reduce_terms {

/// A maximum that is infinite (all terms -infinity, or one +infinity) shifts by nothing.
CREDENCE_HD CREDENCE_INLINE double usable_shift(double shift) { return shift - shift == 0.0 ? shift : 0.0; }

#define CREDENCE_REDUCTION(name, neutral, term_expression, join_expression)                        \
  struct name {                                                                                    \
    CREDENCE_HD CREDENCE_INLINE static double zero() { return neutral; }                           \
    CREDENCE_HD CREDENCE_INLINE static double term(double x, [[maybe_unused]] double centre) {     \
      return term_expression;                                                                      \
    }                                                                                              \
    CREDENCE_HD CREDENCE_INLINE static double join(double a, double b) { return join_expression; } \
  };
CREDENCE_REDUCTION(sum, 0.0, x, a + b)
CREDENCE_REDUCTION(product, 1.0, x, a* b)
CREDENCE_REDUCTION(maximum, -__builtin_inf(), x, (a < b) | (b != b) ? b : a)
CREDENCE_REDUCTION(minimum, __builtin_inf(), x, (b < a) | (b != b) ? b : a)
CREDENCE_REDUCTION(absolute_sum, 0.0, math::abs(x), a + b)
CREDENCE_REDUCTION(absolute_maximum, 0.0, math::abs(x), (a < b) | (b != b) ? b : a)
CREDENCE_REDUCTION(squared_deviation, 0.0, (x - centre) * (x - centre), a + b)
CREDENCE_REDUCTION(scaled_square, 0.0, (x * centre) * (x * centre), a + b)
CREDENCE_REDUCTION(shifted_exp, 0.0, math::exp(x - usable_shift(centre)), a + b)
#undef CREDENCE_REDUCTION

}  // namespace reduce_terms
}  // namespace CREDENCE_ISA
}  // namespace credence
