// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/score.hpp"
#include "credence/base/simd.hpp"
#include "credence/random/key.hpp"
#include "credence/tensor/dtype.hpp"

#include <cstdint>

/// What the tiled kernels are told: plain data, shared by all instruction sets.
namespace credence::detail {

/// Queries and keys of one tile: a multiple of every register block below.
inline constexpr int tile_size = 96;

/// Register blocks of an instruction set: `rows` scalars against `columns` numbers of vectors.
struct tile_geometry {
  int rows = 6;
  int columns = 16;  ///< packed panels are this wide
};

/// The block_mask as kernels see it.
struct block_rows {
  const std::int64_t* row_begin = nullptr;  ///< null: everything may be seen
  const std::int32_t* columns = nullptr;
  const std::int64_t* bits_at = nullptr;
  const std::uint64_t* bits = nullptr;
  std::int64_t query_block = 0, key_block = 0, words = 0;
};

struct dropout_rule {
  bool on = false;
  std::uint32_t threshold = 0;  ///< words below drop
  double keep_scale = 1.0;
  rng_key key{};
  std::int64_t row = 0;  ///< keys in a row of elements
};

/// One head of one batch entry, with its operands packed. "Panels" hold [row][columns] blocks of `geometry.columns`
/// numbers side by side; where rows come in tiles, a tile's panels are complete before the next tile begins.
template <class T>
struct tile_head {
  std::int64_t batch = 0, head = 0;
  std::int64_t queries = 0, keys = 0;  ///< that take part: lengths are applied
  int d = 0, dv = 0;                   ///< numbers used
  int d_padded = 0, dv_padded = 0;     ///< to whole panels

  const T* k_panels = nullptr;          ///< keys as columns: [key panel][d][columns]
  const T* v_panels = nullptr;          ///< [key tile][dv panel][tile_size][columns]; rows that are not finite are zero
  const std::uint8_t* odd_v = nullptr;  ///< for each key: 1 where its value row is not finite
  const T* v_rows = nullptr;  ///< (keys, dv_padded) as they are; only for the odd ones; null where there is none

  // For the backward pass.
  const T* q_rows = nullptr;     ///< (queries, d_padded), times scale
  const T* q_panels = nullptr;   ///< [query tile][d panel][tile_size][columns], times scale, finite
  const T* do_rows = nullptr;    ///< (queries, dv_padded); zero where a row saw nothing
  const T* do_panels = nullptr;  ///< [query tile][dv panel][tile_size][columns]
  const T* vt_panels = nullptr;  ///< values as columns: [key panel][dv][columns]
  const T* kr_panels = nullptr;  ///< [key tile][d panel][tile_size][columns], finite
  const T* log_sum_exp = nullptr;
  const T* delta = nullptr;  ///< (queries): sum of output times its gradient, less the gradient by log_sum_exp

  // What may be seen, and what scores are changed by.
  std::int64_t offset = 0, before = 0, after = 0;  ///< keys i + offset - before .. i + offset + after
  block_rows blocks{};
  const std::uint8_t* mask = nullptr;
  std::int64_t mask_row = 0, mask_column = 0;
  const T* bias = nullptr;
  std::int64_t bias_row = 0, bias_column = 0;
  attention::score_function score{};
  dropout_rule drop{};
};

/// Rows of a matrix in any storage type.
struct stored_rows {
  const void* data = nullptr;
  dtype type = dtype::f32;
  std::int64_t row = 0;  ///< elements between rows
};

/// One tile of queries, forward.
template <class T>
struct forward_tile {
  const tile_head<T>* head = nullptr;
  std::int64_t first_query = 0;
  int rows = 0;              ///< at most tile_size
  const T* q = nullptr;      ///< (tile_size, d_padded), times scale, zero beyond `rows`
  T* scratch = nullptr;      ///< forward_scratch numbers
  T* output = nullptr;       ///< (tile_size, dv_padded)
  T* log_sum_exp = nullptr;  ///< (tile_size)
};
inline constexpr std::int64_t forward_scratch = std::int64_t{tile_size} * tile_size;

/// One tile of weights for looking at: out (rows, keys).
template <class T>
struct weights_tile {
  const tile_head<T>* head = nullptr;
  std::int64_t first_query = 0;
  int rows = 0;
  const T* q = nullptr;
  T* scratch = nullptr;
  const T* log_sum_exp = nullptr;  ///< of these rows
  T* out = nullptr;                ///< set to zero before
  std::int64_t out_row = 0;
};

/// One tile of keys, backward: all queries of one head against it.
template <class T>
struct backward_tile {
  const tile_head<T>* head = nullptr;
  std::int64_t key_tile = 0;
  T* scratch = nullptr;              ///< backward_scratch numbers
  T* dk = nullptr;                   ///< (tile_size, d_padded), added to
  T* dv = nullptr;                   ///< (tile_size, dv_padded), added to
  T* dq = nullptr;                   ///< (queries in whole tiles, d_padded), added to, without the factor `scale`
  double* score_gradient = nullptr;  ///< added to; or null
};
/// One tile of score gradients, added to the gradient of a bias.
template <class T>
struct bias_tile {
  const tile_head<T>* head = nullptr;
  std::int64_t first_query = 0, key_tile = 0;
  int rows = 0;
  T* scratch = nullptr;
  double* out = nullptr;  ///< of the first query and the first key of the tile
  std::int64_t out_row = 0, out_column = 0;
};
inline constexpr std::int64_t backward_scratch = 4 * std::int64_t{tile_size} * tile_size;

/// The kernels of one instruction set.
template <class T>
struct tile_kernels {
  tile_geometry geometry{};
  /// Rows as they are, times scale, padded with zeros to (padded_rows, padded).
  void (*copy_rows)(const stored_rows& from, std::int64_t rows, int columns, T scale, T* to, std::int64_t padded_rows,
                    int padded) = nullptr;
  /// Rows as columns: [panel of rows][column][geometry.columns].
  void (*pack_columns)(const stored_rows& from, std::int64_t rows, int columns, T* to) = nullptr;
  /// One tile of at most tile_size rows: [panel of columns][tile_size][geometry.columns]; rows with a number that is
  /// not finite become zero and are told in `odd` (one byte a row), unless it is null.
  void (*pack_rows)(const stored_rows& from, int rows, int columns, T scale, T* to, std::uint8_t* odd) = nullptr;
  void (*forward)(const forward_tile<T>& tile) = nullptr;
  void (*weights)(const weights_tile<T>& tile) = nullptr;
  void (*backward)(const backward_tile<T>& tile) = nullptr;
  void (*bias)(const bias_tile<T>& tile) = nullptr;
};

CREDENCE_SIMD_DECLARE(const tile_kernels<float>&, attention_kernels_f32)
CREDENCE_SIMD_DECLARE(const tile_kernels<double>&, attention_kernels_f64)

}  // namespace credence::detail
