// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/elimination.hpp"

#include "elimination_graph.hpp"

#include "credence/base/check.hpp"
#include "credence/random/philox.hpp"

#include <array>
#include <limits>
#include <queue>
#include <tuple>

namespace credence {

namespace {

std::size_t at(node_id v) { return static_cast<std::size_t>(v); }

std::vector<double> checked_weights(std::string_view where, const undirected_graph& graph,
                                    std::span<const double> weights) {
  if (weights.empty()) return std::vector<double>(static_cast<std::size_t>(graph.size()), 2.0);
  check::same_size(where, "weights", static_cast<std::int64_t>(weights.size()), "graph", graph.size());
  for (const double w : weights) {
    if (!(w >= 1.0 && w < std::numeric_limits<double>::infinity())) {
      check::fail_domain(where, "weights", w, "at least 1 and finite");
    }
  }
  return {weights.begin(), weights.end()};
}

double table_size(const std::vector<double>& weights, node_id v, const std::vector<node_id>& around) {
  double size = weights[at(v)];
  for (const node_id u : around) size *= weights[at(u)];
  return size;
}

void add_step(elimination_cost& cost, double size, std::size_t degree, std::int64_t fill) {
  cost.total_table_size += size;
  cost.largest_table_size = std::max(cost.largest_table_size, size);
  cost.width = std::max(cost.width, static_cast<std::int64_t>(degree));
  cost.fill_edges += fill;
}

/// Counts neighbours already numbered, highest first; eliminated in the reverse of the numbering.
/// Nodes to be kept are numbered first.
std::vector<node_id> max_cardinality_order(const undirected_graph& graph, const std::vector<std::uint32_t>& ties,
                                           const std::vector<bool>& kept) {
  const auto n = static_cast<std::size_t>(graph.size());
  std::vector<std::int64_t> numbered(n, 0);
  std::vector<bool> done(n, false);
  using entry = std::tuple<std::int64_t, std::uint32_t, node_id>;
  std::priority_queue<entry> heap;
  const auto push = [&](node_id v) { heap.emplace(numbered[at(v)], ties.empty() ? 0U : ties[at(v)], -v); };
  std::vector<node_id> order;
  const auto number = [&](node_id v) {
    done[at(v)] = true;
    order.push_back(v);
    for (const node_id w : graph.neighbors(v)) {
      if (!done[at(w)]) ++numbered[at(w)];
    }
  };
  for (node_id v = static_cast<node_id>(graph.size()); v-- > 0;) {
    if (kept[at(v)]) number(v);
  }
  for (node_id v = 0; v < graph.size(); ++v) {
    if (!kept[at(v)]) push(v);
  }
  while (!heap.empty()) {
    const auto [count, tie, negative] = heap.top();
    heap.pop();
    const node_id v = -negative;
    if (done[at(v)] || count != numbered[at(v)]) continue;
    number(v);
    for (const node_id w : graph.neighbors(v)) {
      if (!done[at(w)]) push(w);
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

/// A greedy run that keeps a heap of scores; entries whose score is out of date are skipped when they surface.
class greedy_run {
 public:
  greedy_run(const undirected_graph& graph, const std::vector<double>& weights, elimination_heuristic heuristic,
             std::vector<std::uint32_t> ties, const std::vector<bool>& kept)
      : graph_(graph),
        weights_(weights),
        heuristic_(heuristic),
        ties_(std::move(ties)),
        kept_(kept),
        size_(graph.size()) {}

  /// False when the total passed `limit`; the result is then unfinished.
  bool run(double limit, elimination_result& result) {
    const auto n = static_cast<std::size_t>(size_);
    score_.assign(n, 0.0);
    gone_.assign(n, false);
    dirty_mark_.assign(n, -1);
    std::vector<node_id> last;
    for (node_id v = 0; v < size_; ++v) {
      if (kept_[at(v)])
        last.push_back(v);
      else
        push(v);
    }
    const std::int64_t free = size_ - static_cast<std::int64_t>(last.size());
    while (static_cast<std::int64_t>(result.order.size()) < free) {
      const auto [score, tie, v] = heap_.top();
      heap_.pop();
      if (gone_[at(v)] || score != score_[at(v)]) continue;
      eliminate(v, result);
      if (result.cost.total_table_size > limit) return false;
    }
    for (const node_id v : last) eliminate(v, result);
    return result.cost.total_table_size <= limit;
  }

 private:
  void eliminate(node_id v, elimination_result& result) {
    const bool scores_fill =
        heuristic_ != elimination_heuristic::min_degree && heuristic_ != elimination_heuristic::min_weight;
    added_.clear();
    graph_.for_each_fill(v, [&](node_id a, node_id b) { added_.push_back({a, b}); });
    add_step(result.cost, table_size(weights_, v, graph_.neighbors(v)), graph_.neighbors(v).size(),
             static_cast<std::int64_t>(added_.size()));
    const std::vector<node_id> around = graph_.eliminate(v);
    gone_[at(v)] = true;
    result.order.push_back(v);
    dirty_.clear();
    const auto touch = [&](node_id w) {
      if (dirty_mark_[at(w)] == v) return;
      dirty_mark_[at(w)] = v;
      dirty_.push_back(w);
    };
    for (const node_id u : around) touch(u);
    if (scores_fill) {  // a new edge also fills a gap among the neighbours of whoever sees both its ends
      for (const edge& e : added_) graph_.for_each_common(e.a, e.b, touch);
    }
    for (const node_id w : dirty_) {
      if (!kept_[at(w)]) push(w);
    }
  }

  void push(node_id v) {
    score_[at(v)] = score(v);
    heap_.emplace(score_[at(v)], ties_.empty() ? 0U : ties_[at(v)], v);
  }

  double score(node_id v) {
    switch (heuristic_) {
      case elimination_heuristic::min_degree:
        return static_cast<double>(graph_.neighbors(v).size());
      case elimination_heuristic::min_fill:
        return static_cast<double>(graph_.fill(v));
      case elimination_heuristic::min_weight:
        return table_size(weights_, v, graph_.neighbors(v));
      case elimination_heuristic::fill_weight:
        return static_cast<double>(graph_.fill(v)) * table_size(weights_, v, graph_.neighbors(v));
      case elimination_heuristic::weighted_min_fill:
        return graph_.weighted_fill(v, weights_);
      case elimination_heuristic::max_cardinality:
        break;
    }
    return 0.0;
  }

  using entry = std::tuple<double, std::uint32_t, node_id>;
  detail::elimination_graph graph_;
  const std::vector<double>& weights_;
  elimination_heuristic heuristic_;
  std::vector<std::uint32_t> ties_;
  const std::vector<bool>& kept_;
  std::int64_t size_;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> heap_;
  std::vector<double> score_;
  std::vector<bool> gone_;
  std::vector<node_id> dirty_, dirty_mark_;
  std::vector<edge> added_;
};

std::vector<std::uint32_t> random_ties(std::int64_t n, const rng_key& key) {
  std::vector<std::uint32_t> ties(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < ties.size(); ++i) {
    ties[i] = philox4x32(static_cast<std::uint64_t>(i), key.stream, key.seed).word[0];
  }
  return ties;
}

bool run_heuristic(const undirected_graph& graph, const std::vector<double>& weights, elimination_heuristic heuristic,
                   const rng_key* ties, const std::vector<bool>& kept, double limit, elimination_result& result) {
  result.heuristic = heuristic;
  std::vector<std::uint32_t> tie_words =
      ties == nullptr ? std::vector<std::uint32_t>() : random_ties(graph.size(), *ties);
  if (heuristic == elimination_heuristic::max_cardinality) {
    result.order = max_cardinality_order(graph, tie_words, kept);
    result.cost = cost_of_elimination(graph, weights, result.order);
    return result.cost.total_table_size <= limit;
  }
  return greedy_run(graph, weights, heuristic, std::move(tie_words), kept).run(limit, result);
}

}  // namespace

namespace {

std::vector<bool> kept_nodes(std::string_view where, const undirected_graph& graph,
                             std::span<const node_id> keep_last) {
  std::vector<bool> kept(static_cast<std::size_t>(graph.size()), false);
  for (const node_id v : keep_last) {
    check::less_than(where, "keep_last", v, graph.size());
    kept[at(v)] = true;
  }
  return kept;
}

}  // namespace

const char* to_string(elimination_heuristic heuristic) {
  switch (heuristic) {
    case elimination_heuristic::min_degree:
      return "min-degree";
    case elimination_heuristic::min_fill:
      return "min-fill";
    case elimination_heuristic::min_weight:
      return "min-weight";
    case elimination_heuristic::weighted_min_fill:
      return "weighted-min-fill";
    case elimination_heuristic::fill_weight:
      return "fill-weight";
    case elimination_heuristic::max_cardinality:
      return "max-cardinality";
  }
  return "";
}

elimination_result greedy_elimination(const undirected_graph& graph, std::span<const double> weights,
                                      elimination_heuristic heuristic, const rng_key* ties,
                                      std::span<const node_id> keep_last) {
  elimination_result result;
  run_heuristic(graph, checked_weights("greedy_elimination", graph, weights), heuristic, ties,
                kept_nodes("greedy_elimination", graph, keep_last), std::numeric_limits<double>::infinity(), result);
  return result;
}

elimination_result best_elimination(const undirected_graph& graph, std::span<const double> weights,
                                    const elimination_options& options) {
  check::at_least("best_elimination", "restarts", options.restarts, 0);
  const std::vector<double> sizes = checked_weights("best_elimination", graph, weights);
  const std::vector<bool> kept = kept_nodes("best_elimination", graph, options.keep_last);
  constexpr std::array heuristics{elimination_heuristic::weighted_min_fill, elimination_heuristic::min_fill,
                                  elimination_heuristic::fill_weight,       elimination_heuristic::min_weight,
                                  elimination_heuristic::min_degree,        elimination_heuristic::max_cardinality};
  elimination_result best;
  bool found = false;
  for (int round = 0; round <= options.restarts; ++round) {
    for (const elimination_heuristic heuristic : heuristics) {
      const rng_key key = options.key.split(purpose::network, static_cast<std::uint64_t>(round), 0,
                                            static_cast<std::uint64_t>(heuristic));
      elimination_result candidate;
      const double limit = found ? best.cost.total_table_size : std::numeric_limits<double>::infinity();
      if (!run_heuristic(graph, sizes, heuristic, round == 0 ? nullptr : &key, kept, limit, candidate)) continue;
      if (found && candidate.cost.total_table_size >= limit) continue;
      best = std::move(candidate);
      found = true;
    }
  }
  return best;
}

elimination_cost cost_of_elimination(const undirected_graph& graph, std::span<const double> weights,
                                     std::span<const node_id> order) {
  const std::vector<double> sizes = checked_weights("cost_of_elimination", graph, weights);
  check::same_size("cost_of_elimination", "order", static_cast<std::int64_t>(order.size()), "graph", graph.size());
  std::vector<bool> seen(order.size(), false);
  detail::elimination_graph work(graph);
  elimination_cost cost;
  for (const node_id v : order) {
    check::less_than("cost_of_elimination", "node", v, graph.size());
    if (seen[at(v)]) check::fail_domain("cost_of_elimination", "order", std::int64_t{v}, "a node that comes only once");
    seen[at(v)] = true;
    add_step(cost, table_size(sizes, v, work.neighbors(v)), work.neighbors(v).size(), work.fill(v));
    work.eliminate(v);
  }
  return cost;
}

}  // namespace credence
