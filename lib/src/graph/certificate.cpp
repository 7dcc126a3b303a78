// SPDX-License-Identifier: BSD-3-Clause
// The checker of d-separation certificates. It reads the definition off the graph and trusts nothing of the search.
#include "credence/graph/d_separation.hpp"

#include <algorithm>

namespace credence {

namespace {

using node_set = std::vector<bool>;

certificate_check no(std::string reason) { return {false, std::move(reason)}; }

bool fill_set(const dag& graph, const std::vector<node_id>& nodes, node_set& set) {
  set.assign(static_cast<std::size_t>(graph.size()), false);
  for (const node_id v : nodes) {
    if (v < 0 || v >= graph.size()) return false;
    set[static_cast<std::size_t>(v)] = true;
  }
  return true;
}

bool holds(const node_set& set, node_id v) { return set[static_cast<std::size_t>(v)]; }

certificate_check check_trail(const dag& graph, const node_set& x, const node_set& y, const node_set& z,
                              const separation& claim) {
  const std::vector<node_id>& trail = claim.active_trail;
  node_set on_trail;
  if (!fill_set(graph, trail, on_trail)) return no("the trail leaves the graph");
  if (trail.size() < 2) return no("the trail has no step");
  if (std::count(on_trail.begin(), on_trail.end(), true) != static_cast<std::ptrdiff_t>(trail.size())) {
    return no("the trail repeats a node");
  }
  if (!holds(x, trail.front())) return no("the trail does not start in x");
  if (!holds(y, trail.back())) return no("the trail does not end in y");
  if (claim.rules.size() + 2 != trail.size() || claim.opened_by.size() != claim.rules.size()) {
    return no("there must be one rule and one witness for each inner node");
  }
  for (std::size_t i = 0; i + 1 < trail.size(); ++i) {
    if (!graph.adjacent(trail[i], trail[i + 1])) return no("two consecutive nodes of the trail are not adjacent");
  }
  for (std::size_t i = 1; i + 1 < trail.size(); ++i) {
    const bool arrow_left = graph.has_arc(trail[i - 1], trail[i]), arrow_right = graph.has_arc(trail[i + 1], trail[i]);
    const std::vector<node_id>& witness = claim.opened_by[i - 1];
    if (arrow_left && arrow_right) {
      if (claim.rules[i - 1] != trail_rule::collider) return no("a collider is called something else");
      if (witness.empty() || witness.front() != trail[i]) return no("the witness of a collider does not start at it");
      for (const node_id w : witness) {
        if (w < 0 || w >= graph.size()) return no("the witness of a collider leaves the graph");
      }
      for (std::size_t k = 0; k + 1 < witness.size(); ++k) {
        if (!graph.has_arc(witness[k], witness[k + 1])) return no("the witness of a collider is not a directed path");
      }
      if (!holds(z, witness.back())) return no("the witness of a collider does not end at an observed node");
    } else {
      const trail_rule rule = arrow_left || arrow_right ? trail_rule::chain : trail_rule::fork;
      if (claim.rules[i - 1] != rule) return no("a chain or fork is called something else");
      if (holds(z, trail[i])) return no("a chain or fork of the trail is observed");
      if (!witness.empty()) return no("only colliders have witnesses");
    }
  }
  return {true, ""};
}

certificate_check check_blocked(const dag& graph, const node_set& x, const node_set& y, const node_set& z,
                                const separation& claim) {
  node_set up, down, open;
  if (!fill_set(graph, claim.reached_from_child, up) || !fill_set(graph, claim.reached_from_parent, down) ||
      !fill_set(graph, claim.observed_ancestors, open)) {
    return no("the reached set leaves the graph");
  }
  const node_set& start = claim.starts_at_y ? y : x;
  const node_set& goal = claim.starts_at_y ? x : y;
  const auto all = [](std::span<const node_id> nodes, const node_set& set) {
    return std::all_of(nodes.begin(), nodes.end(), [&](node_id v) { return holds(set, v); });
  };
  for (node_id v = 0; v < graph.size(); ++v) {
    if (holds(z, v) && !holds(open, v)) return no("an observed node is missing from the observed ancestors");
    if (holds(open, v) && !all(graph.parents(v), open)) return no("the observed ancestors lack an ancestor");
    if (holds(start, v) && !holds(up, v)) return no("a start node is not in the reached set");
    if (holds(goal, v) && (holds(up, v) || holds(down, v))) return no("the reached set touches the other side");
    const bool passes_to_children = !holds(z, v) && (holds(up, v) || holds(down, v));
    const bool passes_to_parents = (holds(up, v) && !holds(z, v)) || (holds(down, v) && holds(open, v));
    if (passes_to_children && !all(graph.children(v), down)) return no("the reached set is not closed along an arc");
    if (passes_to_parents && !all(graph.parents(v), up)) return no("the reached set is not closed against an arc");
  }
  return {true, ""};
}

}  // namespace

certificate_check check_certificate(const dag& graph, const node_selection& x, const node_selection& y,
                                    const node_selection& given, const separation& claim) {
  node_set in_x, in_y, in_z;
  fill_set(graph, x.resolve(graph, "check_certificate"), in_x);
  fill_set(graph, y.resolve(graph, "check_certificate"), in_y);
  fill_set(graph, given.resolve(graph, "check_certificate"), in_z);
  return claim.separated ? check_blocked(graph, in_x, in_y, in_z, claim) : check_trail(graph, in_x, in_y, in_z, claim);
}

}  // namespace credence
