// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/tile_types.hpp"
#include "attention/workspace.hpp"

#include "credence/attention/exact.hpp"

/// Attention after its checks: sizes, strides and rules, the same for every storage type.
namespace credence::detail {

/// One of q, k, v: memory of any storage type, strides in elements.
struct stored_array {
  const void* data = nullptr;
  dtype type = dtype::f32;
  std::int64_t batch = 0, head = 0, row = 0;

  [[nodiscard]] stored_rows rows(std::int64_t b, std::int64_t h, std::int64_t first) const {
    const std::int64_t at = b * batch + h * head + first * row;
    return {static_cast<const char*>(data) + at * size_of(type), type, row};
  }
};

template <class C>
struct attention_problem {
  std::int64_t batch = 0, heads = 0, key_heads = 0, queries = 0, keys = 0, d = 0, dv = 0;
  double scale = 1.0;
  stored_array q{}, k{}, v{};
  array_view<const C> bias{};             ///< broadcast to all four axes; null data: none
  array_view<const std::uint8_t> mask{};  ///< likewise
  const attention::options* opt = nullptr;
  attention::path use = attention::path::reference;

  [[nodiscard]] std::int64_t group() const { return heads / key_heads; }
  [[nodiscard]] std::int64_t queries_of(std::int64_t b) const {
    return opt->query_lengths.empty() ? queries : opt->query_lengths[static_cast<std::size_t>(b)];
  }
  [[nodiscard]] std::int64_t keys_of(std::int64_t b) const {
    return opt->key_lengths.empty() ? keys : opt->key_lengths[static_cast<std::size_t>(b)];
  }
  /// Keys that causality and the window leave to a query: low <= key < high.
  [[nodiscard]] std::int64_t after() const {
    const std::int64_t window = opt->window_after < far ? opt->window_after : far;
    return opt->causal && window > 0 ? 0 : window;
  }
  [[nodiscard]] std::int64_t before() const { return opt->window_before < far ? opt->window_before : far; }

  static constexpr std::int64_t far = std::int64_t{1} << 40;
};

/// @throws shape_error, domain_error, not_built_error
template <class T>
attention_problem<attention::compute_type<T>> check_attention(const char* where, const exec::context& ctx,
                                                              const attention::inputs<T>& in,
                                                              const attention::options& opt);

/// The kernels of a tiled path.
const tile_kernels<float>& kernels_of(attention::path which, float);
const tile_kernels<double>& kernels_of(attention::path which, double);

/// Writes n numbers to elements of a storage type.
void store_row(dtype type, void* to, const float* from, std::int64_t n);
void store_row(dtype type, void* to, const double* from, std::int64_t n);

/// Where results go: contiguous (batch, heads, rows, columns) of a storage type.
struct stored_result {
  void* data = nullptr;
  dtype type = dtype::f32;
  [[nodiscard]] void* row(std::int64_t number, std::int64_t columns) const {
    return static_cast<char*>(data) + number * columns * size_of(type);
  }
};

/// All keys and values of a problem, packed, and the heads as kernels see them.
template <class C>
struct packed_keys {
  workspace<C> k{}, v{}, v_rows{};
  workspace<std::uint8_t> odd{};
  std::vector<std::int64_t> odd_begin{};  ///< where a key head's rows begin in v_rows, -1 without
  std::int64_t k_size = 0, v_size = 0;    ///< of one key head
  int d_padded = 0, dv_padded = 0;
};

constexpr std::int64_t padded(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }
constexpr std::int64_t tiles_of(std::int64_t n) { return (n + tile_size - 1) / tile_size; }

template <class C>
packed_keys<C> pack_keys(const exec::context& ctx, const attention_problem<C>& p, const tile_kernels<C>& kernels);
template <class C>
tile_head<C> head_of(const attention_problem<C>& p, const packed_keys<C>& packed, std::int64_t b, std::int64_t h);

/// The tiles of queries: they do not cross blocks of a block mask.
struct query_tile {
  std::int64_t first = 0;
  int rows = 0;
};
template <class C>
std::vector<query_tile> list_query_tiles(const attention_problem<C>& p, std::int64_t queries);

// The kernel for blocks of threads: on a CUDA device, or its source run here.
template <class C>
void run_simt_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp);

// The slow obvious path.
template <class C>
void reference_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp);
template <class C>
void reference_weights(const exec::context& ctx, const attention_problem<C>& p, C* out);
template <class C>
struct reference_gradients {
  double *q, *k, *v, *bias, *score;  ///< bias of the full broadcast shape's own strides; null: not wanted
  std::int64_t bias_strides[4];
};
template <class C>
void reference_backward(const attention_problem<C>& p, const stored_array& d_output, const C* d_log_sum_exp,
                        const reference_gradients<C>& out);

}  // namespace credence::detail
