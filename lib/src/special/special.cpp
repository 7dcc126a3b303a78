// SPDX-License-Identifier: BSD-3-Clause
#include "credence/special/arrays.hpp"

#include "credence/base/check.hpp"

#include "special/special_kernels.hpp"

namespace credence {

namespace detail {

// As scalar_math_table: first the generic table, then, when constructors run, the right one.
constinit const special_functions* special_function_table = &isa_generic::special_entries;

namespace {
[[maybe_unused]] const bool special_chosen = (special_function_table = CREDENCE_SIMD_PICK(special_entries), true);
}

}  // namespace detail

namespace array {

#define CREDENCE_SPECIAL_DEFINE(name)                                                \
  void name(std::span<const double> in, std::span<double> out) {                     \
    check::same_size("array::" #name, "in", std::ssize(in), "out", std::ssize(out)); \
    CREDENCE_SIMD_PICK(special_##name)(in.data(), out.data(), std::ssize(in));       \
  }
CREDENCE_SPECIAL_ARRAYS(CREDENCE_SPECIAL_DEFINE)

}  // namespace array
}  // namespace credence
