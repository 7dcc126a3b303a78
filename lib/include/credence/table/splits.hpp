// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Which rows to train on and which to test on. Everything random is a function of the key (purpose `split`), the row
/// and the repeat: the same for any number of threads.
namespace credence {

struct split_indices {
  std::vector<std::int64_t> train;  ///< ascending unless shuffled
  std::vector<std::int64_t> test;
};

/// The rows 0..n-1 in random order: sorted by a random word each.
std::vector<std::int64_t> shuffled_rows(std::int64_t n, rng_key key, std::int64_t repeat = 0);

/// Shuffles, then takes round(n * test_fraction) rows for testing.
/// @throws domain_error  when the fraction is not between 0 and 1
split_indices train_test_split(std::int64_t n, double test_fraction, rng_key key, std::int64_t repeat = 0);

/// Fold of each row without shuffling: fold(i) = (i * 2654435761 mod 2^32) mod folds. Depends on the row number only.
/// @throws domain_error  when folds < 2 or folds > n
std::vector<std::int32_t> hashed_folds(std::int64_t n, std::int32_t folds);

/// Folds of nearly equal size: row shuffled_rows()[j] is in fold j mod folds.
std::vector<std::int32_t> shuffled_folds(std::int64_t n, std::int32_t folds, rng_key key, std::int64_t repeat = 0);

/// Folds in which every class is spread evenly: shuffled within each class, dealt out in turn from class to class.
/// @param classes  class of each row, from 0
std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> classes, std::int32_t folds, rng_key key,
                                           std::int64_t repeat = 0);

/// Folds that keep groups together: the largest group goes to the smallest fold, and so on; ties to the smaller number.
/// @throws domain_error  when there are fewer groups than folds
std::vector<std::int32_t> grouped_folds(std::span<const std::int32_t> groups, std::int32_t folds);

/// Each row is its own fold.
std::vector<std::int32_t> leave_one_out(std::int64_t n);

/// Rows of one fold for testing, all others for training, both ascending.
split_indices split_by_fold(std::span<const std::int32_t> folds, std::int32_t test_fold);

/// Expanding windows: split k trains on all rows before its test rows; tests are the last `splits` blocks of
/// n / (splits + 1) rows.
/// @throws domain_error  when there are not that many rows
std::vector<split_indices> time_series_splits(std::int64_t n, std::int32_t splits);

/// n rows drawn with replacement: bootstrap replicate number `replicate` (purpose `resampling`).
std::vector<std::int64_t> bootstrap_rows(std::int64_t n, rng_key key, std::int64_t replicate = 0);

}  // namespace credence
