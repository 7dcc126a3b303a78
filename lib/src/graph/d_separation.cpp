// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/d_separation.hpp"

#include "credence/base/check.hpp"

#include <algorithm>

namespace credence {

namespace {

// A state of the search is a node and how it was reached: against an arc (from a child, or as a start) or along one.
constexpr int from_child = 0;
constexpr int from_parent = 1;
constexpr std::int32_t no_state = -1;

std::int64_t state_of(node_id node, int direction) { return 2 * std::int64_t{node} + direction; }

std::size_t at(node_id node) { return static_cast<std::size_t>(node); }

bool overlaps(const std::vector<node_id>& a, const std::vector<node_id>& b) {
  return std::any_of(a.begin(), a.end(), [&](node_id v) { return std::binary_search(b.begin(), b.end(), v); });
}

struct query {
  std::vector<node_id> x, y, given;
};

query checked(const dag& graph, const node_selection& x, const node_selection& y, const node_selection& given,
              std::string_view where) {
  query q{x.resolve(graph, where), y.resolve(graph, where), given.resolve(graph, where)};
  if (q.x.empty()) throw domain_error(std::string(where) + ": x is empty, but must hold a node");
  if (q.y.empty()) throw domain_error(std::string(where) + ": y is empty, but must hold a node");
  if (overlaps(q.x, q.y)) throw domain_error(std::string(where) + ": x and y share a node, but must be disjoint");
  if (overlaps(q.x, q.given) || overlaps(q.y, q.given)) {
    throw domain_error(std::string(where) + ": given shares a node with x or y, but must be disjoint from both");
  }
  return q;
}

}  // namespace

const char* to_string(trail_rule rule) {
  switch (rule) {
    case trail_rule::chain:
      return "chain";
    case trail_rule::fork:
      return "fork";
    case trail_rule::collider:
      return "collider";
  }
  return "";
}

std::vector<node_id> separation::reached() const {
  std::vector<node_id> both;
  std::set_union(reached_from_child.begin(), reached_from_child.end(), reached_from_parent.begin(),
                 reached_from_parent.end(), std::back_inserter(both));
  return both;
}

d_separator::d_separator(const dag& graph) : graph_(&graph) {
  const auto n = static_cast<std::size_t>(graph.size());
  if (2 * n > 0x7FFFFFFFU) check::fail_domain("d_separator", "nodes", graph.size(), "at most 1073741823");
  observed_.assign(n, 0);
  ancestor_.assign(n, 0);
  toward_observed_.resize(n);
  for (int side = 0; side < 2; ++side) {
    seen_[side].assign(2 * n, 0);
    from_[side].resize(2 * n);
  }
}

void d_separator::start(std::span<const node_id> given) {
  if (++epoch_ == 0) {  // the counter wrapped: old marks could come alive again
    for (auto* marks : {&observed_, &ancestor_, &seen_[0], &seen_[1]}) std::fill(marks->begin(), marks->end(), 0U);
    epoch_ = 1;
  }
  stack_.assign(given.begin(), given.end());
  for (const node_id z : given) {
    observed_[at(z)] = ancestor_[at(z)] = epoch_;
    toward_observed_[at(z)] = -1;
  }
  for (std::size_t i = 0; i < stack_.size(); ++i) {  // breadth first, so that witness paths are shortest
    for (const node_id p : graph_->parents(stack_[i])) {
      if (ancestor_[at(p)] == epoch_) continue;
      ancestor_[at(p)] = epoch_;
      toward_observed_[at(p)] = stack_[i];
      stack_.push_back(p);
    }
  }
}

/// Grows both sides level by level, always the smaller frontier, until they meet at a node that lets the joined trail
/// pass or one side has nothing left to grow.
bool d_separator::search(std::span<const node_id> x, std::span<const node_id> y, std::span<const node_id> given) {
  start(given);
  const std::uint32_t now = epoch_;
  std::size_t next[2] = {0, 0};
  const auto visit = [&](int side, node_id node, int direction, std::int32_t from) {
    const auto state = static_cast<std::size_t>(state_of(node, direction));
    if (seen_[side][state] == now) return false;
    seen_[side][state] = now;
    from_[side][state] = from;
    queue_[side].push_back(static_cast<std::int32_t>(state));
    // Two arrows into the node make it a collider of the joined trail; otherwise it is a chain or a fork.
    const auto other = static_cast<std::size_t>(state_of(node, from_child));
    const bool meets_chain =
        observed_[at(node)] != now &&
        (seen_[1 - side][other] == now || (direction == from_child && seen_[1 - side][other + 1] == now));
    const bool meets_collider =
        direction == from_parent && ancestor_[at(node)] == now && seen_[1 - side][other + 1] == now;
    if (!meets_chain && !meets_collider) return false;
    meet_[side] = static_cast<std::int32_t>(state);
    meet_[1 - side] = static_cast<std::int32_t>(meets_collider || seen_[1 - side][other] != now ? other + 1 : other);
    return true;
  };
  for (int side = 0; side < 2; ++side) {
    queue_[side].clear();
    for (const node_id v : side == 0 ? x : y) visit(side, v, from_child, no_state);
  }
  while (true) {
    const int side = queue_[0].size() - next[0] <= queue_[1].size() - next[1] ? 0 : 1;
    const std::size_t level_end = queue_[side].size();
    if (next[side] == level_end) {
      exhausted_ = side;
      return true;
    }
    for (; next[side] < level_end; ++next[side]) {
      const std::int32_t state = queue_[side][next[side]];
      const node_id node = state / 2;
      const bool open = observed_[at(node)] != now;
      if (state % 2 == from_child ? open : ancestor_[at(node)] == now) {
        for (const node_id p : graph_->parents(node)) {
          if (visit(side, p, from_child, state)) return false;
        }
      }
      if (open) {
        for (const node_id c : graph_->children(node)) {
          if (visit(side, c, from_parent, state)) return false;
        }
      }
    }
  }
}

bool d_separator::separated(std::span<const node_id> x, std::span<const node_id> y, std::span<const node_id> given) {
  return search(x, y, given);
}

separation d_separator::explain(std::span<const node_id> x, std::span<const node_id> y,
                                std::span<const node_id> given) {
  separation answer;
  answer.separated = search(x, y, given);
  if (answer.separated) {
    answer.starts_at_y = exhausted_ == 1;
    for (const std::int32_t state : queue_[exhausted_]) {
      (state % 2 == from_child ? answer.reached_from_child : answer.reached_from_parent).push_back(state / 2);
    }
    answer.observed_ancestors = stack_;
    for (auto* list : {&answer.reached_from_child, &answer.reached_from_parent, &answer.observed_ancestors}) {
      std::sort(list->begin(), list->end());
    }
    return answer;
  }

  std::vector<node_id> walk;
  for (std::int32_t state = meet_[0]; state != no_state; state = from_[0][static_cast<std::size_t>(state)]) {
    walk.push_back(state / 2);
  }
  std::reverse(walk.begin(), walk.end());
  for (std::int32_t state = from_[1][static_cast<std::size_t>(meet_[1])]; state != no_state;
       state = from_[1][static_cast<std::size_t>(state)]) {
    walk.push_back(state / 2);
  }
  // The two halves may cross. Leaving out the loop between two visits of a node keeps the walk active: either the node
  // stays a chain or fork that is not observed, or it becomes a collider from which the loop ran down to a collider
  // with an observed descendant, so that it has one itself. The same holds for other nodes of x and y inside.
  std::vector<node_id>& trail = answer.active_trail;
  std::vector<std::int64_t>& place = trail_place_;
  place.resize(static_cast<std::size_t>(graph_->size()), -1);
  for (const node_id v : walk) {
    if (place[at(v)] >= 0) {
      for (std::size_t i = static_cast<std::size_t>(place[at(v)]) + 1; i < trail.size(); ++i) place[at(trail[i])] = -1;
      trail.resize(static_cast<std::size_t>(place[at(v)]) + 1);
    } else {
      place[at(v)] = static_cast<std::int64_t>(trail.size());
      trail.push_back(v);
    }
  }
  for (const node_id v : trail) place[at(v)] = -1;

  for (std::size_t i = 1; i + 1 < trail.size(); ++i) {
    const bool in = graph_->has_arc(trail[i - 1], trail[i]), out = graph_->has_arc(trail[i + 1], trail[i]);
    answer.rules.push_back(in && out ? trail_rule::collider : !in && !out ? trail_rule::fork : trail_rule::chain);
    std::vector<node_id> witness;
    if (in && out) {
      for (node_id v = trail[i]; v >= 0; v = toward_observed_[at(v)]) witness.push_back(v);
    }
    answer.opened_by.push_back(std::move(witness));
  }
  return answer;
}

void d_separator::reach(std::span<const node_id> x, std::span<const node_id> given, std::vector<node_id>& reached,
                        std::vector<node_id>* blockers) {
  start(given);
  const std::uint32_t now = epoch_;
  reached.clear();
  if (blockers != nullptr) blockers->clear();
  std::vector<std::int32_t>& queue = queue_[0];
  queue.clear();
  const auto visit = [&](node_id node, int direction) {
    const auto state = static_cast<std::size_t>(state_of(node, direction));
    if (seen_[0][state] == now) return;
    if (seen_[0][state ^ 1U] != now) {  // the node's first visit
      if (observed_[at(node)] != now)
        reached.push_back(node);
      else if (blockers != nullptr)
        blockers->push_back(node);
    }
    seen_[0][state] = now;
    queue.push_back(static_cast<std::int32_t>(state));
  };
  for (const node_id v : x) visit(v, from_child);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const node_id node = queue[i] / 2;
    const bool open = observed_[at(node)] != now;
    if (queue[i] % 2 == from_child ? open : ancestor_[at(node)] == now) {
      for (const node_id p : graph_->parents(node)) visit(p, from_child);
    }
    if (open) {
      for (const node_id c : graph_->children(node)) visit(c, from_parent);
    }
  }
}

separation d_separated(const dag& graph, const node_selection& x, const node_selection& y,
                       const node_selection& given) {
  const query q = checked(graph, x, y, given, "d_separated");
  return d_separator(graph).explain(q.x, q.y, q.given);
}

namespace {

std::vector<node_id> outside(const dag& graph, const node_selection& x, const node_selection& given, bool connected,
                             std::string_view where) {
  const std::vector<node_id> from = x.resolve(graph, where), observed = given.resolve(graph, where);
  if (from.empty()) throw domain_error(std::string(where) + ": x is empty, but must hold a node");
  if (overlaps(from, observed))
    throw domain_error(std::string(where) + ": x and given share a node, but must be disjoint");
  std::vector<node_id> reached;
  d_separator(graph).reach(from, observed, reached);
  std::vector<bool> is_reached(static_cast<std::size_t>(graph.size()), false), skip = is_reached;
  for (const node_id v : reached) is_reached[at(v)] = true;
  for (const node_id v : from) skip[at(v)] = true;
  for (const node_id v : observed) skip[at(v)] = true;
  std::vector<node_id> nodes;
  for (node_id v = 0; v < graph.size(); ++v) {
    if (!skip[at(v)] && is_reached[at(v)] == connected) nodes.push_back(v);
  }
  return nodes;
}

}  // namespace

std::vector<node_id> d_connected(const dag& graph, const node_selection& x, const node_selection& given) {
  return outside(graph, x, given, true, "d_connected");
}

std::vector<node_id> d_separated_from(const dag& graph, const node_selection& x, const node_selection& given) {
  return outside(graph, x, given, false, "d_separated_from");
}

}  // namespace credence
