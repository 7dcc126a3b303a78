// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/array_math.hpp"
#include "credence/base/check.hpp"

#include "base/math_kernels.hpp"

namespace credence {

namespace detail {

// Initialised to the generic table before any constructor runs, then, when this file's constructors run, to the right
// one.
constinit const scalar_math* scalar_math_table = &isa_generic::scalar_functions;

namespace {
[[maybe_unused]] const bool chosen = (scalar_math_table = CREDENCE_SIMD_PICK(scalar_functions), true);
}

}  // namespace detail

namespace array {
namespace {

std::int64_t checked_size(const char* where, std::size_t in, std::size_t out) {
  check::same_size(where, "in", static_cast<std::int64_t>(in), "out", static_cast<std::int64_t>(out));
  return static_cast<std::int64_t>(in);
}

}  // namespace

#define CREDENCE_ARRAY_DEFINE(name)                                              \
  void name(std::span<const double> in, std::span<double> out) {                 \
    const std::int64_t n = checked_size("array::" #name, in.size(), out.size()); \
    CREDENCE_SIMD_PICK(array_##name)(in.data(), out.data(), n);                  \
  }                                                                              \
  void name(std::span<const float> in, std::span<float> out) {                   \
    const std::int64_t n = checked_size("array::" #name, in.size(), out.size()); \
    CREDENCE_SIMD_PICK(array_##name##_f32)(in.data(), out.data(), n);            \
  }
CREDENCE_MATH_UNARY(CREDENCE_ARRAY_DEFINE)

#define CREDENCE_ARRAY_DEFINE_THREE(name, first, T, suffix)                            \
  void name(std::span<const T> in, std::span<first T> middle, std::span<T> out) {      \
    checked_size("array::" #name, in.size(), middle.size());                           \
    const std::int64_t n = checked_size("array::" #name, in.size(), out.size());       \
    CREDENCE_SIMD_PICK(array_##name##suffix)(in.data(), middle.data(), out.data(), n); \
  }
CREDENCE_ARRAY_DEFINE_THREE(pow, const, double, )
CREDENCE_ARRAY_DEFINE_THREE(pow, const, float, _f32)
CREDENCE_ARRAY_DEFINE_THREE(sincos, , double, )
CREDENCE_ARRAY_DEFINE_THREE(sincos, , float, _f32)
CREDENCE_ARRAY_DEFINE_THREE(sincos_pi, , double, )
CREDENCE_ARRAY_DEFINE_THREE(sincos_pi, , float, _f32)

}  // namespace array
}  // namespace credence
