// SPDX-License-Identifier: BSD-3-Clause
// Slow, obvious twins of the graph algorithms, and makers of graphs to compare them on.
#pragma once

#include "credence/graph/dag.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <vector>

namespace credence::test {

/// Calls f with every labelled DAG of n nodes: each pair is absent, forward or backward; cyclic choices are skipped.
template <class F>
void for_each_dag(int n, const F& f) {
  std::vector<arc> pairs;
  for (node_id a = 0; a < n; ++a) {
    for (node_id b = a + 1; b < n; ++b) pairs.push_back({a, b});
  }
  std::int64_t total = 1;
  for (std::size_t i = 0; i < pairs.size(); ++i) total *= 3;
  for (std::int64_t code = 0; code < total; ++code) {
    std::vector<arc> arcs;
    std::int64_t rest = code;
    for (const arc& p : pairs) {
      if (rest % 3 == 1) arcs.push_back(p);
      if (rest % 3 == 2) arcs.push_back({p.to, p.from});
      rest /= 3;
    }
    // Acyclic: n rounds of deleting nodes without parents leave nothing.
    std::vector<bool> gone(static_cast<std::size_t>(n), false);
    for (int round = 0; round < n; ++round) {
      for (node_id v = 0; v < n; ++v) {
        const bool has_parent = std::any_of(arcs.begin(), arcs.end(), [&](const arc& a) {
          return a.to == v && !gone[static_cast<std::size_t>(a.from)];
        });
        if (!has_parent) gone[static_cast<std::size_t>(v)] = true;
      }
    }
    if (std::count(gone.begin(), gone.end(), true) == n) f(dag(n, arcs));
  }
}

inline dag random_dag(int n, double density, std::mt19937_64& engine) {
  std::vector<node_id> order(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  std::shuffle(order.begin(), order.end(), engine);
  std::bernoulli_distribution coin(density);
  std::vector<arc> arcs;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = i + 1; k < order.size(); ++k) {
      if (coin(engine)) arcs.push_back({order[i], order[k]});
    }
  }
  return dag(n, arcs);
}

inline bool has_path(const dag& g, node_id from, node_id to) {  // of length zero too
  if (from == to) return true;
  const auto next = g.children(from);
  return std::any_of(next.begin(), next.end(), [&](node_id c) { return has_path(g, c, to); });
}

/// d-separation by the definition: enumerate every simple trail and look for an active one.
inline bool separated_by_enumeration(const dag& g, const std::set<node_id>& x, const std::set<node_id>& y,
                                     const std::set<node_id>& z) {
  const auto opens = [&](node_id v) {
    return std::any_of(z.begin(), z.end(), [&](node_id o) { return has_path(g, v, o); });
  };
  std::vector<node_id> trail;
  const std::function<bool()> active_from = [&]() -> bool {
    const node_id last = trail.back();
    if (y.count(last) > 0) return true;
    for (node_id next = 0; next < g.size(); ++next) {
      if (!g.adjacent(last, next) || std::find(trail.begin(), trail.end(), next) != trail.end()) continue;
      if (trail.size() > 1) {
        const bool collider = g.has_arc(trail[trail.size() - 2], last) && g.has_arc(next, last);
        if (collider ? !opens(last) : z.count(last) > 0) continue;
      }
      trail.push_back(next);
      if (active_from()) return true;
      trail.pop_back();
    }
    return false;
  };
  for (const node_id start : x) {
    trail.assign(1, start);
    if (active_from()) return false;
  }
  return true;
}

/// d-separation by moralisation: no path from x to y outside z in the moral graph of the ancestral set of all three.
inline bool separated_by_moralisation(const dag& g, const std::set<node_id>& x, const std::set<node_id>& y,
                                      const std::set<node_id>& z) {
  const auto n = static_cast<std::size_t>(g.size());
  std::vector<bool> kept(n, false);
  std::vector<node_id> stack;
  for (const auto* set : {&x, &y, &z}) stack.insert(stack.end(), set->begin(), set->end());
  while (!stack.empty()) {
    const node_id v = stack.back();
    stack.pop_back();
    if (kept[static_cast<std::size_t>(v)]) continue;
    kept[static_cast<std::size_t>(v)] = true;
    stack.insert(stack.end(), g.parents(v).begin(), g.parents(v).end());
  }
  std::vector<std::vector<bool>> joined(n, std::vector<bool>(n, false));
  const auto join = [&](node_id a, node_id b) {
    joined[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = true;
    joined[static_cast<std::size_t>(b)][static_cast<std::size_t>(a)] = true;
  };
  for (node_id v = 0; v < g.size(); ++v) {
    if (!kept[static_cast<std::size_t>(v)]) continue;
    for (const node_id p : g.parents(v)) {
      join(p, v);
      for (const node_id q : g.parents(v)) {
        if (p != q) join(p, q);
      }
    }
  }
  std::set<node_id> seen = x;
  stack.assign(x.begin(), x.end());
  while (!stack.empty()) {
    const node_id v = stack.back();
    stack.pop_back();
    if (y.count(v) > 0) return false;
    for (node_id w = 0; w < g.size(); ++w) {
      if (!joined[static_cast<std::size_t>(v)][static_cast<std::size_t>(w)] || z.count(w) > 0) continue;
      if (seen.insert(w).second) stack.push_back(w);
    }
  }
  return true;
}

inline std::vector<node_id> to_vector(const std::set<node_id>& set) { return {set.begin(), set.end()}; }

}  // namespace credence::test
