// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/structure_search.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include <bit>
#include <limits>

namespace credence::bayesnet {

namespace {

using node_set = std::uint32_t;
constexpr double never = -std::numeric_limits<double>::infinity();

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// A set without node i, and a set of the others, as numbers below 2^(n-1).
node_set squeeze(node_set s, int i) { return (s & ((node_set{1} << i) - 1)) | (s >> (i + 1) << i); }
node_set spread(node_set s, int i) {
  const node_set low = s & ((node_set{1} << i) - 1);
  return low | (s ^ low) << 1;
}

std::vector<node_id> members(node_set s) {
  std::vector<node_id> all;
  for (; s != 0; s &= s - 1) all.push_back(std::countr_zero(s));
  return all;
}

/// The best score of one node with parents among each set of others.
struct parent_choices {
  std::vector<double> best;
  std::int64_t evaluations = 0;
};

parent_choices choose_parents(int n, int child, const local_score& score, const local_score& bound,
                              const arc_constraints& known) {
  node_set required = 0, forbidden = 0;
  for (const arc& a : known.required) {
    if (a.to == child) required |= node_set{1} << a.from;
  }
  for (const arc& a : known.forbidden) {
    if (a.to == child) forbidden |= node_set{1} << a.from;
  }
  const int most = known.max_parents < 0 ? n : static_cast<int>(known.max_parents);
  parent_choices choices;
  choices.best.assign(std::size_t{1} << (n - 1), never);
  for (node_set s = 0; s < choices.best.size(); ++s) {
    double found = never;
    for (node_set rest = s; rest != 0; rest &= rest - 1) found = std::max(found, choices.best[s & ~(rest & -rest)]);
    const node_set parents = spread(s, child);
    if (std::popcount(s) <= most && (parents & required) == required && (parents & forbidden) == 0) {
      const std::vector<node_id> list = members(parents);
      if (found == never || !bound || bound(child, list) > found) {
        const double value = score(child, list);
        ++choices.evaluations;
        if (value > found) found = value;
      }
    }
    choices.best[s] = found;
  }
  return choices;
}

/// A smallest set within `s` that reaches its best score.
node_set winner(const std::vector<double>& best, node_set s) {
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (int v = 31; v >= 0 && !smaller; --v) {
      const node_set bit = node_set{1} << v;
      if ((s & bit) == 0 || best[s & ~bit] != best[s]) continue;
      s &= ~bit;
      smaller = true;
    }
  }
  return s;
}

}  // namespace

search_result exact_search(std::vector<std::string> names, const local_score& score, const exact_options& options,
                           const local_score& bound) {
  check_constraints("exact_search", names, options.known);
  const int n = static_cast<int>(names.size());
  if (n > options.max_nodes || n > 30) {
    check::fail_domain("exact_search", "variables", static_cast<std::int64_t>(n),
                       "at most " + std::to_string(std::min<std::int64_t>(options.max_nodes, 30)) +
                           ": time and memory double with each; use hill_climb or tabu_search");
  }
  search_result result;
  if (n == 0) return result;
  const double bytes = (4.0 * n + 9.0) * static_cast<double>(std::uint64_t{1} << n);
  if (bytes > options.max_bytes) {
    throw memory_error("exact_search: " + std::to_string(n) + " variables take " +
                       std::to_string(static_cast<std::int64_t>(bytes)) + " bytes, but at most " +
                       std::to_string(static_cast<std::int64_t>(options.max_bytes)) +
                       " are allowed; use hill_climb or tabu_search");
  }
  std::vector<parent_choices> of(at(n));
  exec::for_each_task(options.context, n, [&](std::int64_t child) {
    of[at(child)] = choose_parents(n, static_cast<int>(child), score, bound, options.known);
  });
  for (const parent_choices& c : of) result.evaluations += c.evaluations;

  // The best graph over a set ends in some node, whose parents are the best among the others.
  const node_set all = n == 32 ? ~node_set{0} : (node_set{1} << n) - 1;
  std::vector<double> best(std::size_t{1} << n, never);
  std::vector<std::uint8_t> last(best.size(), 0);
  best[0] = 0.0;
  for (node_set s = 1; s <= all; ++s) {
    for (node_set rest = s; rest != 0; rest &= rest - 1) {
      const int v = std::countr_zero(rest);
      const node_set before = s & ~(node_set{1} << v);
      const double value = best[before] + of[at(v)].best[squeeze(before, v)];
      if (value > best[s]) {
        best[s] = value;
        last[s] = static_cast<std::uint8_t>(v);
      }
    }
  }
  std::vector<arc> arcs;
  for (node_set s = all; s != 0;) {
    const int v = last[s];
    s &= ~(node_set{1} << v);
    for (const node_id p : members(spread(winner(of[at(v)].best, squeeze(s, v)), v))) arcs.push_back({p, v});
  }
  result.graph = dag(std::move(names), arcs);
  result.score = best[all];
  result.steps = result.graph.arc_count();
  return result;
}

}  // namespace credence::bayesnet
