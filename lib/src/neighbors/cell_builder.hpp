// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/neighbors/kd_tree.hpp"

#include "neighbors/build_keys.hpp"
#include "neighbors/tree_view.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

/// Builds the part of a tree below one cell: points that fit the cache, one thread, no recursion.
namespace credence::detail {

/// What all parts of a build share.
struct build_rules {
  std::int64_t dimensions = 0;
  std::int64_t leaf_size = 0;
  std::uint32_t dimension_bits = 0;
  neighbors::split_rule split = neighbors::split_rule::median;
  std::vector<double> scale;  ///< by which the side of a box counts: the weights of the metric, or nothing
  bool random = false;        ///< split across one of the five sides along which points vary most, drawn by `seed`
  std::uint64_t seed = 0;

  /// One of the sides by how much points vary along them, for the split of a part named by two numbers.
  [[nodiscard]] std::uint32_t draw_side(const std::vector<double>& variation, std::uint64_t first,
                                        std::uint64_t second) const;
};

/// Nodes count from the root of the cell, which is node 0; blocks from its first leaf.
template <class T, class Id>
struct cell_tree {
  std::vector<tree_node<T>> nodes;
  std::vector<T> points;
  std::vector<Id> ids;
  std::int64_t leaves = 0;
  std::int64_t largest_leaf = 0;
  int depth = 0;
};

template <class T>
std::uint64_t split_bits(T x) {
  if constexpr (std::is_same_v<T, float>) return std::bit_cast<std::uint32_t>(x);
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<std::uint64_t>(x);
  if constexpr (!std::is_floating_point_v<T>) return static_cast<std::uint32_t>(static_cast<std::int32_t>(x));
}

template <class T>
void set_split(tree_node<T>& node, T split, std::uint32_t dimension, std::uint64_t left, std::uint32_t bits) {
  node.payload = static_cast<decltype(node.payload)>(split_bits(split));
  node.word = static_cast<std::uint32_t>(left << bits) | dimension;
}

template <class T, class Id>
class cell_builder {
 public:
  using item = typename item_of<T>::type;

  /// @param rows  (count, dimensions), row-major
  cell_builder(const build_rules& rules, const T* rows, const Id* ids, std::int64_t count)
      : rules_(rules), rows_(rows), ids_(ids), count_(count) {}

  cell_tree<T, Id> build() {
    order_.resize(static_cast<std::size_t>(count_));
    std::iota(order_.begin(), order_.end(), std::uint32_t{0});
    items_.resize(static_cast<std::size_t>(count_));
    scratch_.resize(static_cast<std::size_t>(count_));
    const std::int64_t leaves = count_ / rules_.leaf_size + 1;
    out_.nodes.reserve(static_cast<std::size_t>(2 * leaves + leaves / 4 + 8));
    out_.points.reserve(static_cast<std::size_t>((count_ + count_ / 8 + 64) * rules_.dimensions));
    out_.ids.reserve(static_cast<std::size_t>(count_ + count_ / 8 + 64));
    out_.nodes.emplace_back();
    std::vector<part> pending{{0, count_, 0, 1}};
    while (!pending.empty()) {
      const part now = pending.back();
      pending.pop_back();
      out_.depth = std::max(out_.depth, now.level);
      cut where;
      if (!find_cut(now, where)) continue;
      const std::uint64_t left = out_.nodes.size();
      set_split(out_.nodes[static_cast<std::size_t>(now.node)], where.split, where.dimension, left,
                rules_.dimension_bits);
      out_.nodes.emplace_back();
      out_.nodes.emplace_back();
      pending.push_back({where.at, now.end, static_cast<std::int64_t>(left) + 1, now.level + 1});
      pending.push_back({now.begin, where.at, static_cast<std::int64_t>(left), now.level + 1});
    }
    return std::move(out_);
  }

 private:
  struct part {
    std::int64_t begin, end, node;
    int level;
  };
  struct cut {
    std::int64_t at = 0;
    std::uint32_t dimension = 0;
    T split{};
  };

  [[nodiscard]] T coordinate(std::int64_t place, std::int64_t j) const {
    return rows_[static_cast<std::int64_t>(order_[static_cast<std::size_t>(place)]) * rules_.dimensions + j];
  }

  /// The widest side of the box around every `step`-th point. @returns its width
  double widest(const part& now, std::int64_t step, std::uint32_t& dimension) const {
    double best = 0.0;
    low_.assign(static_cast<std::size_t>(rules_.dimensions), coordinate_type(coordinate_max));
    high_.assign(static_cast<std::size_t>(rules_.dimensions), coordinate_type(coordinate_min));
    for (std::int64_t i = now.begin; i < now.end; i += step) {
      const T* row = rows_ + static_cast<std::int64_t>(order_[static_cast<std::size_t>(i)]) * rules_.dimensions;
      for (std::size_t j = 0; j < low_.size(); ++j) {
        low_[j] = std::min(low_[j], row[j]);
        high_[j] = std::max(high_[j], row[j]);
      }
    }
    for (std::size_t j = 0; j < low_.size(); ++j) {
      double side = static_cast<double>(high_[j]) - static_cast<double>(low_[j]);
      if (!rules_.scale.empty()) side = side > 0.0 ? std::max(side * rules_.scale[j], 1e-300) : 0.0;
      if (side > best) {
        best = side;
        dimension = static_cast<std::uint32_t>(j);
      }
    }
    return best;
  }

  /// Splits a part, or makes it a leaf and returns false.
  bool find_cut(const part& now, cut& where) {
    const std::int64_t n = now.end - now.begin;
    if (n <= rules_.leaf_size) {
      make_leaf(now, false);
      return false;
    }
    const std::int64_t step = n > 256 ? n / 96 : 1;
    if (rules_.random && draw_side(now, step, where.dimension)) return split_at(now, where);
    double side = widest(now, step, where.dimension);
    if (side == 0.0 && step > 1) side = widest(now, 1, where.dimension);
    if (side == 0.0) {
      if (n < equal_points_limit) {
        make_leaf(now, true);
        return false;
      }
      where.at = now.begin + n / 2;  // too many equal points for the counter of one leaf
      where.split = coordinate(now.begin, 0);
      where.dimension = 0;
      return true;
    }
    return split_at(now, where);
  }

  /// Draws one of the sides along which the points vary most. @returns false when they may all be equal
  bool draw_side(const part& now, std::int64_t step, std::uint32_t& dimension) const {
    std::vector<double> sum(static_cast<std::size_t>(rules_.dimensions), 0.0), squares = sum;
    double count = 0.0;
    for (std::int64_t i = now.begin; i < now.end; i += step, count += 1.0) {
      for (std::size_t j = 0; j < sum.size(); ++j) {
        const double x = static_cast<double>(coordinate(i, static_cast<std::int64_t>(j)));
        sum[j] += x;
        squares[j] += x * x;
      }
    }
    double most = 0.0;
    for (std::size_t j = 0; j < sum.size(); ++j) {
      const double scale = rules_.scale.empty() ? 1.0 : rules_.scale[j];
      squares[j] = std::max(0.0, squares[j] - sum[j] * sum[j] / count) * scale * scale;
      most = std::max(most, squares[j]);
    }
    dimension = rules_.draw_side(squares, static_cast<std::uint64_t>(ids_[0]) + static_cast<std::uint64_t>(now.begin),
                                 static_cast<std::uint64_t>(now.level));
    // Rounding may feign a variation: the side drawn must part some points.
    const T first = coordinate(now.begin, dimension);
    bool parts = false;
    for (std::int64_t i = now.begin; i < now.end && !parts; ++i) parts = coordinate(i, dimension) != first;
    return most > 0.0 && parts;
  }

  /// Parts the points across a side along which they differ.
  bool split_at(const part& now, cut& where) {
    const std::int64_t n = now.end - now.begin;
    item* items = items_.data();
    for (std::int64_t i = 0; i < n; ++i) {
      const std::uint32_t point = order_[static_cast<std::size_t>(now.begin + i)];
      make_item(items[i], ordered(rows_[static_cast<std::int64_t>(point) * rules_.dimensions + where.dimension]),
                point);
    }
    const bool deep = now.level > 2 * static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count_))) + 16;
    const bool midpoint = rules_.split == neighbors::split_rule::sliding_midpoint && !deep;
    std::int64_t at = 0;
    if (midpoint) at = cut_at_midpoint(now, where.dimension);
    if (!midpoint && n > rough_limit) at = cut_roughly(n);
    const bool least_is_first = at == 0;
    if (at == 0) at = cut_at_rank(n);
    for (std::int64_t i = 0; i < n; ++i) order_[static_cast<std::size_t>(now.begin + i)] = items[i].point();
    where.at = now.begin + at;
    where.split =
        least_is_first ? coordinate(where.at, where.dimension) : least_of_right(items, at, n, where.dimension);
    return true;
  }

  /// Far above the leaves halves need not be exact: leaves below come out full all the same. 0 where a coordinate that
  /// many points share makes them too unequal.
  std::int64_t cut_roughly(std::int64_t n) {
    item* items = items_.data();
    item pivot = guess_rank(items, n, n / 2);
    make_item(pivot, pivot.key(), 0);  // below all items of this coordinate, so that equal ones are never parted
    const std::int64_t at = part_at(items, n, pivot, scratch_.data());
    return at < n / 4 || at > n - n / 4 ? 0 : at;
  }

  /// Leaves of equal size on both sides; equal coordinates are never parted. Item `at` is the least of the right side.
  std::int64_t cut_at_rank(std::int64_t n) {
    item* items = items_.data();
    const std::int64_t leaves = (n + rules_.leaf_size - 1) / rules_.leaf_size;
    const std::int64_t rank = std::max<std::int64_t>(1, n * (leaves / 2) / leaves);
    select_rank(items, n, rank, scratch_.data());
    const auto key = items[rank].key();
    bool parted = false;
    for (std::int64_t i = 0; i < rank; ++i) parted |= items[i].key() == key;
    if (!parted) return rank;
    const std::int64_t first =
        std::partition(items, items + rank, [&](const item& x) { return x.key() < key; }) - items;
    const std::int64_t last =
        std::partition(items + rank, items + n, [&](const item& x) { return x.key() == key; }) - items;
    if (first > 0 && (last == n || rank - first <= last - rank)) return first;
    std::swap(items[last], *std::min_element(items + last, items + n));
    return last;
  }

  std::int64_t cut_at_midpoint(const part& now, std::uint32_t j) {
    const std::int64_t n = now.end - now.begin;
    T low = coordinate(now.begin, j), high = low;
    for (std::int64_t i = now.begin; i < now.end; ++i) {
      low = std::min(low, coordinate(i, j));
      high = std::max(high, coordinate(i, j));
    }
    T middle = static_cast<T>(low + (high - low) / 2);
    if (!(low < middle)) middle = high;
    const auto key = ordered(middle);
    return std::partition(items_.data(), items_.data() + n, [&](const item& x) { return x.key() < key; }) -
           items_.data();
  }

  T least_of_right(const item* items, std::int64_t at, std::int64_t n, std::uint32_t j) const {
    const item* least =
        std::min_element(items + at, items + n, [](const item& a, const item& b) { return a.key() < b.key(); });
    return rows_[static_cast<std::int64_t>(least->point()) * rules_.dimensions + j];
  }

  void make_leaf(const part& now, bool all_equal) {
    const std::int64_t n = now.end - now.begin, stride = (n + leaf_block - 1) / leaf_block * leaf_block;
    if (all_equal) {
      std::sort(order_.begin() + now.begin, order_.begin() + now.end,
                [this](std::uint32_t a, std::uint32_t b) { return ids_[a] < ids_[b]; });
    }
    const std::size_t place = out_.ids.size();
    tree_node<T>& node = out_.nodes[static_cast<std::size_t>(now.node)];
    node.payload = static_cast<std::uint32_t>(n) | (all_equal ? equal_points_flag : 0U);
    node.word =
        static_cast<std::uint32_t>(place / leaf_block) << rules_.dimension_bits | ((1U << rules_.dimension_bits) - 1U);
    out_.ids.resize(place + static_cast<std::size_t>(stride), Id(0));
    const std::size_t first = out_.points.size();
    out_.points.resize(first + static_cast<std::size_t>(stride * rules_.dimensions));
    T* to = out_.points.data() + first;
    for (std::int64_t i = 0; i < stride; ++i) {
      // Places behind the last point repeat it: finite numbers that nobody looks at.
      const std::uint32_t point = order_[static_cast<std::size_t>(now.begin + std::min(i, n - 1))];
      const T* row = rows_ + static_cast<std::int64_t>(point) * rules_.dimensions;
      for (std::int64_t j = 0; j < rules_.dimensions; ++j) to[j * stride + i] = row[j];
      if (i < n) out_.ids[place + static_cast<std::size_t>(i)] = ids_[point];
    }
    ++out_.leaves;
    out_.largest_leaf = std::max(out_.largest_leaf, n);
  }

  using coordinate_type = T;
  static constexpr T coordinate_max = std::numeric_limits<T>::max();
  static constexpr T coordinate_min = std::numeric_limits<T>::lowest();
  static constexpr std::int64_t rough_limit = 1024;
  static constexpr std::int64_t equal_points_limit = std::int64_t{1} << 30;

  const build_rules& rules_;
  const T* rows_;
  const Id* ids_;
  std::int64_t count_;
  cell_tree<T, Id> out_;
  std::vector<std::uint32_t> order_;
  std::vector<item> items_, scratch_;
  mutable std::vector<T> low_, high_;
};

}  // namespace credence::detail
