// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// A node's number in its graph, from 0.
using node_id = std::int32_t;

/// A directed edge.
struct arc {
  node_id from = 0;
  node_id to = 0;
  friend constexpr bool operator==(const arc&, const arc&) = default;
  friend constexpr auto operator<=>(const arc&, const arc&) = default;
};

/// Thrown where arcs would close a directed cycle; the message names it: "a -> b -> c -> a".
class cycle_error : public domain_error {
 public:
  cycle_error(const std::string& message, std::vector<node_id> nodes)
      : domain_error(message), cycle(std::move(nodes)) {}
  std::vector<node_id> cycle;  ///< each node points to the next, the last to the first
};

/// A directed acyclic graph with named nodes: a value, stored as compressed rows in both directions.
///
/// Nodes made by number alone are called x0, x1, ... and cost no memory for names. Parents keep the order in which
/// their arcs were given. Changing a graph costs O(nodes + arcs) a call; build large ones in one go.
class dag {
 public:
  dag() = default;

  /// The graph of one line of arrows, see parse_arrows: dag("asia->tub; smoke->lung->either<-tub").
  /// @throws parse_error  where the text is malformed
  /// @throws cycle_error  when the arrows close a cycle
  explicit dag(std::string_view arrows);

  /// `nodes` numbered nodes with the given arcs.
  /// @throws domain_error  for an arc out of range, a self-loop or a repeated arc
  /// @throws cycle_error   when the arcs close a cycle
  explicit dag(std::int64_t nodes, const std::vector<arc>& arcs = {});

  /// Named nodes. @throws domain_error also for an empty or a repeated name
  explicit dag(std::vector<std::string> names, const std::vector<arc>& arcs = {});

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t arc_count() const { return static_cast<std::int64_t>(parents_.size()); }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// The nodes with an arc into `node`, in the order their arcs were given; and those it points to.
  [[nodiscard]] std::span<const node_id> parents(node_id node) const { return row(parent_start_, parents_, node); }
  [[nodiscard]] std::span<const node_id> children(node_id node) const { return row(child_start_, children_, node); }
  [[nodiscard]] bool has_arc(node_id from, node_id to) const;
  [[nodiscard]] bool adjacent(node_id a, node_id b) const { return has_arc(a, b) || has_arc(b, a); }

  /// Every node after its parents; linear time, found when the graph was built. Equal graphs have equal orders.
  [[nodiscard]] std::span<const node_id> topological_order() const { return order_; }

  /// All arcs, by target, then in the order of that target's parents.
  [[nodiscard]] std::vector<arc> arcs() const;

  [[nodiscard]] std::string name(node_id node) const;
  [[nodiscard]] std::vector<std::string> names(std::span<const node_id> nodes) const;
  /// The node of that name, if there is one.
  [[nodiscard]] std::optional<node_id> find(std::string_view name) const;
  /// The node of that name. @throws domain_error  naming `where` when there is none
  [[nodiscard]] node_id index_of(std::string_view name, std::string_view where = "dag::index_of") const;

  /// Adds a node and returns it. @throws domain_error  when the name is empty or taken
  node_id add_node(std::string name);
  /// @throws cycle_error  when the arc would close a cycle; domain_error when it is there already or out of range.
  /// The graph stays as it was when anything is thrown.
  void add_arc(node_id from, node_id to);
  void remove_arc(node_id from, node_id to);
  void reverse_arc(node_id from, node_id to);

  /// Equal names and equal arcs; the order of parents does not matter.
  friend bool operator==(const dag& a, const dag& b);

 private:
  static std::span<const node_id> row(const std::vector<std::int64_t>& start, const std::vector<node_id>& items,
                                      node_id node) {
    return {items.data() + start[static_cast<std::size_t>(node)],
            items.data() + start[static_cast<std::size_t>(node) + 1]};
  }
  void index_names();
  void build(std::span<const arc> arcs);
  void check_node(std::string_view where, node_id node) const;

  std::int64_t size_ = 0;
  std::vector<std::string> names_;  ///< empty when nodes are only numbered
  std::vector<node_id> by_name_;    ///< nodes sorted by name
  std::vector<std::int64_t> parent_start_{0}, child_start_{0};
  std::vector<node_id> parents_, children_, order_;
};

/// Nodes as functions take them: {"asia", "smoke"}, {0, 3}, a vector of names or of numbers; {} is the empty set.
class node_selection {
 public:
  node_selection() = default;
  node_selection(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) {}
  node_selection(std::initializer_list<node_id> nodes) : nodes_(nodes) {}
  node_selection(std::vector<std::string> names) : names_(std::move(names)) {}
  node_selection(std::vector<node_id> nodes) : nodes_(std::move(nodes)) {}
  node_selection(std::span<const node_id> nodes) : nodes_(nodes.begin(), nodes.end()) {}

  /// The numbers, ascending and each once. @throws domain_error  naming `where` for a node that is not in the graph
  [[nodiscard]] std::vector<node_id> resolve(const dag& graph, std::string_view where) const;
  /// The numbers in the order given. @throws domain_error  also when a node comes twice
  [[nodiscard]] std::vector<node_id> resolve_in_order(const dag& graph, std::string_view where) const;

 private:
  std::vector<std::string> names_;
  std::vector<node_id> nodes_;
};

/// What a line of arrows says. `states[i]` are the names in braces after node i, empty where there were none.
struct arrow_text {
  std::vector<std::string> names;  ///< in order of first appearance
  std::vector<arc> arcs;           ///< each once, in order of first appearance
  std::vector<std::vector<std::string>> states;
};

/// Reads "asia -> tub; smoke -> lung -> either <- tub". Chains are separated by `;` or line ends; a lone name is a node
/// without arcs; a name may be followed once by its states, "rain{yes,no}". Names and states with spaces or any of
/// ; , { } " are double-quoted, a quote inside doubled. A repeated arc counts once.
/// @throws parse_error  with line and column
arrow_text parse_arrows(std::string_view text);

/// The graph as arrow text that parse_arrows reads back to an equal graph with equal node order.
std::string to_arrows(const dag& graph);

/// The graph in the DOT language of Graphviz; `title` may be empty.
std::string to_dot(const dag& graph, std::string_view title = {});

}  // namespace credence
