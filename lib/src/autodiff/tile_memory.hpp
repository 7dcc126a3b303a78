// SPDX-License-Identifier: BSD-3-Clause
// One tile of lanes in the memory of the running thread: its frame, and how lanes get in and out.
#pragma once

#include "compile.hpp"
#include "replay_frame.hpp"
#include "tiles.hpp"

#include "credence/autodiff/program.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>

namespace credence::detail {

inline list_view view_of(const instruction_list& list) {
  return {list.forward.data(), static_cast<std::int64_t>(list.forward.size()), list.sinks.data(),
          static_cast<std::int64_t>(list.sinks.size())};
}

/// The frame of one tile, in the memory of the running thread.
template <class T>
struct tile_memory {
  frame<T> f;
  list_view instructions;
  T* value = nullptr;      ///< (width)
  T* pointwise = nullptr;  ///< (observations, width), when asked for

  tile_memory(const compiled_program& whole, const compiled_list& compiled, const T* data, const float* single_data,
              const tile& t, std::int64_t observations) {
    if constexpr (std::is_same_v<T, double>) {
      f.functions = whole.functions.data();
    } else {
      f.functions = whole.dual_functions.data();
    }
    const auto width = static_cast<std::size_t>(t.width);
    const auto arena = static_cast<std::size_t>(compiled.list.arena) * width;
    // Scratch serves matrix adjoints of all lanes, or one lane's copies.
    const auto scratch = static_cast<std::size_t>(compiled.list.scratch) * width;
    const auto rows = static_cast<std::size_t>(observations) * width;
    T* memory = static_cast<T*>(thread_workspace().reserve((2 * arena + scratch + rows + 64) * sizeof(T)));
    const instruction_list& list = t.width == 1 ? compiled.single : compiled.list;
    f.width = t.width;
    f.step = 0;
    f.skipped_parts = 0;
    f.weights[0] = f.weights[1] = f.weights[2] = nullptr;
    f.values = memory;
    f.adjoints = memory + arena;
    f.scratch = memory + 2 * arena;
    f.data = data;
    f.single_data = single_data;
    f.indices = list.indices.data();
    f.bodies = list.bodies.data();
    instructions = view_of(list);
    value = f.scratch + scratch;
    static thread_local T nobody[64] = {};
    f.unused = nobody;
    pointwise = observations > 0 ? value + 64 : nullptr;
    f.pointwise = pointwise;
  }
};

/// Copies a tile's lanes in; lanes that do not exist repeat the last.
template <class T, class Make>
inline void load(const tile& t, lanes_view<const double> x, T* to, const Make& make) {
  for (std::int64_t d = 0; d < x.dimension; ++d) {
    for (std::int64_t l = 0; l < t.width; ++l) {
      to[d * t.width + l] = make(d, t.first + std::min(l, t.lanes - 1));
    }
  }
}

inline void load(const tile& t, lanes_view<const double> x, double* to) {
  if (t.width == 1) {
    if (x.stride == 1) {
      std::memcpy(to, x.data + t.first, static_cast<std::size_t>(x.dimension) * sizeof(double));
    } else {
      for (std::int64_t d = 0; d < x.dimension; ++d) to[d] = x.data[d * x.stride + t.first];
    }
  } else if (t.width == t.lanes) {
    for (std::int64_t d = 0; d < x.dimension; ++d) {
      std::memcpy(to + d * t.width, x.data + d * x.stride + t.first,
                  static_cast<std::size_t>(t.width) * sizeof(double));
    }
  } else {
    load(t, x, to, [&](std::int64_t d, std::int64_t lane) { return x(d, lane); });
  }
}

inline void store(const tile& t, const double* from, lanes_view<double> to) {
  if (t.width == 1) {
    for (std::int64_t d = 0; d < to.dimension; ++d) to.data[d * to.stride + t.first] = from[d];
    return;
  }
  for (std::int64_t d = 0; d < to.dimension; ++d) {
    std::memcpy(to.data + d * to.stride + t.first, from + d * t.width,
                static_cast<std::size_t>(t.lanes) * sizeof(double));
  }
}

/// The weights of a tile's lanes, padded like the lanes.
struct tile_weights {
  double padded[3][64];

  void set(frame<double>& f, const tile& t, const evaluation_options& options) {
    const std::span<const double> given[3] = {options.prior_weight, options.likelihood_weight, options.jacobian_weight};
    for (int k = 0; k < 3; ++k) {
      if (given[k].empty()) continue;
      for (std::int64_t l = 0; l < t.width; ++l) {
        padded[k][l] = given[k][static_cast<std::size_t>(t.first + std::min(l, t.lanes - 1))];
      }
      f.weights[k] = padded[k];
    }
    if (!options.prior) f.skipped_parts |= 1U << static_cast<unsigned>(part::prior);
    if (!options.jacobian) f.skipped_parts |= 1U << static_cast<unsigned>(part::jacobian);
  }
};

}  // namespace credence::detail
