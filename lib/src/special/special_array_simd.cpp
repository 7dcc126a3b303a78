// SPDX-License-Identifier: BSD-3-Clause
// The branch-free special functions over arrays. One copy for each instruction set.
#include "special/special_kernels.hpp"

#include "credence/special/bessel.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/gamma.hpp"

namespace credence::detail::CREDENCE_ISA {

#define CREDENCE_SPECIAL_ARRAY(name)                                                         \
  void special_##name(const double* in, double* out, std::int64_t n) {                       \
    _Pragma("GCC ivdep") for (std::int64_t i = 0; i < n; ++i) out[i] = special::name(in[i]); \
  }
CREDENCE_SPECIAL_ARRAYS(CREDENCE_SPECIAL_ARRAY)

}  // namespace credence::detail::CREDENCE_ISA
