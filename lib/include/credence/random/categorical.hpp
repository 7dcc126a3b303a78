// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/normal.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence::random {

/// One column of an alias table: the column itself with probability keep / 2^64, else `alias`.
struct alias_column {
  std::uint64_t keep;
  std::int64_t alias;
};

inline namespace CREDENCE_ISA {

/// An index drawn in proportion to weights[0..n), by a walk along the weights: O(n), nothing prepared. -1 when a weight
/// is negative or NaN, or the sum is not positive and finite. An index of weight 0 is never drawn.
CREDENCE_HD inline std::int64_t categorical(rng_key key, std::uint64_t element, const double* weights, std::int64_t n) {
  double total = 0.0;
  bool valid = true;
  std::int64_t last = -1;
  for (std::int64_t k = 0; k < n; ++k) {
    valid = valid && weights[k] >= 0.0;
    if (weights[k] > 0.0) last = k;
    total += weights[k];
  }
  if (!(valid && total > 0.0 && total < __builtin_inf())) return -1;
  const double target = uniform(key, element) * total;
  double sum = 0.0;
  for (std::int64_t k = 0; k < last; ++k) {
    sum += weights[k];
    if (target < sum) return k;
  }
  return last;
}

/// An index drawn in proportion to exp(log_weights[k]): the place of the largest log weight plus Gumbel noise (elements
/// element * n + k). Nothing over- or underflows; -infinity is never drawn; -1 when all are -infinity or one is NaN.
CREDENCE_HD inline std::int64_t categorical_log(rng_key key, std::uint64_t element, const double* log_weights,
                                                std::int64_t n) {
  double best = -__builtin_inf();
  std::int64_t where = -1;
  for (std::int64_t k = 0; k < n; ++k) {
    if (log_weights[k] != log_weights[k]) return -1;
    const double value =
        log_weights[k] + gumbel(key, element * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(k));
    if (value > best) {
      best = value;
      where = k;
    }
  }
  return where;
}

/// A draw from a prepared table: O(1), one packed 64-bit number.
CREDENCE_HD CREDENCE_INLINE std::int64_t categorical_of(std::uint64_t bits, const alias_column* columns,
                                                        std::int64_t n) {
  std::uint64_t rest = 0;
  const std::uint64_t column = detail::multiply_high(bits, static_cast<std::uint64_t>(n), rest);
  return rest < columns[column].keep ? static_cast<std::int64_t>(column) : columns[column].alias;
}
CREDENCE_HD CREDENCE_INLINE std::int64_t categorical(rng_key key, std::uint64_t element, const alias_column* columns,
                                                     std::int64_t n) {
  return categorical_of(bits64(key, element), columns, n);
}

}  // namespace CREDENCE_ISA

/// A discrete distribution on 0..n-1 prepared for draws in constant time.
/// @source Walker 1977; Vose, "A linear algorithm for generating random numbers with a given distribution", 1991
class alias_table {
 public:
  /// @param weights  not negative, finite, not all zero; need not sum to 1
  /// @throws domain_error  when they are not so, or there are none
  explicit alias_table(std::span<const double> weights);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(columns_.size()); }
  [[nodiscard]] const std::vector<alias_column>& columns() const { return columns_; }

  /// The index drawn for one element.
  [[nodiscard]] std::int64_t operator()(rng_key key, std::uint64_t element) const {
    return categorical(key, element, columns_.data(), size());
  }

 private:
  std::vector<alias_column> columns_;
};

}  // namespace credence::random
