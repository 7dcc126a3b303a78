// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/workspace.hpp"

#include "credence/attention/gated.hpp"
#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/tensor/gemm.hpp"

#include <algorithm>
#include <vector>

/// What gated attention forward and backward share.
namespace credence::attention {

template <class T>
view<const T, 2> rows_of(const view<const T, 4>& x, std::int64_t head, std::int64_t first, std::int64_t rows) {
  view<const T, 2> out;
  const std::int64_t heads = x.extents[1];
  out.data = x.data + head / heads * x.strides[0] + head % heads * x.strides[1] + first * x.strides[2];
  out.extents[0] = rows;
  out.extents[1] = x.extents[3];
  out.strides[0] = x.strides[2];
  out.strides[1] = 1;
  return out;
}

/// @throws shape_error, domain_error
template <class T>
void check_gated(const char* where, const gated_inputs<T>& in, const gated_options& opt);

/// Queries and keys of one piece of work in the quadratic form.
inline constexpr std::int64_t gated_tile = 128;

/// relu(scale q k') of some rows and keys, 0 for later keys when causal; NaN stays.
template <class T>
void rectified_scores(const gated_inputs<T>& in, std::int64_t head, std::int64_t first, std::int64_t rows,
                      std::int64_t key_first, std::int64_t keys, T scale, bool causal, T* s) {
  gemm({}, rows_of(in.q, head, first, rows), rows_of(in.k, head, key_first, keys), view<T, 2>(s, rows, keys),
       {.b = transposed::yes, .alpha = scale});
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t seen = causal ? std::clamp<std::int64_t>(first + r + 1 - key_first, 0, keys) : keys;
    for (std::int64_t c = 0; c < keys; ++c) {
      T& x = s[r * keys + c];
      x = c >= seen || x < T(0) ? T(0) : x;
    }
  }
}

/// Each of `chunks` states becomes the sum of those before it (after it when `backwards`) if causal, of all otherwise.
template <class T>
void sum_chunks(T* states, std::int64_t chunks, std::int64_t size, bool causal, bool backwards) {
  std::vector<T> sum(static_cast<std::size_t>(size), T(0));
  for (std::int64_t i = 0; i < chunks; ++i) {
    T* state = states + (backwards ? chunks - 1 - i : i) * size;
    for (std::int64_t e = 0; e < size; ++e) {
      const T own = state[e];
      state[e] = sum[static_cast<std::size_t>(e)];
      sum[static_cast<std::size_t>(e)] += own;
    }
  }
  if (causal) return;
  for (std::int64_t c = 0; c < chunks; ++c) std::copy(sum.begin(), sum.end(), states + c * size);
}

}  // namespace credence::attention
