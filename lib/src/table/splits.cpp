// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/splits.hpp"

#include "credence/base/check.hpp"
#include "credence/random/philox.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence {

namespace {

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }

std::uint64_t random_word(rng_key key, std::int64_t element) {
  const philox_words w = philox4x32(rng_index(static_cast<std::uint64_t>(element)), key.stream, key.seed);
  return (std::uint64_t{w.word[1]} << 32) | w.word[0];
}

/// floor(word * n / 2^64), without 128-bit arithmetic; exact for n < 2^32, n being a number of rows in memory.
std::int64_t scaled(std::uint64_t word, std::int64_t n) {
  const auto bound = static_cast<std::uint64_t>(n);
  const std::uint64_t high = (word >> 32) * bound, low = (word & 0xFFFFFFFFU) * bound;
  return static_cast<std::int64_t>((high + (low >> 32)) >> 32);
}

void check_folds(const char* where, std::int64_t n, std::int32_t folds) {
  check::at_least(where, "folds", folds, 2);
  if (folds > n) {
    check::fail_domain(where, "folds", static_cast<std::int64_t>(folds),
                       "at most the number of rows, " + std::to_string(n));
  }
}

std::vector<std::int64_t> by_random_word(std::vector<std::int64_t> rows, rng_key key) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> keyed;
  keyed.reserve(rows.size());
  for (const std::int64_t row : rows) keyed.emplace_back(random_word(key, row), row);
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second;
  return rows;
}

rng_key split_key(rng_key key, std::int64_t repeat) {
  return key.split(purpose::split, 0, static_cast<std::uint64_t>(repeat));
}

}  // namespace

std::vector<std::int64_t> shuffled_rows(std::int64_t n, rng_key key, std::int64_t repeat) {
  check::at_least("shuffled_rows", "n", n, 0);
  std::vector<std::int64_t> rows(to_size(n));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return by_random_word(std::move(rows), split_key(key, repeat));
}

split_indices train_test_split(std::int64_t n, double test_fraction, rng_key key, std::int64_t repeat) {
  check::probability("train_test_split", "test_fraction", test_fraction);
  const std::vector<std::int64_t> rows = shuffled_rows(n, key, repeat);
  const auto tests = std::llround(static_cast<double>(n) * test_fraction);
  return {{rows.begin() + tests, rows.end()}, {rows.begin(), rows.begin() + tests}};
}

std::vector<std::int32_t> hashed_folds(std::int64_t n, std::int32_t folds) {
  check_folds("hashed_folds", n, folds);
  std::vector<std::int32_t> result(to_size(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const auto hash = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) * 2654435761U);
    result[to_size(i)] = static_cast<std::int32_t>(hash % static_cast<std::uint32_t>(folds));
  }
  return result;
}

std::vector<std::int32_t> shuffled_folds(std::int64_t n, std::int32_t folds, rng_key key, std::int64_t repeat) {
  check_folds("shuffled_folds", n, folds);
  const std::vector<std::int64_t> rows = shuffled_rows(n, key, repeat);
  std::vector<std::int32_t> result(rows.size());
  for (std::size_t j = 0; j < rows.size(); ++j) {
    result[to_size(rows[j])] = static_cast<std::int32_t>(j % static_cast<std::size_t>(folds));
  }
  return result;
}

std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> classes, std::int32_t folds, rng_key key,
                                           std::int64_t repeat) {
  const auto n = static_cast<std::int64_t>(classes.size());
  check_folds("stratified_folds", n, folds);
  std::vector<std::vector<std::int64_t>> members;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int32_t c = classes[to_size(i)];
    check::at_least("stratified_folds", "a class", c, 0);
    if (to_size(c) >= members.size()) members.resize(to_size(c) + 1);
    members[to_size(c)].push_back(i);
  }
  std::vector<std::int32_t> result(classes.size());
  std::int64_t next = 0;
  for (std::vector<std::int64_t>& rows : members) {
    for (const std::int64_t row : by_random_word(std::move(rows), split_key(key, repeat))) {
      result[to_size(row)] = static_cast<std::int32_t>(next++ % folds);
    }
  }
  return result;
}

std::vector<std::int32_t> grouped_folds(std::span<const std::int32_t> groups, std::int32_t folds) {
  check_folds("grouped_folds", static_cast<std::int64_t>(groups.size()), folds);
  std::vector<std::int64_t> sizes;
  for (const std::int32_t g : groups) {
    check::at_least("grouped_folds", "a group", g, 0);
    if (to_size(g) >= sizes.size()) sizes.resize(to_size(g) + 1, 0);
    ++sizes[to_size(g)];
  }
  std::vector<std::size_t> order;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    if (sizes[g] > 0) order.push_back(g);
  }
  check::at_least("grouped_folds", "the number of groups", static_cast<std::int64_t>(order.size()), folds);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  std::vector<std::int64_t> filled(to_size(folds), 0);
  std::vector<std::int32_t> fold_of(sizes.size(), 0);
  for (const std::size_t g : order) {
    const auto smallest = std::min_element(filled.begin(), filled.end());
    *smallest += sizes[g];
    fold_of[g] = static_cast<std::int32_t>(smallest - filled.begin());
  }
  std::vector<std::int32_t> result;
  result.reserve(groups.size());
  for (const std::int32_t g : groups) result.push_back(fold_of[to_size(g)]);
  return result;
}

std::vector<std::int32_t> leave_one_out(std::int64_t n) {
  check::at_least("leave_one_out", "n", n, 2);
  std::vector<std::int32_t> result(to_size(n));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

split_indices split_by_fold(std::span<const std::int32_t> folds, std::int32_t test_fold) {
  split_indices result;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    (folds[i] == test_fold ? result.test : result.train).push_back(static_cast<std::int64_t>(i));
  }
  return result;
}

std::vector<split_indices> time_series_splits(std::int64_t n, std::int32_t splits) {
  check::at_least("time_series_splits", "splits", splits, 1);
  check::at_least("time_series_splits", "n", n, std::int64_t{splits} + 1);
  const std::int64_t block = n / (splits + 1);
  std::vector<split_indices> result(to_size(splits));
  for (std::int32_t k = 0; k < splits; ++k) {
    const std::int64_t begin = n - (splits - k) * block;
    for (std::int64_t i = 0; i < begin + block; ++i) {
      (i < begin ? result[to_size(k)].train : result[to_size(k)].test).push_back(i);
    }
  }
  return result;
}

std::vector<std::int64_t> bootstrap_rows(std::int64_t n, rng_key key, std::int64_t replicate) {
  check::at_least("bootstrap_rows", "n", n, 1);
  check::less_than("bootstrap_rows", "n", n, std::int64_t{1} << 32);
  const rng_key mine = key.split(purpose::resampling, static_cast<std::uint64_t>(replicate));
  std::vector<std::int64_t> rows(to_size(n));
  for (std::int64_t i = 0; i < n; ++i) rows[to_size(i)] = scaled(random_word(mine, i), n);
  return rows;
}

}  // namespace credence
