// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

namespace credence {

/// An undirected edge with the smaller node first.
struct edge {
  node_id a = 0;
  node_id b = 0;
  friend constexpr bool operator==(const edge&, const edge&) = default;
  friend constexpr auto operator<=>(const edge&, const edge&) = default;
};

/// An undirected graph on nodes 0..size-1: a value, as compressed rows with ascending neighbours.
class undirected_graph {
 public:
  undirected_graph() = default;
  /// Edges in either orientation; repeated ones count once.
  /// @throws domain_error  for a node out of range or a self-loop
  undirected_graph(std::int64_t nodes, std::span<const edge> edges);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(start_.size()) - 1; }
  [[nodiscard]] std::int64_t edge_count() const { return static_cast<std::int64_t>(items_.size()) / 2; }
  [[nodiscard]] std::span<const node_id> neighbors(node_id node) const {
    return {items_.data() + start_[static_cast<std::size_t>(node)],
            items_.data() + start_[static_cast<std::size_t>(node) + 1]};
  }
  [[nodiscard]] bool has_edge(node_id a, node_id b) const;
  /// All edges, ascending.
  [[nodiscard]] std::vector<edge> edges() const;

  friend bool operator==(const undirected_graph&, const undirected_graph&) = default;

 private:
  std::vector<std::int64_t> start_{0};
  std::vector<node_id> items_;
};

/// The arcs without direction, and an edge between every two parents of a node.
undirected_graph moral_graph(const dag& graph);

/// The arcs without direction.
undirected_graph skeleton(const dag& graph);

/// The number of each node's connected component, numbered by smallest node.
std::vector<std::int32_t> connected_components(const undirected_graph& graph);

/// The graph in the DOT language; `names` is empty (numbers) or one for each node.
std::string to_dot(const undirected_graph& graph, std::span<const std::string> names = {});

}  // namespace credence
