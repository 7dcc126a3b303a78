// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/boost_grower.hpp"
#include "ensemble/category_sets.hpp"

#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble::detail {

using namespace credence::detail;

namespace {

constexpr std::int64_t chunk_rows = 16384;

/// The largest power of two by which values up to `largest` stay within `limit`: powers of two keep simple numbers
/// exact.
double power_of_two_scale(double largest, double limit) {
  if (!(largest > 0.0)) return 1.0;
  return std::ldexp(1.0, static_cast<int>(std::floor(std::log2(limit / largest))));
}

}  // namespace

boost_grower::boost_grower(const binned_rows& data, const exec::context& context) : data_(data), context_(context) {
  for (const auto& g : data_.groups()) padded_columns_ += g.width;
  const auto n = static_cast<std::size_t>(data_.rows());
  for (auto* rows : {&rows_, &rows_left_, &rows_right_}) rows->resize(n);
  for (auto* words : {&words_, &words_left_, &words_right_}) words->resize(n);
}

std::int32_t boost_grower::take_slot(bool wide) {
  auto& free = wide ? free_wide_ : free_narrow_;
  if (free.empty()) {
    slot made;
    made.stride = wide ? 2 : 1;
    made.words.resize(static_cast<std::size_t>(padded_columns_ * 256 * made.stride));
    slots_.push_back(std::move(made));
    free.push_back(static_cast<std::int32_t>(slots_.size()) - 1);
  }
  const std::int32_t taken = free.back();
  free.pop_back();
  slots_[static_cast<std::size_t>(taken)].wide = wide;
  return taken;
}

void boost_grower::quantise(std::span<const std::uint32_t> rows, std::span<const float> gradient,
                            std::span<const float> hessian) {
  const auto n = static_cast<std::int64_t>(rows.size());
  const std::int64_t pieces = (n + chunk_rows - 1) / chunk_rows;
  std::vector<double> top_g(static_cast<std::size_t>(pieces), 0.0), top_h(top_g);
  exec::for_each_task(context_, pieces, [&](std::int64_t piece) {
    float g = 0.0F, h = 0.0F;
    for (std::int64_t i = piece * chunk_rows; i < std::min(n, (piece + 1) * chunk_rows); ++i) {
      const std::uint32_t row = rows[static_cast<std::size_t>(i)];
      g = std::max(g, std::abs(gradient[row]));
      h = std::max(h, hessian[row]);
    }
    top_g[static_cast<std::size_t>(piece)] = g;
    top_h[static_cast<std::size_t>(piece)] = h;
  });
  gradient_scale_ = power_of_two_scale(*std::max_element(top_g.begin(), top_g.end()), gradient_limit);
  hessian_scale_ = power_of_two_scale(*std::max_element(top_h.begin(), top_h.end()), hessian_limit);
  std::vector<std::int64_t> sum_g(static_cast<std::size_t>(pieces), 0), sum_h(sum_g);
  const auto by_g = static_cast<float>(gradient_scale_), by_h = static_cast<float>(hessian_scale_);
  exec::for_each_task(context_, pieces, [&](std::int64_t piece) {
    std::int64_t all_g = 0, all_h = 0;
    for (std::int64_t i = piece * chunk_rows; i < std::min(n, (piece + 1) * chunk_rows); ++i) {
      const std::uint32_t row = rows[static_cast<std::size_t>(i)];
      // Scaling by a power of two is exact, and the result is below 2^17 + 1: round by the current mode, to even.
      const std::int64_t g = std::lrintf(gradient[row] * by_g), h = std::lrintf(hessian[row] * by_h);
      all_g += g;
      all_h += h;
      rows_[static_cast<std::size_t>(i)] = row;
      words_[static_cast<std::size_t>(i)] = (static_cast<std::uint64_t>(g) << 32) + static_cast<std::uint64_t>(h);
    }
    sum_g[static_cast<std::size_t>(piece)] = all_g;
    sum_h[static_cast<std::size_t>(piece)] = all_h;
  });
  grow_node root;
  root.end = n;
  for (std::size_t piece = 0; piece < sum_g.size(); ++piece) {
    root.gradient += sum_g[piece];
    root.hessian += sum_h[piece];
  }
  nodes_.assign(1, root);
}

bool boost_grower::may_split(const grow_node& node) const {
  return (options_.max_depth <= 0 || node.depth < options_.max_depth) && node.rows() >= 2 &&
         static_cast<double>(node.hessian) >= 2.0 * options_.min_child_weight * hessian_scale_;
}

decision_tree boost_grower::grow(std::span<const std::uint32_t> rows, std::span<const float> gradient,
                                 std::span<const float> hessian, std::span<const std::uint8_t> use_column,
                                 const grow_options& options) {
  options_ = options;
  use_column_ = use_column;
  tree_ = {};
  quantise(rows, gradient, hessian);
  tree_.nodes.emplace_back();
  if (may_split(nodes_[0])) find_splits({{0, -1}});
  const std::int64_t most_leaves =
      options.max_leaves > 0 ? options.max_leaves : std::numeric_limits<std::int64_t>::max();
  std::int64_t leaves = 1;
  std::vector<std::int32_t> open;  // nodes with a split that was found
  if (nodes_[0].best.gain > 0.0) open.push_back(0);
  while (!open.empty() && leaves < most_leaves) {
    std::vector<std::int32_t> batch;
    // Best first; of equal gains the node that was made first.
    if (options.leaf_wise || static_cast<std::int64_t>(open.size()) > most_leaves - leaves) {
      std::stable_sort(open.begin(), open.end(), [&](std::int32_t a, std::int32_t b) {
        return nodes_[static_cast<std::size_t>(a)].best.gain > nodes_[static_cast<std::size_t>(b)].best.gain;
      });
      const auto take = options.leaf_wise ? 1 : most_leaves - leaves;
      batch.assign(open.begin(), open.begin() + take);
      open.erase(open.begin(), open.begin() + take);
    } else {
      batch.swap(open);
    }
    leaves += static_cast<std::int64_t>(batch.size());
    std::vector<sibling_pair> pairs = split_nodes(batch);
    if (leaves >= most_leaves) break;
    find_splits(pairs);
    for (const sibling_pair& pair : pairs) {
      for (const std::int32_t child : {std::min(pair.small, pair.large), std::max(pair.small, pair.large)}) {
        if (child >= 0 && nodes_[static_cast<std::size_t>(child)].best.gain > 0.0) open.push_back(child);
      }
    }
  }
  finish(gradient, hessian);
  for (std::size_t s = 0; s < slots_.size(); ++s) slots_[s].wide = false;
  free_narrow_.clear();
  free_wide_.clear();
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    (slots_[s].stride == 2 ? free_wide_ : free_narrow_).push_back(static_cast<std::int32_t>(s));
  }
  return std::move(tree_);
}

void boost_grower::set_split(tree_node& at, const found_split& split) {
  const feature_bins& cuts = data_.cuts()[static_cast<std::size_t>(split.feature)];
  at.feature = split.feature;
  at.missing_left = split.missing_left;
  at.gain = static_cast<float>(split.gain);
  if (!split.categorical) {
    // The last bin has no upper end: all values go left, missing ones right.
    at.threshold = split.bin < static_cast<std::int32_t>(cuts.upper.size())
                       ? cuts.upper[static_cast<std::size_t>(split.bin)]
                       : std::numeric_limits<double>::max();
    return;
  }
  at.categories = add_categories(tree_, cuts, split.bins_left, split.bins_known);
}

void boost_grower::partition(const std::vector<std::int32_t>& batch, std::vector<std::int64_t>& left_counts) {
  struct piece {
    std::size_t item;
    std::int64_t begin, end, left = 0, left_to = 0, right_to = 0;
  };
  std::vector<piece> pieces;
  std::vector<std::array<std::uint8_t, 256>> marks(batch.size());
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const grow_node& node = nodes_[static_cast<std::size_t>(batch[k])];
    const found_split& split = node.best;
    for (std::size_t bin = 0; bin < 256; ++bin) {
      const bool known = split.categorical && ((split.bins_known[bin >> 6] >> (bin & 63)) & 1) != 0;
      marks[k][bin] = !split.categorical
                          ? (static_cast<std::int32_t>(bin) <= split.bin ? 1 : 0)
                          : (known ? ((split.bins_left[bin >> 6] >> (bin & 63)) & 1) : split.missing_left);
    }
    marks[k][missing_bin] = split.missing_left ? 1 : 0;
    for (std::int64_t begin = node.begin; begin < node.end; begin += chunk_rows) {
      pieces.push_back({k, begin, std::min(node.end, begin + chunk_rows)});
    }
  }
  exec::for_each_task(context_, static_cast<std::int64_t>(pieces.size()), [&](std::int64_t p) {
    piece& one = pieces[static_cast<std::size_t>(p)];
    const found_split& split = nodes_[static_cast<std::size_t>(batch[one.item])].best;
    const auto& group = data_.groups()[static_cast<std::size_t>(split.feature / 16)];
    one.left = CREDENCE_SIMD_PICK(partition_rows)({.bins = group.bins.data() + split.feature % 16,
                                                   .stride = group.width,
                                                   .goes_left = marks[one.item].data(),
                                                   .rows = rows_.data() + one.begin,
                                                   .gradients = words_.data() + one.begin,
                                                   .count = one.end - one.begin,
                                                   .rows_left = rows_left_.data() + one.begin,
                                                   .rows_right = rows_right_.data() + one.begin,
                                                   .gradients_left = words_left_.data() + one.begin,
                                                   .gradients_right = words_right_.data() + one.begin});
  });
  left_counts.assign(batch.size(), 0);
  for (piece& one : pieces) {
    one.left_to = left_counts[one.item];
    left_counts[one.item] += one.left;
  }
  for (piece& one : pieces) {
    const grow_node& node = nodes_[static_cast<std::size_t>(batch[one.item])];
    one.right_to = node.begin + left_counts[one.item] + (one.begin - node.begin - one.left_to);
    one.left_to += node.begin;
  }
  exec::for_each_task(context_, static_cast<std::int64_t>(pieces.size()), [&](std::int64_t p) {
    const piece& one = pieces[static_cast<std::size_t>(p)];
    const std::int64_t right = one.end - one.begin - one.left;
    std::copy_n(rows_left_.data() + one.begin, one.left, rows_.data() + one.left_to);
    std::copy_n(words_left_.data() + one.begin, one.left, words_.data() + one.left_to);
    std::copy_n(rows_right_.data() + one.begin, right, rows_.data() + one.right_to);
    std::copy_n(words_right_.data() + one.begin, right, words_.data() + one.right_to);
  });
}

std::pair<std::int32_t, std::int32_t> boost_grower::make_children(std::int32_t parent, std::int64_t left_rows) {
  const grow_node from = nodes_[static_cast<std::size_t>(parent)];
  grow_node left, right;
  left.begin = from.begin;
  left.end = right.begin = from.begin + left_rows;
  right.end = from.end;
  left.depth = right.depth = from.depth + 1;
  left.gradient = from.best.left_gradient;
  left.hessian = from.best.left_hessian;
  right.gradient = from.gradient - left.gradient;
  right.hessian = from.hessian - left.hessian;
  left.lower = right.lower = from.lower;
  left.upper = right.upper = from.upper;
  const auto column = static_cast<std::size_t>(from.best.feature);
  const int direction = options_.monotone.empty() ? 0 : options_.monotone[column];
  if (direction != 0) {
    const auto value = [&](const grow_node& n) {
      return bounded_value(static_cast<double>(n.gradient), static_cast<double>(n.hessian), n.lower, n.upper);
    };
    const double middle = 0.5 * (value(left) + value(right));
    (direction > 0 ? left.upper : left.lower) = middle;
    (direction > 0 ? right.lower : right.upper) = middle;
  }
  left.tree_node = static_cast<std::int32_t>(tree_.nodes.size());
  right.tree_node = left.tree_node + 1;
  tree_node& at = tree_.nodes[static_cast<std::size_t>(from.tree_node)];
  set_split(at, from.best);
  at.left = left.tree_node;
  at.right = right.tree_node;
  tree_.nodes.resize(tree_.nodes.size() + 2);
  nodes_.push_back(left);
  nodes_.push_back(right);
  const auto first = static_cast<std::int32_t>(nodes_.size()) - 2;
  return {first, first + 1};
}

std::vector<boost_grower::sibling_pair> boost_grower::split_nodes(const std::vector<std::int32_t>& batch) {
  std::vector<std::int64_t> left_counts;
  partition(batch, left_counts);
  std::vector<sibling_pair> pairs;
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const auto [left, right] = make_children(batch[k], left_counts[k]);
    const std::int32_t kept = nodes_[static_cast<std::size_t>(batch[k])].histogram;
    const grow_node &l = nodes_[static_cast<std::size_t>(left)], &r = nodes_[static_cast<std::size_t>(right)];
    if (!may_split(l) && !may_split(r)) {
      (slots_[static_cast<std::size_t>(kept)].stride == 2 ? free_wide_ : free_narrow_).push_back(kept);
      continue;
    }
    const bool left_small = l.rows() <= r.rows();
    pairs.push_back({left_small ? left : right, left_small ? right : left});
    nodes_[static_cast<std::size_t>(pairs.back().large)].histogram = kept;  // becomes the sibling's in place
  }
  return pairs;
}

void boost_grower::find_splits(const std::vector<sibling_pair>& pairs) {
  const auto groups = static_cast<std::int64_t>(data_.groups().size());
  const auto count = static_cast<std::int64_t>(pairs.size());
  if (count == 0) return;
  for (const sibling_pair& pair : pairs) {
    grow_node& small = nodes_[static_cast<std::size_t>(pair.small)];
    small.histogram = take_slot(small.rows() > narrow_rows);
  }
  // With few large tasks, rows are cut into parts as well; each part has sums of its own, added up below.
  std::int64_t parts = 1;
  std::vector<std::int64_t> part_sums;
  const std::int64_t part_words = padded_columns_ * 512;
  if (count == 1 && groups < context_.threads &&
      nodes_[static_cast<std::size_t>(pairs[0].small)].rows() > 2 * chunk_rows) {
    const grow_node& node = nodes_[static_cast<std::size_t>(pairs[0].small)];
    parts = std::min<std::int64_t>((context_.threads + groups - 1) / groups, node.rows() / chunk_rows);
    part_sums.resize(static_cast<std::size_t>(part_words * parts), 0);
    exec::for_each_task(context_, parts * groups, [&](std::int64_t task) {
      const std::int64_t part = task / groups;
      const auto group = static_cast<std::size_t>(task % groups);
      accumulate(
          group, node.begin + node.rows() * part / parts, node.begin + node.rows() * (part + 1) / parts, true,
          reinterpret_cast<std::uint64_t*>(part_sums.data()) + part * part_words + data_.groups()[group].first * 512);
    });
  }
  std::vector<found_split> found(static_cast<std::size_t>(2 * count * groups));
  exec::for_each_task(context_, count * groups, [&](std::int64_t task) {
    const sibling_pair& pair = pairs[static_cast<std::size_t>(task / groups)];
    const auto group = static_cast<std::size_t>(task % groups);
    build_group(pair, group, parts, part_sums.data());
    const std::int32_t both[2] = {pair.small, pair.large};
    for (std::size_t k = 0; k < 2; ++k) {
      if (both[k] < 0) continue;
      const grow_node& node = nodes_[static_cast<std::size_t>(both[k])];
      if (may_split(node)) found[static_cast<std::size_t>(2 * task) + k] = scan_group(node, group);
    }
  });
  for (std::int64_t p = 0; p < count; ++p) {
    const std::int32_t both[2] = {pairs[static_cast<std::size_t>(p)].small, pairs[static_cast<std::size_t>(p)].large};
    for (std::size_t k = 0; k < 2; ++k) {
      if (both[k] < 0) continue;
      grow_node& node = nodes_[static_cast<std::size_t>(both[k])];
      for (std::int64_t group = 0; group < groups; ++group) {
        const found_split& split = found[static_cast<std::size_t>(2 * (p * groups + group)) + k];
        if (split.gain > node.best.gain) node.best = split;
      }
      slot& used = slots_[static_cast<std::size_t>(node.histogram)];
      used.wide = node.rows() > narrow_rows;
      if (node.best.gain > 0.0) continue;
      (used.stride == 2 ? free_wide_ : free_narrow_).push_back(node.histogram);
      node.histogram = -1;
    }
  }
}

void boost_grower::accumulate(std::size_t group, std::int64_t begin, std::int64_t end, bool wide,
                              std::uint64_t* to) const {
  const auto& g = data_.groups()[group];
  const auto add = [&](std::int64_t from, std::int64_t until, std::uint64_t* sums) {
    CREDENCE_SIMD_PICK(add_to_histogram)
    ({.bins = g.bins.data(),
      .width = g.width,
      .rows = rows_.data() + from,
      .gradients = words_.data() + from,
      .count = until - from,
      .sums = sums});
  };
  if (!wide) return add(begin, end, to);
  thread_local std::vector<std::uint64_t> scratch;
  const std::int64_t words = g.width * 256;
  for (std::int64_t from = begin; from < end; from += narrow_rows) {
    scratch.assign(static_cast<std::size_t>(words), 0);
    add(from, std::min(end, from + narrow_rows), scratch.data());
    for (std::int64_t i = 0; i < words; ++i) {
      to[2 * i] += static_cast<std::uint64_t>(gradient_sum(scratch[static_cast<std::size_t>(i)]));
      to[2 * i + 1] += static_cast<std::uint64_t>(hessian_sum(scratch[static_cast<std::size_t>(i)]));
    }
  }
}

void boost_grower::build_group(const sibling_pair& pair, std::size_t group, std::int64_t parts,
                               const std::int64_t* part_sums) {
  const grow_node& node = nodes_[static_cast<std::size_t>(pair.small)];
  slot& to = slots_[static_cast<std::size_t>(node.histogram)];
  const auto& g = data_.groups()[group];
  const bool wide = node.rows() > narrow_rows;
  const std::int64_t words = g.width * 256 * (wide ? 2 : 1);
  std::uint64_t* sums = to.words.data() + g.first * 256 * to.stride;
  std::fill_n(sums, words, std::uint64_t{0});
  if (parts > 1) {
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t* from = part_sums + part * padded_columns_ * 512 + g.first * 512;
      for (std::int64_t i = 0; i < words; ++i) sums[i] += static_cast<std::uint64_t>(from[i]);
    }
  } else {
    accumulate(group, node.begin, node.end, wide, sums);
  }
  if (pair.large < 0) return;
  const grow_node& sibling = nodes_[static_cast<std::size_t>(pair.large)];
  derive_sibling(to, slots_[static_cast<std::size_t>(sibling.histogram)], group, sibling.rows() > narrow_rows);
}

/// The parent's sums, in the sibling's slot, less those of the small child. A wide parent may have a narrow sibling:
/// its words then move to the front of the group's memory.
void boost_grower::derive_sibling(const slot& small, slot& large, std::size_t group, bool wide) const {
  const auto& g = data_.groups()[group];
  const std::int64_t words = g.width * 256;
  const std::uint64_t* less = small.words.data() + g.first * 256 * small.stride;
  std::uint64_t* from = large.words.data() + g.first * 256 * large.stride;
  if (!large.wide) {
    CREDENCE_SIMD_PICK(subtract_narrow)(from, less, words);
    return;
  }
  for (std::int64_t i = 0; i < words; ++i) {
    const std::uint64_t g_less = small.wide ? less[2 * i] : static_cast<std::uint64_t>(gradient_sum(less[i]));
    const std::uint64_t h_less = small.wide ? less[2 * i + 1] : static_cast<std::uint64_t>(hessian_sum(less[i]));
    const std::uint64_t g_left = from[2 * i] - g_less, h_left = from[2 * i + 1] - h_less;
    if (wide) {
      from[2 * i] = g_left;
      from[2 * i + 1] = h_left;
    } else {
      from[i] = (g_left << 32) + h_left;
    }
  }
}

void boost_grower::finish(std::span<const float> gradient, std::span<const float> hessian) {
  // Numbers leaves in the order of the tree's nodes.
  std::vector<std::int32_t> leaf_nodes;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto at = static_cast<std::size_t>(nodes_[i].tree_node);
    tree_.nodes[at].weight = static_cast<float>(static_cast<double>(nodes_[i].hessian) / hessian_scale_);
    if (tree_.nodes[at].feature >= 0) continue;
    tree_.nodes[at].left = static_cast<std::int32_t>(leaf_nodes.size());
    leaf_nodes.push_back(static_cast<std::int32_t>(i));
  }
  leaf_rows_.assign(leaf_nodes.size(), {});
  tree_.values.assign(leaf_nodes.size(), 0.0);
  // Sums of integers again, finer than those of the histograms: 2^39 units up to the largest number.
  const double fine_g = gradient_scale_ * 0x1p22, fine_h = hessian_scale_ * 0x1p22;
  exec::for_each_task(context_, static_cast<std::int64_t>(leaf_nodes.size()), [&](std::int64_t leaf) {
    const grow_node& node = nodes_[static_cast<std::size_t>(leaf_nodes[static_cast<std::size_t>(leaf)])];
    std::int64_t g = 0, h = 0;
    for (std::int64_t i = node.begin; i < node.end; ++i) {
      const std::uint32_t row = rows_[static_cast<std::size_t>(i)];
      g += std::llrint(static_cast<double>(gradient[row]) * fine_g);
      h += std::llrint(static_cast<double>(hessian[row]) * fine_h);
    }
    const double below = static_cast<double>(h) / fine_h + options_.l2;
    const double value = below > 0.0 ? -(static_cast<double>(g) / fine_g) / below : 0.0;
    leaf_rows_[static_cast<std::size_t>(leaf)] = {node.begin, node.end};
    tree_.values[static_cast<std::size_t>(leaf)] = std::clamp(value, node.lower, node.upper);
  });
}

}  // namespace credence::ensemble::detail
