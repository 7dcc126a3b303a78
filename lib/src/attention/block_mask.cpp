// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/block_mask.hpp"

#include "credence/random/uniform.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using verdict = block_mask_builder::verdict;

/// Where a block mask lists a pair's block, and its bits; null when it does not.
const std::int64_t* find_block(const block_mask& m, std::int64_t query_block, std::int64_t key_block) {
  const auto begin = m.columns.begin() + m.row_begin[static_cast<std::size_t>(query_block)];
  const auto end = m.columns.begin() + m.row_begin[static_cast<std::size_t>(query_block) + 1];
  const auto at = std::lower_bound(begin, end, static_cast<std::int32_t>(key_block));
  if (at == end || *at != key_block) return nullptr;
  return &m.bits_at[static_cast<std::size_t>(at - m.columns.begin())];
}

bool never(std::int64_t, std::int64_t) { return false; }

/// `count` different numbers below n, in the order drawn (Floyd's algorithm), for row `row`.
std::vector<std::int64_t> draw_distinct(rng_key key, std::int64_t row, std::int64_t n, std::int64_t count) {
  std::vector<std::int64_t> out;
  const rng_key own = key.split(purpose::user, 0, 0, static_cast<std::uint64_t>(row));
  for (std::int64_t j = std::max<std::int64_t>(0, n - count); j < n; ++j) {
    const auto pick = static_cast<std::int64_t>(random::bits64(own, static_cast<std::uint64_t>(j)) %
                                                static_cast<std::uint64_t>(j + 1));
    out.push_back(std::find(out.begin(), out.end(), pick) == out.end() ? pick : j);
  }
  return out;
}

}  // namespace

bool block_mask::visible(std::int64_t query, std::int64_t key) const {
  const std::int64_t* at = find_block(*this, query / query_block, key / key_block);
  if (at == nullptr || *at < 0) return at != nullptr;
  const std::int64_t c = key % key_block;
  const std::uint64_t word = bits[static_cast<std::size_t>(*at + query % query_block * words_per_row() + c / 64)];
  return ((word >> (c % 64)) & 1U) != 0;
}

std::int64_t block_mask::computed_pairs() const {
  std::int64_t sum = 0;
  for (std::int64_t row = 0; row < query_blocks(); ++row) {
    const std::int64_t rows = std::min(query_block, queries - row * query_block);
    for (std::int64_t e = row_begin[static_cast<std::size_t>(row)]; e < row_begin[static_cast<std::size_t>(row) + 1];
         ++e) {
      sum += rows * std::min(key_block, keys - columns[static_cast<std::size_t>(e)] * key_block);
    }
  }
  return sum;
}

std::int64_t block_mask::visible_pairs() const {
  std::int64_t sum = 0;
  for (std::int64_t row = 0; row < query_blocks(); ++row) {
    const std::int64_t rows = std::min(query_block, queries - row * query_block);
    for (std::int64_t e = row_begin[static_cast<std::size_t>(row)]; e < row_begin[static_cast<std::size_t>(row) + 1];
         ++e) {
      const std::int64_t at = bits_at[static_cast<std::size_t>(e)];
      if (at < 0) {
        sum += rows * std::min(key_block, keys - columns[static_cast<std::size_t>(e)] * key_block);
        continue;
      }
      for (std::int64_t w = at; w < at + query_block * words_per_row(); ++w) {
        sum += __builtin_popcountll(bits[static_cast<std::size_t>(w)]);
      }
    }
  }
  return sum;
}

block_mask_builder::block_mask_builder(std::int64_t queries, std::int64_t keys, block_sizes blocks)
    : queries_(queries), keys_(keys), blocks_(blocks) {
  check::at_least("block_mask", "queries", queries, 1);
  check::at_least("block_mask", "keys", keys, 1);
  check::at_least("block_mask", "the query block", blocks.query, 8);
  check::at_least("block_mask", "the key block", blocks.key, 8);
}

block_mask full_mask(std::int64_t queries, std::int64_t keys, block_sizes blocks) {
  return block_mask_builder(queries, keys, blocks)
      .build([](std::int64_t, std::int64_t, std::int64_t, std::int64_t) { return verdict::all; }, never);
}

block_mask local_mask(std::int64_t queries, std::int64_t keys, std::int64_t before, std::int64_t after,
                      block_sizes blocks) {
  check::at_least("local_mask", "before", before, 0);
  check::at_least("local_mask", "after", after, 0);
  const std::int64_t most = std::max(queries, keys);
  before = std::min(before, most);
  after = std::min(after, most);
  return block_mask_builder(queries, keys, blocks)
      .build(
          [&](std::int64_t q0, std::int64_t q1, std::int64_t k0, std::int64_t k1) {
            if (k1 - 1 < q0 - before || k0 > q1 - 1 + after) return verdict::none;
            return k0 >= q1 - 1 - before && k1 - 1 <= q0 + after ? verdict::all : verdict::ask;
          },
          [&](std::int64_t q, std::int64_t k) { return k >= q - before && k <= q + after; });
}

block_mask strided_mask(std::int64_t queries, std::int64_t keys, std::int64_t stride, block_sizes blocks) {
  check::at_least("strided_mask", "stride", stride, 1);
  return block_mask_builder(queries, keys, blocks)
      .build([](std::int64_t, std::int64_t, std::int64_t, std::int64_t) { return verdict::ask; },
             [&](std::int64_t q, std::int64_t k) { return (q - k) % stride == 0; });
}

block_mask global_mask(std::int64_t queries, std::int64_t keys, std::span<const std::int64_t> tokens,
                       block_sizes blocks) {
  std::vector<std::uint8_t> chosen(static_cast<std::size_t>(std::max({queries, keys, std::int64_t{0}})), 0);
  for (const std::int64_t token : tokens) {
    check::less_than("global_mask", "a token", token, static_cast<std::int64_t>(chosen.size()));
    chosen[static_cast<std::size_t>(token)] = 1;
  }
  const auto any = [&](std::int64_t begin, std::int64_t end) {
    return std::find(chosen.begin() + begin, chosen.begin() + end, 1) != chosen.begin() + end;
  };
  return block_mask_builder(queries, keys, blocks)
      .build([&](std::int64_t q0, std::int64_t q1, std::int64_t k0,
                 std::int64_t k1) { return any(q0, q1) || any(k0, k1) ? verdict::ask : verdict::none; },
             [&](std::int64_t q, std::int64_t k) {
               return chosen[static_cast<std::size_t>(q)] != 0 || chosen[static_cast<std::size_t>(k)] != 0;
             });
}

block_mask from_block_matrix(std::int64_t queries, std::int64_t keys, std::span<const std::uint8_t> matrix,
                             block_sizes blocks) {
  const block_mask_builder builder(queries, keys, blocks);
  const std::int64_t rows = (queries + blocks.query - 1) / blocks.query, columns = (keys + blocks.key - 1) / blocks.key;
  check::same_size("from_block_matrix", "the matrix", static_cast<std::int64_t>(matrix.size()), "the grid of blocks",
                   rows * columns);
  return builder.build(
      [&](std::int64_t q0, std::int64_t, std::int64_t k0, std::int64_t) {
        return matrix[static_cast<std::size_t>(q0 / blocks.query * columns + k0 / blocks.key)] != 0 ? verdict::all
                                                                                                    : verdict::none;
      },
      never);
}

block_mask random_mask(std::int64_t queries, std::int64_t keys, std::int64_t count, rng_key key, block_sizes blocks) {
  return big_bird_mask(queries, keys, {.local = -1, .global = 0, .random = count}, key, blocks);
}

block_mask big_bird_mask(std::int64_t queries, std::int64_t keys, const big_bird_options& options, rng_key key,
                         block_sizes blocks) {
  const block_mask_builder builder(queries, keys, blocks);
  check::at_least("big_bird_mask", "local", options.local, -1);
  check::at_least("big_bird_mask", "global", options.global, 0);
  check::at_least("big_bird_mask", "random", options.random, 0);
  const std::int64_t columns = (keys + blocks.key - 1) / blocks.key;
  std::int64_t drawn_for = -1;
  std::vector<std::int64_t> drawn;
  return builder.build(
      [&](std::int64_t q0, std::int64_t, std::int64_t k0, std::int64_t) {
        const std::int64_t row = q0 / blocks.query, column = k0 / blocks.key;
        if (row != drawn_for) {
          drawn = draw_distinct(key, row, columns, std::min(options.random, columns));
          drawn_for = row;
        }
        const std::int64_t step = row < column ? column - row : row - column;
        const bool in = step <= options.local || row < options.global || column < options.global ||
                        std::find(drawn.begin(), drawn.end(), column) != drawn.end();
        return in ? verdict::all : verdict::none;
      },
      never);
}

block_mask label_mask(std::span<const std::int64_t> query_labels, std::span<const std::int64_t> key_labels,
                      block_sizes blocks) {
  const auto ends = [](std::span<const std::int64_t> labels, std::int64_t begin, std::int64_t end) {
    return std::minmax_element(labels.begin() + begin, labels.begin() + end);
  };
  return block_mask_builder(static_cast<std::int64_t>(query_labels.size()),
                            static_cast<std::int64_t>(key_labels.size()), blocks)
      .build(
          [&](std::int64_t q0, std::int64_t q1, std::int64_t k0, std::int64_t k1) {
            const auto q = ends(query_labels, q0, q1), k = ends(key_labels, k0, k1);
            return *q.second < *k.first || *k.second < *q.first ? verdict::none : verdict::ask;
          },
          [&](std::int64_t q, std::int64_t k) {
            return query_labels[static_cast<std::size_t>(q)] == key_labels[static_cast<std::size_t>(k)];
          });
}

block_mask merge(const block_mask& a, const block_mask& b) {
  if (a.queries != b.queries || a.keys != b.keys || a.query_block != b.query_block || a.key_block != b.key_block) {
    check::fail_shape("merge", "the first mask has " + std::to_string(a.queries) + " x " + std::to_string(a.keys) +
                                   " pairs in blocks of " + std::to_string(a.query_block) + " x " +
                                   std::to_string(a.key_block) + ", but the second " + std::to_string(b.queries) +
                                   " x " + std::to_string(b.keys) + " in blocks of " + std::to_string(b.query_block) +
                                   " x " + std::to_string(b.key_block));
  }
  return block_mask_builder(a.queries, a.keys, {a.query_block, a.key_block})
      .build(
          [&](std::int64_t q0, std::int64_t, std::int64_t k0, std::int64_t) {
            const std::int64_t* x = find_block(a, q0 / a.query_block, k0 / a.key_block);
            const std::int64_t* y = find_block(b, q0 / a.query_block, k0 / a.key_block);
            if (x == nullptr && y == nullptr) return verdict::none;
            return (x != nullptr && *x < 0) || (y != nullptr && *y < 0) ? verdict::all : verdict::ask;
          },
          [&](std::int64_t q, std::int64_t k) { return a.visible(q, k) || b.visible(q, k); });
}

}  // namespace credence::attention
