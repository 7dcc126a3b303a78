// SPDX-License-Identifier: BSD-3-Clause
// The searches for the best cut of one column in one node. Each returns whether the column varies there.
#include "ensemble/cart_grower.hpp"

#include "credence/random/uniform.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace credence::ensemble::detail {

namespace {

/// Which of 256 bins hold rows.
struct occupied_bins {
  std::uint64_t words[4] = {};
  void mark(std::uint8_t bin) { words[bin >> 6] |= std::uint64_t{1} << (bin & 63); }
  /// Takes the least one away; -1 when none is left.
  std::int32_t next() {
    for (std::int32_t w = 0; w < 4; ++w) {
      if (words[w] == 0) continue;
      const int bit = std::countr_zero(words[w]);
      words[w] &= words[w] - 1;
      return 64 * w + bit;
    }
    return -1;
  }
  [[nodiscard]] std::int32_t last() const {
    for (std::int32_t w = 3; w >= 0; --w) {
      if (words[w] != 0) return 64 * w + 63 - std::countl_zero(words[w]);
    }
    return -1;
  }
};

}  // namespace

/// A bin at a random place between the lowest and the highest one, even in the numbers: the cut is above it.
std::int32_t cart_grower::random_bin(std::int32_t column, std::int32_t low, std::int32_t high) const {
  const std::vector<double>& upper = data_.cuts[static_cast<std::size_t>(column)].upper;
  const double u = random::uniform(node_key_.split(purpose::tree, 1), static_cast<std::uint64_t>(column));
  // The first and the last bin have one end each: they count as wide as a neighbour.
  const auto edge = [&](std::int32_t bin) { return upper[static_cast<std::size_t>(bin)]; };
  const auto top = static_cast<std::int32_t>(upper.size());
  const double from = low > 0 ? 0.5 * (edge(low - 1) + edge(low)) : edge(0);
  const double to = high < top ? 0.5 * (edge(high - 1) + edge(high)) : edge(top - 1);
  const double cut = from + u * (to - from);
  const auto at = static_cast<std::int32_t>(std::lower_bound(upper.begin(), upper.end(), cut) - upper.begin());
  // The nearest of the two edges around the cut.
  const bool lower_edge = at > low && (at >= high || cut - edge(at - 1) < edge(at) - cut);
  return std::clamp(lower_edge ? at - 1 : at, low, high - 1);
}

/// One cut at random needs no histogram: the range of the bins, then the sums below the cut.
template <class Score>
bool cart_grower::scan_random(const open_node& node, std::int32_t column, cart_split& best, const Score& score) {
  const std::uint8_t* bins = data_.column(column);
  const cart_entry* entries = entries_.data();
  std::int32_t low = 255, high = -1;
  sums missing;
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const std::int32_t b = bins[entries[i].row];
    low = std::min(low, b);
    high = b == missing_bin ? high : std::max(high, b);
    missing.n += b == missing_bin ? entries[i].weight : 0;
    missing.s += b == missing_bin ? entries[i].sum : 0;
  }
  if (high < 0 || (low == high && missing.n == 0)) return false;
  const std::int32_t cut = low < high ? random_bin(column, low, high) : 254;
  sums left;
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const std::int64_t below = bins[entries[i].row] <= cut ? -1 : 0;
    left.n += entries[i].weight & below;
    left.s += entries[i].sum & below;
  }
  for (const bool missing_left : {false, true}) {
    if (missing_left && (missing.n == 0 || low == high)) continue;
    const std::int64_t n = left.n + (missing_left ? missing.n : 0), s = left.s + (missing_left ? missing.s : 0);
    if (n < least_leaf_ || node_n_ - n < least_leaf_) continue;
    cart_split split;
    split.feature = column;
    split.bin = cut;
    split.missing_left = missing.n > 0 ? missing_left : 2 * n >= node_n_;
    offer(score(s, n) + score(node_s_ - s, node_n_ - n) - node_score_, split, best);
  }
  return true;
}

template <class Score>
bool cart_grower::scan_two_as(const open_node& node, std::int32_t column, cart_split& best, const Score& score) {
  if (options_.random_cuts) return scan_random(node, column, best, score);
  const std::uint8_t* bins = data_.column(column);
  occupied_bins occupied;
  sums* sum = bins_two_.data();
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    const std::uint8_t b = bins[e.row];
    sum[b].n += e.weight;
    sum[b].s += e.sum;
    occupied.mark(b);
  }
  const sums missing = sum[missing_bin];
  sum[missing_bin] = {};
  occupied.words[3] &= ~(std::uint64_t{1} << 63);
  const bool with_missing = missing.n > 0;
  std::int32_t bin = occupied.next();
  if (bin < 0) return false;  // all missing
  const std::int32_t last = std::max(bin, occupied.last());
  if (bin == last && !with_missing) {
    sum[bin] = {};
    return false;
  }
  sums left;
  std::int32_t chosen = -1, next_of_chosen = -1;
  bool chosen_missing_left = false;
  std::int64_t chosen_n = 0;
  double top = -1.0;
  const auto consider = [&](const sums& l, std::int32_t at, std::int32_t next, bool missing_left) {
    const std::int64_t rest = node_n_ - l.n;
    if (l.n < least_leaf_ || rest < least_leaf_) return;
    const double value = score(l.s, l.n) + score(node_s_ - l.s, rest);
    if (value > top || chosen < 0) {
      top = value;
      chosen = at;
      next_of_chosen = next;
      chosen_missing_left = missing_left;
      chosen_n = l.n;
    }
  };
  while (bin >= 0) {
    left.n += sum[bin].n;
    left.s += sum[bin].s;
    sum[bin] = {};
    const std::int32_t next = occupied.next();
    const bool last_cut = next < 0;
    if (!last_cut || with_missing) {
      consider(left, bin, next, false);
      if (with_missing && !last_cut) consider({left.n + missing.n, left.s + missing.s}, bin, next, true);
    }
    bin = next;
  }
  if (chosen < 0) return true;
  cart_split split;
  split.feature = column;
  split.missing_left = chosen_missing_left;
  // In the middle of the empty bins between the two sides.
  split.bin = next_of_chosen < 0 ? 254 : chosen + (next_of_chosen - 1 - chosen) / 2;
  if (!with_missing) split.missing_left = 2 * chosen_n >= node_n_;
  offer(top - node_score_, split, best);
  return true;
}

bool cart_grower::scan_two(const open_node& node, std::int32_t column, cart_split& best) {
  if (data_.criterion == split_criterion::gini) {
    return scan_two_as(node, column, best, [](std::int64_t s_units, std::int64_t n_units) {
      const auto s = static_cast<double>(s_units), n = static_cast<double>(n_units);
      return (s * s + (n - s) * (n - s)) / n;
    });
  }
  if (data_.criterion == split_criterion::squared) {
    return scan_two_as(node, column, best, [](std::int64_t s_units, std::int64_t n_units) {
      const auto s = static_cast<double>(s_units);
      return s * s / static_cast<double>(n_units);
    });
  }
  return scan_two_as(node, column, best, [this](std::int64_t s, std::int64_t n) { return score_two(s, n); });
}

bool cart_grower::scan_many(const open_node& node, std::int32_t column, cart_split& best) {
  const std::uint8_t* bins = data_.column(column);
  const auto classes = static_cast<std::size_t>(data_.classes), stride = classes + 1;
  occupied_bins occupied;
  std::int64_t* sum = bins_many_.data();
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    const std::uint8_t b = bins[e.row];
    std::int64_t* of_bin = sum + b * stride;
    of_bin[static_cast<std::size_t>(e.target)] += e.weight;
    of_bin[classes] += e.weight;
    occupied.mark(b);
  }
  std::vector<std::int64_t> missing(sum + missing_bin * stride, sum + (missing_bin + 1) * stride), left(stride, 0),
      side(stride), rest(stride);
  std::fill_n(sum + missing_bin * stride, stride, 0);
  occupied.words[3] &= ~(std::uint64_t{1} << 63);
  const bool with_missing = missing[classes] > 0;
  std::int32_t bin = occupied.next();
  if (bin < 0) return false;
  const std::int32_t last = std::max(bin, occupied.last());
  const bool varies = bin != last || with_missing;
  const std::int32_t only = options_.random_cuts && bin < last ? random_bin(column, bin, last) : -1;
  while (bin >= 0) {
    std::int64_t* of_bin = sum + static_cast<std::size_t>(bin) * stride;
    for (std::size_t c = 0; c < stride; ++c) left[c] += of_bin[c];
    std::fill_n(of_bin, stride, 0);
    const std::int32_t next = occupied.next();
    if (varies && (next >= 0 || with_missing) && (only < 0 || (bin <= only && (next > only || next < 0)))) {
      for (const bool missing_left : {false, true}) {
        if (missing_left && (!with_missing || next < 0)) continue;
        for (std::size_t c = 0; c < classes; ++c) {
          side[c] = left[c] + (missing_left ? missing[c] : 0);
          rest[c] = node_counts_[c] - side[c];
        }
        const std::int64_t n = left[classes] + (missing_left ? missing[classes] : 0);
        if (n < least_leaf_ || node_n_ - n < least_leaf_) continue;
        cart_split split;
        split.feature = column;
        split.bin = next < 0 ? 254 : (only >= 0 ? only : bin + (next - 1 - bin) / 2);
        split.missing_left = with_missing ? missing_left : 2 * n >= node_n_;
        offer(score_many(side.data(), n) + score_many(rest.data(), node_n_ - n) - node_score_, split, best);
      }
    }
    bin = next;
  }
  return varies;
}

bool cart_grower::scan_exact(const open_node& node, std::int32_t column, cart_split& best) {
  struct valued {
    double x;
    const cart_entry* entry;
  };
  std::vector<valued> ordered;
  ordered.reserve(static_cast<std::size_t>(node.end - node.begin));
  const std::size_t classes = data_.classes > 2 ? static_cast<std::size_t>(data_.classes) : 1;
  std::vector<std::int64_t> missing(classes, 0), left(classes, 0), side(classes), rest(classes);
  std::int64_t missing_n = 0;
  const auto add = [&](std::vector<std::int64_t>& to, const cart_entry& e) {
    to[classes > 1 ? static_cast<std::size_t>(e.target) : 0] += classes > 1 ? e.weight : e.sum;
  };
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    const double x = data_.rows.x(e.row, column);
    if (std::isnan(x)) {
      add(missing, e);
      missing_n += e.weight;
    } else {
      ordered.push_back({x, &e});
    }
  }
  if (ordered.empty()) return false;
  std::sort(ordered.begin(), ordered.end(), [](const valued& a, const valued& b) { return a.x < b.x; });
  if (ordered.front().x == ordered.back().x && missing_n == 0) return false;
  std::int64_t n = 0;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    add(left, *ordered[i].entry);
    n += ordered[i].entry->weight;
    const bool at_end = i + 1 == ordered.size();
    if (at_end ? missing_n == 0 : ordered[i].x == ordered[i + 1].x) continue;
    for (const bool missing_left : {false, true}) {
      if (missing_left && (missing_n == 0 || at_end)) continue;
      for (std::size_t c = 0; c < classes; ++c) {
        side[c] = left[c] + (missing_left ? missing[c] : 0);
        rest[c] = (classes > 1 ? node_counts_[c] : node_s_) - side[c];
      }
      const std::int64_t of_side = n + (missing_left ? missing_n : 0);
      if (of_side < least_leaf_ || node_n_ - of_side < least_leaf_) continue;
      const double score = classes > 1 ? score_many(side.data(), of_side) + score_many(rest.data(), node_n_ - of_side)
                                       : score_two(side[0], of_side) + score_two(rest[0], node_n_ - of_side);
      cart_split split;
      split.feature = column;
      double middle =
          at_end ? std::numeric_limits<double>::max() : ordered[i].x + 0.5 * (ordered[i + 1].x - ordered[i].x);
      if (!at_end && !(middle < ordered[i + 1].x)) middle = ordered[i].x;
      split.threshold = middle;
      split.missing_left = missing_n > 0 ? missing_left : 2 * of_side >= node_n_;
      offer(score - node_score_, split, best);
    }
  }
  return true;
}

namespace {

/// Sums of weights, and of weighted targets, by the rank of the target.
class ranked_sums {
 public:
  explicit ranked_sums(std::size_t n) : weight_(n + 1, 0), sum_(n + 1, 0) {}
  void add(std::size_t rank, std::int64_t weight, std::int64_t sum) {
    for (std::size_t i = rank + 1; i < weight_.size(); i += i & (~i + 1)) {
      weight_[i] += weight;
      sum_[i] += sum;
    }
    all_weight_ += weight;
    all_sum_ += sum;
  }
  /// Sum of the distances from the median; `target_of` gives the target of a rank.
  template <class Target>
  [[nodiscard]] double distance(const Target& target_of) const {
    std::size_t at = 0;
    std::int64_t weight = 0, sum = 0;
    for (std::size_t step = std::bit_floor(weight_.size()); step > 0; step /= 2) {
      if (at + step < weight_.size() && 2 * (weight + weight_[at + step]) < all_weight_) {
        at += step;
        weight += weight_[at];
        sum += sum_[at];
      }
    }
    const auto median = static_cast<double>(target_of(at));
    const auto below = static_cast<double>(weight), above = static_cast<double>(all_weight_ - weight);
    return median * below - static_cast<double>(sum) + static_cast<double>(all_sum_ - sum) - median * above;
  }

 private:
  std::vector<std::int64_t> weight_, sum_;
  std::int64_t all_weight_ = 0, all_sum_ = 0;
};

}  // namespace

bool cart_grower::scan_absolute(const open_node& node, std::int32_t column, cart_split& best) {
  struct valued {
    double x;
    std::size_t rank;
    const cart_entry* entry;
  };
  std::vector<valued> ordered;
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    ordered.push_back({data_.rows.x(e.row, column), 0, &e});
  }
  // Ranks within the node.
  std::sort(ordered.begin(), ordered.end(),
            [](const valued& a, const valued& b) { return a.entry->target < b.entry->target; });
  std::vector<std::int64_t> targets;
  ranked_sums right(ordered.size()), left(ordered.size());
  for (std::size_t k = 0; k < ordered.size(); ++k) {
    ordered[k].rank = k;
    targets.push_back(data_.target[ordered[k].entry->row]);
    right.add(k, ordered[k].entry->weight, ordered[k].entry->sum);
  }
  const auto target_of = [&](std::size_t rank) { return targets[std::min(rank, targets.size() - 1)]; };
  const double parent = right.distance(target_of);
  // Missing values are the largest.
  std::sort(ordered.begin(), ordered.end(), [](const valued& a, const valued& b) {
    if (std::isnan(a.x) || std::isnan(b.x)) return !std::isnan(a.x) && std::isnan(b.x);
    return a.x != b.x ? a.x < b.x : a.rank < b.rank;
  });
  if (!(ordered.front().x < ordered.back().x) && !std::isnan(ordered.back().x)) return false;
  std::int64_t n = 0;
  bool varies = false;
  for (std::size_t i = 0; i + 1 < ordered.size(); ++i) {
    const valued& now = ordered[i];
    if (std::isnan(now.x)) break;
    left.add(now.rank, now.entry->weight, now.entry->sum);
    right.add(now.rank, -now.entry->weight, -now.entry->sum);
    n += now.entry->weight;
    const double next = ordered[i + 1].x;
    if (now.x == next) continue;
    varies = true;
    if (n < least_leaf_ || node_n_ - n < least_leaf_) continue;
    cart_split split;
    split.feature = column;
    split.threshold = std::isnan(next) ? std::numeric_limits<double>::max() : now.x + 0.5 * (next - now.x);
    if (!(split.threshold < next) && !std::isnan(next)) split.threshold = now.x;
    offer(parent - left.distance(target_of) - right.distance(target_of), split, best);
  }
  return varies;
}

/// Categories in the order of their mean target (of many classes: of the part of the node's most frequent class), cut
/// where it is best. Missing values are one more category.
bool cart_grower::scan_categories(const open_node& node, std::int32_t column, cart_split& best) {
  const std::uint8_t* bins = data_.column(column);
  const bool many = data_.classes > 2;
  const std::size_t classes = many ? static_cast<std::size_t>(data_.classes) : 1;
  std::vector<std::int64_t> counts(256 * classes, 0), weights(256, 0);
  const auto favourite =
      static_cast<std::size_t>(std::max_element(node_counts_.begin(), node_counts_.end()) - node_counts_.begin());
  for (std::int64_t i = node.begin; i < node.end; ++i) {
    const cart_entry& e = entries_[static_cast<std::size_t>(i)];
    const std::size_t b = bins[e.row];
    weights[b] += e.weight;
    counts[b * classes + (many ? static_cast<std::size_t>(e.target) : 0)] += many ? e.weight : e.sum;
  }
  struct category {
    double order;
    std::size_t bin;
  };
  std::vector<category> present;
  cart_split split;
  split.feature = column;
  split.categorical = true;
  for (std::size_t b = 0; b < 256; ++b) {
    if (weights[b] == 0) continue;
    double order = static_cast<double>(counts[b * classes + (many ? favourite : 0)]) / static_cast<double>(weights[b]);
    if (options_.random_cuts)
      order = random::uniform(node_key_.split(purpose::tree, 2), static_cast<std::uint64_t>(column) * 256 + b);
    present.push_back({order, b});
    if (b != missing_bin) split.bins_known[b >> 6] |= std::uint64_t{1} << (b & 63);
  }
  if (present.size() < 2) return false;
  std::stable_sort(present.begin(), present.end(),
                   [](const category& a, const category& b) { return a.order < b.order; });
  std::size_t only = present.size();
  if (options_.random_cuts) {
    only = random::integer_below(node_key_.split(purpose::tree, 3), static_cast<std::uint64_t>(column),
                                 present.size() - 1);
  }
  std::vector<std::int64_t> left(classes, 0), rest(classes);
  std::int64_t n = 0;
  const auto score = [&](const std::vector<std::int64_t>& side, std::int64_t weight) {
    return many ? score_many(side.data(), weight) : score_two(side[0], weight);
  };
  for (std::size_t k = 0; k + 1 < present.size(); ++k) {
    const std::size_t b = present[k].bin;
    n += weights[b];
    for (std::size_t c = 0; c < classes; ++c) {
      left[c] += counts[b * classes + c];
      rest[c] = (many ? node_counts_[c] : node_s_) - left[c];
    }
    if (b == missing_bin) {
      split.missing_left = true;
    } else {
      split.bins_left[b >> 6] |= std::uint64_t{1} << (b & 63);
    }
    if (n < least_leaf_ || node_n_ - n < least_leaf_ || (only < present.size() && k != only)) continue;
    cart_split candidate = split;
    if (weights[missing_bin] == 0) candidate.missing_left = 2 * n >= node_n_;
    if (data_.criterion == split_criterion::absolute) continue;  // refused at the door
    offer(score(left, n) + score(rest, node_n_ - n) - node_score_, candidate, best);
  }
  return true;
}

}  // namespace credence::ensemble::detail
