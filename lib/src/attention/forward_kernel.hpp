// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/tile_scores.hpp"

/// The online softmax: maximum, sum and weighted values of a tile of queries, one tile of keys after the other.
/// @source Milakov and Gimelshein, arXiv:1805.02867; Dao, arXiv:2307.08691
namespace credence::detail::CREDENCE_ISA {

/// Largest score of a row; NaN is passed over (it comes back through the sum).
template <class T>
CREDENCE_INLINE T row_maximum(const T* row, int begin, int end) {
  using V = wide<T>;
  V a = V::splat(-math::infinity<T>), b = a;
  for (int c = begin; c < end; c += 2 * V::width) {
    a = V::larger(V::load(row + c), a);
    b = V::larger(V::load(row + c + V::width), b);
  }
  return V::larger(a, b).largest();
}

/// row = exp(row - shift), and the sum.
template <class T>
CREDENCE_INLINE T row_exponentials(T* row, int begin, int end, T shift) {
  using V = wide<T>;
  const V by = V::splat(shift);
  V a = V::zero(), b = a;
  for (int c = begin; c < end; c += 2 * V::width) {
    const V x = exp_nonpositive(V::load(row + c) - by), y = exp_nonpositive(V::load(row + c + V::width) - by);
    x.store(row + c);
    y.store(row + c + V::width);
    a = a + x;
    b = b + y;
  }
  return (a + b).sum();
}

/// Where the largest score is +infinity: it takes all weight, shared with others like it.
template <class T>
CREDENCE_INLINE T row_at_infinity(T* row, int begin, int end) {
  T sum = T(0);
  for (int c = begin; c < end; ++c) {
    row[c] = row[c] == math::infinity<T> ? T(1) : (math::is_nan(row[c]) ? row[c] : T(0));
    sum += row[c];
  }
  return sum;
}

template <class T>
CREDENCE_INLINE void scale_row(T* row, int n, T factor) {
  using V = wide<T>;
  const V by = V::splat(factor);
  for (int c = 0; c < n; c += V::width) (V::load(row + c) * by).store(row + c);
}

template <class T>
struct softmax_state {
  T largest[tile_size], sum[tile_size];
};

/// One row of scores becomes weights relative to the running maximum; the output so far is scaled to it.
template <class T>
CREDENCE_INLINE void online_row(const tile_head<T>& h, std::int64_t query, std::int64_t first_key, int begin, int end,
                                T* row, T& largest, T& sum, T* output) {
  const T here = row_maximum(row, begin, end);
  const T joint = here > largest ? here : largest;
  T total;
  if (joint == math::infinity<T>) {
    total = row_at_infinity(row, begin, end);
  } else {
    total = row_exponentials(row, begin, end, joint == -math::infinity<T> ? T(0) : joint);
  }
  if (joint != largest) {
    const T factor = math::exp_nonpositive(largest - joint);
    sum *= factor;
    scale_row(output, h.dv_padded, factor);
  }
  largest = joint;
  sum += total;
  if (h.drop.on) {
    T keep[tile_size];
    dropout_factors(h.drop, query, first_key + begin, end - begin, keep);
    for (int c = begin; c < end; ++c) row[c] = row[c] == T(0) ? T(0) : row[c] * keep[c - begin];
  }
}

/// Values that are not finite, for the rows that see them (the packed tile holds zeros instead).
template <class T>
void add_odd_values(const tile_head<T>& h, const group_columns<T>& need, int rows, std::int64_t key_tile,
                    const T* scores, const T* weights, T* output) {
  using B = blocking<T>;
  for (int r = 0; r < rows; ++r) {
    const int g = r / B::rows;
    for (int c = need.begin[g]; c < need.end[g]; ++c) {
      const std::int64_t key = key_tile * tile_size + c;
      if (key >= h.keys || h.odd_v[key] == 0 || scores[r * tile_size + c] == -math::infinity<T>) continue;
      const T p = weights[r * tile_size + c];
      const T* v = h.v_rows + key * h.dv_padded;
      for (int e = 0; e < h.dv; ++e) output[r * h.dv_padded + e] += p * v[e];
    }
  }
}

template <class T>
CREDENCE_INLINE bool has_odd_values(const tile_head<T>& h, std::int64_t key_tile) {
  if (h.v_rows == nullptr) return false;
  const std::int64_t begin = key_tile * tile_size, end = at_most(begin + tile_size, h.keys);
  for (std::int64_t k = begin; k < end; ++k) {
    if (h.odd_v[k] != 0) return true;
  }
  return false;
}

/// output += weights times values, for the columns each register block of rows has.
template <class T>
CREDENCE_INLINE void add_values(const tile_head<T>& h, const group_columns<T>& need, std::int64_t key_tile,
                                const T* weights, T* output) {
  using B = blocking<T>;
  for (int p = 0; p < h.dv_padded / B::columns; ++p) {
    const T* panel = h.v_panels + (key_tile * (h.dv_padded / B::columns) + p) * tile_size * B::columns;
    for (int g = 0; g < B::groups; ++g) {
      if (need.end[g] == need.begin[g]) continue;
      multiply_block<T, left::rows, true>(
          weights + g * B::rows * tile_size + need.begin[g], tile_size, panel + need.begin[g] * B::columns,
          need.end[g] - need.begin[g], output + static_cast<std::int64_t>(g) * B::rows * h.dv_padded + p * B::columns,
          h.dv_padded);
    }
  }
}

/// Scores of one run of keys, finished; rows beyond `rows` hold products of zeros.
template <class T>
CREDENCE_INLINE void scores_of_run(const tile_head<T>& h, const group_columns<T>& need, std::int64_t first, int rows,
                                   std::int64_t key_tile, column_run run, const T* q, T* scores) {
  using B = blocking<T>;
  multiply_columns(need, q, h.d_padded, h.k_panels + key_tile * tile_size * h.d, h.d, scores);
  for (int g = 0; g < B::groups; ++g) {
    if (need.end[g] == need.begin[g]) continue;
    const int top = g * B::rows, here = rows - top < B::rows ? rows - top : B::rows;
    finish_scores(h, first + top, here, key_tile, run, need.begin[g], need.end[g], scores + top * tile_size);
  }
}

template <class T>
void forward_one(const forward_tile<T>& t) {
  using B = blocking<T>;
  const tile_head<T>& h = *t.head;
  softmax_state<T> state;
  for (int r = 0; r < tile_size; ++r) {
    state.largest[r] = -math::infinity<T>;
    state.sum[r] = T(0);
  }
  for (std::int64_t e = 0; e < std::int64_t{tile_size} * h.dv_padded; ++e) t.output[e] = T(0);
  const std::int64_t tiles = (h.keys + tile_size - 1) / tile_size;
  const std::int64_t from = at_least(t.first_query + h.offset - h.before, 0) / tile_size;
  const std::int64_t to =
      at_most(tiles, (at_least(t.first_query + t.rows - 1 + h.offset + h.after, -1) + tile_size) / tile_size);
  column_run runs[tile_size];
  for (std::int64_t tile = from; tile < to; ++tile) {
    const int count = list_runs(h, t.first_query, t.rows, tile, runs);
    const bool odd = count > 0 && has_odd_values(h, tile);
    for (int n = 0; n < count; ++n) {
      const group_columns<T> need = columns_of_groups(h, t.first_query, t.rows, tile, runs[n]);
      scores_of_run(h, need, t.first_query, t.rows, tile, runs[n], t.q, t.scratch);
      T* raw = odd ? t.scratch + forward_scratch : nullptr;
      if (odd) {
        for (std::int64_t e = 0; e < forward_scratch; ++e) raw[e] = t.scratch[e];
      }
      for (int r = 0; r < t.rows; ++r) {
        const int g = r / B::rows;
        if (need.end[g] == need.begin[g]) continue;
        online_row(h, t.first_query + r, tile * tile_size, need.begin[g], need.end[g], t.scratch + r * tile_size,
                   state.largest[r], state.sum[r], t.output + static_cast<std::int64_t>(r) * h.dv_padded);
      }
      add_values(h, need, tile, t.scratch, t.output);
      if (odd) add_odd_values(h, need, t.rows, tile, raw, t.scratch, t.output);
    }
  }
  for (int r = 0; r < t.rows; ++r) {
    const T sum = state.sum[r];
    scale_row(t.output + static_cast<std::int64_t>(r) * h.dv_padded, h.dv_padded, sum == T(0) ? T(0) : T(1) / sum);
    t.log_sum_exp[r] = sum == T(0) ? -math::infinity<T> : state.largest[r] + math::log(sum);
  }
}

/// Weights of one tile of queries against all keys, from the log-sum-exp.
template <class T>
void weights_one(const weights_tile<T>& t) {
  using B = blocking<T>;
  const tile_head<T>& h = *t.head;
  const std::int64_t tiles = (h.keys + tile_size - 1) / tile_size;
  column_run runs[tile_size];
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const int count = list_runs(h, t.first_query, t.rows, tile, runs);
    for (int n = 0; n < count; ++n) {
      const group_columns<T> need = columns_of_groups(h, t.first_query, t.rows, tile, runs[n]);
      scores_of_run(h, need, t.first_query, t.rows, tile, runs[n], t.q, t.scratch);
      for (int r = 0; r < t.rows; ++r) {
        const T total = t.log_sum_exp[r];
        if (total == -math::infinity<T>) continue;
        for (int c = runs[n].begin; c < runs[n].end; ++c) {
          const int g = r / B::rows;
          if (c < need.begin[g] || c >= need.end[g]) continue;
          const T s = t.scratch[r * tile_size + c];
          T& out = t.out[r * t.out_row + tile * tile_size + c];
          out = s == -math::infinity<T> ? T(0) : (s == total ? T(1) : math::exp(s - total));
        }
      }
    }
  }
}

}  // namespace credence::detail::CREDENCE_ISA
