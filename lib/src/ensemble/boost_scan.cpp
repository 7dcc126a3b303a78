// SPDX-License-Identifier: BSD-3-Clause
// The search for the best cut of a node: the fast scan, and the two that the kernel does not know.
#include "ensemble/boost_grower.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble::detail {

using namespace credence::detail;

namespace {

constexpr double least_relative_gain = 1e-9;  ///< below, a gain is rounding

double side_score(double gradient, double hessian, double penalty) { return gradient * gradient / (hessian + penalty); }

}  // namespace

double boost_grower::bounded_value(double gradient, double hessian, double lower, double upper) const {
  const double below = hessian / hessian_scale_ + options_.l2;
  return below > 0.0 ? std::clamp(-(gradient / gradient_scale_) / below, lower, upper) : 0.0;
}

/// Takes the candidate if its gain is better. `score` is in units of the fixed-point sums.
void boost_grower::offer(const grow_node& node, double score, found_split candidate, found_split& best) const {
  const double penalty = options_.l2 * hessian_scale_;
  const double parent = side_score(static_cast<double>(node.gradient), static_cast<double>(node.hessian), penalty);
  if (!(score - parent > least_relative_gain * score)) return;
  candidate.gain = (score - parent) * (hessian_scale_ / (gradient_scale_ * gradient_scale_));
  if (candidate.gain > options_.min_split_gain && candidate.gain > best.gain) best = candidate;
}

found_split boost_grower::scan_group(const grow_node& node, std::size_t group) const {
  const auto& g = data_.groups()[group];
  const slot& sums = slots_[static_cast<std::size_t>(node.histogram)];
  const bool wide = node.rows() > narrow_rows;
  const std::uint64_t* words = sums.words.data() + g.first * 256 * sums.stride;
  found_split best;
  std::vector<std::int64_t> pairs;
  for (std::int64_t k = 0; k < g.columns; ++k) {
    const auto column = static_cast<std::size_t>(g.first + k);
    const feature_bins& cuts = data_.cuts()[column];
    if (use_column_[column] == 0) continue;
    const std::uint64_t* of_column = words + k * 256 * (wide ? 2 : 1);
    const bool monotone = !options_.monotone.empty();
    if (cuts.categorical || monotone) {
      pairs.resize(512);
      for (std::size_t b = 0; b < 256; ++b) {
        pairs[2 * b] = wide ? static_cast<std::int64_t>(of_column[2 * b]) : gradient_sum(of_column[b]);
        pairs[2 * b + 1] = wide ? static_cast<std::int64_t>(of_column[2 * b + 1]) : hessian_sum(of_column[b]);
      }
      if (cuts.categorical) {
        scan_categories(node, static_cast<std::int32_t>(column), pairs.data(), best);
      } else {
        scan_monotone(node, static_cast<std::int32_t>(column), pairs.data(), best);
      }
      continue;
    }
    scan_task task;
    task.narrow = wide ? nullptr : of_column;
    task.wide = wide ? reinterpret_cast<const std::int64_t*>(of_column) : nullptr;
    task.bins = cuts.bins();
    task.gradient = node.gradient;
    task.hessian = node.hessian;
    task.penalty = options_.l2 * hessian_scale_;
    task.least_hessian = std::max(1.0, options_.min_child_weight * hessian_scale_);
    scan_result found;
    CREDENCE_SIMD_PICK(scan_column)(task, found);
    if (found.bin < 0) continue;
    found_split split;
    split.feature = static_cast<std::int32_t>(column);
    split.bin = found.bin;
    split.left_gradient = found.left_gradient;
    split.left_hessian = found.left_hessian;
    const bool none_missing = wide ? of_column[511] == 0 && of_column[510] == 0 : of_column[255] == 0;
    // Rows without missing values teach nothing about them: they go where more weight goes.
    split.missing_left = none_missing ? 2 * found.left_hessian >= node.hessian : found.missing_left;
    offer(node, found.score, split, best);
  }
  return best;
}

/// Categories in the order of their g / (h + smoothing), cut where it is best: of all partitions in two the best one,
/// for squared loss and no smoothing (Fisher, "On grouping for maximum homogeneity", 1958). Missing values are one more
/// category.
void boost_grower::scan_categories(const grow_node& node, std::int32_t column, const std::int64_t* pairs,
                                   found_split& best) const {
  struct category {
    double order;
    std::int32_t bin;
  };
  std::vector<category> present;
  const double smoothing = options_.category_smoothing * hessian_scale_;
  const double penalty = (options_.l2 + options_.category_smoothing) * hessian_scale_;
  for (std::int32_t b = 0; b < 256; ++b) {
    const std::int64_t g = pairs[2 * b], h = pairs[2 * b + 1];
    if (g == 0 && h == 0) continue;
    present.push_back({static_cast<double>(g) / (static_cast<double>(h) + smoothing + 1.0), b});
  }
  if (present.size() < 2) return;
  std::stable_sort(present.begin(), present.end(),
                   [](const category& a, const category& b) { return a.order < b.order; });
  found_split split;
  split.feature = column;
  split.categorical = true;
  for (const category& c : present) {
    if (c.bin != missing_bin)
      split.bins_known[static_cast<std::size_t>(c.bin) >> 6] |= std::uint64_t{1} << (c.bin & 63);
  }
  const bool missing_present = pairs[2 * missing_bin] != 0 || pairs[2 * missing_bin + 1] != 0;
  const double least = std::max(1.0, options_.min_child_weight * hessian_scale_);
  const auto all_g = static_cast<double>(node.gradient), all_h = static_cast<double>(node.hessian);
  // The smoothing is part of the score on both sides, so that it is compared with the parent's in the same units.
  const double parent_plain = side_score(all_g, all_h, options_.l2 * hessian_scale_);
  const double parent_smooth = side_score(all_g, all_h, penalty);
  for (std::size_t i = 0; i + 1 < present.size(); ++i) {
    const auto bin = static_cast<std::size_t>(present[i].bin);
    split.left_gradient += pairs[2 * bin];
    split.left_hessian += pairs[2 * bin + 1];
    if (present[i].bin == missing_bin) {
      split.missing_left = true;
    } else {
      split.bins_left[bin >> 6] |= std::uint64_t{1} << (bin & 63);
    }
    const auto gl = static_cast<double>(split.left_gradient), hl = static_cast<double>(split.left_hessian);
    if (hl < least || all_h - hl < least) continue;
    const double score = side_score(gl, hl, penalty) + side_score(all_g - gl, all_h - hl, penalty);
    found_split candidate = split;
    if (!missing_present) candidate.missing_left = 2.0 * hl >= all_h;
    offer(node, score - parent_smooth + parent_plain, candidate, best);
  }
}

/// With bounds on leaf values, a side is worth -(2 g w + (h + penalty) w^2) at its bounded value w, and a cut of a
/// monotone column whose sides are in the wrong order is not allowed.
void boost_grower::scan_monotone(const grow_node& node, std::int32_t column, const std::int64_t* pairs,
                                 found_split& best) const {
  const feature_bins& cuts = data_.cuts()[static_cast<std::size_t>(column)];
  const int direction = options_.monotone[static_cast<std::size_t>(column)];
  const double least = std::max(1.0, options_.min_child_weight * hessian_scale_);
  const std::int64_t missing_g = pairs[2 * missing_bin], missing_h = pairs[2 * missing_bin + 1];
  const bool missing = missing_g != 0 || missing_h != 0;
  const auto worth = [&](double g, double h, double w) {
    return -(2.0 * g / gradient_scale_ * w + (h / hessian_scale_ + options_.l2) * w * w);
  };
  const auto all_g = static_cast<double>(node.gradient), all_h = static_cast<double>(node.hessian);
  const double parent = worth(all_g, all_h, bounded_value(all_g, all_h, node.lower, node.upper));
  for (const bool left : {false, true}) {
    if (left && !missing) break;
    std::int64_t g = left ? missing_g : 0, h = left ? missing_h : 0;
    for (std::int32_t b = 0; b < (left || !missing ? cuts.bins() - 1 : cuts.bins()); ++b) {
      g += pairs[2 * b];
      h += pairs[2 * b + 1];
      const auto gl = static_cast<double>(g), hl = static_cast<double>(h);
      if (hl < least || all_h - hl < least) continue;
      const double wl = bounded_value(gl, hl, node.lower, node.upper);
      const double wr = bounded_value(all_g - gl, all_h - hl, node.lower, node.upper);
      if (direction * (wr - wl) < 0.0) continue;
      const double gain = worth(gl, hl, wl) + worth(all_g - gl, all_h - hl, wr) - parent;
      if (!(gain > options_.min_split_gain && gain > best.gain && gain > least_relative_gain * std::abs(parent)))
        continue;
      best = {};
      best.gain = gain;
      best.feature = column;
      best.bin = b;
      best.missing_left = missing ? left : 2.0 * hl >= all_h;
      best.left_gradient = g;
      best.left_hessian = h;
    }
  }
}

}  // namespace credence::ensemble::detail
