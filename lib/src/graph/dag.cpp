// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/dag.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

namespace credence {

namespace {

/// The path "a -> b -> a"; the middle of a very long one is left out.
template <class Name>
std::string cycle_text(const std::vector<node_id>& cycle, const Name& name) {
  constexpr std::size_t shown = 20;
  std::string text;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (cycle.size() > 2 * shown && i == shown) {
      text += "... " + std::to_string(cycle.size() - 2 * shown) + " more nodes ... -> ";
      i = cycle.size() - shown;
    }
    text += name(cycle[i]) + " -> ";
  }
  return text + name(cycle.front());
}

/// Some cycle among the nodes that a topological sort could not place: walk to unplaced parents until one repeats.
std::vector<node_id> find_cycle(std::int64_t size, std::span<const arc> arcs,
                                const std::vector<std::int64_t>& waiting) {
  std::vector<node_id> some_parent(static_cast<std::size_t>(size), -1);
  node_id at = -1;
  for (const arc& a : arcs) {
    if (waiting[static_cast<std::size_t>(a.from)] > 0 && waiting[static_cast<std::size_t>(a.to)] > 0) {
      some_parent[static_cast<std::size_t>(a.to)] = a.from;
      if (at < 0) at = a.to;
    }
  }
  std::vector<bool> seen(static_cast<std::size_t>(size), false);
  while (!seen[static_cast<std::size_t>(at)]) {
    seen[static_cast<std::size_t>(at)] = true;
    at = some_parent[static_cast<std::size_t>(at)];
  }
  std::vector<node_id> cycle;
  const node_id first = at;
  do {
    cycle.push_back(at);
    at = some_parent[static_cast<std::size_t>(at)];
  } while (at != first);
  std::reverse(cycle.begin(), cycle.end());
  // Begin at the smallest node, so that the message does not depend on where the walk began.
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  return cycle;
}

void fill_rows(std::int64_t size, std::span<const arc> arcs, node_id arc::*key, node_id arc::*value,
               std::vector<std::int64_t>& start, std::vector<node_id>& items) {
  start.assign(static_cast<std::size_t>(size) + 1, 0);
  for (const arc& a : arcs) ++start[static_cast<std::size_t>(a.*key) + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  std::vector<std::int64_t> next(start.begin(), start.end() - 1);
  items.resize(arcs.size());
  for (const arc& a : arcs) items[static_cast<std::size_t>(next[static_cast<std::size_t>(a.*key)]++)] = a.*value;
}

}  // namespace

dag::dag(std::string_view arrows) {
  arrow_text text = parse_arrows(arrows);
  *this = dag(std::move(text.names), text.arcs);
}

dag::dag(std::int64_t nodes, const std::vector<arc>& arcs) : size_(nodes) {
  if (nodes < 0 || nodes > std::numeric_limits<node_id>::max()) {
    check::fail_domain("dag", "nodes", nodes, "from 0 to 2147483647");
  }
  build(arcs);
}

dag::dag(std::vector<std::string> names, const std::vector<arc>& arcs)
    : size_(static_cast<std::int64_t>(names.size())), names_(std::move(names)) {
  index_names();
  build(arcs);
}

void dag::index_names() {
  for (const std::string& name : names_) {
    if (name.empty()) throw domain_error("dag: a node's name is empty, but must not be");
  }
  by_name_.resize(names_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0);
  const auto name_of = [this](node_id i) -> const std::string& { return names_[static_cast<std::size_t>(i)]; };
  std::sort(by_name_.begin(), by_name_.end(), [&](node_id a, node_id b) { return name_of(a) < name_of(b); });
  const auto twin = std::adjacent_find(by_name_.begin(), by_name_.end(),
                                       [&](node_id a, node_id b) { return name_of(a) == name_of(b); });
  if (twin != by_name_.end()) throw domain_error("dag: node name '" + name_of(*twin) + "' is given twice");
}

void dag::build(std::span<const arc> arcs) {
  for (const arc& a : arcs) {
    check_node("dag", a.from);
    check_node("dag", a.to);
    if (a.from == a.to) {
      throw cycle_error("dag: arc " + name(a.from) + " -> " + name(a.to) + " is a self-loop", {a.from});
    }
  }
  fill_rows(size_, arcs, &arc::to, &arc::from, parent_start_, parents_);
  fill_rows(size_, arcs, &arc::from, &arc::to, child_start_, children_);

  // One mark a node, so that looking for repeated arcs is linear.
  std::vector<node_id> last_child(static_cast<std::size_t>(size_), -1);
  std::vector<std::int64_t> waiting(static_cast<std::size_t>(size_));
  order_.clear();
  order_.reserve(static_cast<std::size_t>(size_));
  for (node_id v = 0; v < size_; ++v) {
    for (const node_id p : parents(v)) {
      if (last_child[static_cast<std::size_t>(p)] == v) {
        throw domain_error("dag: arc " + name(p) + " -> " + name(v) + " is given twice");
      }
      last_child[static_cast<std::size_t>(p)] = v;
    }
    waiting[static_cast<std::size_t>(v)] = static_cast<std::int64_t>(parents(v).size());
    if (waiting[static_cast<std::size_t>(v)] == 0) order_.push_back(v);
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    for (const node_id c : children(order_[i])) {
      if (--waiting[static_cast<std::size_t>(c)] == 0) order_.push_back(c);
    }
  }
  if (static_cast<std::int64_t>(order_.size()) < size_) {
    std::vector<node_id> cycle = find_cycle(size_, arcs, waiting);
    const std::string text = cycle_text(cycle, [this](node_id v) { return name(v); });
    throw cycle_error("dag: the arcs close a cycle: " + text, std::move(cycle));
  }
}

void dag::check_node(std::string_view where, node_id node) const {
  if (node < 0 || node >= size_) {
    if (size_ == 0) check::fail_domain(where, "node", std::int64_t{node}, "in the graph, which is empty");
    check::less_than(where, "node", node, size_);
  }
}

bool dag::has_arc(node_id from, node_id to) const {
  const auto up = parents(to);
  const auto down = children(from);
  return up.size() <= down.size() ? std::find(up.begin(), up.end(), from) != up.end()
                                  : std::find(down.begin(), down.end(), to) != down.end();
}

std::vector<arc> dag::arcs() const {
  std::vector<arc> all;
  all.reserve(parents_.size());
  for (node_id v = 0; v < size_; ++v) {
    for (const node_id p : parents(v)) all.push_back({p, v});
  }
  return all;
}

std::string dag::name(node_id node) const {
  check_node("dag::name", node);
  return names_.empty() ? "x" + std::to_string(node) : names_[static_cast<std::size_t>(node)];
}

std::vector<std::string> dag::names(std::span<const node_id> nodes) const {
  std::vector<std::string> list;
  list.reserve(nodes.size());
  for (const node_id v : nodes) list.push_back(name(v));
  return list;
}

std::optional<node_id> dag::find(std::string_view wanted) const {
  if (names_.empty()) {
    node_id node = -1;
    if (wanted.size() < 2 || wanted[0] != 'x' || (wanted[1] == '0' && wanted.size() > 2)) return std::nullopt;
    const auto [end, failure] = std::from_chars(wanted.data() + 1, wanted.data() + wanted.size(), node);
    if (failure != std::errc() || end != wanted.data() + wanted.size() || node < 0 || node >= size_)
      return std::nullopt;
    return node;
  }
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), wanted, [this](node_id i, std::string_view text) {
    return names_[static_cast<std::size_t>(i)] < text;
  });
  if (at == by_name_.end() || names_[static_cast<std::size_t>(*at)] != wanted) return std::nullopt;
  return *at;
}

node_id dag::index_of(std::string_view wanted, std::string_view where) const {
  if (const auto node = find(wanted)) return *node;
  check::fail_domain(where, "node", "'" + std::string(wanted) + "'", "the name of a node of the graph");
}

node_id dag::add_node(std::string new_name) {
  if (new_name.empty()) throw domain_error("dag::add_node: name is empty, but must not be");
  if (find(new_name)) throw domain_error("dag::add_node: node name '" + new_name + "' is taken");
  if (names_.empty() && new_name == "x" + std::to_string(size_)) {
    *this = dag(size_ + 1, arcs());
  } else {
    std::vector<std::string> all;
    for (node_id v = 0; v < size_; ++v) all.push_back(name(v));
    all.push_back(std::move(new_name));
    *this = dag(std::move(all), arcs());
  }
  return static_cast<node_id>(size_ - 1);
}

void dag::add_arc(node_id from, node_id to) {
  check_node("dag::add_arc", from);
  check_node("dag::add_arc", to);
  std::vector<arc> all = arcs();
  all.push_back({from, to});
  dag changed = *this;
  changed.build(all);
  *this = std::move(changed);
}

void dag::remove_arc(node_id from, node_id to) {
  check_node("dag::remove_arc", from);
  check_node("dag::remove_arc", to);
  if (!has_arc(from, to)) throw domain_error("dag::remove_arc: there is no arc " + name(from) + " -> " + name(to));
  std::vector<arc> all = arcs();
  std::erase(all, arc{from, to});
  build(all);
}

void dag::reverse_arc(node_id from, node_id to) {
  check_node("dag::reverse_arc", from);
  check_node("dag::reverse_arc", to);
  if (!has_arc(from, to)) throw domain_error("dag::reverse_arc: there is no arc " + name(from) + " -> " + name(to));
  std::vector<arc> all = arcs();
  std::erase(all, arc{from, to});
  all.push_back({to, from});
  dag changed = *this;
  changed.build(all);
  *this = std::move(changed);
}

bool operator==(const dag& a, const dag& b) {
  if (a.size_ != b.size_ || a.parents_.size() != b.parents_.size()) return false;
  for (node_id v = 0; v < a.size_; ++v) {
    if (a.name(v) != b.name(v) || a.parents(v).size() != b.parents(v).size()) return false;
    std::vector<node_id> first(a.parents(v).begin(), a.parents(v).end());
    std::vector<node_id> second(b.parents(v).begin(), b.parents(v).end());
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    if (first != second) return false;
  }
  return true;
}

std::vector<node_id> node_selection::resolve_in_order(const dag& graph, std::string_view where) const {
  std::vector<node_id> nodes = nodes_;
  for (const std::string& name : names_) nodes.push_back(graph.index_of(name, where));
  std::vector<node_id> sorted = nodes;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] < 0 || sorted[i] >= graph.size()) {
      check::fail_domain(where, "node", std::int64_t{sorted[i]}, "a node of the graph");
    }
    if (i > 0 && sorted[i] == sorted[i - 1]) {
      throw domain_error(std::string(where) + ": node '" + graph.name(sorted[i]) + "' is given twice");
    }
  }
  return nodes;
}

std::vector<node_id> node_selection::resolve(const dag& graph, std::string_view where) const {
  std::vector<node_id> nodes = nodes_;
  for (const std::string& name : names_) nodes.push_back(graph.index_of(name, where));
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  for (const node_id v : nodes) {
    if (v < 0 || v >= graph.size()) check::fail_domain(where, "node", std::int64_t{v}, "a node of the graph");
  }
  return nodes;
}

}  // namespace credence
