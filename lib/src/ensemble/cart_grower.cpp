// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/cart_grower.hpp"
#include "ensemble/category_sets.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::ensemble::detail {

cart_data::cart_data(const labelled_rows& train, const tree_options& options, const exec::context& context)
    : rows(train),
      criterion(options.criterion),
      cuts(find_bins(train.x, train.features, {.context = context, .max_bins = options.max_bins})),
      classes(train.classes) {
  if (criterion == split_criterion::automatic) {
    criterion = classes > 0 ? split_criterion::gini : split_criterion::squared;
  }
  const std::int64_t n = train.x.rows(), columns = train.x.columns();
  bins.resize(static_cast<std::size_t>(n * columns));
  const binned_rows grouped(train.x, cuts, context);
  exec::for_each_task(context, columns, [&](std::int64_t c) {
    std::uint8_t* to = bins.data() + c * n;
    for (std::int64_t r = 0; r < n; ++r) to[r] = grouped(r, c);
  });
  // Whole weights are their own units; others have 20 bits.
  double largest = 0.0;
  bool whole = true;
  for (std::int64_t r = 0; r < n; ++r) {
    const double w = train.weight(r);
    largest = std::max(largest, w);
    whole = whole && w == std::floor(w);
  }
  weight_unit = whole && largest < 65536.0 ? 1.0 : largest * 0x1p-20;
  if (classes == 0) {
    const auto [low, high] = std::minmax_element(train.y.begin(), train.y.end());
    // Sums of 2^31 rows of 2^20 units of weight must fit 63 bits, times the bits of the target: 24 where n is large.
    target_shift = criterion == split_criterion::poisson ? 0.0 : *low + 0.5 * (*high - *low);
    const double reach = std::max(*high - target_shift, target_shift - *low);
    const double weights = largest / weight_unit * static_cast<double>(n);
    const int bits = std::min(40, 61 - static_cast<int>(std::ceil(std::log2(weights + 1.0))));
    target_unit = reach > 0.0 ? std::ldexp(1.0, static_cast<int>(std::ceil(std::log2(reach))) - bits) : 1.0;
  }
  weight.resize(static_cast<std::size_t>(n));
  target.resize(static_cast<std::size_t>(n));
  for (std::size_t r = 0; r < weight.size(); ++r) {
    weight[r] = std::llrint(train.weight(static_cast<std::int64_t>(r)) / weight_unit);
    target[r] = classes > 0 ? std::llrint(train.y[r]) : std::llrint((train.y[r] - target_shift) / target_unit);
  }
}

cart_grower::cart_grower(const cart_data& data, const tree_options& options, rng_key key)
    : data_(data), options_(options), key_(key) {
  bins_two_.resize(256);
  if (data.classes > 2) bins_many_.resize(256 * static_cast<std::size_t>(data.classes + 1));
  node_counts_.resize(static_cast<std::size_t>(std::max(1, data.classes)));
  order_.resize(data.cuts.size());
  least_leaf_ =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(options.min_leaf_weight / data.weight_unit)));
}

void cart_grower::start(std::span<const std::uint32_t> counts) {
  tree_ = {};
  tree_.outputs = std::max(1, data_.classes);
  entries_.clear();
  leaf_ranges_.clear();
  std::vector<std::int32_t> rank;
  if (data_.criterion == split_criterion::absolute) {
    std::vector<std::uint32_t> by_target(counts.size());
    std::iota(by_target.begin(), by_target.end(), 0U);
    std::stable_sort(by_target.begin(), by_target.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return data_.target[a] < data_.target[b]; });
    rank.resize(counts.size());
    for (std::size_t i = 0; i < by_target.size(); ++i) rank[by_target[i]] = static_cast<std::int32_t>(i);
  }
  for (std::size_t r = 0; r < counts.size(); ++r) {
    const std::int64_t w = data_.weight[r] * counts[r];
    if (w == 0) continue;
    const std::int64_t t = data_.target[r];
    const auto shown = rank.empty() ? static_cast<std::int32_t>(data_.classes > 0 ? t : 0) : rank[r];
    entries_.push_back({static_cast<std::uint32_t>(r), shown, w, w * t});
  }
  spare_.resize(entries_.size());
}

double cart_grower::score_two(std::int64_t s_units, std::int64_t n_units) const {
  const auto s = static_cast<double>(s_units), n = static_cast<double>(n_units);
  if (data_.criterion == split_criterion::gini) return (s * s + (n - s) * (n - s)) / n;
  if (data_.criterion == split_criterion::squared) return s * s / n;
  const auto x_log_x = [](double x) { return x > 0.0 ? x * std::log(x) : 0.0; };
  if (data_.criterion == split_criterion::entropy) return x_log_x(s) + x_log_x(n - s) - x_log_x(n);
  return s > 0.0 ? s * std::log(s / n) : 0.0;  // poisson
}

double cart_grower::score_many(const std::int64_t* counts, std::int64_t n) const {
  double sum = 0.0;
  for (std::int32_t c = 0; c < data_.classes; ++c) {
    const auto count = static_cast<double>(counts[c]);
    sum += data_.criterion == split_criterion::gini ? count * count : (count > 0.0 ? count * std::log(count) : 0.0);
  }
  const auto total = static_cast<double>(n);
  return data_.criterion == split_criterion::gini ? sum / total : sum - total * std::log(total);
}

/// The sums of a node, and whether all its targets are equal.
void cart_grower::measure(const open_node& node) {
  node_n_ = node_s_ = 0;
  pure_ = true;
  std::fill(node_counts_.begin(), node_counts_.end(), 0);
  const std::int64_t first = data_.target[entries_[static_cast<std::size_t>(node.begin)].row];
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    node_n_ += e.weight;
    node_s_ += e.sum;
    pure_ = pure_ && data_.target[e.row] == first;
    if (data_.classes > 0) node_counts_[static_cast<std::size_t>(e.target)] += e.weight;
  }
}

void cart_grower::make_leaf(const open_node& node) {
  tree_node& at = tree_.nodes[static_cast<std::size_t>(node.tree_node)];
  at.left = static_cast<std::int32_t>(leaf_ranges_.size());
  leaf_ranges_.emplace_back(node.begin, node.end);
  if (data_.classes > 0) {
    for (const std::int64_t count : node_counts_) {
      tree_.values.push_back(static_cast<double>(count) / static_cast<double>(node_n_));
    }
    return;
  }
  double value = 0.0;
  if (data_.criterion == split_criterion::absolute) {
    std::vector<std::pair<std::int64_t, std::int64_t>> ordered;
    for (const cart_entry& e : entries_of_leaf(at.left)) ordered.emplace_back(data_.target[e.row], e.weight);
    std::sort(ordered.begin(), ordered.end());
    std::int64_t below = 0;
    std::size_t k = 0;
    while (2 * (below += ordered[k].second) < node_n_) ++k;
    // Half way when the weight is split evenly there.
    const std::size_t next = 2 * below == node_n_ && k + 1 < ordered.size() ? k + 1 : k;
    value = 0.5 * (static_cast<double>(ordered[k].first) + static_cast<double>(ordered[next].first));
  } else {
    value = static_cast<double>(node_s_) / static_cast<double>(node_n_);
  }
  tree_.values.push_back(value * data_.target_unit + data_.target_shift);
}

void cart_grower::draw_columns(std::int32_t node) {
  std::iota(order_.begin(), order_.end(), 0);
  node_key_ = key_.split(purpose::tree, 0, static_cast<std::uint64_t>(node));
}

bool cart_grower::find_split(const open_node& node, cart_split& best) {
  if (pure_ || (options_.max_depth > 0 && node.depth >= options_.max_depth) || node_n_ < 2 * least_leaf_ ||
      static_cast<double>(node_n_) * data_.weight_unit < options_.min_split_weight) {
    return false;
  }
  node_score_ = data_.criterion == split_criterion::absolute ? 0.0
                : data_.classes > 2                          ? score_many(node_counts_.data(), node_n_)
                                                             : score_two(node_s_, node_n_);
  // A gain below this is rounding.
  least_gain_ = std::max(1e-10 * std::abs(node_score_), options_.min_gain * static_cast<double>(root_weight_));
  const auto columns = static_cast<std::int64_t>(order_.size());
  const std::int64_t wanted = options_.columns_per_split > 0 ? std::min(options_.columns_per_split, columns) : columns;
  if (wanted < columns || options_.random_cuts) draw_columns(node.tree_node);
  std::int64_t useful = 0;
  for (std::int64_t k = 0; k < columns && (k < wanted || useful == 0); ++k) {
    if (wanted < columns) {  // the next one of a random order
      const auto left = static_cast<std::uint64_t>(columns - k);
      std::swap(
          order_[static_cast<std::size_t>(k)],
          order_[static_cast<std::size_t>(k) + random::integer_below(node_key_, static_cast<std::uint64_t>(k), left)]);
    }
    useful +=
        scan_column(node, wanted < columns ? order_[static_cast<std::size_t>(k)] : static_cast<std::int32_t>(k), best);
  }
  return best.feature >= 0;
}

bool cart_grower::scan_column(const open_node& node, std::int32_t column, cart_split& best) {
  const feature_bins& cuts = data_.cuts[static_cast<std::size_t>(column)];
  if (cuts.categorical) return scan_categories(node, column, best);
  if (data_.criterion == split_criterion::absolute) return scan_absolute(node, column, best);
  if (!cuts.exact && !options_.random_cuts && node.end - node.begin <= options_.exact_rows) {
    return scan_exact(node, column, best);
  }
  return data_.classes > 2 ? scan_many(node, column, best) : scan_two(node, column, best);
}

void cart_grower::set_split(tree_node& at, const cart_split& split) {
  const feature_bins& cuts = data_.cuts[static_cast<std::size_t>(split.feature)];
  at.feature = split.feature;
  at.missing_left = split.missing_left;
  const double unit = data_.classes > 0 ? data_.weight_unit
                      : data_.criterion == split_criterion::squared
                          ? data_.weight_unit * data_.target_unit * data_.target_unit
                          : data_.weight_unit * data_.target_unit;
  at.gain = static_cast<float>(split.gain * unit);
  if (!split.categorical) {
    at.threshold = split.bin < 0 ? split.threshold
                   : split.bin < static_cast<std::int32_t>(cuts.upper.size())
                       ? cuts.upper[static_cast<std::size_t>(split.bin)]
                       : std::numeric_limits<double>::max();
    return;
  }
  at.categories = add_categories(tree_, cuts, split.bins_left, split.bins_known);
}

std::int64_t cart_grower::partition(const open_node& node, const cart_split& split) {
  const std::uint8_t* bins = data_.column(split.feature);
  std::uint8_t marks[256];
  for (std::size_t b = 0; b < 256; ++b) {
    const bool known = ((split.bins_known[b >> 6] >> (b & 63)) & 1) != 0;
    marks[b] = !split.categorical ? (static_cast<std::int32_t>(b) <= split.bin ? 1 : 0)
               : known            ? static_cast<std::uint8_t>((split.bins_left[b >> 6] >> (b & 63)) & 1)
                                  : static_cast<std::uint8_t>(split.missing_left);
  }
  marks[missing_bin] = split.missing_left ? 1 : 0;
  std::int64_t left = node.begin, right = 0;
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry e = entries_[static_cast<std::size_t>(i)];
    std::int64_t to_left = marks[bins[e.row]];
    if (split.bin < 0 && !split.categorical && bins[e.row] != missing_bin) {
      to_left = data_.rows.x(e.row, split.feature) <= split.threshold ? 1 : 0;
    }
    entries_[static_cast<std::size_t>(left)] = e;
    spare_[static_cast<std::size_t>(right)] = e;
    left += to_left;
    right += 1 - to_left;
  }
  std::copy_n(spare_.begin(), right, entries_.begin() + left);
  return left;
}

decision_tree cart_grower::grow(std::span<const std::uint32_t> counts) {
  start(counts);
  tree_.nodes.emplace_back();
  std::vector<open_node> open{{0, static_cast<std::int64_t>(entries_.size()), 0, 0}};
  while (!open.empty()) {
    const open_node node = open.back();
    open.pop_back();
    measure(node);
    if (node.tree_node == 0) root_weight_ = node_n_;
    tree_.nodes[static_cast<std::size_t>(node.tree_node)].weight =
        static_cast<float>(static_cast<double>(node_n_) * data_.weight_unit);
    cart_split split;
    if (!find_split(node, split)) {
      make_leaf(node);
      continue;
    }
    const std::int64_t middle = partition(node, split);
    const auto left = static_cast<std::int32_t>(tree_.nodes.size());
    tree_.nodes.resize(tree_.nodes.size() + 2);
    tree_node& at = tree_.nodes[static_cast<std::size_t>(node.tree_node)];
    set_split(at, split);
    at.left = left;
    at.right = left + 1;
    open.push_back({middle, node.end, node.depth + 1, left + 1});
    open.push_back({node.begin, middle, node.depth + 1, left});
  }
  return std::move(tree_);
}

}  // namespace credence::ensemble::detail
