// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/tile_products.hpp"

#include "credence/random/uniform.hpp"

/// Scores of one tile of queries against one tile of keys: which parts are needed, the products, and what is done to
/// them before the softmax. Columns are counted from the tile's first key.
namespace credence::detail::CREDENCE_ISA {

/// Columns begin..end-1 of a key tile.
struct column_run {
  int begin = 0, end = 0;
};

CREDENCE_INLINE std::int64_t at_least(std::int64_t x, std::int64_t low) { return x < low ? low : x; }
CREDENCE_INLINE std::int64_t at_most(std::int64_t x, std::int64_t high) { return x > high ? high : x; }

/// What causality, windows and the number of keys leave of a tile for queries first .. first + rows - 1.
template <class T>
CREDENCE_INLINE column_run window_of(const tile_head<T>& h, std::int64_t first, int rows, std::int64_t key_tile) {
  const std::int64_t k0 = key_tile * tile_size, k1 = at_most(k0 + tile_size, h.keys);
  const std::int64_t low = at_least(first + h.offset - h.before, k0);
  const std::int64_t high = at_most(first + rows - 1 + h.offset + h.after + 1, k1);
  if (high <= low) return {0, 0};
  return {static_cast<int>(low - k0), static_cast<int>(high - k0)};
}

/// The parts of a key tile that some of these queries may see; neighbouring blocks are joined. The queries lie in one
/// block of queries. Returns how many.
template <class T>
int list_runs(const tile_head<T>& h, std::int64_t first, int rows, std::int64_t key_tile, column_run* runs) {
  const column_run all = window_of(h, first, rows, key_tile);
  if (all.end <= all.begin) return 0;
  if (h.blocks.row_begin == nullptr) {
    runs[0] = all;
    return 1;
  }
  const block_rows& b = h.blocks;
  const std::int64_t k0 = key_tile * tile_size, row = first / b.query_block;
  std::int64_t low = b.row_begin[row], high = b.row_begin[row + 1];
  const std::int64_t end = high;
  // The first listed block that ends beyond the first column.
  while (low < high) {
    const std::int64_t middle = (low + high) / 2;
    if ((b.columns[middle] + 1) * b.key_block > k0 + all.begin) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  int count = 0;
  for (std::int64_t e = low; e < end; ++e) {
    const std::int64_t from = b.columns[e] * b.key_block - k0;
    if (from >= all.end) break;
    const int begin = static_cast<int>(at_least(from, all.begin));
    const int stop = static_cast<int>(at_most(from + b.key_block, all.end));
    if (count > 0 && runs[count - 1].end == begin) {
      runs[count - 1].end = stop;
    } else {
      runs[count++] = {begin, stop};
    }
  }
  return count;
}

/// The whole panels that a register block of rows needs of a run.
template <class T>
struct group_columns {
  int begin[blocking<T>::groups], end[blocking<T>::groups];
  int first_panel = tile_size, last_panel = 0;
};

template <class T>
CREDENCE_INLINE group_columns<T> columns_of_groups(const tile_head<T>& h, std::int64_t first, int rows,
                                                   std::int64_t key_tile, column_run run) {
  using B = blocking<T>;
  group_columns<T> out;
  for (int g = 0; g < B::groups; ++g) {
    out.begin[g] = out.end[g] = 0;
    const int top = g * B::rows;
    if (top >= rows) continue;
    const int here = rows - top < B::rows ? rows - top : B::rows;
    const column_run seen = window_of(h, first + top, here, key_tile);
    const int begin = seen.begin > run.begin ? seen.begin : run.begin, end = seen.end < run.end ? seen.end : run.end;
    if (end <= begin) continue;
    out.begin[g] = begin / B::columns * B::columns;
    out.end[g] = (end + B::columns - 1) / B::columns * B::columns;
    if (out.begin[g] / B::columns < out.first_panel) out.first_panel = out.begin[g] / B::columns;
    if (out.end[g] / B::columns > out.last_panel) out.last_panel = out.end[g] / B::columns;
  }
  return out;
}

/// scores = left rows times packed columns, for the panels each register block of rows needs.
template <class T>
CREDENCE_INLINE void multiply_columns(const group_columns<T>& need, const T* rows, int row_length, const T* panels,
                                      int depth, T* scores) {
  using B = blocking<T>;
  for (int p = need.first_panel; p < need.last_panel; ++p) {
    const T* panel = panels + static_cast<std::int64_t>(p) * depth * B::columns;
    for (int g = 0; g < B::groups; ++g) {
      if (p * B::columns < need.begin[g] || p * B::columns >= need.end[g]) continue;
      multiply_block<T, left::rows, false>(rows + static_cast<std::int64_t>(g) * B::rows * row_length, row_length,
                                           panel, depth, scores + g * B::rows * tile_size + p * B::columns, tile_size);
    }
  }
}

/// Hides what a block mask's bits hide, in columns begin..end-1 of one row.
template <class T>
void hide_by_blocks(const tile_head<T>& h, std::int64_t query, std::int64_t key_tile, int begin, int end, T* row) {
  const block_rows& b = h.blocks;
  const std::int64_t k0 = key_tile * tile_size, block = query / b.query_block;
  for (std::int64_t e = b.row_begin[block]; e < b.row_begin[block + 1]; ++e) {
    const std::int64_t from = b.columns[e] * b.key_block - k0;
    if (from >= end) break;
    if (from + b.key_block <= begin || b.bits_at[e] < 0) continue;
    const std::uint64_t* words = b.bits + b.bits_at[e] + (query - block * b.query_block) * b.words;
    const int low = static_cast<int>(at_least(from, begin)), high = static_cast<int>(at_most(from + b.key_block, end));
    for (int c = low; c < high; ++c) {
      const std::int64_t bit = c - from;
      if (((words[bit >> 6] >> (bit & 63)) & 1U) == 0) row[c] = -math::infinity<T>;
    }
  }
}

template <class T>
CREDENCE_INLINE void apply_score(const attention::score_function& f, const attention::score_tile& at, float* scores) {
  f.apply_f32(f.self, at, scores);
}
template <class T>
CREDENCE_INLINE void apply_score(const attention::score_function& f, const attention::score_tile& at, double* scores) {
  f.apply_f64(f.self, at, scores);
}

/// Where the tile's rows and columns lie among queries and keys.
template <class T>
CREDENCE_INLINE attention::score_tile place_of(const tile_head<T>& h, std::int64_t query, std::int64_t key, int rows,
                                               int columns) {
  return {h.batch, h.head, query + h.offset, key, rows, columns, tile_size};
}

/// Changes scores and hides what may not be seen, in the rows of one register block: -infinity from `begin` to `end`
/// outside of what the run, the window, the mask and the blocks leave.
template <class T>
void finish_scores(const tile_head<T>& h, std::int64_t query, int rows, std::int64_t key_tile, column_run run,
                   int begin, int end, T* scores) {
  const std::int64_t k0 = key_tile * tile_size;
  const int real_end = static_cast<int>(at_most(end, h.keys - k0));
  if (h.score.apply_f32 != nullptr) {
    apply_score<T>(h.score, place_of(h, query, k0 + begin, rows, real_end - begin), scores + begin);
  }
  for (int r = 0; r < rows; ++r) {
    T* row = scores + r * tile_size;
    const std::int64_t i = query + r;
    if (h.bias != nullptr) {
      const T* bias = h.bias + i * h.bias_row + k0 * h.bias_column;
      if (h.bias_column == 1) {
        for (int c = begin; c < real_end; ++c) row[c] += bias[c];
      } else {
        for (int c = begin; c < real_end; ++c) row[c] += bias[c * h.bias_column];
      }
    }
    const int low = static_cast<int>(at_most(at_least(i + h.offset - h.before - k0, run.begin), end));
    const int high = static_cast<int>(at_least(at_most(i + h.offset + h.after + 1 - k0, run.end), begin));
    for (int c = begin; c < low; ++c) row[c] = -math::infinity<T>;
    for (int c = high; c < end; ++c) row[c] = -math::infinity<T>;
    if (h.mask != nullptr) {
      const std::uint8_t* mask = h.mask + i * h.mask_row + k0 * h.mask_column;
      for (int c = low; c < high; ++c) {
        if (mask[c * h.mask_column] == 0) row[c] = -math::infinity<T>;
      }
    }
    if (h.blocks.row_begin != nullptr && low < high) hide_by_blocks(h, i, key_tile, low, high, row);
  }
}

/// Factors of dropout for keys first..first+n-1 of one query: 0 or 1 / (1 - probability).
template <class T>
void dropout_factors(const dropout_rule& rule, std::int64_t query, std::int64_t first, int n, T* factors) {
  const std::uint64_t begin = static_cast<std::uint64_t>(query * rule.row + first);
  const std::uint64_t end = begin + static_cast<std::uint64_t>(n);
  const T keep = static_cast<T>(rule.keep_scale);
  for (std::uint64_t block = begin / 4; block * 4 < end; ++block) {
    const philox_words w = random::block(rule.key, block);
    for (std::uint64_t e = 0; e < 4; ++e) {
      const std::uint64_t element = block * 4 + e;
      if (element >= begin && element < end) factors[element - begin] = w.word[e] < rule.threshold ? T(0) : keep;
    }
  }
}

}  // namespace credence::detail::CREDENCE_ISA
