// SPDX-License-Identifier: BSD-3-Clause
#include "clique_tree.hpp"

#include "factors.hpp"

#include "credence/base/check.hpp"
#include "credence/graph/elimination.hpp"
#include "credence/graph/junction_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::bayesnet::detail {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::int64_t place_of(const std::vector<node_id>& axes, node_id v) {
  return std::find(axes.begin(), axes.end(), v) - axes.begin();
}

/// Strides in a row-major table over `small_axes` for each axis of the big one.
std::vector<std::int64_t> strides_in(const network& net, const std::vector<node_id>& big_axes,
                                     const std::vector<node_id>& small_axes) {
  std::vector<std::int64_t> strides(big_axes.size(), 0);
  std::int64_t stride = 1;
  for (std::size_t i = small_axes.size(); i-- > 0;) {
    strides[at(place_of(big_axes, small_axes[i]))] = stride;
    stride *= net.cardinality(small_axes[i]);
  }
  return strides;
}

/// The exponent of two to divide by, so that the largest entry is near one; 0 when it is near enough.
int exponent_of(const double* values, std::int64_t n) {
  const double largest = CREDENCE_SIMD_PICK(largest_of)(values, n);
  if (largest == 0.0) fail_impossible("plan::posteriors");
  int exponent = 0;
  std::frexp(largest, &exponent);
  return exponent > -64 && exponent < 64 ? 0 : exponent;
}

/// Divides by a power of two: exact, but for entries so small beside the largest that they do not matter.
void shrink(double* values, std::int64_t n, int exponent) {
  if (exponent == 0) return;
  for (std::int64_t i = 0; i < n; ++i) values[i] = std::ldexp(values[i], -exponent);
}

}  // namespace

axis_walk make_walk(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides) {
  axis_walk walk;
  std::size_t outer = sizes.size();
  if (outer > 0 && strides[outer - 1] <= 1) {
    walk.shared = strides[outer - 1] == 1;
    while (outer > 0 && strides[outer - 1] == (walk.shared ? walk.length : 0)) walk.length *= sizes[--outer];
  }
  std::int64_t runs = 1;
  for (std::size_t d = 0; d < outer; ++d) runs *= sizes[d];
  walk.offset.reserve(at(runs));
  std::vector<std::int64_t> index(outer, 0);
  std::int64_t offset = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    walk.offset.push_back(static_cast<std::int32_t>(offset));
    for (std::size_t d = outer; d-- > 0;) {
      offset += strides[d];
      if (++index[d] < sizes[d]) break;
      offset -= strides[d] * sizes[d];
      index[d] = 0;
    }
  }
  return walk;
}

clique_tree::clique_tree(const network& net, const std::vector<bool>& observed, int restarts, double max_bytes)
    : net_(net), fixed_(observed), homes_(at(net.size())) {
  std::vector<node_id> free;
  for (node_id v = 0; v < net_.size(); ++v) {
    if (fixed_[at(v)]) constant_ = false;
    if (net_.cardinality(v) == 1) fixed_[at(v)] = true;
    if (!fixed_[at(v)]) free.push_back(v);
  }
  build_cliques(free, restarts, max_bytes);
  place_factors();
  if (!constant_) return;
  const weighted_states nothing{std::vector<std::vector<double>>(at(net_.size())),
                                std::vector<std::int64_t>(at(net_.size()), -1)};
  base_.resize(at(table_entries_));
  for (const tree_clique& c : cliques_) fill_base(base_.data() + c.begin, c, nothing);
  prior_ = std::move(*take_workspace());
  std::fill(prior_.dirty.begin(), prior_.dirty.end(), 1);
  collect(prior_, {}, nothing);
}

void clique_tree::build_cliques(const std::vector<node_id>& free, int restarts, double max_bytes) {
  std::vector<node_id> number(at(net_.size()), -1);
  for (std::size_t i = 0; i < free.size(); ++i) number[at(free[i])] = static_cast<node_id>(i);
  std::vector<edge> edges;
  for (node_id v = 0; v < net_.size(); ++v) {
    std::vector<node_id> family = net_.table(v).parents;
    family.push_back(v);
    std::erase_if(family, [&](node_id u) { return fixed_[at(u)]; });
    for (std::size_t i = 0; i < family.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) edges.push_back({number[at(family[i])], number[at(family[k])]});
    }
  }
  std::vector<double> weights;
  for (const node_id v : free) weights.push_back(static_cast<double>(net_.cardinality(v)));
  if (free.empty()) return;
  const undirected_graph graph(static_cast<std::int64_t>(free.size()), edges);
  const junction_tree tree = make_junction_tree(graph, best_elimination(graph, weights, {.restarts = restarts}).order);

  double entries = 0.0, seps = 0.0;
  for (std::size_t i = 0; i < tree.cliques.size(); ++i) {
    double size = 1.0, sep = 1.0;
    for (const node_id v : tree.cliques[i]) size *= weights[at(v)];
    for (const node_id v : tree.separators[i]) sep *= weights[at(v)];
    entries += size;
    seps += sep;
    cost_.largest_table = std::max(cost_.largest_table, size);
    cost_.operations += 4.0 * size;  // a sum up, a product and a sum down, a product with the messages of children
  }
  // Tables three times (products, collected, one query) and messages three times; walks hold 4 bytes a run of 2 or
  // more.
  cost_.bytes = 8.0 * (3.0 * entries + 3.0 * seps) + 4.0 * entries;
  check_memory(cost_, max_bytes, "compile");

  for (std::size_t i = 0; i < tree.cliques.size(); ++i) {
    tree_clique c;
    c.parent = tree.parent[i];
    std::vector<node_id> shared, own;
    for (const node_id v : tree.cliques[i]) {
      const bool up = std::binary_search(tree.separators[i].begin(), tree.separators[i].end(), v);
      (up ? shared : own).push_back(free[at(v)]);
    }
    if (c.parent >= 0) {
      const auto& above = cliques_[at(c.parent)].axes;
      std::sort(shared.begin(), shared.end(),
                [&](node_id a, node_id b) { return place_of(above, a) < place_of(above, b); });
      cliques_[at(c.parent)].children.push_back(static_cast<std::int32_t>(i));
    }
    std::stable_sort(own.begin(), own.end(),
                     [&](node_id a, node_id b) { return net_.cardinality(a) < net_.cardinality(b); });
    c.axes = shared;
    c.axes.insert(c.axes.end(), own.begin(), own.end());
    for (const node_id v : c.axes) c.sizes.push_back(net_.cardinality(v));
    for (const std::int64_t s : c.sizes) c.size *= s;
    for (const node_id v : shared) c.sep_size *= net_.cardinality(v);
    c.begin = table_entries_;
    c.sep_begin = sep_entries_;
    table_entries_ += c.size;
    sep_entries_ += c.sep_size;
    if (c.size > std::numeric_limits<std::int32_t>::max()) {
      throw memory_error("compile: a clique has " + std::to_string(c.size) +
                         " entries, but at most 2147483647 are supported");
    }
    c.own_to_sep = make_walk(c.sizes, strides_in(net_, c.axes, shared));
    if (c.parent >= 0) {
      const tree_clique& above = cliques_[at(c.parent)];
      c.parent_to_sep = make_walk(above.sizes, strides_in(net_, above.axes, shared));
    }
    cliques_.push_back(std::move(c));
  }
  for (std::size_t i = 0; i < cliques_.size(); ++i) {
    for (const node_id v : cliques_[i].axes) {
      tree_home& home = homes_[at(v)];
      if (home.clique < 0 || cliques_[i].size < cliques_[at(home.clique)].size)
        home.clique = static_cast<std::int32_t>(i);
    }
  }
  for (node_id v = 0; v < net_.size(); ++v) {
    tree_home& home = homes_[at(v)];
    if (home.clique < 0) continue;
    const tree_clique& c = cliques_[at(home.clique)];
    home.walk = make_walk(c.sizes, strides_in(net_, c.axes, {v}));
  }
}

void clique_tree::place_factors() {
  std::vector<std::vector<std::int32_t>> holders(at(net_.size()));  // cliques of each node
  for (std::size_t i = 0; i < cliques_.size(); ++i) {
    for (const node_id v : cliques_[i].axes) holders[at(v)].push_back(static_cast<std::int32_t>(i));
  }
  for (node_id v = 0; v < net_.size(); ++v) {
    tree_factor f;
    std::vector<node_id> all = net_.table(v).parents, known, free;
    all.push_back(v);
    for (const node_id u : all) (fixed_[at(u)] ? known : free).push_back(u);
    if (!free.empty()) {
      const auto& fewest = *std::min_element(free.begin(), free.end(), [&](node_id a, node_id b) {
        return holders[at(a)].size() < holders[at(b)].size();
      });
      for (const std::int32_t c : holders[at(fewest)]) {
        const auto& axes = cliques_[at(c)].axes;
        const bool covers =
            std::all_of(free.begin(), free.end(), [&](node_id u) { return at(place_of(axes, u)) < axes.size(); });
        if (covers && (f.clique < 0 || cliques_[at(c)].size < cliques_[at(f.clique)].size)) f.clique = c;
      }
      const auto& axes = cliques_[at(f.clique)].axes;
      std::sort(free.begin(), free.end(), [&](node_id a, node_id b) { return place_of(axes, a) < place_of(axes, b); });
      f.walk = make_walk(cliques_[at(f.clique)].sizes, strides_in(net_, axes, free));
      cliques_[at(f.clique)].factors.push_back(v);
    }
    // The table with its axes in the order: observed, free.
    std::vector<node_id> order = known;
    order.insert(order.end(), free.begin(), free.end());
    table_slice whole = slice_table(net_, v, std::vector<std::int64_t>(at(net_.size()), -1));
    table_slice turned;
    turned.size = whole.size;
    for (const node_id u : order) {
      const auto place = at(std::find(whole.axes.begin(), whole.axes.end(), u) - whole.axes.begin());
      turned.axes.push_back(u);
      turned.sizes.push_back(whole.sizes[place]);
      turned.strides.push_back(whole.strides[place]);
    }
    f.values = take_slice(net_.probabilities(v), turned);
    if (constant_) {
      std::vector<std::int32_t> places(f.values.size());
      std::iota(places.begin(), places.end(), 0);
      f.source = take_slice(places, turned);
    }
    std::int64_t stride = turned.size;
    for (const node_id u : known) {
      stride /= net_.cardinality(u);
      f.observed.emplace_back(u, stride);
    }
    factors_.push_back(std::move(f));
  }
}

const double* clique_tree::factor_values(const tree_factor& f, const weighted_states& known) const {
  std::int64_t offset = 0;
  for (const auto& [node, stride] : f.observed) offset += std::max<std::int64_t>(known.state[at(node)], 0) * stride;
  return f.values.data() + offset;
}

void clique_tree::fill_base(double* table, const tree_clique& c, const weighted_states& known) const {
  std::fill(table, table + c.size, 1.0);
  for (const std::int32_t i : c.factors) {
    const tree_factor& f = factors_[at(i)];
    CREDENCE_SIMD_PICK(walk_multiply)(table, table, factor_values(f, known), f.walk.view());
  }
}

std::unique_ptr<tree_workspace> clique_tree::take_workspace() const {
  {
    const std::lock_guard<std::mutex> lock(pool_mutex_);
    if (!pool_.empty()) {
      std::unique_ptr<tree_workspace> w = std::move(pool_.back());
      pool_.pop_back();
      return w;
    }
  }
  auto w = std::make_unique<tree_workspace>();
  w->tables.resize(at(table_entries_));
  w->up.resize(at(sep_entries_));
  w->ratio.resize(at(sep_entries_));
  w->exponent.resize(cliques_.size());
  w->collected.resize(cliques_.size());
  w->belief.resize(cliques_.size());
  w->dirty.resize(cliques_.size());
  w->needed.resize(cliques_.size());
  return w;
}

void clique_tree::collect_clique(tree_workspace& w, std::size_t i,
                                 const std::vector<std::pair<std::int32_t, node_id>>& weighted,
                                 const weighted_states& known) const {
  const tree_clique& c = cliques_[i];
  double* const table = w.tables.data() + c.begin;
  const double* from = table;
  if (constant_)
    from = base_.data() + c.begin;
  else
    fill_base(table, c, known);
  const auto multiply = [&](const double* small, const axis_walk& walk) {
    CREDENCE_SIMD_PICK(walk_multiply)(table, from, small, walk.view());
    from = table;
  };
  for (auto entry =
           std::lower_bound(weighted.begin(), weighted.end(), std::pair{static_cast<std::int32_t>(i), node_id{-1}});
       entry != weighted.end() && entry->first == static_cast<std::int32_t>(i); ++entry) {
    multiply(known.weights[at(entry->second)].data(), homes_[at(entry->second)].walk);
  }
  w.exponent[i] = 0;
  for (const std::int32_t child : c.children) {
    const double* const message = (w.dirty[at(child)] != 0 ? w.up : prior_.up).data() + cliques_[at(child)].sep_begin;
    multiply(message, cliques_[at(child)].parent_to_sep);
    if (c.children.size() < 2) continue;
    // Messages that disagree make every entry small: bring them back before the next one.
    const int exponent = exponent_of(table, c.size);
    shrink(table, c.size, exponent);
    w.exponent[i] += exponent;
  }
  if (from != table) std::copy(from, from + c.size, table);
  w.collected[i] = table;
  if (c.parent < 0) return;
  double* const up = w.up.data() + c.sep_begin;
  std::fill(up, up + c.sep_size, 0.0);
  CREDENCE_SIMD_PICK(walk_sum)(up, table, c.own_to_sep.view());
  const int exponent = exponent_of(up, c.sep_size);
  if (exponent == 0) return;
  // The table too, so that it stays in step with its message.
  shrink(up, c.sep_size, exponent);
  shrink(table, c.size, exponent);
  w.exponent[i] += exponent;
}

void clique_tree::collect(tree_workspace& w, const std::vector<std::pair<std::int32_t, node_id>>& weighted,
                          const weighted_states& known) const {
  for (std::size_t i = cliques_.size(); i-- > 0;) {
    if (w.dirty[i] != 0) {
      collect_clique(w, i, weighted, known);
    } else {
      w.collected[i] = prior_.collected[i];
      w.exponent[i] = prior_.exponent[i];
    }
  }
}

void clique_tree::distribute(tree_workspace& w, double* tables, const std::vector<char>& needed) const {
  for (std::size_t i = 0; i < cliques_.size(); ++i) {
    if (needed[i] == 0) continue;
    const tree_clique& c = cliques_[i];
    if (c.parent < 0) {
      w.belief[i] = w.collected[i];
      continue;
    }
    double* const ratio = w.ratio.data() + c.sep_begin;
    const double* const up = (w.dirty[i] != 0 ? w.up : prior_.up).data() + c.sep_begin;
    std::fill(ratio, ratio + c.sep_size, 0.0);
    CREDENCE_SIMD_PICK(walk_sum)(ratio, w.belief[at(c.parent)], c.parent_to_sep.view());
    for (std::int64_t s = 0; s < c.sep_size; ++s) ratio[s] = up[s] > 0.0 ? ratio[s] / up[s] : 0.0;
    double* const table = tables + c.begin;
    CREDENCE_SIMD_PICK(walk_multiply)(table, w.collected[i], ratio, c.own_to_sep.view());
    w.belief[i] = table;
  }
}

double clique_tree::log_evidence_of(const tree_workspace& w, const weighted_states& known) const {
  double log_evidence = 0.0;
  for (const tree_factor& f : factors_) {
    if (f.clique < 0) log_evidence += std::log(*factor_values(f, known));
  }
  std::int64_t exponent = 0;
  for (std::size_t i = 0; i < cliques_.size(); ++i) {
    exponent += w.exponent[i];
    if (cliques_[i].parent >= 0) continue;
    double total = 0.0;
    CREDENCE_SIMD_PICK(walk_sum)
    (&total, w.collected[i], {cliques_[i].own_to_sep.offset.data(), 1, cliques_[i].size, false});
    log_evidence += std::log(total);
  }
  return log_evidence + static_cast<double>(exponent) * std::log(2.0);
}

void clique_tree::read_posterior(const tree_workspace& w, const weighted_states& known, node_id v,
                                 std::vector<double>& p) const {
  p.assign(at(net_.cardinality(v)), 0.0);
  if (fixed_[at(v)]) {
    p[at(std::max<std::int64_t>(known.state[at(v)], 0))] = 1.0;
    return;
  }
  const tree_home& home = homes_[at(v)];
  CREDENCE_SIMD_PICK(walk_sum)(p.data(), w.belief[at(home.clique)], home.walk.view());
  double total = 0.0;
  for (const double x : p) total += x;
  for (double& x : p) x /= total;
}

void clique_tree::query(const weighted_states& known, posterior_set& result) const {
  std::unique_ptr<tree_workspace> w = take_workspace();
  std::vector<std::pair<std::int32_t, node_id>> weighted;
  double log_evidence = 0.0;
  for (node_id v = 0; v < net_.size(); ++v) {
    const auto& weights = known.weights[at(v)];
    if (weights.empty()) continue;
    if (fixed_[at(v)])
      log_evidence += std::log(weights[at(std::max<std::int64_t>(known.state[at(v)], 0))]);
    else
      weighted.emplace_back(homes_[at(v)].clique, v);
  }
  std::sort(weighted.begin(), weighted.end());
  std::fill(w->dirty.begin(), w->dirty.end(), constant_ ? 0 : 1);
  std::fill(w->needed.begin(), w->needed.end(), 0);
  for (const auto& [clique, node] : weighted) w->dirty[at(clique)] = 1;
  for (const node_id v : result.nodes) {
    if (homes_[at(v)].clique >= 0) w->needed[at(homes_[at(v)].clique)] = 1;
  }
  for (std::size_t i = cliques_.size(); i-- > 0;) {
    if (cliques_[i].parent < 0) continue;
    const std::size_t above = at(cliques_[i].parent);
    w->dirty[above] = static_cast<char>(w->dirty[above] | w->dirty[i]);
    w->needed[above] = static_cast<char>(w->needed[above] | w->needed[i]);
  }
  collect(*w, weighted, known);

  result.log_evidence = log_evidence + log_evidence_of(*w, known);
  if (result.log_evidence == -std::numeric_limits<double>::infinity()) fail_impossible("plan::posteriors");

  distribute(*w, w->tables.data(), w->needed);
  result.probabilities.resize(result.nodes.size());
  for (std::size_t i = 0; i < result.nodes.size(); ++i)
    read_posterior(*w, known, result.nodes[i], result.probabilities[i]);
  const std::lock_guard<std::mutex> lock(pool_mutex_);
  pool_.push_back(std::move(w));
}

}  // namespace credence::bayesnet::detail
