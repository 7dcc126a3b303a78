// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace credence {

/// Instruction sets that the hot kernels are compiled for. Chosen once, at the first use, from what the processor has;
/// the environment variable CREDENCE_SIMD (generic, avx2, avx512) lowers the choice, never raises it.
enum class simd_level : std::uint8_t { generic, avx2, avx512 };

simd_level simd();
const char* to_string(simd_level level);

namespace detail {

/// The copy of a kernel for this processor. On machines that are not x86-64 only the generic one exists.
template <class Function>
Function* pick([[maybe_unused]] Function* generic, [[maybe_unused]] Function* avx2, [[maybe_unused]] Function* avx512) {
  switch (simd()) {
    case simd_level::avx512:
      return avx512;
    case simd_level::avx2:
      return avx2;
    case simd_level::generic:
      break;
  }
  return generic;
}

}  // namespace detail
}  // namespace credence

/// Declares `result name(arguments)` of a `*_simd.cpp` file once for each instruction set. Use inside
/// `namespace credence::detail`, then call `CREDENCE_SIMD_PICK(name)(...)` from an ordinary source. A set that a build
/// leaves out (CREDENCE_INSTRUCTION_SETS, other processors) is another name for the generic copy.
#if !defined(__x86_64__) && !defined(_M_X64)
#define CREDENCE_WITHOUT_AVX2
#define CREDENCE_WITHOUT_AVX512
#endif
namespace credence::detail {
namespace isa_generic {}
#if defined(CREDENCE_WITHOUT_AVX2)
namespace isa_avx2 = isa_generic;
#define CREDENCE_SIMD_DECLARE_AVX2(...)
#else
#define CREDENCE_SIMD_DECLARE_AVX2(...) \
  namespace isa_avx2 {                  \
  __VA_ARGS__;                          \
  }
#endif
#if defined(CREDENCE_WITHOUT_AVX512)
namespace isa_avx512 = isa_generic;
#define CREDENCE_SIMD_DECLARE_AVX512(...)
#else
#define CREDENCE_SIMD_DECLARE_AVX512(...) \
  namespace isa_avx512 {                  \
  __VA_ARGS__;                            \
  }
#endif
}  // namespace credence::detail

#define CREDENCE_SIMD_DECLARE_EACH(...) \
  namespace isa_generic {               \
  __VA_ARGS__;                          \
  }                                     \
  CREDENCE_SIMD_DECLARE_AVX2(__VA_ARGS__) CREDENCE_SIMD_DECLARE_AVX512(__VA_ARGS__)
#define CREDENCE_SIMD_DECLARE(result, name, ...) CREDENCE_SIMD_DECLARE_EACH(result name(__VA_ARGS__))
#define CREDENCE_SIMD_PICK(name)                                                                        \
  ::credence::detail::pick(&::credence::detail::isa_generic::name, &::credence::detail::isa_avx2::name, \
                           &::credence::detail::isa_avx512::name)
