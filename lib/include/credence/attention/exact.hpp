// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/block_mask.hpp"
#include "credence/attention/score.hpp"

#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"
#include "credence/tensor/tensor.hpp"

#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// Exact attention: softmax(scale q k' + ...) v with an online softmax over tiles; no queries x keys matrix is made.
/// The same bits on any number of threads, forward and backward (for one build and one path).
namespace credence::attention {

/// What a storage type is computed in: double in double, everything else in float.
template <class T>
using compute_type = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// The kernels there are. Each computes the same function; see `paths`.
enum class path : std::uint8_t {
  automatic,      ///< the last usable one of the list below
  reference,      ///< loops in double, one row of scores at a time: slow, obvious
  simt,           ///< the source of the CUDA kernel, run on the CPU: slow, for tests of it; forward only
  tiled_generic,  ///< tiles, for any processor
  tiled_avx2,     ///< the same for AVX2 and FMA
  tiled_avx512,   ///< the same for AVX-512
  cuda,           ///< one block of threads a tile of queries; forward only
};
const char* to_string(path p);

/// One kernel as the registry lists it.
struct path_info {
  path which = path::reference;
  bool usable = false;
  bool backward = true;
  std::string why_not{};  ///< what is missing where it is not usable
};
/// All paths, slowest first, for head dimensions d (queries and keys) and dv (values) on this machine and context.
std::vector<path_info> paths(const exec::context& ctx, std::int64_t d, std::int64_t dv);

/// Largest head dimension of the tiled paths.
inline constexpr std::int64_t largest_head = 256;

/// What attention works on. T is double, float, bfloat16 or float16. Elements along the last axis lie side by side; the
/// other strides are free, so (batch, length, heads, d) memory is a permuted view away.
template <class T>
struct inputs {
  view<const T, 4> q{};  ///< (batch, heads, queries, d)
  view<const T, 4> k{};  ///< (batch, key heads, keys, d); heads is a multiple of key heads (grouped queries)
  view<const T, 4> v{};  ///< (batch, key heads, keys, dv)
  array_view<const compute_type<T>> bias{};  ///< added to scores; broadcast to (batch, heads, queries, keys); or null
};

inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// Weights are zeroed with this probability and the others divided by 1 - probability. The decision for (batch b, head
/// h, query i, key j) is word i keys + j of the stream key.split(purpose::dropout, 0, 0, b heads + h).
struct dropout {
  double probability = 0.0;
  rng_key key{};
};

/// The score of query i and key j is s = score(scale q_i.k_j) + bias_ij where j may be seen, else -infinity.
struct options {
  std::optional<double> scale{};                  ///< 1 / sqrt(d) unless given
  bool causal = false;                            ///< only keys j <= i + query_offset
  std::int64_t query_offset = 0;                  ///< the position of query 0 among the keys, for causal and windows
  std::int64_t window_before = unlimited;         ///< only keys j >= i + query_offset - window_before
  std::int64_t window_after = unlimited;          ///< only keys j <= i + query_offset + window_after
  std::span<const std::int64_t> query_lengths{};  ///< (batch): rows from there on are zeros; empty: all
  std::span<const std::int64_t> key_lengths{};    ///< (batch): keys from there on are not seen; empty: all
  array_view<const std::uint8_t> mask{};  ///< 0 hides a pair; broadcast to (batch, heads, queries, keys); or null
  const block_mask* blocks = nullptr;     ///< what else is hidden, and not even computed; or null
  score_function score{};                 ///< see score.hpp; or nothing
  dropout drop{};
  path use = path::automatic;
};

/// A row that sees no key is zero, with log-sum-exp -infinity. NaN in a key or value that a row does not see never
/// reaches that row; NaN that is seen makes the row NaN. A single score of +infinity takes all weight.
template <class T>
struct result {
  tensor<T> output;                     ///< (batch, heads, queries, dv)
  tensor<compute_type<T>> log_sum_exp;  ///< (batch, heads, queries): of the scores
  path used = path::reference;
};

/// @throws shape_error      when shapes do not fit (both are named)
/// @throws domain_error     for a head dimension above 256 on a tiled path, a dropout probability outside [0, 1),
///                          a scale that is not finite, lengths outside 0..N
/// @throws not_built_error  for a path that this machine or build does not have
/// @memory linear in the sequence lengths
template <class T>
result<T> forward(const exec::context& ctx, const inputs<T>& in, const options& opt = {});

/// The weights softmax(s) themselves, (batch, heads, queries, keys), before dropout: for looking at.
template <class T>
tensor<compute_type<T>> weights(const exec::context& ctx, const inputs<T>& in, const options& opt = {});

struct backward_options {
  bool bias = false;  ///< also the gradient by the bias (two more products a tile, none of them atomic)
};

/// Gradients of a number whose gradient by the output was given.
template <class T>
struct gradients {
  tensor<T> q, k, v;             ///< as the inputs
  tensor<compute_type<T>> bias;  ///< in the bias's own shape: summed, in a fixed order, where it was broadcast
  std::vector<double> score;     ///< by the parameters of options.score
};

/// @param done      what `forward` gave for the same inputs and options
/// @param d_output  (batch, heads, queries, dv)
/// @param d_log_sum_exp  (batch, heads, queries), or null: the gradient by the log-sum-exp
/// @throws as forward
template <class T>
gradients<T> backward(const exec::context& ctx, const inputs<T>& in, const options& opt, const result<T>& done,
                      view<const T, 4> d_output, const backward_options& want = {},
                      array_view<const compute_type<T>> d_log_sum_exp = {});

/// Joins attention over two disjoint sets of keys to attention over both: outputs and log-sum-exps are updated in
/// place.
void merge_parts(array_view<double> output, array_view<double> log_sum_exp, array_view<const double> other_output,
                 array_view<const double> other_log_sum_exp);

}  // namespace credence::attention
