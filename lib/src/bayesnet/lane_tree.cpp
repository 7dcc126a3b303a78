// SPDX-License-Identifier: BSD-3-Clause
#include "lane_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::bayesnet::detail {

namespace {

constexpr std::int64_t W = tree_lanes;
constexpr std::int64_t largest_clique = 4096;  ///< entries: 256 KiB with eight lanes, half of a common L2

constexpr std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

bool lane_tree::fits(const clique_tree& tree) {
  return std::all_of(tree.cliques().begin(), tree.cliques().end(),
                     [](const tree_clique& c) { return c.size <= largest_clique; });
}

lane_tree::lane_tree(const clique_tree& skeleton) : skeleton_(skeleton) {
  for (node_id v = 0; v < skeleton_.net().size(); ++v) {
    weight_begin_.push_back(weight_entries_ * W);
    weight_entries_ += skeleton_.net().cardinality(v);
  }
  std::vector<std::vector<double>> tables;
  for (node_id v = 0; v < skeleton_.net().size(); ++v) tables.push_back(skeleton_.net().probabilities(v));
  load(tables);
}

void lane_tree::load(const std::vector<std::vector<double>>& tables) {
  base_.assign(at(skeleton_.total_size()), 1.0);
  std::vector<double> values;
  for (const tree_clique& c : skeleton_.cliques()) {
    for (const std::int32_t v : c.factors) {
      const tree_factor& f = skeleton_.factor(v);
      values.clear();
      for (const std::int32_t place : f.source) values.push_back(tables[at(v)][at(place)]);
      double* const table = base_.data() + c.begin;
      CREDENCE_SIMD_PICK(walk_multiply)(table, table, values.data(), f.walk.view());
    }
  }
  // Messages without evidence, by the same arithmetic as a block's, so that a subtree without evidence gives the same
  // bits whether it is taken from here or computed beside other rows.
  prior_up_.clear();
  prior_tables_.clear();
  prior_exponent_.clear();
  lane_workspace w = make_workspace();
  clear(w);
  std::fill(w.dirty.begin(), w.dirty.end(), 1);
  std::vector<std::int64_t> exponents(skeleton_.cliques().size(), 0);
  for (std::size_t i = skeleton_.cliques().size(); i-- > 0;) {
    const auto before = w.exponent[0];
    collect_clique(w, i);
    exponents[i] = w.exponent[0] - before;
  }
  const auto first_lane = [](const std::vector<double>& lanes) {
    std::vector<double> one(lanes.size() / at(W));
    for (std::size_t k = 0; k < one.size(); ++k) one[k] = lanes[k * at(W)];
    return one;
  };
  prior_up_ = first_lane(w.up);
  prior_tables_ = first_lane(w.tables);
  prior_exponent_ = std::move(exponents);
}

lane_workspace lane_tree::make_workspace() const {
  lane_workspace w;
  const std::size_t cliques = skeleton_.cliques().size();
  w.tables.resize(at(skeleton_.total_size() * W));
  w.up.resize(at(skeleton_.separator_size() * W));
  w.ratio.resize(w.up.size());
  w.weights.resize(at(weight_entries_ * W));
  for (auto* flags : {&w.dirty, &w.needed, &w.collected_has_lanes, &w.belief_has_lanes}) flags->resize(cliques);
  w.weighted.resize(at(skeleton_.net().size()));
  w.collected.resize(cliques);
  w.belief.resize(cliques);
  return w;
}

void lane_tree::clear(lane_workspace& w) const {
  std::fill(w.dirty.begin(), w.dirty.end(), 0);
  std::fill(w.needed.begin(), w.needed.end(), 0);
  std::fill(w.weighted.begin(), w.weighted.end(), 0);
  w.log_evidence.fill(0.0);
  w.exponent.fill(0);
}

double* lane_tree::weights(lane_workspace& w, node_id v) const {
  double* const begin = w.weights.data() + weight_begin_[at(v)];
  if (w.weighted[at(v)] == 0) {
    w.weighted[at(v)] = 1;
    std::fill(begin, begin + skeleton_.net().cardinality(v) * W, 1.0);
    const std::int32_t clique = skeleton_.home(v).clique;
    if (clique >= 0) w.dirty[at(clique)] = 1;
  }
  return begin;
}

void lane_tree::need(lane_workspace& w, node_id v) const {
  if (skeleton_.home(v).clique >= 0) w.needed[at(skeleton_.home(v).clique)] = 1;
}

void lane_tree::need_family(lane_workspace& w, node_id v) const {
  if (skeleton_.factor(v).clique >= 0) w.needed[at(skeleton_.factor(v).clique)] = 1;
}

void lane_tree::rescale(lane_workspace& w, double* values, std::int64_t n, double* also, std::int64_t n_also,
                        std::array<std::int64_t, tree_lanes>& exponents) const {
  std::array<double, at(W)> most{}, factor{};
  CREDENCE_SIMD_PICK(lanes_largest)(most.data(), values, n);
  int near_one = 0;
  for (const double m : most) near_one += m >= 0x1p-64 && m < 0x1p63 ? 1 : 0;
  if (near_one == W) return;  // nearly always: the exponents of all lanes lie between -64 and 64
  bool any = false;
  for (std::size_t k = 0; k < at(W); ++k) {
    factor[k] = 1.0;
    int exponent = 0;
    std::frexp(most[k], &exponent);
    if (most[k] == 0.0) w.log_evidence[k] = -std::numeric_limits<double>::infinity();
    if (most[k] == 0.0 || (exponent > -64 && exponent < 64)) continue;
    exponent = std::max(exponent, -1000);  // the factor has to be a double itself
    factor[k] = std::ldexp(1.0, -exponent);
    exponents[k] += exponent;
    any = true;
  }
  if (!any) return;
  CREDENCE_SIMD_PICK(lanes_scale)(values, factor.data(), n);
  if (also != nullptr) CREDENCE_SIMD_PICK(lanes_scale)(also, factor.data(), n_also);
}

void lane_tree::collect_clique(lane_workspace& w, std::size_t i) const {
  const tree_clique& c = skeleton_.cliques()[i];
  double* const table = w.tables.data() + c.begin * W;
  credence::detail::lane_table from{base_.data() + c.begin, false};
  const auto multiply = [&](const credence::detail::lane_table& small, const axis_walk& walk) {
    CREDENCE_SIMD_PICK(lanes_multiply)(table, from, small, walk.view());
    from = {table, true};
  };
  for (const node_id v : c.axes) {
    if (w.weighted[at(v)] != 0 && skeleton_.home(v).clique == static_cast<std::int32_t>(i))
      multiply({w.weights.data() + weight_begin_[at(v)], true}, skeleton_.home(v).walk);
  }
  for (const std::int32_t child : c.children) {
    const tree_clique& below = skeleton_.cliques()[at(child)];
    const bool lanes = w.dirty[at(child)] != 0;
    multiply({lanes ? w.up.data() + below.sep_begin * W : prior_up_.data() + below.sep_begin, lanes},
             below.parent_to_sep);
    // Messages that disagree make every entry small: bring them back before the next one.
    if (c.children.size() >= 2) rescale(w, table, c.size, nullptr, 0, w.exponent);
  }
  if (!from.has_lanes) {
    for (std::int64_t k = 0; k < c.size; ++k) std::fill_n(table + k * W, W, from.values[k]);
  }
  w.collected[i] = table;
  w.collected_has_lanes[i] = 1;
  if (c.parent < 0) return;
  double* const up = w.up.data() + c.sep_begin * W;
  std::fill(up, up + c.sep_size * W, 0.0);
  CREDENCE_SIMD_PICK(lanes_sum)(up, table, c.own_to_sep.view());
  // The table too, so that it stays in step with its message.
  rescale(w, up, c.sep_size, table, c.size, w.exponent);
}

void lane_tree::run(lane_workspace& w) const {
  const auto& cliques = skeleton_.cliques();
  for (std::size_t i = cliques.size(); i-- > 0;) {
    if (cliques[i].parent < 0) continue;
    const std::size_t above = at(cliques[i].parent);
    w.dirty[above] = static_cast<char>(w.dirty[above] | w.dirty[i]);
    w.needed[above] = static_cast<char>(w.needed[above] | w.needed[i]);
  }
  for (std::size_t i = cliques.size(); i-- > 0;) {
    if (w.dirty[i] != 0) {
      collect_clique(w, i);
      continue;
    }
    w.collected[i] = prior_tables_.data() + cliques[i].begin;
    w.collected_has_lanes[i] = 0;
    for (std::int64_t& e : w.exponent) e += prior_exponent_[i];
  }
  for (node_id v = 0; v < skeleton_.net().size(); ++v) {
    if (w.weighted[at(v)] == 0 || skeleton_.home(v).clique >= 0) continue;
    for (std::size_t k = 0; k < at(W); ++k)
      w.log_evidence[k] += std::log(w.weights[at(weight_begin_[at(v)]) + k]);  // a variable with one state
  }
  for (std::size_t i = 0; i < cliques.size(); ++i) {
    if (cliques[i].parent >= 0) continue;
    std::array<double, at(W)> total{};
    if (w.collected_has_lanes[i] != 0) {
      CREDENCE_SIMD_PICK(lanes_sum)
      (total.data(), w.collected[i], {cliques[i].own_to_sep.offset.data(), 1, cliques[i].size, false});
    } else {
      // The order of lanes_sum.
      double part[2] = {};
      for (std::int64_t k = 0; k < cliques[i].size; ++k) part[k % 2] += w.collected[i][k];
      total.fill(part[0] + part[1]);
    }
    for (std::size_t k = 0; k < at(W); ++k) w.log_evidence[k] += std::log(total[k]);
  }
  for (std::size_t k = 0; k < at(W); ++k) w.log_evidence[k] += static_cast<double>(w.exponent[k]) * std::log(2.0);

  for (std::size_t i = 0; i < cliques.size(); ++i) {
    if (w.needed[i] == 0) continue;
    const tree_clique& c = cliques[i];
    if (c.parent < 0) {
      w.belief[i] = w.collected[i];
      w.belief_has_lanes[i] = w.collected_has_lanes[i];
      continue;
    }
    const std::size_t above = at(c.parent);
    double* const ratio = w.ratio.data() + c.sep_begin * W;
    double* const table = w.tables.data() + c.begin * W;
    std::fill(ratio, ratio + c.sep_size * W, 0.0);
    if (w.belief_has_lanes[above] != 0) {
      CREDENCE_SIMD_PICK(lanes_sum)(ratio, w.belief[above], c.parent_to_sep.view());
    } else {
      // No evidence anywhere in this component: spread the one table over the lanes, and go on as with evidence.
      const tree_clique& p = cliques[above];
      double* const spread = w.tables.data() + p.begin * W;
      for (std::int64_t k = 0; k < p.size; ++k) std::fill_n(spread + k * W, W, w.belief[above][k]);
      w.belief[above] = spread;
      w.belief_has_lanes[above] = 1;
      CREDENCE_SIMD_PICK(lanes_sum)(ratio, spread, c.parent_to_sep.view());
    }
    const bool lanes = w.dirty[i] != 0;
    CREDENCE_SIMD_PICK(lanes_divide)
    (ratio, {lanes ? w.up.data() + c.sep_begin * W : prior_up_.data() + c.sep_begin, lanes}, c.sep_size);
    CREDENCE_SIMD_PICK(lanes_multiply)
    (table, {w.collected[i], w.collected_has_lanes[i] != 0}, {ratio, true}, c.own_to_sep.view());
    w.belief[i] = table;
    w.belief_has_lanes[i] = 1;
  }
}

const double* lane_tree::read(lane_workspace& w, std::int32_t clique, const axis_walk& walk,
                              std::int64_t entries) const {
  w.small.assign(at(entries * W), 0.0);
  const tree_clique& c = skeleton_.cliques()[at(clique)];
  if (w.belief_has_lanes[at(clique)] == 0) {
    double* const spread = w.tables.data() + c.begin * W;
    for (std::int64_t k = 0; k < c.size; ++k) std::fill_n(spread + k * W, W, w.belief[at(clique)][k]);
    w.belief[at(clique)] = spread;
    w.belief_has_lanes[at(clique)] = 1;
  }
  CREDENCE_SIMD_PICK(lanes_sum)(w.small.data(), w.belief[at(clique)], walk.view());
  std::array<double, at(W)> total{};
  double* const small = w.small.data();
  for (std::int64_t e = 0; e < entries; ++e)
    for (std::size_t k = 0; k < at(W); ++k) total[k] += small[e * W + static_cast<std::int64_t>(k)];
  for (std::int64_t e = 0; e < entries; ++e)
    for (std::size_t k = 0; k < at(W); ++k) small[e * W + static_cast<std::int64_t>(k)] /= total[k];
  return w.small.data();
}

const double* lane_tree::posterior(lane_workspace& w, node_id v) const {
  if (skeleton_.home(v).clique < 0) {
    w.small.assign(at(W), 1.0);
    return w.small.data();
  }
  return read(w, skeleton_.home(v).clique, skeleton_.home(v).walk, skeleton_.net().cardinality(v));
}

const double* lane_tree::family(lane_workspace& w, node_id v) const {
  const tree_factor& f = skeleton_.factor(v);
  if (f.clique < 0) {
    w.small.assign(at(W), 1.0);
    return w.small.data();
  }
  return read(w, f.clique, f.walk, static_cast<std::int64_t>(f.source.size()));
}

}  // namespace credence::bayesnet::detail
