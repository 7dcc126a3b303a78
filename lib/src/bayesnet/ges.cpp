// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/ges.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

using node_set = std::vector<node_id>;

/// A completed PDAG that answers fast.
class class_graph {
 public:
  explicit class_graph(std::int64_t nodes) : n_(nodes), out_(at(nodes * nodes), 0) {}
  explicit class_graph(const pdag& from) : class_graph(from.nodes) {
    for (const arc& a : from.directed) out_[place(a.from, a.to)] = 1;
    for (const edge& e : from.undirected) out_[place(e.a, e.b)] = out_[place(e.b, e.a)] = 1;
  }
  [[nodiscard]] std::int64_t size() const { return n_; }
  [[nodiscard]] bool directed(node_id a, node_id b) const { return goes(a, b) && !goes(b, a); }
  [[nodiscard]] bool undirected(node_id a, node_id b) const { return goes(a, b) && goes(b, a); }
  [[nodiscard]] bool adjacent(node_id a, node_id b) const { return goes(a, b) || goes(b, a); }
  void direct(node_id a, node_id b) {
    out_[place(a, b)] = 1;
    out_[place(b, a)] = 0;
  }
  void remove(node_id a, node_id b) { out_[place(a, b)] = out_[place(b, a)] = 0; }

  template <class Keep>
  [[nodiscard]] node_set nodes_where(const Keep& keep) const {
    node_set found;
    for (node_id v = 0; v < n_; ++v)
      if (keep(v)) found.push_back(v);
    return found;
  }
  [[nodiscard]] node_set parents(node_id v) const {
    return nodes_where([&](node_id u) { return directed(u, v); });
  }
  /// All are adjacent to each other.
  [[nodiscard]] bool is_clique(const node_set& nodes) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (!adjacent(nodes[i], nodes[k])) return false;
    return true;
  }
  /// Whether a path from a to b along arcs and undirected edges avoids `blocked`.
  [[nodiscard]] bool reaches(node_id a, node_id b, const node_set& blocked) const {
    std::vector<char> seen(at(n_), 0);
    for (const node_id v : blocked) seen[at(v)] = 1;
    node_set open{a};
    seen[at(a)] = 1;
    while (!open.empty()) {
      const node_id v = open.back();
      open.pop_back();
      if (v == b) return true;
      for (node_id u = 0; u < n_; ++u) {
        if (seen[at(u)] != 0 || !goes(v, u)) continue;
        seen[at(u)] = 1;
        open.push_back(u);
      }
    }
    return false;
  }
  [[nodiscard]] pdag to_pdag() const {
    pdag made{n_, {}, {}};
    for (node_id a = 0; a < n_; ++a) {
      for (node_id b = 0; b < n_; ++b) {
        if (directed(a, b)) made.directed.push_back({a, b});
        if (a < b && undirected(a, b)) made.undirected.push_back({a, b});
      }
    }
    return made;
  }

 private:
  [[nodiscard]] std::size_t place(node_id a, node_id b) const { return at(a * n_ + b); }
  [[nodiscard]] bool goes(node_id a, node_id b) const { return out_[place(a, b)] != 0; }
  std::int64_t n_;
  std::vector<char> out_;
};

node_set joined(const node_set& a, const node_set& b) {
  node_set all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  return all;
}

/// One change of the class and what it brings.
struct change {
  node_id x = -1, y = -1;
  node_set set;  ///< T of an insertion, H of a deletion
  double gain = 0.0;
};

class search {
 public:
  search(const std::vector<std::string>& names, const local_score& score, const ges_options& options)
      : names_(names), score_(score), options_(options), graph_(static_cast<std::int64_t>(names.size())) {}

  ges_result run() {
    ges_result result;
    for (bool changed = true; changed;) {
      changed = false;
      while (steps_ < options_.max_steps && step(true)) changed = ++result.insertions > 0;
      while (steps_ < options_.max_steps && step(false)) changed = ++result.deletions > 0;
      if (steps_ >= options_.max_steps) break;
    }
    result.graph = graph_.to_pdag();
    result.member = to_dag(result.graph, names_);
    result.evaluations = evaluations_;
    for (node_id v = 0; v < result.member.size(); ++v) result.score += score_(v, result.member.parents(v));
    return result;
  }

 private:
  bool step(bool insert) {
    change best;
    for (node_id x = 0; x < graph_.size(); ++x) {
      for (node_id y = 0; y < graph_.size(); ++y) {
        if (x == y || graph_.adjacent(x, y) == insert || (!insert && graph_.directed(y, x))) continue;
        insert ? try_insertions(x, y, best) : try_deletions(x, y, best);
      }
    }
    if (best.x < 0) return false;
    if (insert) {
      graph_.direct(best.x, best.y);
      for (const node_id t : best.set) graph_.direct(t, best.y);
    } else {
      graph_.remove(best.x, best.y);
      for (const node_id h : best.set) {
        graph_.direct(best.y, h);
        if (graph_.undirected(best.x, h)) graph_.direct(best.x, h);
      }
    }
    graph_ = class_graph(cpdag(to_dag(graph_.to_pdag())));
    ++steps_;
    return true;
  }

  /// The gain of x as one more parent of y beside `others`, and whether it could win.
  double gain(node_id x, node_id y, const node_set& others) {
    evaluations_ += 2;
    return score_(y, joined(others, {x})) - score_(y, others);
  }
  static bool wins(double gain, const change& best) {
    constexpr double rounding = 1e-10;  // relative: ties stay with the first
    return gain > best.gain + rounding * (1.0 + std::fabs(best.gain));
  }

  /// Neighbours of y that are adjacent to x.
  node_set common(node_id x, node_id y) const {
    return graph_.nodes_where([&](node_id v) { return v != x && graph_.undirected(v, y) && graph_.adjacent(v, x); });
  }

  void try_insertions(node_id x, node_id y, change& best) {
    const node_set near = common(x, y), parents = graph_.parents(y);
    if (!graph_.is_clique(near)) return;
    const node_set free =
        graph_.nodes_where([&](node_id v) { return v != x && graph_.undirected(v, y) && !graph_.adjacent(v, x); });
    node_set chosen;
    grow(x, y, near, parents, free, 0, chosen, best);
  }

  /// Every T of `free` that makes a clique with `near`, smaller numbers first.
  void grow(node_id x, node_id y, const node_set& near, const node_set& parents, const node_set& free, std::size_t from,
            node_set& chosen, change& best) {
    const node_set blocked = joined(near, chosen), others = joined(blocked, parents);
    const bool fits = options_.max_parents < 0 || static_cast<std::int64_t>(others.size()) < options_.max_parents;
    if (!fits) return;  // so are all larger ones
    const double found = gain(x, y, others);
    if (wins(found, best) && !graph_.reaches(y, x, blocked)) best = {x, y, chosen, found};
    for (std::size_t i = from; i < free.size(); ++i) {
      const bool joins =
          std::all_of(blocked.begin(), blocked.end(), [&](node_id v) { return graph_.adjacent(v, free[i]); });
      if (!joins) continue;
      chosen.push_back(free[i]);
      grow(x, y, near, parents, free, i + 1, chosen, best);
      chosen.pop_back();
    }
  }

  void try_deletions(node_id x, node_id y, change& best) {
    const node_set near = common(x, y);
    node_set parents = graph_.parents(y);
    std::erase(parents, x);
    node_set kept;
    shrink(x, y, near, parents, 0, kept, best);
  }

  /// Every clique of `near` that may be kept; H is the rest of it.
  void shrink(node_id x, node_id y, const node_set& near, const node_set& parents, std::size_t from, node_set& kept,
              change& best) {
    const double found = -gain(x, y, joined(kept, parents));
    if (wins(found, best)) {
      node_set rest;
      std::set_difference(near.begin(), near.end(), kept.begin(), kept.end(), std::back_inserter(rest));
      best = {x, y, std::move(rest), found};
    }
    for (std::size_t i = from; i < near.size(); ++i) {
      const bool joins = std::all_of(kept.begin(), kept.end(), [&](node_id v) { return graph_.adjacent(v, near[i]); });
      if (!joins) continue;
      kept.push_back(near[i]);
      shrink(x, y, near, parents, i + 1, kept, best);
      kept.pop_back();
    }
  }

  const std::vector<std::string>& names_;
  const local_score& score_;
  const ges_options& options_;
  class_graph graph_;
  std::int64_t steps_ = 0, evaluations_ = 0;
};

}  // namespace

ges_result ges(std::vector<std::string> names, const local_score& score, const ges_options& options) {
  check::at_least("ges", "max_parents", options.max_parents, -1);
  check::at_least("ges", "max_steps", options.max_steps, 0);
  return search(names, score, options).run();
}

}  // namespace credence::bayesnet
