// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace credence::ensemble::detail {

/// The number of sorted cuts below x, in a few steps: a table of equal cells over the range says where to begin, and a
/// short search ends it. Equal to std::lower_bound for every x, whatever the table rounds to.
class bin_search {
 public:
  explicit bin_search(const std::vector<double>& upper) : upper_(upper) {
    const auto n = static_cast<std::int32_t>(upper_.size());
    first_.assign(cells + 1, 0);
    if (n > 1 && std::isfinite(upper_.back() - upper_.front()) && upper_.back() > upper_.front()) {
      scale_ = cells / (upper_.back() - upper_.front());
      if (!std::isfinite(scale_)) scale_ = 0.0;
    }
    for (std::int32_t i = 0, cell = 0; cell <= cells; ++cell) {
      while (i < n && cell_of(upper_[static_cast<std::size_t>(i)]) < cell) ++i;
      first_[static_cast<std::size_t>(cell)] = static_cast<std::uint8_t>(std::min(i, n));
    }
  }

  /// 255 for NaN, which is the bin of missing values.
  std::uint8_t operator()(double x) const {
    if (std::isnan(x)) return 255;
    const std::int32_t cell = cell_of(x);
    // Cells are monotone in x: cuts of earlier cells are below x, those of later ones are not.
    std::int32_t low = first_[static_cast<std::size_t>(cell)];
    std::int32_t count = cell < cells ? first_[static_cast<std::size_t>(cell) + 1] - low
                                      : static_cast<std::int32_t>(upper_.size()) - low;
    while (count > 0) {
      const std::int32_t half = count / 2;
      const bool below = upper_[static_cast<std::size_t>(low + half)] < x;
      low = below ? low + half + 1 : low;
      count = below ? count - half - 1 : half;
    }
    return static_cast<std::uint8_t>(low);
  }

 private:
  static constexpr std::int32_t cells = 512;
  [[nodiscard]] std::int32_t cell_of(double x) const {
    const double at = upper_.empty() ? 0.0 : (x - upper_.front()) * scale_;
    return at > 0.0 ? static_cast<std::int32_t>(std::min(at, static_cast<double>(cells))) : 0;
  }

  std::vector<double> upper_;
  std::vector<std::uint8_t> first_;
  double scale_ = 0.0;
};

}  // namespace credence::ensemble::detail
