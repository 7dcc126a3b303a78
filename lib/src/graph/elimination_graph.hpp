// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/undirected.hpp"

#include <algorithm>
#include <vector>

namespace credence::detail {

/// An undirected graph that loses nodes: eliminating one joins its neighbours.
class elimination_graph {
 public:
  explicit elimination_graph(const undirected_graph& graph)
      : neighbors_(static_cast<std::size_t>(graph.size())), mark_(static_cast<std::size_t>(graph.size()), 0) {
    for (node_id v = 0; v < graph.size(); ++v) {
      neighbors_[static_cast<std::size_t>(v)].assign(graph.neighbors(v).begin(), graph.neighbors(v).end());
    }
  }

  /// Neighbours left, ascending.
  [[nodiscard]] const std::vector<node_id>& neighbors(node_id v) const {
    return neighbors_[static_cast<std::size_t>(v)];
  }

  /// Calls f(a, b) for every edge that eliminating v would add, a before b in v's list.
  template <class F>
  void for_each_fill(node_id v, const F& f) {
    const std::vector<node_id>& around = neighbors(v);
    for (std::size_t i = 0; i + 1 < around.size(); ++i) {
      ++now_;
      for (const node_id w : neighbors(around[i])) mark_[static_cast<std::size_t>(w)] = now_;
      for (std::size_t k = i + 1; k < around.size(); ++k) {
        if (mark_[static_cast<std::size_t>(around[k])] != now_) f(around[i], around[k]);
      }
    }
  }

  /// How many edges eliminating v would add.
  std::int64_t fill(node_id v) {
    const std::vector<node_id>& around = neighbors(v);
    ++now_;
    for (const node_id w : around) mark_[static_cast<std::size_t>(w)] = now_;
    std::int64_t present = 0;
    for (const node_id u : around) {
      for (const node_id w : neighbors(u)) present += mark_[static_cast<std::size_t>(w)] == now_ ? 1 : 0;
    }
    const auto degree = static_cast<std::int64_t>(around.size());
    return (degree * (degree - 1) - present) / 2;
  }

  /// The sum over those edges of the product of their ends' weights: all pairs less the pairs that are joined.
  double weighted_fill(node_id v, const std::vector<double>& weights) {
    const std::vector<node_id>& around = neighbors(v);
    ++now_;
    double sum = 0.0, squares = 0.0, joined = 0.0;
    for (const node_id w : around) {
      const double weight = weights[static_cast<std::size_t>(w)];
      mark_[static_cast<std::size_t>(w)] = now_;
      sum += weight;
      squares += weight * weight;
    }
    for (const node_id u : around) {
      double seen = 0.0;
      for (const node_id w : neighbors(u)) {
        if (mark_[static_cast<std::size_t>(w)] == now_) seen += weights[static_cast<std::size_t>(w)];
      }
      joined += weights[static_cast<std::size_t>(u)] * seen;
    }
    return (sum * sum - squares - joined) / 2.0;
  }

  /// Removes v and joins its neighbours; returns them.
  std::vector<node_id> eliminate(node_id v) {
    std::vector<node_id> around = std::move(neighbors_[static_cast<std::size_t>(v)]);
    neighbors_[static_cast<std::size_t>(v)].clear();
    for (const node_id u : around) {
      std::vector<node_id>& list = neighbors_[static_cast<std::size_t>(u)];
      merged_.clear();
      std::set_union(list.begin(), list.end(), around.begin(), around.end(), std::back_inserter(merged_));
      std::erase_if(merged_, [&](node_id w) { return w == u || w == v; });
      list.assign(merged_.begin(), merged_.end());
    }
    return around;
  }

  /// Calls f(w) for every common neighbour of a and b.
  template <class F>
  void for_each_common(node_id a, node_id b, const F& f) const {
    auto i = neighbors(a).begin();
    auto k = neighbors(b).begin();
    while (i != neighbors(a).end() && k != neighbors(b).end()) {
      if (*i == *k) {
        f(*i);
        ++i;
        ++k;
      } else if (*i < *k) {
        ++i;
      } else {
        ++k;
      }
    }
  }

 private:
  std::vector<std::vector<node_id>> neighbors_;
  std::vector<std::int64_t> mark_;
  std::int64_t now_ = 0;
  std::vector<node_id> merged_;
};

}  // namespace credence::detail
