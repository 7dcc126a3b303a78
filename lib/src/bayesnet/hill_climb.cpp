// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/structure_search.hpp"

#include "search_graph.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace credence::bayesnet {

namespace {

constexpr double not_scored = std::numeric_limits<double>::quiet_NaN();

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

struct move {
  enum class kind : std::uint8_t { none, add, remove, reverse };
  kind what = kind::none;
  arc which;
  double gain = 0.0;
};

/// A graph with the scores of its families and of all families one arc away.
class climber {
 public:
  climber(std::int64_t nodes, const local_score& score, const search_options& options)
      : n_(nodes),
        score_(&score),
        context_(options.context),
        most_parents_(options.known.max_parents < 0 ? nodes : options.known.max_parents),
        forbidden_(at(nodes * nodes), 0),
        required_(at(nodes * nodes), 0),
        graph_(nodes),
        family_(at(nodes), not_scored),
        toggled_(at(nodes * nodes), not_scored) {
    for (const arc& a : options.known.forbidden) forbidden_[place(a)] = 1;
    for (const arc& a : options.known.required) required_[place(a)] = 1;
    std::vector<arc> first = options.known.required;
    first.insert(first.end(), options.start.begin(), options.start.end());
    for (const arc& a : first) {
      if (graph_.has(a.from, a.to) || forbidden_[place(a)] != 0 || !graph_.can_add(a.from, a.to)) continue;
      if (static_cast<std::int64_t>(graph_.parents(a.to).size()) < most_parents_) graph_.add(a.from, a.to);
    }
    score_families();
  }

  [[nodiscard]] const detail::search_graph& graph() const { return graph_; }
  [[nodiscard]] std::int64_t evaluations() const { return evaluations_; }
  [[nodiscard]] double total() const {
    double sum = 0.0;
    for (const double f : family_) sum += f;
    return sum;
  }
  /// Differences below this are rounding.
  [[nodiscard]] double tie() const { return 1e-12 + 1e-12 * std::fabs(total()); }

  /// All moves that keep the graph acyclic and within the constraints.
  [[nodiscard]] std::vector<move> moves() {
    std::vector<move> all;
    for (node_id to = 0; to < n_; ++to) {
      for (node_id from = 0; from < n_; ++from) {
        if (from == to) continue;
        if (graph_.has(from, to)) {
          if (required_[place({from, to})] != 0) continue;
          all.push_back({move::kind::remove, {from, to}});
          if (may_add({to, from}) && graph_.can_reverse(from, to)) all.push_back({move::kind::reverse, {from, to}});
        } else if (may_add({from, to}) && graph_.can_add(from, to)) {
          all.push_back({move::kind::add, {from, to}});
        }
      }
    }
    score_missing(all);
    for (move& m : all) {
      m.gain = toggled_[place(m.which)] - family_[at(m.which.to)];
      if (m.what == move::kind::reverse)
        m.gain += toggled_[place({m.which.to, m.which.from})] - family_[at(m.which.from)];
      if (std::isnan(m.gain)) m.gain = -std::numeric_limits<double>::infinity();
    }
    return all;
  }

  void apply(const move& m) {
    const auto [from, to] = m.which;
    change(m.what == move::kind::add, m.which);
    if (m.what == move::kind::reverse) change(true, {to, from});
  }

  [[nodiscard]] std::uint64_t fingerprint_after(const move& m) const {
    std::uint64_t print = graph_.fingerprint() ^ detail::search_graph::fingerprint_of(m.which);
    if (m.what == move::kind::reverse) print ^= detail::search_graph::fingerprint_of({m.which.to, m.which.from});
    return print;
  }

 private:
  [[nodiscard]] std::size_t place(arc a) const { return at(a.to * n_ + a.from); }
  [[nodiscard]] bool may_add(arc a) const {
    return forbidden_[place(a)] == 0 && static_cast<std::int64_t>(graph_.parents(a.to).size()) < most_parents_;
  }

  void change(bool adds, arc a) {
    family_[at(a.to)] = toggled_[place(a)];
    if (adds)
      graph_.add(a.from, a.to);
    else
      graph_.remove(a.from, a.to);
    std::fill_n(toggled_.begin() + static_cast<std::int64_t>(a.to) * n_, n_, not_scored);
  }

  void score_families() {
    exec::for_each_task(context_, n_, [&](std::int64_t v) {
      family_[at(v)] = (*score_)(static_cast<node_id>(v), graph_.parents(static_cast<node_id>(v)));
    });
    evaluations_ += n_;
  }

  /// Scores the families that the moves lead to and that are not known yet.
  void score_missing(const std::vector<move>& all) {
    std::vector<arc> wanted;
    const auto want = [&](arc a) {
      if (std::isnan(toggled_[place(a)])) wanted.push_back(a);
    };
    for (const move& m : all) {
      want(m.which);
      if (m.what == move::kind::reverse) want({m.which.to, m.which.from});
    }
    exec::for_each_range(
        context_, static_cast<std::int64_t>(wanted.size()),
        [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            const arc a = wanted[at(i)];
            std::vector<node_id> family = graph_.parents(a.to);
            const auto where = std::lower_bound(family.begin(), family.end(), a.from);
            if (where != family.end() && *where == a.from)
              family.erase(where);
            else
              family.insert(where, a.from);
            toggled_[place(a)] = (*score_)(a.to, family);
          }
        },
        16);
    evaluations_ += static_cast<std::int64_t>(wanted.size());
  }

  std::int64_t n_;
  const local_score* score_;
  exec::context context_;
  std::int64_t most_parents_;
  std::vector<char> forbidden_, required_;
  detail::search_graph graph_;
  std::vector<double> family_;   ///< of each node with its parents
  std::vector<double> toggled_;  ///< (to, from): with `from` added or taken away
  std::int64_t evaluations_ = 0;
};

/// The first of the best moves; `least` is what it must gain.
move best_of(const std::vector<move>& all, double least, double tie) {
  move best;
  best.gain = least;
  for (const move& m : all) {
    if (m.gain > best.gain + tie) best = m;
  }
  return best;
}

/// Climbs to the next top. Tells the number of steps.
std::int64_t climb(climber& now, std::int64_t max_steps) {
  std::int64_t steps = 0;
  for (; steps < max_steps; ++steps) {
    const move best = best_of(now.moves(), 0.0, now.tie());
    if (best.what == move::kind::none) break;
    now.apply(best);
  }
  return steps;
}

void perturb(climber& now, int changes, rng_key key) {
  for (int i = 0; i < changes; ++i) {
    const std::vector<move> all = now.moves();
    if (all.empty()) return;
    std::vector<move> possible;
    std::copy_if(all.begin(), all.end(), std::back_inserter(possible),
                 [](const move& m) { return m.gain > -std::numeric_limits<double>::infinity(); });
    if (possible.empty()) return;
    now.apply(possible[at(static_cast<std::int64_t>(
        random::integer_below(key, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(possible.size()))))]);
  }
}

void check_options(const std::vector<std::string>& names, const search_options& options, const char* where) {
  check_constraints(where, names, options.known);
  dag(names, options.start);  // throws for arcs out of range and for cycles
  check::at_least(where, "max_steps", options.max_steps, 0);
  check::at_least(where, "restarts", options.restarts, 0);
  check::at_least(where, "changes", options.changes, 1);
}

}  // namespace

void check_constraints(std::string_view where, std::span<const std::string> names, const arc_constraints& known) {
  const dag needed(std::vector<std::string>(names.begin(), names.end()), known.required);
  for (const arc& a : known.forbidden) {
    for (const node_id v : {a.from, a.to}) {
      check::at_least(where, "a node of a forbidden arc", v, 0);
      check::less_than(where, "a node of a forbidden arc", v, needed.size());
    }
    if (needed.has_arc(a.from, a.to)) {
      check::fail_domain(where, "arc " + needed.name(a.from) + " -> " + needed.name(a.to),
                         "both required and forbidden", "one of them");
    }
  }
  check::at_least(where, "max_parents", known.max_parents, -1);
  for (node_id v = 0; v < needed.size() && known.max_parents >= 0; ++v) {
    const auto count = static_cast<std::int64_t>(needed.parents(v).size());
    if (count > known.max_parents) {
      check::fail_domain(where, "required parents of '" + needed.name(v) + "'", count,
                         "at most max_parents = " + std::to_string(known.max_parents));
    }
  }
}

search_result hill_climb(std::vector<std::string> names, const local_score& score, const search_options& options) {
  check_options(names, options, "hill_climb");
  const auto n = static_cast<std::int64_t>(names.size());
  climber now(n, score, options);
  search_result result;
  result.steps = climb(now, options.max_steps);
  result.evaluations = now.evaluations();
  climber best = now;
  for (int restart = 0; restart < options.restarts && result.steps < options.max_steps; ++restart) {
    climber next = best;
    perturb(next, options.changes, options.key.split(purpose::proposal, static_cast<std::uint64_t>(restart)));
    result.steps += climb(next, options.max_steps - result.steps);
    result.evaluations += next.evaluations() - best.evaluations();
    if (next.total() > best.total() + best.tie()) best = next;
  }
  result.graph = dag(std::move(names), best.graph().arcs());
  result.score = best.total();
  result.why = result.steps < options.max_steps ? search_stop::no_better_move : search_stop::max_steps;
  return result;
}

search_result tabu_search(std::vector<std::string> names, const local_score& score, const tabu_options& options) {
  check_options(names, options.search, "tabu_search");
  check::at_least("tabu_search", "length", options.length, 1);
  check::at_least("tabu_search", "patience", options.patience, 1);
  climber now(static_cast<std::int64_t>(names.size()), score, options.search);
  search_result result;
  std::vector<arc> best = now.graph().arcs();
  result.score = now.total();
  std::deque<std::uint64_t> visited{now.graph().fingerprint()};
  int idle = 0;
  while (true) {
    if (result.steps >= options.search.max_steps) {
      result.why = search_stop::max_steps;
      break;
    }
    std::vector<move> all = now.moves();
    std::erase_if(all, [&](const move& m) {
      return std::find(visited.begin(), visited.end(), now.fingerprint_after(m)) != visited.end();
    });
    const move next = best_of(all, -std::numeric_limits<double>::infinity(), now.tie());
    if (next.what == move::kind::none) {
      result.why = search_stop::no_better_move;
      break;
    }
    now.apply(next);
    ++result.steps;
    visited.push_back(now.graph().fingerprint());
    if (visited.size() > static_cast<std::size_t>(options.length)) visited.pop_front();
    if (now.total() > result.score + now.tie()) {
      result.score = now.total();
      best = now.graph().arcs();
      idle = 0;
    } else if (++idle >= options.patience) {
      result.why = search_stop::patience_ended;
      break;
    }
  }
  result.graph = dag(std::move(names), best);
  result.evaluations = now.evaluations();
  return result;
}

}  // namespace credence::bayesnet
