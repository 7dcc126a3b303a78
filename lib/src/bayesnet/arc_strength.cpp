// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/arc_strength.hpp"

#include "search_graph.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/table/splits.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace credence::bayesnet {

std::vector<arc_strength> bootstrap_strengths(const exec::context& ctx, const discrete_data& data,
                                              const structure_learner& learner, std::int64_t replicates, rng_key key) {
  check::at_least("bootstrap_strengths", "replicates", replicates, 1);
  std::vector<pdag> learnt(static_cast<std::size_t>(replicates));
  exec::for_each_task(ctx, replicates, [&](std::int64_t r) {
    learnt[static_cast<std::size_t>(r)] = learner(data.take(bootstrap_rows(data.rows(), key, r)));
  });
  // Halves are counted twice, so that sums stay whole.
  struct counts {
    std::int64_t joined = 0, forward_twice = 0;
  };
  std::map<edge, counts> all;
  for (const pdag& g : learnt) {
    for (const arc& a : g.directed) {
      counts& c = all[a.from < a.to ? edge{a.from, a.to} : edge{a.to, a.from}];
      ++c.joined;
      c.forward_twice += a.from < a.to ? 2 : 0;
    }
    for (const edge& e : g.undirected) {
      counts& c = all[e];
      ++c.joined;
      ++c.forward_twice;
    }
  }
  std::vector<arc_strength> result;
  for (const auto& [pair, c] : all) {
    result.push_back({pair.a, pair.b, static_cast<double>(c.joined) / static_cast<double>(replicates),
                      0.5 * static_cast<double>(c.forward_twice) / static_cast<double>(c.joined)});
  }
  return result;
}

double significant_strength(std::span<const arc_strength> strengths, std::int64_t nodes) {
  std::vector<double> values(static_cast<std::size_t>(nodes * (nodes - 1) / 2), 0.0);
  check::less_than("significant_strength", "strengths", static_cast<std::int64_t>(strengths.size()),
                   static_cast<std::int64_t>(values.size()) + 1);
  for (std::size_t i = 0; i < strengths.size(); ++i) values[i] = strengths[i].strength;
  std::sort(values.begin(), values.end());
  // Distance of the distribution of strengths to one that has the share t at 0 and the rest at 1.
  const auto distance = [&](double t) {
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 <= values.size(); ++i) {
      const double next = i + 1 < values.size() ? values[i + 1] : 1.0;
      sum += std::fabs(static_cast<double>(i + 1) / static_cast<double>(values.size()) - t) * (next - values[i]);
    }
    return sum + (values.empty() ? 0.0 : t * values.front());
  };
  double best = std::numeric_limits<double>::infinity(), threshold = 1.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double d = distance(static_cast<double>(i + 1) / static_cast<double>(values.size()));
    if (d >= best) continue;
    best = d;
    threshold = i + 1 < values.size() ? values[i + 1] : 1.0;
  }
  return threshold;
}

dag averaged_graph(std::vector<std::string> names, std::span<const arc_strength> strengths, double threshold) {
  std::vector<arc_strength> kept;
  for (const arc_strength& s : strengths) {
    if (s.strength >= threshold) kept.push_back(s);
  }
  const auto certainty = [](const arc_strength& s) { return s.strength * std::fabs(s.direction - 0.5); };
  std::stable_sort(kept.begin(), kept.end(), [&](const arc_strength& x, const arc_strength& y) {
    return x.strength != y.strength ? x.strength > y.strength : certainty(x) > certainty(y);
  });
  detail::search_graph built(static_cast<std::int64_t>(names.size()));
  for (const arc_strength& s : kept) {
    const arc wanted = s.direction >= 0.5 ? arc{s.a, s.b} : arc{s.b, s.a};
    if (built.can_add(wanted.from, wanted.to))
      built.add(wanted.from, wanted.to);
    else
      built.add(wanted.to, wanted.from);
  }
  return dag(std::move(names), built.arcs());
}

}  // namespace credence::bayesnet
