// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence::attention {

/// Which keys a query may see, in blocks: for each block of queries the list of key blocks that are seen wholly or in
/// part; parts are kept as bits. Blocks that are not listed are never computed.
struct block_mask {
  std::int64_t queries = 0, keys = 0;
  std::int64_t query_block = 64, key_block = 64;  ///< the last blocks may be shorter
  std::vector<std::int64_t> row_begin{};          ///< (query blocks + 1)
  std::vector<std::int32_t> columns{};            ///< key blocks of each row, ascending
  std::vector<std::int64_t> bits_at{};  ///< for each: -1 when seen wholly, else where its words begin in `bits`
  std::vector<std::uint64_t> bits{};    ///< query_block rows of words_per_row() words, bit c % 64 of word c / 64

  [[nodiscard]] std::int64_t query_blocks() const { return (queries + query_block - 1) / query_block; }
  [[nodiscard]] std::int64_t key_blocks() const { return (keys + key_block - 1) / key_block; }
  [[nodiscard]] std::int64_t words_per_row() const { return (key_block + 63) / 64; }
  [[nodiscard]] bool visible(std::int64_t query, std::int64_t key) const;
  [[nodiscard]] std::int64_t visible_pairs() const;
  /// Pairs in listed blocks: what the kernels compute.
  [[nodiscard]] std::int64_t computed_pairs() const;
};

struct block_sizes {
  std::int64_t query = 64, key = 64;  ///< at least 8
};

/// Builds a mask row of blocks by row of blocks.
class block_mask_builder {
 public:
  /// @throws domain_error  when a size is below 1 or a block below 8
  block_mask_builder(std::int64_t queries, std::int64_t keys, block_sizes blocks = {});

  /// What a rule says about a block before its elements are asked for.
  enum class verdict : std::uint8_t { none, all, ask };

  /// Adds every block: `judge(first_query, end_query, first_key, end_key)` gives the verdict; where it is `ask`,
  /// `visible(query, key)` decides each pair.
  template <class Judge, class Visible>
  block_mask build(const Judge& judge, const Visible& visible) const;

 private:
  std::int64_t queries_, keys_;
  block_sizes blocks_;
};

/// Keys from `before` behind to `after` ahead of the query.
block_mask local_mask(std::int64_t queries, std::int64_t keys, std::int64_t before, std::int64_t after,
                      block_sizes blocks = {});
/// Every stride-th key, counted from the query: (query - key) mod stride = 0.
/// @source Child, Gray, Radford, Sutskever, arXiv:1904.10509
block_mask strided_mask(std::int64_t queries, std::int64_t keys, std::int64_t stride, block_sizes blocks = {});
/// Chosen tokens see all and are seen by all. (Extra tokens: put them in front of the sequence and choose them.)
/// @source Beltagy, Peters, Cohan, arXiv:2004.05150
block_mask global_mask(std::int64_t queries, std::int64_t keys, std::span<const std::int64_t> tokens,
                       block_sizes blocks = {});
/// For each block of queries `count` different key blocks, drawn at random.
block_mask random_mask(std::int64_t queries, std::int64_t keys, std::int64_t count, rng_key key,
                       block_sizes blocks = {});
/// BigBird in blocks: `local` neighbouring blocks on each side, the first `global` blocks (seeing and seen by all), and
/// `random` drawn ones for each row.
/// @source Zaheer et al., NeurIPS 2020
struct big_bird_options {
  std::int64_t local = 1, global = 1, random = 2;  ///< in blocks
};
block_mask big_bird_mask(std::int64_t queries, std::int64_t keys, const big_bird_options& options, rng_key key,
                         block_sizes blocks = {});
/// All pairs of equal labels: clusters of queries and keys. Sort both by label first, and the blocks are few.
block_mask label_mask(std::span<const std::int64_t> query_labels, std::span<const std::int64_t> key_labels,
                      block_sizes blocks = {});
/// Every pair.
block_mask full_mask(std::int64_t queries, std::int64_t keys, block_sizes blocks = {});
/// A matrix (query blocks, key blocks) of 0 and 1, row-major.
block_mask from_block_matrix(std::int64_t queries, std::int64_t keys, std::span<const std::uint8_t> matrix,
                             block_sizes blocks = {});
/// What either mask lets through. @throws shape_error  when sizes or blocks differ
block_mask merge(const block_mask& a, const block_mask& b);

template <class Judge, class Visible>
block_mask block_mask_builder::build(const Judge& judge, const Visible& visible) const {
  block_mask out;
  out.queries = queries_;
  out.keys = keys_;
  out.query_block = blocks_.query;
  out.key_block = blocks_.key;
  const std::int64_t words = out.words_per_row();
  out.row_begin.push_back(0);
  for (std::int64_t qb = 0; qb < out.query_blocks(); ++qb) {
    const std::int64_t q0 = qb * out.query_block,
                       q1 = q0 + out.query_block < queries_ ? q0 + out.query_block : queries_;
    for (std::int64_t kb = 0; kb < out.key_blocks(); ++kb) {
      const std::int64_t k0 = kb * out.key_block, k1 = k0 + out.key_block < keys_ ? k0 + out.key_block : keys_;
      const verdict first = judge(q0, q1, k0, k1);
      if (first == verdict::none) continue;
      std::int64_t seen = (q1 - q0) * (k1 - k0);
      const std::size_t at = out.bits.size();
      if (first == verdict::ask) {
        out.bits.resize(at + static_cast<std::size_t>(out.query_block * words), 0);
        seen = 0;
        for (std::int64_t q = q0; q < q1; ++q) {
          for (std::int64_t k = k0; k < k1; ++k) {
            if (!visible(q, k)) continue;
            ++seen;
            const std::int64_t c = k - k0;
            out.bits[at + static_cast<std::size_t>((q - q0) * words + c / 64)] |= std::uint64_t{1} << (c % 64);
          }
        }
      }
      const bool all = seen == (q1 - q0) * (k1 - k0);
      if (all || seen == 0) out.bits.resize(at);
      if (seen == 0) continue;
      out.columns.push_back(static_cast<std::int32_t>(kb));
      out.bits_at.push_back(all ? -1 : static_cast<std::int64_t>(at));
    }
    out.row_begin.push_back(static_cast<std::int64_t>(out.columns.size()));
  }
  return out;
}

}  // namespace credence::attention
