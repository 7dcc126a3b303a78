// SPDX-License-Identifier: BSD-3-Clause
// The special functions as entries for ordinary translation units. One copy for each instruction set.
#include "special/special_kernels.hpp"

#include "credence/special/bessel.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/gamma.hpp"
#include "credence/special/incomplete_beta.hpp"
#include "credence/special/incomplete_gamma.hpp"
#include "credence/special/lambert_w.hpp"
#include "credence/special/owens_t.hpp"

namespace credence::detail::CREDENCE_ISA {
namespace {

#define CREDENCE_SPECIAL_ENTRY(name) \
  double entry_##name(double x) { return special::name(x); }
CREDENCE_SPECIAL_UNARY(CREDENCE_SPECIAL_ENTRY)
#undef CREDENCE_SPECIAL_ENTRY
#define CREDENCE_SPECIAL_ENTRY(name) \
  double entry_##name(double x, double y) { return special::name(x, y); }
CREDENCE_SPECIAL_BINARY(CREDENCE_SPECIAL_ENTRY)
#undef CREDENCE_SPECIAL_ENTRY
#define CREDENCE_SPECIAL_ENTRY(name) \
  double entry_##name(double x, double y, double z) { return special::name(x, y, z); }
CREDENCE_SPECIAL_TERNARY(CREDENCE_SPECIAL_ENTRY)
#undef CREDENCE_SPECIAL_ENTRY

}  // namespace

#define CREDENCE_SPECIAL_ENTRY(name) entry_##name,
constinit const special_functions special_entries = {CREDENCE_SPECIAL_UNARY(CREDENCE_SPECIAL_ENTRY)
                                                         CREDENCE_SPECIAL_BINARY(CREDENCE_SPECIAL_ENTRY)
                                                             CREDENCE_SPECIAL_TERNARY(CREDENCE_SPECIAL_ENTRY)};

}  // namespace credence::detail::CREDENCE_ISA
