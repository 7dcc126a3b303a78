// SPDX-License-Identifier: BSD-3-Clause
// Meek's rules.
#include "credence/graph/equivalence.hpp"

#include <algorithm>
#include <set>

namespace credence {

namespace {

class orienter {
 public:
  explicit orienter(const pdag& g)
      : parents_(static_cast<std::size_t>(g.nodes)), children_(parents_.size()), plain_(parents_.size()) {
    for (const arc& a : g.directed) direct(a.from, a.to);
    for (const edge& e : g.undirected) {
      of(plain_, e.a).insert(e.b);
      of(plain_, e.b).insert(e.a);
    }
  }

  pdag run() {
    bool changed = true;
    while (changed) {
      changed = false;
      for (node_id a = 0; a < static_cast<node_id>(plain_.size()); ++a) {
        const std::vector<node_id> open(of(plain_, a).begin(), of(plain_, a).end());
        for (const node_id b : open) {
          if (!must_point(a, b)) continue;
          of(plain_, a).erase(b);
          of(plain_, b).erase(a);
          direct(a, b);
          changed = true;
        }
      }
    }
    pdag result{static_cast<std::int64_t>(plain_.size()), {}, {}};
    for (node_id a = 0; a < static_cast<node_id>(plain_.size()); ++a) {
      for (const node_id b : of(children_, a)) result.directed.push_back({a, b});
      for (const node_id b : of(plain_, a)) {
        if (a < b) result.undirected.push_back({a, b});
      }
    }
    return result;
  }

 private:
  using sets = std::vector<std::set<node_id>>;
  static std::set<node_id>& of(sets& all, node_id v) { return all[static_cast<std::size_t>(v)]; }
  static const std::set<node_id>& of(const sets& all, node_id v) { return all[static_cast<std::size_t>(v)]; }

  void direct(node_id from, node_id to) {
    of(children_, from).insert(to);
    of(parents_, to).insert(from);
  }
  [[nodiscard]] bool joined(node_id a, node_id b) const {
    return of(parents_, a).count(b) + of(children_, a).count(b) + of(plain_, a).count(b) > 0;
  }

  /// Whether a - b has to be a -> b.
  [[nodiscard]] bool must_point(node_id a, node_id b) const {
    // c -> a - b, c and b apart: a <- b would be a new collider.
    for (const node_id c : of(parents_, a)) {
      if (!joined(c, b) && c != b) return true;
    }
    // a -> c -> b: a <- b would close a cycle.
    for (const node_id c : of(children_, a)) {
      if (of(children_, c).count(b) > 0) return true;
    }
    // a - c -> b and a - d -> b, c and d apart: b -> a would force a collider at a or a cycle.
    std::vector<node_id> through;
    for (const node_id c : of(plain_, a)) {
      if (of(children_, c).count(b) > 0) through.push_back(c);
    }
    for (const node_id c : through) {
      for (const node_id d : through) {
        if (c < d && !joined(c, d)) return true;
      }
    }
    // a - d -> c -> b with a - c (or joined in any way), d and b apart.
    for (const node_id c : of(parents_, b)) {
      if (!joined(a, c)) continue;
      for (const node_id d : of(parents_, c)) {
        if (of(plain_, a).count(d) > 0 && d != b && !joined(d, b)) return true;
      }
    }
    return false;
  }

  sets parents_, children_, plain_;
};

}  // namespace

pdag close_orientations(const pdag& graph) { return orienter(graph).run(); }

}  // namespace credence
