// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/elimination.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <bit>
#include <set>

namespace credence {

namespace {

/// Contract a node of least degree into its neighbour of least degree, again and again; the largest least degree seen
/// is a lower bound, because a minor's treewidth is never larger.
std::int64_t minor_min_width(const undirected_graph& graph) {
  std::vector<std::set<node_id>> around(static_cast<std::size_t>(graph.size()));
  std::set<std::pair<std::size_t, node_id>> by_degree;
  for (node_id v = 0; v < graph.size(); ++v) {
    auto& mine = around[static_cast<std::size_t>(v)];
    mine.insert(graph.neighbors(v).begin(), graph.neighbors(v).end());
    by_degree.emplace(mine.size(), v);
  }
  std::size_t bound = 0;
  while (!by_degree.empty()) {
    const auto [degree, v] = *by_degree.begin();
    by_degree.erase(by_degree.begin());
    bound = std::max(bound, degree);
    auto& mine = around[static_cast<std::size_t>(v)];
    if (mine.empty()) continue;
    const node_id into = *std::min_element(mine.begin(), mine.end(), [&](node_id a, node_id b) {
      return around[static_cast<std::size_t>(a)].size() < around[static_cast<std::size_t>(b)].size();
    });
    for (const node_id w : mine) {
      auto& theirs = around[static_cast<std::size_t>(w)];
      by_degree.erase({theirs.size(), w});
      theirs.erase(v);
      if (w != into) theirs.insert(into);
    }
    auto& target = around[static_cast<std::size_t>(into)];
    for (const node_id w : mine) {
      if (w != into) target.insert(w);
    }
    for (const node_id w : mine) by_degree.emplace(around[static_cast<std::size_t>(w)].size(), w);
    mine.clear();
  }
  return static_cast<std::int64_t>(bound);
}

/// width[S] = least width over orders that eliminate the set S first.
std::int64_t exact_treewidth(const undirected_graph& graph) {
  const auto n = static_cast<unsigned>(graph.size());
  std::vector<std::uint32_t> around(n, 0);
  for (node_id v = 0; v < graph.size(); ++v) {
    for (const node_id w : graph.neighbors(v)) around[static_cast<std::size_t>(v)] |= 1U << w;
  }
  std::vector<std::uint8_t> width(std::size_t{1} << n, 0);
  for (std::uint32_t set = 1; set < (1U << n); ++set) {
    unsigned best = n;
    for (std::uint32_t left = set; left != 0; left &= left - 1) {
      const auto v = static_cast<unsigned>(std::countr_zero(left));
      const std::uint32_t before = set & ~(1U << v);
      if (width[before] >= best) continue;
      // Nodes outside that v sees through the eliminated ones: its neighbours when it is eliminated next.
      std::uint32_t inside = 1U << v, seen = around[v];
      for (std::uint32_t fresh = seen & before; fresh != 0; fresh = seen & before & ~inside) {
        const auto u = static_cast<unsigned>(std::countr_zero(fresh));
        inside |= 1U << u;
        seen |= around[u];
      }
      const auto degree = static_cast<unsigned>(std::popcount(seen & ~set));
      best = std::min(best, std::max(degree, static_cast<unsigned>(width[before])));
    }
    width[set] = static_cast<std::uint8_t>(best);
  }
  return width.back();
}

}  // namespace

treewidth_bounds treewidth(const undirected_graph& graph, int exact_up_to) {
  if (exact_up_to < 0 || exact_up_to > 20) {
    check::fail_domain("treewidth", "exact_up_to", std::int64_t{exact_up_to}, "from 0 to 20");
  }
  if (graph.size() == 0) return {};
  if (graph.size() <= exact_up_to) {
    const std::int64_t width = exact_treewidth(graph);
    return {width, width};
  }
  treewidth_bounds bounds;
  bounds.lower = minor_min_width(graph);
  bounds.upper = graph.size() - 1;
  for (const auto heuristic :
       {elimination_heuristic::min_fill, elimination_heuristic::min_degree, elimination_heuristic::max_cardinality}) {
    bounds.upper = std::min(bounds.upper, greedy_elimination(graph, {}, heuristic).cost.width);
  }
  return bounds;
}

}  // namespace credence
