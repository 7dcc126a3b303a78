// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/block_mask.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Counted multiplications of the forms of attention, one head, without exponentials: exact integers.
namespace credence::attention {

struct attention_size {
  std::int64_t queries = 0, keys = 0, d = 0, dv = 0;
};

/// (d + dv) for each pair: scores and weighted values. pairs = queries keys without a mask.
std::int64_t count_pairs(const attention_size& size, std::int64_t pairs);
std::int64_t count_exact(const attention_size& size);
/// Pairs of a causal mask: key j <= query i.
std::int64_t causal_pairs(const attention_size& size);
/// phi(K)' V, then phi(Q) times it: keys m dv + queries m dv, m features; random features cost another m d a row.
std::int64_t count_linear(const attention_size& size, std::int64_t features, bool random_features);
/// Causal and in chunks: the same, and the pairs inside chunks, (m + dv) each.
std::int64_t count_linear_causal(const attention_size& size, std::int64_t features, bool random_features,
                                 std::int64_t chunk);
/// Compressing keys and values to `rank` rows, then exact attention over these.
std::int64_t count_linformer(const attention_size& size, std::int64_t rank);

/// The length from which linear attention multiplies less than exact attention (queries = keys): N > 2 m dv / (d + dv),
/// or, with random features, N > 2 m (d + dv) / (d + dv) = 2 m.
std::int64_t linear_crossover(std::int64_t d, std::int64_t dv, std::int64_t features, bool random_features);

struct choice_question {
  attention_size size{};
  bool causal = false;
  const block_mask* mask = nullptr;  ///< what may be seen; null: everything
  std::int64_t features = 0;         ///< of a linear form that is acceptable; 0: none is
  bool random_features = false;
  std::int64_t rank = 0;  ///< of a Linformer that is acceptable; 0: none is
};
struct counted_form {
  std::string name{};  ///< exact, blocks, linear, linformer
  std::int64_t multiplications = 0;
};
struct choice {
  counted_form best{};
  std::vector<counted_form> all{};  ///< cheapest first; equal ones as listed above
  std::string reason{};             ///< one sentence with the numbers
};
/// The cheapest of what is acceptable.
/// @throws domain_error  when sizes are below 1
choice choose(const choice_question& question);

}  // namespace credence::attention
