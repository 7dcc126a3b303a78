// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/special/calls.hpp"

#include <cstdint>

/// The branch-free functions that have array forms.
#define CREDENCE_SPECIAL_ARRAYS(apply)                                                                               \
  apply(lgamma) apply(digamma) apply(trigamma) apply(tetragamma) apply(erf) apply(erfc) apply(erfcx) apply(log_erfc) \
      apply(normal_cdf) apply(log_normal_cdf) apply(bessel_i0) apply(bessel_i1) apply(bessel_i0_scaled)              \
          apply(bessel_i1_scaled) apply(log_bessel_i0) apply(bessel_ratio)

namespace credence::detail {

CREDENCE_SIMD_DECLARE_EACH(extern const special_functions special_entries)

#define CREDENCE_SPECIAL_DECLARE(name) \
  CREDENCE_SIMD_DECLARE(void, special_##name, const double* in, double* out, std::int64_t n)
CREDENCE_SPECIAL_ARRAYS(CREDENCE_SPECIAL_DECLARE)
#undef CREDENCE_SPECIAL_DECLARE

}  // namespace credence::detail
