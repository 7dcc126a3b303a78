// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/forward_kernel.hpp"

/// Gradients, one tile of keys against one tile of queries at a time: the weights are computed again from the
/// log-sum-exp, dP = dO V', dS = P (dP - delta), and then dV += P' dO, dK += dS' Q, dQ += dS K.
namespace credence::detail::CREDENCE_ISA {

/// The four matrices of a pair of tiles.
template <class T>
struct pair_of_tiles {
  T* weights;   ///< P, with dropout
  T* d_scores;  ///< dS
  T* raw;       ///< scores before they were changed, where a change has to be pulled back
};

/// d_scores = weights (d_weights - delta) in one row; both weights get their dropout factors.
template <class T>
CREDENCE_INLINE void score_gradient_row(const tile_head<T>& h, std::int64_t query, std::int64_t first_key, int begin,
                                        int end, T* weights, T* d) {
  const T delta = h.delta[query];
  if (h.drop.on) {
    T keep[tile_size];
    dropout_factors(h.drop, query, first_key + begin, end - begin, keep);
    for (int c = begin; c < end; ++c) {
      const T p = weights[c], k = keep[c - begin];
      d[c] = p == T(0) ? T(0) : p * ((k == T(0) ? T(0) : d[c] * k) - delta);
      weights[c] = p == T(0) ? T(0) : p * k;
    }
    return;
  }
  for (int c = begin; c < end; ++c) d[c] = weights[c] == T(0) ? T(0) : weights[c] * (d[c] - delta);
}

/// Weights of one row from its log-sum-exp.
template <class T>
CREDENCE_INLINE void weights_of_row(T* row, int begin, int end, T log_sum_exp) {
  using V = wide<T>;
  if (log_sum_exp == -math::infinity<T>) {
    for (int c = begin; c < end; ++c) row[c] = T(0);
    return;
  }
  const V by = V::splat(log_sum_exp);
  for (int c = begin; c < end; c += V::width) {
    // A score may exceed the sum by a rounding.
    const V x = V::load(row + c) - by;
    exp_nonpositive(x).store(row + c);
  }
}

/// Columns of d that a register block did not compute, and rows that do not exist: zero, for the products over rows.
template <class T>
CREDENCE_INLINE void clear_outside(const group_columns<T>& need, int rows, int begin, int end, T* m) {
  using B = blocking<T>;
  for (int g = 0; g < B::groups; ++g) {
    for (int r = g * B::rows; r < (g + 1) * B::rows; ++r) {
      T* row = m + r * tile_size;
      const int from = r < rows ? need.begin[g] : end, to = r < rows ? need.end[g] : end;
      if (from == to) {
        for (int c = begin; c < end; ++c) row[c] = T(0);
        continue;
      }
      for (int c = begin; c < from; ++c) row[c] = T(0);
      for (int c = to; c < end; ++c) row[c] = T(0);
    }
  }
}

template <class T>
CREDENCE_INLINE void pull_back(const attention::score_function& f, const attention::score_tile& at, const float* raw,
                               float* d, double* gradient) {
  f.pull_back_f32(f.self, at, raw, d, gradient);
}
template <class T>
CREDENCE_INLINE void pull_back(const attention::score_function& f, const attention::score_tile& at, const double* raw,
                               double* d, double* gradient) {
  f.pull_back_f64(f.self, at, raw, d, gradient);
}

/// Fills weights and score gradients of one run. `bias_gradient`: before the change of scores is pulled back.
template <class T>
void score_gradients(const tile_head<T>& h, const group_columns<T>& need, std::int64_t first, int rows,
                     std::int64_t key_tile, column_run run, const pair_of_tiles<T>& m, double* score_gradient,
                     bool before_change) {
  using B = blocking<T>;
  const T* q = h.q_rows + first * h.d_padded;
  const bool changed = h.score.apply_f32 != nullptr && !before_change;
  multiply_columns(need, q, h.d_padded, h.k_panels + key_tile * tile_size * h.d, h.d, m.weights);
  multiply_columns(need, h.do_rows + first * h.dv_padded, h.dv_padded, h.vt_panels + key_tile * tile_size * h.dv, h.dv,
                   m.d_scores);
  for (int g = 0; g < B::groups; ++g) {
    const int begin = need.begin[g], end = need.end[g];
    if (begin == end) continue;
    const int top = g * B::rows, here = rows - top < B::rows ? rows - top : B::rows;
    T* weights = m.weights + top * tile_size;
    T* d = m.d_scores + top * tile_size;
    if (changed) {
      for (int r = 0; r < here; ++r) {
        for (int c = begin; c < end; ++c) m.raw[(top + r) * tile_size + c] = weights[r * tile_size + c];
      }
    }
    finish_scores(h, first + top, here, key_tile, run, begin, end, weights);
    for (int r = 0; r < here; ++r) {
      const std::int64_t i = first + top + r;
      weights_of_row(weights + r * tile_size, begin, end, h.log_sum_exp[i]);
      score_gradient_row(h, i, key_tile * tile_size, begin, end, weights + r * tile_size, d + r * tile_size);
    }
    if (changed) {
      const int real_end = static_cast<int>(at_most(end, h.keys - key_tile * tile_size));
      pull_back<T>(h.score, place_of(h, first + top, key_tile * tile_size + begin, here, real_end - begin),
                   m.raw + top * tile_size + begin, d + begin, score_gradient);
    }
  }
}

/// to += (columns of m)' times packed rows, for the key columns begin..end-1 in whole register blocks.
template <class T>
CREDENCE_INLINE void add_transposed(const T* m, int begin, int end, int rows, const T* panels, int panel_count, T* to,
                                    int to_row) {
  using B = blocking<T>;
  for (int p = 0; p < panel_count; ++p) {
    const T* panel = panels + static_cast<std::int64_t>(p) * tile_size * B::columns;
    for (int g = begin / B::rows; g * B::rows < end; ++g) {
      multiply_block<T, left::columns, true>(m + g * B::rows, tile_size, panel, rows,
                                             to + static_cast<std::int64_t>(g) * B::rows * to_row + p * B::columns,
                                             to_row);
    }
  }
}

/// The end of the tile of queries that starts at `first`: tiles do not cross blocks of queries.
template <class T>
CREDENCE_INLINE int rows_of_tile(const tile_head<T>& h, std::int64_t first) {
  std::int64_t end = at_most(first + tile_size, h.queries);
  if (h.blocks.row_begin != nullptr) end = at_most(end, (first / h.blocks.query_block + 1) * h.blocks.query_block);
  return static_cast<int>(end - first);
}

template <class T>
void backward_pair(const backward_tile<T>& t, const pair_of_tiles<T>& m, std::int64_t query_tile, std::int64_t first,
                   int rows, column_run run) {
  using B = blocking<T>;
  const tile_head<T>& h = *t.head;
  const group_columns<T> need = columns_of_groups(h, first, rows, t.key_tile, run);
  if (need.first_panel >= need.last_panel) return;
  score_gradients(h, need, first, rows, t.key_tile, run, m, t.score_gradient, false);
  // Whole register blocks of keys as rows, and of keys as columns.
  int begin = need.first_panel * B::columns, end = need.last_panel * B::columns;
  begin = begin / B::rows * B::rows;
  end = (end + B::rows - 1) / B::rows * B::rows;
  clear_outside(need, rows, begin, end, m.weights);
  clear_outside(need, rows, begin, end, m.d_scores);
  const int d_panels = h.d_padded / B::columns, v_panels = h.dv_padded / B::columns;
  add_transposed(m.weights, begin, end, rows, h.do_panels + query_tile * tile_size * h.dv_padded, v_panels, t.dv,
                 h.dv_padded);
  add_transposed(m.d_scores, begin, end, rows, h.q_panels + query_tile * tile_size * h.d_padded, d_panels, t.dk,
                 h.d_padded);
  for (int p = 0; p < d_panels; ++p) {
    const T* panel = h.kr_panels + (t.key_tile * d_panels + p) * tile_size * B::columns;
    for (int g = 0; g < B::groups; ++g) {
      if (need.end[g] == need.begin[g]) continue;
      multiply_block<T, left::rows, true>(m.d_scores + g * B::rows * tile_size + need.begin[g], tile_size,
                                          panel + need.begin[g] * B::columns, need.end[g] - need.begin[g],
                                          t.dq + (first + g * B::rows) * h.d_padded + p * B::columns, h.d_padded);
    }
  }
}

template <class T>
void backward_one(const backward_tile<T>& t) {
  const tile_head<T>& h = *t.head;
  const pair_of_tiles<T> m{t.scratch, t.scratch + tile_size * tile_size, t.scratch + 2 * tile_size * tile_size};
  column_run runs[tile_size];
  std::int64_t query_tile = 0;
  for (std::int64_t first = 0; first < h.queries; ++query_tile) {
    const int rows = rows_of_tile(h, first);
    const int count = list_runs(h, first, rows, t.key_tile, runs);
    for (int n = 0; n < count; ++n) backward_pair(t, m, query_tile, first, rows, runs[n]);
    first += rows;
  }
}

template <class T>
void bias_one(const bias_tile<T>& t) {
  using B = blocking<T>;
  const tile_head<T>& h = *t.head;
  const pair_of_tiles<T> m{t.scratch, t.scratch + tile_size * tile_size, t.scratch + 2 * tile_size * tile_size};
  column_run runs[tile_size];
  const int count = list_runs(h, t.first_query, t.rows, t.key_tile, runs);
  for (int n = 0; n < count; ++n) {
    const group_columns<T> need = columns_of_groups(h, t.first_query, t.rows, t.key_tile, runs[n]);
    score_gradients(h, need, t.first_query, t.rows, t.key_tile, runs[n], m, nullptr, true);
    for (int r = 0; r < t.rows; ++r) {
      const int g = r / B::rows;
      const int begin = need.begin[g] > runs[n].begin ? need.begin[g] : runs[n].begin;
      const int end = need.end[g] < runs[n].end ? need.end[g] : runs[n].end;
      for (int c = begin; c < end; ++c) {
        t.out[r * t.out_row + c * t.out_column] += static_cast<double>(m.d_scores[r * tile_size + c]);
      }
    }
  }
}

}  // namespace credence::detail::CREDENCE_ISA
