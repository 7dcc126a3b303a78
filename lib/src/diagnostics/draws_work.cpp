// SPDX-License-Identifier: BSD-3-Clause
#include "diagnostics/draws_work.hpp"

#include "credence/special/erf.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "diagnostics/series_kernels.hpp"

namespace credence::detail {

namespace {

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// The upper half of a number whose unsigned order is the order of doubles.
std::uint32_t ordered_upper_bits(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t ordered = (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
  return static_cast<std::uint32_t>(ordered >> 32);
}

/// A value in the middle of the data: the median of up to 33 of them.
double middle_value(std::span<const double> x) {
  std::array<double, 33> sample{};
  const std::size_t count = std::min(sample.size(), x.size());
  for (std::size_t i = 0; i < count; ++i) sample[i] = x[i * x.size() / count];
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(sample.begin(), middle, sample.begin() + static_cast<std::ptrdiff_t>(count));
  return *middle;
}

/// One stable counting pass over 11 bits.
void radix_pass(const std::uint64_t* from, std::uint64_t* to, std::size_t n, int shift, std::uint32_t* counts) {
  std::uint32_t sum = 0;
  for (int b = 0; b < 2048; ++b) {
    const std::uint32_t count = counts[b];
    counts[b] = sum;
    sum += count;
  }
  for (std::size_t i = 0; i < n; ++i) to[counts[(from[i] >> shift) & 2047U]++] = from[i];
}

/// out[order[i]] = the score of i's rank; equal values share their mean rank.
void scatter_scores(const std::vector<double>& ascending, const std::vector<std::uint32_t>& order,
                    const normal_scores& scores, std::vector<double>& out) {
  const std::size_t n = order.size();
  out.resize(n);
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin + 1;
    while (end < n && ascending[end] == ascending[begin]) ++end;
    const double score = scores.at(static_cast<std::int64_t>(begin + 1 + end));
    for (; begin < end; ++begin) out[order[begin]] = score;
  }
}

}  // namespace

normal_scores::normal_scores(std::int64_t n) : n_(n), lower_(to_size(n)) {
  const double total = static_cast<double>(n) + 0.25;
  for (std::int64_t k = 2; k <= n + 1; ++k) {
    lower_[to_size(k - 2)] =
        k == n + 1 ? 0.0 : special::normal_quantile((0.5 * static_cast<double>(k) - 0.375) / total);
  }
}

double quantile_of_sorted(std::span<const double> sorted, double probability) {
  // Counted from 1, as R does: the rounding of this sum decides ties exactly as there.
  const double index = 1.0 + static_cast<double>(sorted.size() - 1) * probability;
  const double low = std::floor(index);
  const double below = sorted[static_cast<std::size_t>(low) - 1];
  if (index == low) return below;
  const double above = sorted[static_cast<std::size_t>(low)];
  if (above == below) return below;
  const double weight = index - low;
  return (1.0 - weight) * below + weight * above;
}

void sort_positions(std::span<const double> x, std::vector<std::uint32_t>& order, std::vector<std::uint64_t>& scratch) {
  // Radix sort by the upper 32 bits of x - middle: subtraction rounds monotonically, and near the middle those bits
  // tell almost all values apart. What they leave equal is sorted by value afterwards.
  const std::size_t n = x.size();
  const double middle = middle_value(x);
  scratch.resize(2 * n);
  std::uint64_t* packed = scratch.data();
  std::uint64_t* other = packed + n;
  std::array<std::array<std::uint32_t, 2048>, 3> counts{};
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t key = ordered_upper_bits(x[i] - middle);
    packed[i] = (std::uint64_t{key} << 32) | i;
    ++counts[0][key & 2047U];
    ++counts[1][(key >> 11) & 2047U];
    ++counts[2][key >> 22];
  }
  radix_pass(packed, other, n, 32, counts[0].data());
  radix_pass(other, packed, n, 43, counts[1].data());
  radix_pass(packed, other, n, 54, counts[2].data());
  order.resize(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::uint32_t>(other[i]);
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin + 1;
    while (end < n && (other[end] >> 32) == (other[begin] >> 32)) ++end;
    if (end - begin > 1) {
      std::sort(order.begin() + static_cast<std::ptrdiff_t>(begin), order.begin() + static_cast<std::ptrdiff_t>(end),
                [&](std::uint32_t a, std::uint32_t b) { return x[a] < x[b] || (x[a] == x[b] && a < b); });
    }
    begin = end;
  }
}

void draws_work::load(view<const double, 2> draws) {
  chains_ = draws.extent(0);
  draws_ = draws.extent(1);
  values_.resize(to_size(chains_ * draws_));
  for (std::int64_t c = 0; c < chains_; ++c) {
    const double* from = draws.data + c * draws.strides[0];
    double* to = values_.data() + c * draws_;
    for (std::int64_t d = 0; d < draws_; ++d) to[d] = from[d * draws.strides[1]];
  }
  const value_range range = CREDENCE_SIMD_PICK(range_of)(values_.data(), chains_ * draws_);
  finite_ = range.finite && !values_.empty();
  constant_ = !(range.high - range.low >= std::numeric_limits<double>::epsilon());
  sorted_ready_ = split_ready_ = false;
}

std::span<const double> draws_work::sorted() {
  if (!sorted_ready_) {
    sort_positions(values_, order_, scratch_);
    sorted_.resize(values_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) sorted_[i] = values_[order_[i]];
    sorted_ready_ = true;
  }
  return sorted_;
}

template <class F>
void draws_work::split_map(std::vector<double>& out, const F& f) const {
  out.resize(to_size(series() * half()));
  double* to = out.data();
  for (std::int64_t c = 0; c < chains_; ++c) {
    for (const std::int64_t begin : {std::int64_t{0}, draws_ - half()}) {
      const double* from = values_.data() + c * draws_ + begin;
      for (std::int64_t d = 0; d < half(); ++d) *to++ = f(from[d]);
    }
  }
}

void draws_work::split(std::vector<double>& out) const {
  split_map(out, [](double x) { return x; });
}

void draws_work::split_squared_about(double centre, std::vector<double>& out) const {
  split_map(out, [centre](double x) { return (x - centre) * (x - centre); });
}

void draws_work::split_indicator(double at_most, std::vector<double>& out) const {
  split_map(out, [at_most](double x) { return x <= at_most ? 1.0 : 0.0; });
}

void draws_work::prepare_split_order() {
  sorted();
  if (split_ready_ || draws_ % 2 == 0) return;
  // Positions after the middle draws are taken out.
  split_order_.clear();
  split_sorted_.clear();
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::int64_t position = order_[i];
    const std::int64_t chain = position / draws_, draw = position % draws_;
    if (draw == half()) continue;
    split_order_.push_back(static_cast<std::uint32_t>(position - chain - (draw > half() ? 1 : 0)));
    split_sorted_.push_back(sorted_[i]);
  }
  split_ready_ = true;
}

void draws_work::split_rank_scores(const normal_scores& scores, std::vector<double>& out) {
  prepare_split_order();
  const bool odd = draws_ % 2 != 0;
  const std::vector<double>& ascending = odd ? split_sorted_ : sorted_;
  const std::vector<std::uint32_t>& order = odd ? split_order_ : order_;
  scatter_scores(ascending, order, scores, out);
}

void draws_work::split_folded_scores(const normal_scores& scores, std::vector<double>& out) {
  prepare_split_order();
  const bool odd = draws_ % 2 != 0;
  const std::vector<double>& ascending = odd ? split_sorted_ : sorted_;
  const std::vector<std::uint32_t>& order = odd ? split_order_ : order_;
  const double median = quantile_of_sorted(sorted_, 0.5);
  // Distances from the median ascend from it to both sides: merge the two sides instead of sorting again. Which side is
  // next is as good as random, so the choice is arithmetic, not a branch.
  const std::size_t n = order.size();
  const auto middle = std::lower_bound(ascending.begin(), ascending.end(), median) - ascending.begin();
  const double* values = ascending.data();
  std::ptrdiff_t left = middle - 1, right = middle;
  const auto end_right = static_cast<std::ptrdiff_t>(n);
  folded_.resize(n);
  folded_order_.resize(n);
  std::size_t k = 0;
  while (left >= 0 && right < end_right) {
    const double on_left = median - values[left], on_right = values[right] - median;
    const std::ptrdiff_t take_left = on_left <= on_right ? 1 : 0;
    const std::ptrdiff_t at = right ^ ((left ^ right) & -take_left);
    folded_[k] = std::abs(values[at] - median);
    folded_order_[k] = order[static_cast<std::size_t>(at)];
    left -= take_left;
    right += 1 - take_left;
    ++k;
  }
  for (; left >= 0; --left, ++k)
    folded_[k] = median - values[left], folded_order_[k] = order[static_cast<std::size_t>(left)];
  for (; right < end_right; ++right, ++k) {
    folded_[k] = values[right] - median, folded_order_[k] = order[static_cast<std::size_t>(right)];
  }
  scatter_scores(folded_, folded_order_, scores, out);
}

}  // namespace credence::detail
