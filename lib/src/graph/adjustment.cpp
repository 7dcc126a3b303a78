// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/adjustment.hpp"

#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"
#include "credence/graph/undirected.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <deque>
#include <set>

namespace credence {

namespace {

using node_list = std::vector<node_id>;

std::size_t at(node_id v) { return static_cast<std::size_t>(v); }

std::vector<std::string> all_names(const dag& graph) {
  std::vector<std::string> names;
  for (node_id v = 0; v < graph.size(); ++v) names.push_back(graph.name(v));
  return names;
}

template <class Keep>
dag with_arcs(const dag& graph, const Keep& keep) {
  std::vector<arc> arcs = graph.arcs();
  std::erase_if(arcs, [&](const arc& a) { return !keep(a); });
  return dag(all_names(graph), arcs);
}

std::vector<bool> marked(const dag& graph, std::span<const node_id> nodes) {
  std::vector<bool> marks(static_cast<std::size_t>(graph.size()), false);
  for (const node_id v : nodes) marks[at(v)] = true;
  return marks;
}

void check_pair(const dag& graph, node_id x, node_id y, const char* where) {
  for (const node_id v : {x, y}) {
    check::at_least(where, "a node", v, 0);
    check::less_than(where, "a node", v, graph.size());
  }
  if (x == y) check::fail_domain(where, "outcome", "'" + graph.name(y) + "'", "another node than the treatment");
}

node_list resolve_set(const dag& graph, node_id x, node_id y, const node_selection& z, const char* where) {
  check_pair(graph, x, y, where);
  node_list set = z.resolve(graph, where);
  for (const node_id v : set) {
    if (v == x || v == y)
      check::fail_domain(where, "set", "with '" + graph.name(v) + "'", "without treatment and outcome");
  }
  return set;
}

dag without_arcs_from(const dag& graph, std::span<const node_id> nodes) {
  const std::vector<bool> cut = marked(graph, nodes);
  return with_arcs(graph, [&](const arc& a) { return !cut[at(a.from)]; });
}

bool intercepts(const dag& graph, node_id x, node_id y, const node_list& z) {
  const std::vector<bool> stop = marked(graph, z);
  node_list stack{x};
  std::vector<bool> seen = marked(graph, stack);
  while (!stack.empty()) {
    const node_id v = stack.back();
    stack.pop_back();
    for (const node_id c : graph.children(v)) {
      if (c == y) return false;
      if (seen[at(c)] || stop[at(c)]) continue;
      seen[at(c)] = true;
      stack.push_back(c);
    }
  }
  return true;
}

void sort_sets(std::vector<node_list>& sets) {
  std::sort(sets.begin(), sets.end(),
            [](const node_list& a, const node_list& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
}

/// An undirected graph as rows of marks, small enough for cubic work.
class separator_lister {
 public:
  separator_lister(const undirected_graph& graph, const std::vector<bool>& inside, const std::vector<bool>& allowed,
                   node_id x, node_id y)
      : size_(graph.size()), rows_(static_cast<std::size_t>(size_)), inside_(inside), x_(x), y_(y) {
    for (node_id v = 0; v < size_; ++v) {
      if (!inside_[at(v)]) continue;
      for (const node_id u : graph.neighbors(v)) {
        if (inside_[at(u)]) rows_[at(v)].insert(u);
      }
    }
    // Nodes that may not be used are passed over: their neighbours meet directly.
    for (node_id v = 0; v < size_; ++v) {
      if (!inside_[at(v)] || allowed[at(v)] || v == x || v == y) continue;
      const node_list around(rows_[at(v)].begin(), rows_[at(v)].end());
      for (const node_id a : around) {
        rows_[at(a)].erase(v);
        for (const node_id b : around) {
          if (a != b) rows_[at(a)].insert(b);
        }
      }
      rows_[at(v)].clear();
      inside_[at(v)] = false;
    }
  }

  /// All minimal separators of x and y, up to a number.
  adjustment_sets list(std::size_t most) const {
    adjustment_sets found;
    if (rows_[at(x_)].count(y_) > 0) return found;
    std::set<node_list> known;
    std::deque<node_list> open;
    const auto add = [&](const node_list& closed) {
      // The separator near y of the part around x.
      const std::vector<bool> side = component(y_, closed);
      node_list separator;
      for (const node_id v : closed) {
        if (std::any_of(rows_[at(v)].begin(), rows_[at(v)].end(), [&](node_id u) { return side[at(u)]; }))
          separator.push_back(v);
      }
      std::sort(separator.begin(), separator.end());
      if (known.insert(separator).second) open.push_back(separator);
    };
    add(boundary(std::vector<bool>(marks_of({x_}))));
    while (!open.empty()) {
      if (known.size() > most) {
        found.all = false;
        break;
      }
      const node_list separator = open.front();
      open.pop_front();
      const std::vector<bool> near = component(x_, separator);
      for (const node_id v : separator) {
        if (rows_[at(v)].count(y_) > 0) continue;
        std::vector<bool> grown = near;
        grown[at(v)] = true;
        add(boundary(grown));
      }
    }
    found.sets.assign(known.begin(), known.end());
    sort_sets(found.sets);
    if (found.sets.size() > most) found.sets.resize(most);
    return found;
  }

 private:
  [[nodiscard]] std::vector<bool> marks_of(const node_list& nodes) const {
    std::vector<bool> marks(static_cast<std::size_t>(size_), false);
    for (const node_id v : nodes) marks[at(v)] = true;
    return marks;
  }
  /// The nodes beside a set.
  [[nodiscard]] node_list boundary(const std::vector<bool>& set) const {
    std::set<node_id> beside;
    for (node_id v = 0; v < size_; ++v) {
      if (!set[at(v)]) continue;
      for (const node_id u : rows_[at(v)]) {
        if (!set[at(u)]) beside.insert(u);
      }
    }
    return {beside.begin(), beside.end()};
  }
  /// What can be reached from a node without the set.
  [[nodiscard]] std::vector<bool> component(node_id from, const node_list& without) const {
    const std::vector<bool> stop = marks_of(without);
    std::vector<bool> seen = marks_of({from});
    node_list stack{from};
    while (!stack.empty()) {
      const node_id v = stack.back();
      stack.pop_back();
      for (const node_id u : rows_[at(v)]) {
        if (seen[at(u)] || stop[at(u)]) continue;
        seen[at(u)] = true;
        stack.push_back(u);
      }
    }
    return seen;
  }

  std::int64_t size_;
  std::vector<std::set<node_id>> rows_;
  std::vector<bool> inside_;
  node_id x_, y_;
};

}  // namespace

dag intervened(const dag& graph, const node_selection& nodes) {
  const std::vector<bool> set = marked(graph, nodes.resolve(graph, "intervened"));
  return with_arcs(graph, [&](const arc& a) { return !set[at(a.to)]; });
}

bool satisfies_back_door(const dag& graph, node_id x, node_id y, const node_selection& z) {
  const node_list set = resolve_set(graph, x, y, z, "satisfies_back_door");
  const node_list below = descendants(graph, {x});
  for (const node_id v : set) {
    if (std::binary_search(below.begin(), below.end(), v)) return false;
  }
  return d_separated(without_arcs_from(graph, {&x, 1}), {x}, {y}, set).separated;
}

bool satisfies_front_door(const dag& graph, node_id x, node_id y, const node_selection& z) {
  const node_list set = resolve_set(graph, x, y, z, "satisfies_front_door");
  if (!intercepts(graph, x, y, set)) return false;
  if (set.empty()) return true;
  if (!d_separated(without_arcs_from(graph, {&x, 1}), {x}, set, {}).separated) return false;
  return d_separated(without_arcs_from(graph, set), set, {y}, {x}).separated;
}

adjustment_sets minimal_back_door_sets(const dag& graph, node_id x, node_id y, const adjustment_options& options) {
  check_pair(graph, x, y, "minimal_back_door_sets");
  const dag cut = without_arcs_from(graph, {&x, 1});
  const node_list family = ancestral_set(cut, {x, y});
  const std::vector<bool> inside = marked(graph, family);
  std::vector<bool> allowed = inside;
  for (const node_id v : descendants(graph, {x})) allowed[at(v)] = false;
  for (const node_id v : options.latent.resolve(graph, "minimal_back_door_sets")) allowed[at(v)] = false;
  const dag ancestral = with_arcs(cut, [&](const arc& a) { return inside[at(a.to)]; });
  return separator_lister(moral_graph(ancestral), inside, allowed, x, y).list(options.most_sets);
}

adjustment_sets minimal_front_door_sets(const dag& graph, node_id x, node_id y, const adjustment_options& options) {
  check_pair(graph, x, y, "minimal_front_door_sets");
  const node_list latent = options.latent.resolve(graph, "minimal_front_door_sets");
  const dag cut = without_arcs_from(graph, {&x, 1});
  node_list candidates;
  for (node_id v = 0; v < graph.size(); ++v) {
    if (v == x || v == y || std::binary_search(latent.begin(), latent.end(), v)) continue;
    if (d_separated(cut, {x}, {v}, {}).separated) candidates.push_back(v);
  }
  adjustment_sets found;
  found.all = candidates.size() <= options.most_candidates;
  const std::size_t largest = found.all ? candidates.size() : 2;
  for (std::size_t size = 0; size <= largest; ++size) {
    std::vector<std::size_t> index(size);
    for (std::size_t i = 0; i < size; ++i) index[i] = i;
    while (true) {
      node_list set;
      for (const std::size_t i : index) set.push_back(candidates[i]);
      const bool beyond = std::any_of(found.sets.begin(), found.sets.end(), [&](const node_list& s) {
        return std::includes(set.begin(), set.end(), s.begin(), s.end());
      });
      if (!beyond && satisfies_front_door(graph, x, y, set)) found.sets.push_back(set);
      std::size_t i = size;
      while (i > 0 && index[i - 1] == candidates.size() - size + i - 1) --i;
      if (i == 0) break;
      ++index[i - 1];
      for (; i < size; ++i) index[i] = index[i - 1] + 1;
    }
  }
  sort_sets(found.sets);
  return found;
}

}  // namespace credence
