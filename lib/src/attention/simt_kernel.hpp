// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/tile_types.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/exec/context.hpp"
#include "credence/random/uniform.hpp"

/// Attention for blocks of threads: one source for CUDA and, thread after thread, for the CPU that tests it. A block
/// takes a tile of queries of one head; its threads go through phases with a barrier between. All of the block's state
/// is in shared memory.
namespace credence::detail {

/// Everything a block needs, in memory of its device.
struct simt_array {
  const void* data = nullptr;
  std::int64_t batch = 0, head = 0, row = 0;
};
template <class C>
struct simt_problem {
  std::int64_t batch = 0, heads = 0, key_heads = 0, queries = 0, keys = 0;
  int d = 0, dv = 0;
  C scale{};
  simt_array q{}, k{}, v{};
  void* output = nullptr;  ///< contiguous, storage type of q
  C* log_sum_exp = nullptr;
  const std::int64_t *query_lengths = nullptr, *key_lengths = nullptr;
  std::int64_t offset = 0, before = 0, after = 0;
  const std::uint8_t* mask = nullptr;
  std::int64_t mask_strides[4] = {};
  const C* bias = nullptr;
  std::int64_t bias_strides[4] = {};
  block_rows blocks{};
  bool drops = false;
  std::uint32_t drop_threshold = 0;
  C keep_scale{};
  rng_key drop_key{};
  attention::score_kind score = attention::score_kind::none;
  const double* score_values = nullptr;  ///< slopes, widths or table
  std::int64_t score_heads = 0, radius = 0;
  double cap = 0.0;
  attention::score_function functor{};  ///< host only
};

/// Rows and columns of a block's tile of scores.
struct simt_shape {
  int rows = 0, columns = 0;
};
template <class C>
CREDENCE_HD constexpr simt_shape simt_shape_of(int d, int dv) {
  const int largest = d > dv ? d : dv;
  return {largest <= 64 ? 64 : (largest <= 128 ? 32 : 16), sizeof(C) == 4 ? 32 : 16};
}
template <class C>
CREDENCE_HD constexpr std::int64_t simt_shared_numbers(int d, int dv) {
  const simt_shape s = simt_shape_of<C>(d, dv);
  return std::int64_t{s.rows + s.columns} * (d + 1) + std::int64_t{s.columns} * dv + s.rows * (s.columns + 1) +
         std::int64_t{s.rows} * dv + 3 * s.rows;
}
inline constexpr int simt_threads = 256;

enum class simt_phase : std::uint8_t { begin, load, scores, softmax, values, end };

inline namespace CREDENCE_ISA {

CREDENCE_HD CREDENCE_INLINE double simt_number(double x) { return x; }
CREDENCE_HD CREDENCE_INLINE float simt_number(float x) { return x; }
CREDENCE_HD CREDENCE_INLINE float simt_number(bfloat16 x) { return to_float(x); }
CREDENCE_HD CREDENCE_INLINE float simt_number(float16 x) { return to_float(x); }
CREDENCE_HD CREDENCE_INLINE void simt_store(double x, double& to) { to = x; }
CREDENCE_HD CREDENCE_INLINE void simt_store(float x, float& to) { to = x; }
CREDENCE_HD CREDENCE_INLINE void simt_store(float x, bfloat16& to) { to = to_bfloat16(x); }
CREDENCE_HD CREDENCE_INLINE void simt_store(float x, float16& to) { to = to_float16(x); }

/// C is computed in, S is stored.
template <class C, class S>
struct simt_forward {
  simt_problem<C> p;

  /// The block's shared memory, and where its tile lies.
  struct block {
    C *q, *k, *v, *s, *o, *largest, *sum, *factor;
    std::int64_t b, h, first, key_end;
    int rows, columns, d_row;
  };

  [[nodiscard]] CREDENCE_HD std::int64_t tiles() const {
    const int rows = simt_shape_of<C>(p.d, p.dv).rows;
    return (p.queries + rows - 1) / rows;
  }
  [[nodiscard]] CREDENCE_HD std::int64_t block_count() const { return p.batch * p.heads * tiles(); }

  [[nodiscard]] CREDENCE_HD block open(std::int64_t number, C* shared) const {
    const simt_shape shape = simt_shape_of<C>(p.d, p.dv);
    block out;
    out.rows = shape.rows;
    out.columns = shape.columns;
    out.d_row = p.d + 1;  // odd for even d: threads of a warp meet different banks
    out.first = number % tiles() * shape.rows;
    out.h = number / tiles() % p.heads;
    out.b = number / tiles() / p.heads;
    out.q = shared;
    out.k = out.q + shape.rows * out.d_row;
    out.v = out.k + shape.columns * out.d_row;
    out.s = out.v + shape.columns * p.dv;
    out.o = out.s + shape.rows * (shape.columns + 1);
    out.largest = out.o + shape.rows * p.dv;
    out.sum = out.largest + shape.rows;
    out.factor = out.sum + shape.rows;
    out.key_end = p.key_lengths == nullptr ? p.keys : p.key_lengths[out.b];
    return out;
  }

  /// The first key of the tiles that a window leaves, and the end.
  [[nodiscard]] CREDENCE_HD std::int64_t first_key(const block& x) const {
    const std::int64_t low = x.first + p.offset - p.before;
    return low < 0 ? 0 : low / x.columns * x.columns;
  }
  [[nodiscard]] CREDENCE_HD std::int64_t end_key(const block& x) const {
    const std::int64_t high = x.first + x.rows + p.offset + p.after;
    return high < x.key_end ? high : x.key_end;
  }

  [[nodiscard]] CREDENCE_HD bool seen_in_blocks(std::int64_t i, std::int64_t j) const {
    const std::int64_t row = i / p.blocks.query_block, column = j / p.blocks.key_block;
    std::int64_t low = p.blocks.row_begin[row], high = p.blocks.row_begin[row + 1];
    const std::int64_t end = high;
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (p.blocks.columns[middle] < column) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == end || p.blocks.columns[low] != column) return false;
    if (p.blocks.bits_at[low] < 0) return true;
    const std::int64_t bit = j - column * p.blocks.key_block;
    const std::int64_t word = p.blocks.bits_at[low] + (i - row * p.blocks.query_block) * p.blocks.words + bit / 64;
    return ((p.blocks.bits[word] >> (bit % 64)) & 1U) != 0;
  }
  [[nodiscard]] CREDENCE_HD bool visible(const block& x, std::int64_t i, std::int64_t j) const {
    const std::int64_t at = i + p.offset;
    if (j >= x.key_end || j < at - p.before || j > at + p.after) return false;
    if (i >= (p.query_lengths == nullptr ? p.queries : p.query_lengths[x.b])) return false;
    if (p.mask != nullptr &&
        p.mask[x.b * p.mask_strides[0] + x.h * p.mask_strides[1] + i * p.mask_strides[2] + j * p.mask_strides[3]] ==
            0) {
      return false;
    }
    return p.blocks.row_begin == nullptr || seen_in_blocks(i, j);
  }

  [[nodiscard]] CREDENCE_HD C changed(C s, const attention::position& at) const {
    using attention::score_kind;
    switch (p.score) {
      case score_kind::none:
        return s;
      case score_kind::alibi:
        return attention::alibi{p.score_values, p.score_heads}(s, at);
      case score_kind::relative_table:
        return attention::relative_table{p.score_values, p.score_heads, p.radius}(s, at);
      case score_kind::gaussian_distance:
        return attention::gaussian_distance{p.score_values, p.score_heads}(s, at);
      case score_kind::soft_cap:
        return attention::soft_cap{p.cap}(s, at);
      case score_kind::functor:
        break;
    }
#ifndef __CUDA_ARCH__
    const attention::score_tile one{at.batch, at.head, at.query, at.key, 1, 1, 1};
    if constexpr (sizeof(C) == 4) {
      p.functor.apply_f32(p.functor.self, one, &s);
    } else {
      p.functor.apply_f64(p.functor.self, one, &s);
    }
#endif
    return s;
  }

  CREDENCE_HD void load_rows(const simt_array& from, std::int64_t b, std::int64_t h, std::int64_t first,
                             std::int64_t end, int rows, int columns, C factor, C* to, int to_row, int thread) const {
    const S* data = static_cast<const S*>(from.data) + b * from.batch + h * from.head;
    for (int e = thread; e < rows * columns; e += simt_threads) {
      const int r = e / columns, c = e % columns;
      to[r * to_row + c] = first + r < end ? simt_number(data[(first + r) * from.row + c]) * factor : C(0);
    }
  }

  CREDENCE_HD void one_score(const block& x, std::int64_t tile, int e) const {
    const int r = e / x.columns, c = e % x.columns;
    const std::int64_t i = x.first + r, j = tile + c;
    C& s = x.s[r * (x.columns + 1) + c];
    s = -math::infinity<C>;
    if (i >= p.queries || !visible(x, i, j)) return;
    C dot = C(0);
    for (int a = 0; a < p.d; ++a) dot = math::fma(x.q[r * x.d_row + a], x.k[c * x.d_row + a], dot);
    s = changed(dot, {x.b, x.h, i + p.offset, j});
    if (p.bias != nullptr) {
      s += p.bias[x.b * p.bias_strides[0] + x.h * p.bias_strides[1] + i * p.bias_strides[2] + j * p.bias_strides[3]];
    }
  }

  /// Weights relative to the running maximum; what a row does not see becomes -1.
  CREDENCE_HD void softmax_row(const block& x, std::int64_t tile, int r) const {
    C* s = x.s + r * (x.columns + 1);
    const C before = x.largest[r];
    C top = before;
    for (int c = 0; c < x.columns; ++c) top = s[c] > top ? s[c] : top;
    x.factor[r] = top == before ? C(1) : math::exp_nonpositive(before - top);
    const C shift = top == -math::infinity<C> ? C(0) : top;
    C sum = x.sum[r] * x.factor[r];
    const std::int64_t i = x.first + r;
    for (int c = 0; c < x.columns; ++c) {
      if (s[c] == -math::infinity<C>) {
        s[c] = C(-1);
        continue;
      }
      C w = math::exp_nonpositive(s[c] - shift);
      if (top == math::infinity<C>) w = s[c] == top ? C(1) : (math::is_nan(s[c]) ? s[c] : C(0));
      sum += w;
      if (p.drops && w != C(0)) {
        const rng_key key = p.drop_key.split(purpose::dropout, 0, 0, static_cast<std::uint64_t>(x.b * p.heads + x.h));
        const std::uint32_t word = random::bits32(key, static_cast<std::uint64_t>(i * p.keys + tile + c));
        w = word < p.drop_threshold ? C(0) : w * p.keep_scale;
      }
      s[c] = w;
    }
    x.largest[r] = top;
    x.sum[r] = sum;
  }

  CREDENCE_HD void add_values(const block& x, int e) const {
    const int r = e / p.dv, c = e % p.dv;
    C sum = x.o[e] * x.factor[r];
    for (int j = 0; j < x.columns; ++j) {
      const C w = x.s[r * (x.columns + 1) + j];
      if (!(w < C(0))) sum = math::fma(w, x.v[j * p.dv + c], sum);
    }
    x.o[e] = sum;
  }

  CREDENCE_HD void finish(const block& x, int e) const {
    const int r = e / p.dv, c = e % p.dv;
    const std::int64_t i = x.first + r, row = (x.b * p.heads + x.h) * p.queries + i;
    if (i >= p.queries) return;
    const C sum = x.sum[r];
    simt_store(sum == C(0) ? C(0) : x.o[e] / sum, static_cast<S*>(p.output)[row * p.dv + c]);
    if (c == 0) p.log_sum_exp[row] = sum == C(0) ? -math::infinity<C> : x.largest[r] + math::log(sum);
  }

  /// One thread's part of a phase; `tile` is the first key of the tile in hand.
  CREDENCE_HD void run(simt_phase phase, const block& x, std::int64_t tile, int thread) const {
    switch (phase) {
      case simt_phase::begin:
        load_rows(p.q, x.b, x.h, x.first, p.queries, x.rows, p.d, p.scale, x.q, x.d_row, thread);
        for (int e = thread; e < x.rows * p.dv; e += simt_threads) x.o[e] = C(0);
        for (int r = thread; r < x.rows; r += simt_threads) {
          x.largest[r] = -math::infinity<C>;
          x.sum[r] = C(0);
        }
        break;
      case simt_phase::load: {
        const std::int64_t key_head = x.h / (p.heads / p.key_heads);
        load_rows(p.k, x.b, key_head, tile, x.key_end, x.columns, p.d, C(1), x.k, x.d_row, thread);
        load_rows(p.v, x.b, key_head, tile, x.key_end, x.columns, p.dv, C(1), x.v, p.dv, thread);
        break;
      }
      case simt_phase::scores:
        for (int e = thread; e < x.rows * x.columns; e += simt_threads) one_score(x, tile, e);
        break;
      case simt_phase::softmax:
        for (int r = thread; r < x.rows; r += simt_threads) softmax_row(x, tile, r);
        break;
      case simt_phase::values:
        for (int e = thread; e < x.rows * p.dv; e += simt_threads) add_values(x, e);
        break;
      case simt_phase::end:
        for (int e = thread; e < x.rows * p.dv; e += simt_threads) finish(x, e);
        break;
    }
  }
};

/// One block from beginning to end. `Team` runs a phase on all threads of the block and waits for them.
template <class C, class S, class Team>
CREDENCE_HD CREDENCE_INLINE void simt_run_block(const simt_forward<C, S>& f, std::int64_t number, C* shared,
                                                const Team& team) {
  const auto x = f.open(number, shared);
  team(f, simt_phase::begin, x, 0);
  for (std::int64_t tile = f.first_key(x); tile < f.end_key(x); tile += x.columns) {
    team(f, simt_phase::load, x, tile);
    team(f, simt_phase::scores, x, tile);
    team(f, simt_phase::softmax, x, tile);
    team(f, simt_phase::values, x, tile);
  }
  team(f, simt_phase::end, x, 0);
}

}  // namespace CREDENCE_ISA

namespace cuda {
/// Runs the kernel on the context's device, where all of the problem lies; asynchronous. Builds with CUDA only.
template <class C>
void attention_forward(const exec::context& ctx, const simt_problem<C>& problem, dtype storage);
}  // namespace cuda

}  // namespace credence::detail
