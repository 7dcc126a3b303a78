// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"
#include "credence/graph/elimination.hpp"
#include "credence/graph/equivalence.hpp"

#include <benchmark/benchmark.h>

#include <random>

using namespace credence;

namespace {

/// A random DAG: node numbers are a topological order, each arc joins two uniform nodes.
std::vector<arc> random_arcs(node_id nodes, std::int64_t count) {
  std::mt19937_64 engine(42);
  std::uniform_int_distribution<node_id> pick(0, nodes - 1);
  std::vector<arc> arcs;
  while (static_cast<std::int64_t>(arcs.size()) < count) {
    for (std::int64_t left = count - static_cast<std::int64_t>(arcs.size()); left > 0; --left) {
      const node_id a = pick(engine), b = pick(engine);
      if (a != b) arcs.push_back({std::min(a, b), std::max(a, b)});
    }
    std::sort(arcs.begin(), arcs.end());
    arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());
  }
  std::shuffle(arcs.begin(), arcs.end(), engine);
  return arcs;
}

/// From the list of arcs to the answer: a million nodes, three million arcs, everything connected to an early node.
void from_scratch(benchmark::State& state) {
  const std::vector<arc> arcs = random_arcs(1'000'000, 3'000'000);
  std::size_t reached = 0;
  for (auto _ : state) {
    const dag g(1'000'000, arcs);
    reached = d_connected(g, {1}).size();
    benchmark::DoNotOptimize(reached);
  }
  state.counters["reached"] = static_cast<double>(reached);
}
BENCHMARK(from_scratch)->Unit(benchmark::kMillisecond);

void reach_on_built_graph(benchmark::State& state) {
  const dag g(1'000'000, random_arcs(1'000'000, 3'000'000));
  for (auto _ : state) benchmark::DoNotOptimize(d_connected(g, {1}).size());
}
BENCHMARK(reach_on_built_graph)->Unit(benchmark::kMillisecond);

/// Random questions with ten observed nodes on a prepared graph of 10,000 nodes and 30,000 arcs.
void random_questions(benchmark::State& state) {
  const dag g(10'000, random_arcs(10'000, 30'000));
  d_separator engine(g);
  std::mt19937_64 random(7);
  std::vector<std::vector<node_id>> questions(512);
  for (auto& q : questions) {
    while (q.size() < 12) {
      const node_id v = static_cast<node_id>(random() % 10'000);
      if (std::find(q.begin(), q.end(), v) == q.end()) q.push_back(v);
    }
  }
  std::size_t next = 0;
  std::int64_t separated = 0;
  for (auto _ : state) {
    const auto& q = questions[next++ % questions.size()];
    const std::span<const node_id> all(q);
    separated += engine.separated(all.subspan(0, 1), all.subspan(1, 1), all.subspan(2)) ? 1 : 0;
  }
  state.counters["separated_share"] = static_cast<double>(separated) / static_cast<double>(state.iterations());
}
BENCHMARK(random_questions)->Unit(benchmark::kMicrosecond);

void all_targets(benchmark::State& state) {
  const dag g(10'000, random_arcs(10'000, 30'000));
  d_separator engine(g);
  std::vector<node_id> reached;
  const std::vector<node_id> x{5'000}, given{1, 1000, 2000, 3000, 4000, 6000, 7000, 8000, 9000, 9999};
  for (auto _ : state) {
    engine.reach(x, given, reached);
    benchmark::DoNotOptimize(reached.data());
  }
}
BENCHMARK(all_targets)->Unit(benchmark::kMicrosecond);

void small_question(benchmark::State& state) {
  const dag g("asia->tub->either->xray; smoke->lung->either->dysp<-bronc<-smoke");
  d_separator engine(g);
  const std::vector<node_id> x{0}, y{4}, given{6};
  for (auto _ : state) benchmark::DoNotOptimize(engine.separated(x, y, given));
}
BENCHMARK(small_question)->Unit(benchmark::kNanosecond);

void cpdag_of_random_graph(benchmark::State& state) {
  const dag g(1'000, random_arcs(1'000, 3'000));
  for (auto _ : state) benchmark::DoNotOptimize(cpdag(g).directed.size());
}
BENCHMARK(cpdag_of_random_graph)->Unit(benchmark::kMicrosecond);

void weighted_min_fill(benchmark::State& state) {
  const undirected_graph g = moral_graph(dag(1'000, random_arcs(1'000, 1'300)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(greedy_elimination(g, {}, elimination_heuristic::weighted_min_fill).cost.width);
  }
}
BENCHMARK(weighted_min_fill)->Unit(benchmark::kMillisecond);

}  // namespace
