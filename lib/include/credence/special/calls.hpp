// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

/// How ordinary translation units reach the library's copies of the special functions (see
/// credence/base/portable_math_calls.hpp), and the lists that name them all.

#define CREDENCE_SPECIAL_UNARY(apply)                                                                                \
  apply(lgamma) apply(digamma) apply(trigamma) apply(tetragamma) apply(erf) apply(erfc) apply(erfcx) apply(log_erfc) \
      apply(erf_inv) apply(erfc_inv) apply(normal_cdf) apply(log_normal_cdf) apply(normal_quantile) apply(bessel_i0) \
          apply(bessel_i1) apply(bessel_i0_scaled) apply(bessel_i1_scaled) apply(log_bessel_i0) apply(bessel_ratio)  \
              apply(lambert_w0) apply(lambert_wm1)

#define CREDENCE_SPECIAL_BINARY(apply)                                                                    \
  apply(log_beta) apply(log_binomial) apply(gamma_p) apply(gamma_q) apply(log_gamma_p) apply(log_gamma_q) \
      apply(gamma_p_derivative_a) apply(gamma_p_derivative_x) apply(gamma_variate_derivative) apply(owens_t)

#define CREDENCE_SPECIAL_TERNARY(apply)                                                      \
  apply(beta_p) apply(beta_q) apply(log_beta_p) apply(log_beta_q) apply(beta_p_derivative_a) \
      apply(beta_p_derivative_b) apply(beta_p_derivative_x) apply(beta_variate_derivative_a) \
          apply(beta_variate_derivative_b)

namespace credence::detail {

/// Pointers to the functions compiled for one instruction set.
struct special_functions {
#define CREDENCE_SPECIAL_MEMBER(name) double (*name)(double);
  CREDENCE_SPECIAL_UNARY(CREDENCE_SPECIAL_MEMBER)
#undef CREDENCE_SPECIAL_MEMBER
#define CREDENCE_SPECIAL_MEMBER(name) double (*name)(double, double);
  CREDENCE_SPECIAL_BINARY(CREDENCE_SPECIAL_MEMBER)
#undef CREDENCE_SPECIAL_MEMBER
#define CREDENCE_SPECIAL_MEMBER(name) double (*name)(double, double, double);
  CREDENCE_SPECIAL_TERNARY(CREDENCE_SPECIAL_MEMBER)
#undef CREDENCE_SPECIAL_MEMBER
};

/// The table for this processor, set when the library is loaded.
extern const special_functions* special_function_table;

}  // namespace credence::detail

#if CREDENCE_INLINE_MATH
#define CREDENCE_SPECIAL(name) inlined::name
#else
#define CREDENCE_SPECIAL(name) ::credence::detail::special_function_table->name
#endif
