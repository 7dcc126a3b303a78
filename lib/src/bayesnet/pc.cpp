// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/pc.hpp"

#include "search_graph.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <array>

namespace credence::bayesnet {

namespace {

using neighbours = std::vector<std::vector<node_id>>;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Calls f(subset) for every subset of `count` of the candidates, in lexicographic order, until it says stop.
template <class F>
void for_each_subset(const std::vector<node_id>& candidates, std::size_t count, const F& f) {
  if (count > candidates.size()) return;
  std::vector<std::size_t> index(count);
  for (std::size_t i = 0; i < count; ++i) index[i] = i;
  std::vector<node_id> subset(count);
  while (true) {
    for (std::size_t i = 0; i < count; ++i) subset[i] = candidates[index[i]];
    if (!f(subset)) return;
    std::size_t i = count;
    while (i > 0 && index[i - 1] == candidates.size() - count + i - 1) --i;
    if (i == 0) return;
    ++index[i - 1];
    for (; i < count; ++i) index[i] = index[i - 1] + 1;
  }
}

/// Tests of one pair at one level.
class pair_tester {
 public:
  pair_tester(const independence_test& test, const pc_options& options, node_id a, node_id b)
      : test_(test), options_(options), a_(a), b_(b) {}

  void run(const neighbours& joined, std::size_t level) {
    const std::vector<node_id> of_a = without(joined[at(a_)], b_), of_b = without(joined[at(b_)], a_);
    for_each_subset(of_a, level, [&](const std::vector<node_id>& s) { return step(s); });
    if (separated_ && options_.keep == separating_set::first_found) return;
    if (level == 0) return;
    for_each_subset(of_b, level, [&](const std::vector<node_id>& s) {
      if (std::includes(of_a.begin(), of_a.end(), s.begin(), s.end())) return true;
      return step(s);
    });
  }

  [[nodiscard]] bool separated() const { return separated_; }
  separated_pair best() && { return std::move(best_); }
  [[nodiscard]] std::int64_t tests() const { return tests_; }

 private:
  static std::vector<node_id> without(const std::vector<node_id>& all, node_id v) {
    std::vector<node_id> rest = all;
    std::erase(rest, v);
    return rest;
  }
  bool step(const std::vector<node_id>& given) {
    ++tests_;
    const independence_answer answer = test_(a_, b_, given);
    if (!(answer.p_value > options_.alpha)) return true;
    if (!separated_ || answer.p_value > best_.answer.p_value) best_ = separated_pair{a_, b_, given, answer};
    separated_ = true;
    return options_.keep == separating_set::most_independent;
  }

  const independence_test& test_;
  const pc_options& options_;
  node_id a_, b_;
  bool separated_ = false;
  separated_pair best_;
  std::int64_t tests_ = 0;
};

struct pair_rules {
  std::vector<edge> open;      ///< pairs that tests may separate
  std::vector<edge> required;  ///< pairs that stay joined
};

pair_rules sort_pairs(std::int64_t n, const arc_constraints& known) {
  pair_rules rules;
  const auto listed = [](const std::vector<arc>& all, arc a) {
    return std::find(all.begin(), all.end(), a) != all.end();
  };
  for (node_id a = 0; a < n; ++a) {
    for (node_id b = a + 1; b < n; ++b) {
      if (listed(known.required, {a, b}) || listed(known.required, {b, a}))
        rules.required.push_back({a, b});
      else if (!listed(known.forbidden, {a, b}) || !listed(known.forbidden, {b, a}))
        rules.open.push_back({a, b});
    }
  }
  return rules;
}

neighbours neighbours_of(std::int64_t n, const pair_rules& rules) {
  neighbours joined(at(n));
  for (const auto* list : {&rules.open, &rules.required}) {
    for (const edge& e : *list) {
      joined[at(e.a)].push_back(e.b);
      joined[at(e.b)].push_back(e.a);
    }
  }
  for (auto& list : joined) std::sort(list.begin(), list.end());
  return joined;
}

/// Removes edges level by level; what is left of rules.open is the skeleton, with rules.required.
void thin_out(std::int64_t n, const independence_test& test, const pc_options& options, pair_rules& rules,
              pc_result& result) {
  for (std::size_t level = 0;; ++level) {
    if (options.max_given >= 0 && static_cast<std::int64_t>(level) > options.max_given) return;
    const neighbours joined = neighbours_of(n, rules);
    const auto possible = [&](const edge& e) {
      return joined[at(e.a)].size() > level || joined[at(e.b)].size() > level;
    };
    if (std::none_of(rules.open.begin(), rules.open.end(), possible)) return;
    std::vector<separated_pair> found(rules.open.size());
    std::vector<char> separated(rules.open.size(), 0);
    std::vector<std::int64_t> tests(rules.open.size(), 0);
    exec::for_each_range(
        options.context, static_cast<std::int64_t>(rules.open.size()),
        [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            pair_tester pair(test, options, rules.open[at(i)].a, rules.open[at(i)].b);
            pair.run(joined, level);
            tests[at(i)] = pair.tests();
            separated[at(i)] = pair.separated() ? 1 : 0;
            found[at(i)] = std::move(pair).best();
          }
        },
        level == 0 ? 64 : 4);
    std::vector<edge> left;
    for (std::size_t i = 0; i < rules.open.size(); ++i) {
      result.tests += tests[i];
      if (separated[i] != 0)
        result.separated.push_back(std::move(found[i]));
      else
        left.push_back(rules.open[i]);
    }
    rules.open = std::move(left);
  }
}

/// The skeleton with directions as they become known.
class director {
 public:
  director(const pc_result& learned, const neighbours& joined, const arc_constraints& known)
      : learned_(learned), joined_(joined), n_(static_cast<std::int64_t>(joined.size())), points_(at(n_ * n_), 0) {
    for (const arc& a : known.required) point(a.from, a.to);
    for (const arc& a : known.forbidden) {
      if (std::binary_search(joined[at(a.to)].begin(), joined[at(a.to)].end(), a.from)) point(a.to, a.from);
    }
  }

  /// Directs colliders, those with the most independent ends first; tells which had to give way.
  std::vector<v_structure> direct_colliders() {
    struct candidate {
      v_structure what;
      double p_value;
    };
    std::vector<candidate> all;
    for (const separated_pair& pair : learned_.separated) {
      std::vector<node_id> between;
      std::set_intersection(joined_[at(pair.a)].begin(), joined_[at(pair.a)].end(), joined_[at(pair.b)].begin(),
                            joined_[at(pair.b)].end(), std::back_inserter(between));
      for (const node_id c : between) {
        if (!std::binary_search(pair.given.begin(), pair.given.end(), c))
          all.push_back({{pair.a, c, pair.b}, pair.answer.p_value});
      }
    }
    const auto names = [&](const v_structure& v) {
      const auto& name = learned_.names;
      const auto [first, second] = std::minmax(name[at(v.a)], name[at(v.b)]);
      return std::array<std::string, 3>{name[at(v.collider)], first, second};
    };
    std::sort(all.begin(), all.end(), [&](const candidate& x, const candidate& y) {
      return x.p_value != y.p_value ? x.p_value > y.p_value : names(x.what) < names(y.what);
    });
    std::vector<v_structure> contradicted;
    for (const candidate& c : all) {
      const auto [a, middle, b] = c.what;
      if (points(middle, a) || points(middle, b)) {
        contradicted.push_back(c.what);
        continue;
      }
      point(a, middle);
      point(b, middle);
    }
    std::sort(contradicted.begin(), contradicted.end());
    return contradicted;
  }

  [[nodiscard]] pdag graph() const {
    pdag g{n_, {}, {}};
    for (node_id a = 0; a < n_; ++a) {
      for (const node_id b : joined_[at(a)]) {
        if (points(a, b))
          g.directed.push_back({a, b});
        else if (a < b && !points(b, a))
          g.undirected.push_back({a, b});
      }
    }
    return g;
  }

 private:
  [[nodiscard]] bool points(node_id from, node_id to) const { return points_[at(from * n_ + to)] != 0; }
  void point(node_id from, node_id to) {
    if (!points(to, from)) points_[at(from * n_ + to)] = 1;
  }

  const pc_result& learned_;
  const neighbours& joined_;
  std::int64_t n_;
  std::vector<char> points_;
};

}  // namespace

pc_result pc_stable(std::vector<std::string> names, const independence_test& test, const pc_options& options) {
  check_constraints("pc_stable", names, options.known);
  check::probability("pc_stable", "alpha", options.alpha);
  check::at_least("pc_stable", "max_given", options.max_given, -1);
  if (options.known.max_parents != -1) {
    check::fail_domain("pc_stable", "max_parents", options.known.max_parents, "-1: tests know no number of parents");
  }
  const auto n = static_cast<std::int64_t>(names.size());
  pc_result result;
  result.names = std::move(names);
  pair_rules rules = sort_pairs(n, options.known);
  thin_out(n, test, options, rules, result);
  std::sort(result.separated.begin(), result.separated.end(), [](const separated_pair& x, const separated_pair& y) {
    return edge{x.a, x.b} < edge{y.a, y.b};
  });
  const neighbours joined = neighbours_of(n, rules);
  director arrows(result, joined, options.known);
  result.contradicted = arrows.direct_colliders();
  result.graph = close_orientations(arrows.graph());
  return result;
}

pc_member member_of(const pc_result& learned) {
  try {
    return {to_dag(learned.graph, learned.names), true};
  } catch (const domain_error&) {
    detail::search_graph built(learned.graph.nodes);
    const auto add = [&](node_id from, node_id to) {
      if (built.can_add(from, to))
        built.add(from, to);
      else
        built.add(to, from);
    };
    for (const arc& a : learned.graph.directed) add(a.from, a.to);
    for (const edge& e : learned.graph.undirected) add(e.a, e.b);
    return {dag(learned.names, built.arcs()), false};
  }
}

}  // namespace credence::bayesnet
