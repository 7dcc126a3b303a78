// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/simd.hpp"

#include <cstdlib>
#include <string_view>

namespace credence {

namespace {

simd_level detect() {
  simd_level best = simd_level::generic;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (avx2) best = simd_level::avx2;
  if (avx512) best = simd_level::avx512;
#endif
  if (const char* wish = std::getenv("CREDENCE_SIMD")) {
    const std::string_view name(wish);
    if (name == "generic") best = simd_level::generic;
    if (name == "avx2" && best > simd_level::avx2) best = simd_level::avx2;
  }
  // What this build left out is not chosen.
#if defined(CREDENCE_WITHOUT_AVX512)
  if (best == simd_level::avx512) best = simd_level::avx2;
#endif
#if defined(CREDENCE_WITHOUT_AVX2)
  if (best == simd_level::avx2) best = simd_level::generic;
#endif
  return best;
}

}  // namespace

simd_level simd() {
  static const simd_level level = detect();
  return level;
}

const char* to_string(simd_level level) {
  switch (level) {
    case simd_level::avx512:
      return "avx512";
    case simd_level::avx2:
      return "avx2";
    case simd_level::generic:
      break;
  }
  return "generic";
}

}  // namespace credence
