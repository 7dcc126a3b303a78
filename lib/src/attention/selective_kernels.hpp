// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// A selective scan over one batch entry. Channels lie side by side in u, delta, y; `channels` numbers a token.
template <class T>
struct selective_rows {
  std::int64_t length = 0, channels = 0, states = 0;
  const T *u = nullptr, *delta = nullptr, *a = nullptr, *b = nullptr, *c = nullptr, *skip = nullptr;
};
template <class T>
struct selective_forward {
  selective_rows<T> in{};
  T* y = nullptr;
  T* state = nullptr;  ///< (channels, states): before, and afterwards after
};
template <class T>
struct selective_backward {
  selective_rows<T> in{};
  const T *initial = nullptr, *d_y = nullptr, *d_state = nullptr;  ///< the first and last may be null
  T *du = nullptr, *d_delta = nullptr, *d_a = nullptr, *d_skip = nullptr, *d_initial = nullptr;
  T *db = nullptr, *dc = nullptr;  ///< (length, states): added to
  T* memory = nullptr;             ///< selective_memory numbers
};
/// Vectors of 16 channels (the widest register there is) for what a backward pass keeps.
constexpr std::int64_t selective_memory(std::int64_t length, std::int64_t states) {
  return 16 * states * (5 + 33 + 32 + (length + 31) / 32 + 1);
}

/// Channels begin..end-1; begin is a multiple of 16.
CREDENCE_SIMD_DECLARE(void, selective_forward_f32, const selective_forward<float>& work, std::int64_t begin,
                      std::int64_t end)
CREDENCE_SIMD_DECLARE(void, selective_forward_f64, const selective_forward<double>& work, std::int64_t begin,
                      std::int64_t end)
CREDENCE_SIMD_DECLARE(void, selective_backward_f32, const selective_backward<float>& work, std::int64_t begin,
                      std::int64_t end)
CREDENCE_SIMD_DECLARE(void, selective_backward_f64, const selective_backward<double>& work, std::int64_t begin,
                      std::int64_t end)
inline constexpr std::int64_t most_states = 256;

}  // namespace credence::detail
