// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

#include "diagnostics/series.hpp"

namespace credence::detail {

/// Normal scores quantile((rank - 3/8) / (n + 1/4)) for every rank 1, 1.5, 2, ..., n: a table, because ranks repeat
/// from parameter to parameter.
class normal_scores {
 public:
  explicit normal_scores(std::int64_t n);
  [[nodiscard]] double at(std::int64_t twice_rank) const {
    const std::int64_t mirror = 2 * n_ + 2 - twice_rank;
    return twice_rank <= mirror ? lower_[static_cast<std::size_t>(twice_rank - 2)]
                                : -lower_[static_cast<std::size_t>(mirror - 2)];
  }
  [[nodiscard]] std::int64_t size() const { return n_; }

 private:
  std::int64_t n_;
  std::vector<double> lower_;  // twice_rank = 2..n+1; the rest by symmetry
};

/// Type 7 quantile of sorted values.
double quantile_of_sorted(std::span<const double> sorted, double probability);

/// Writes in `order` the positions of x in ascending order. x is finite.
void sort_positions(std::span<const double> x, std::vector<std::uint32_t>& order, std::vector<std::uint64_t>& scratch);

/// The draws of one parameter, with what several diagnostics share: sorted order, and split chains. Kept between
/// parameters so that its memory is reused.
class draws_work {
 public:
  /// Copies the draws of a parameter: (chains, draws).
  void load(view<const double, 2> draws);

  /// Neither NaN nor infinite, and at least one.
  [[nodiscard]] bool finite() const { return finite_; }
  /// Largest and smallest differ by less than 2^-52.
  [[nodiscard]] bool constant() const { return constant_; }
  [[nodiscard]] std::int64_t chains() const { return chains_; }
  [[nodiscard]] std::int64_t draws() const { return draws_; }
  [[nodiscard]] std::int64_t series() const { return 2 * chains_; }
  [[nodiscard]] std::int64_t half() const { return draws_ / 2; }
  [[nodiscard]] std::span<const double> values() const { return values_; }

  /// Ascending values; sorts at the first call. Needs finite().
  std::span<const double> sorted();

  // Each of these writes (2 chains, half) values into `out` and needs finite(). The middle draw of an odd number is in
  // neither half.
  void split(std::vector<double>& out) const;
  void split_squared_about(double centre, std::vector<double>& out) const;
  void split_indicator(double at_most, std::vector<double>& out) const;
  void split_rank_scores(const normal_scores& scores, std::vector<double>& out);
  /// Rank scores of |x - median|.
  void split_folded_scores(const normal_scores& scores, std::vector<double>& out);

 private:
  template <class F>
  void split_map(std::vector<double>& out, const F& f) const;
  void prepare_split_order();

  std::int64_t chains_ = 0, draws_ = 0;
  bool finite_ = false, constant_ = true, sorted_ready_ = false, split_ready_ = false;
  std::vector<double> values_, sorted_;
  std::vector<double> split_sorted_;  // only for an odd number of draws
  std::vector<double> folded_;
  std::vector<std::uint32_t> order_, split_order_, folded_order_;
  std::vector<std::uint64_t> scratch_;
};

}  // namespace credence::detail
