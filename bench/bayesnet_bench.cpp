// SPDX-License-Identifier: BSD-3-Clause
// All posteriors of the shared networks by a prepared plan, without evidence and with 30 % of the nodes observed; the
// time and the table sizes of triangulation, memory beside its prediction, steps of a session, batches, learning.
// Networks that are not there are left out.
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/pc.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/sampling.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/graph/elimination.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <random>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace credence;
using namespace credence::bayesnet;

namespace {

constexpr const char* files[] = {"asia.bif",       "sachs.bif",     "child.bif", "alarm.bif", "win95pts.bif",
                                 "hailfinder.bif", "insurance.bif", "andes.bif", "pigs.bif",  "munin3.bif.gz"};

/// Total table sizes of the best elimination orders known: long runs of four greedy heuristics with random ties.
const std::map<std::string, double> best_known{
    {"asia.bif", 46},       {"sachs.bif", 267},       {"child.bif", 668},       {"alarm.bif", 1175},
    {"win95pts.bif", 3610}, {"hailfinder.bif", 9845}, {"insurance.bif", 31433}, {"andes.bif", 587200},
    {"pigs.bif", 765651},   {"munin3.bif.gz", 3.38e6}};

/// Evidence drawn from the network itself, so that it can happen.
std::vector<evidence> random_rows(const network& net, double share, int count) {
  std::mt19937_64 engine(5);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<bool> observed(static_cast<std::size_t>(net.size()));
  for (std::size_t v = 0; v < observed.size(); ++v) observed[v] = uniform(engine) < share;
  std::vector<evidence> rows;
  for (int row = 0; row < count; ++row) {
    std::vector<std::int64_t> states(observed.size());
    evidence given;
    for (const node_id v : net.graph().topological_order()) {
      std::int64_t at = 0;
      for (const node_id p : net.table(v).parents) at = at * net.cardinality(p) + states[static_cast<std::size_t>(p)];
      const auto begin = net.table(v).values.begin() + at * net.cardinality(v);
      std::discrete_distribution<std::int64_t> draw(begin, begin + net.cardinality(v));
      states[static_cast<std::size_t>(v)] = draw(engine);
      if (observed[static_cast<std::size_t>(v)]) {
        given.observe(net.at(v).name, net.at(v).states[static_cast<std::size_t>(states[static_cast<std::size_t>(v)])]);
      }
    }
    rows.push_back(std::move(given));
  }
  return rows;
}

void all_posteriors(benchmark::State& state, const std::string& path, double share) {
  const network net = read_bif(path);
  const plan tree = compile(net);
  const std::vector<evidence> rows = random_rows(net, share, 16);
  for (const evidence& row : rows) benchmark::DoNotOptimize(tree.posteriors(row).log_evidence);
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(tree.posteriors(rows[next++ % rows.size()]).log_evidence);
  state.counters["predicted_MB"] = tree.cost().bytes / 1e6;
}

/// The same evidence set as soft findings that leave every state possible: the full tree, all messages.
void full_pass(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  const plan tree = compile(net);
  evidence soft;
  for (const variable& v : net.variables()) {
    std::vector<double> weights(v.states.size(), 1.0);
    weights[0] = 0.5;
    soft.likelihood(v.name, weights);
  }
  for (auto _ : state) benchmark::DoNotOptimize(tree.posteriors(soft).log_evidence);
}

void triangulate(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  const undirected_graph moral = moral_graph(net.graph());
  std::vector<double> weights;
  for (const variable& v : net.variables()) weights.push_back(static_cast<double>(v.cardinality()));
  elimination_result best;
  for (auto _ : state) best = best_elimination(moral, weights, {.restarts = 10});
  state.counters["total_table_size"] = best.cost.total_table_size;
  state.counters["largest"] = best.cost.largest_table_size;
  const auto known = best_known.find(std::filesystem::path(path).filename().string());
  if (known != best_known.end()) state.counters["over_best_known"] = best.cost.total_table_size / known->second;
}

/// One second of search, and what is left to gain on the best known.
void triangulate_one_second(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  const undirected_graph moral = moral_graph(net.graph());
  std::vector<double> weights;
  for (const variable& v : net.variables()) weights.push_back(static_cast<double>(v.cardinality()));
  double best = 0.0;
  for (auto _ : state) {
    int restarts = 4;
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
         std::chrono::steady_clock::now() < end; restarts *= 2)
      best = best_elimination(moral, weights, {.restarts = restarts}).cost.total_table_size;
  }
  const auto known = best_known.find(std::filesystem::path(path).filename().string());
  state.counters["total_table_size"] = best;
  if (known != best_known.end()) state.counters["over_best_known"] = best / known->second;
}

/// One finding is taken back or set again, one posterior is asked.
void session_step(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  const evidence all = random_rows(net, 0.3, 1).front();
  query_session now(compile(net));
  now.set(all);
  std::size_t next = 0;
  for (auto _ : state) {
    const finding& f = all.findings()[next / 2 % all.findings().size()];
    if (next++ % 2 == 0)
      now.retract({f.node});
    else
      now.set({{f.node, f.state}});
    benchmark::DoNotOptimize(now.posteriors(std::vector<node_id>{0}).log_evidence);
  }
}

#ifdef __GLIBC__
/// What compiling and one query take from the heap, beside the prediction.
void memory(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  evidence soft;
  for (const variable& v : net.variables()) soft.likelihood(v.name, std::vector<double>(v.states.size(), 0.5));
  double measured = 0.0, predicted = 0.0;
  for (auto _ : state) {
    const auto held = [] {
      const struct mallinfo2 now = mallinfo2();
      return static_cast<double>(now.uordblks + now.hblkhd);
    };
    const double before = held();
    const plan tree = compile(net);
    benchmark::DoNotOptimize(tree.posteriors(soft).log_evidence);
    measured = held() - before;
    predicted = tree.cost().bytes;
  }
  state.counters["predicted_MB"] = predicted / 1e6;
  state.counters["measured_MB"] = measured / 1e6;
  state.counters["measured_over_predicted"] = measured / predicted;
}
#endif

void read_file(benchmark::State& state, const std::string& path) {
  for (auto _ : state) benchmark::DoNotOptimize(read_bif(path).size());
}

/// Rows with their own observed sets, in one call; time is that of a row.
void batch_rows(benchmark::State& state, const std::string& path) {
  const network net = read_bif(path);
  const plan tree = compile(net);
  constexpr std::int64_t rows = 2000;
  const sample_table drawn = forward_sample(exec::cpu(1), net, rows, {7, 0});
  std::mt19937_64 engine(11);
  evidence_table asked{{}, {}, rows};
  for (node_id v = 0; v < net.size(); ++v) {
    asked.nodes.push_back(v);
    auto& codes = asked.codes.emplace_back(drawn.column(v).begin(), drawn.column(v).end());
    for (auto& code : codes) {
      if (engine() % 5 != 0) code = -1;
    }
  }
  for (auto _ : state) benchmark::DoNotOptimize(tree.posteriors(asked, asked.nodes, exec::cpu(1)).log_evidence.front());
  state.SetItemsProcessed(state.iterations() * rows);
}

discrete_data drawn_data(const std::string& path, std::int64_t rows) {
  const network net = read_bif(path);
  const sample_table drawn = forward_sample(exec::cpu(1), net, rows, {7, 0});
  std::vector<std::vector<std::int32_t>> codes;
  for (node_id v = 0; v < net.size(); ++v) codes.emplace_back(drawn.column(v).begin(), drawn.column(v).end());
  return {net.variables(), codes};
}

void hill_climbing(benchmark::State& state, const std::string& path) {
  const discrete_data data = drawn_data(path, 10'000);
  search_result found;
  for (auto _ : state) found = hill_climb(data.names(), family_scores(data));
  state.counters["score"] = found.score;
}

void pc(benchmark::State& state, const std::string& path) {
  const discrete_data data = drawn_data(path, 5'000);
  std::int64_t tests = 0;
  for (auto _ : state) tests = pc_stable(data.names(), make_independence_test(data)).tests;
  state.counters["tests"] = static_cast<double>(tests);
}

[[maybe_unused]] const bool registered = [] {
  for (const std::string file : files) {
    const std::string path = std::string(CREDENCE_DATA_FOLDER) + "/bn/" + file;
    if (!std::filesystem::exists(path)) continue;
    const auto add = [&](const std::string& what, auto function) {
      benchmark::RegisterBenchmark((what + "/" + file).c_str(), function)->Unit(benchmark::kMicrosecond);
    };
    add("posteriors/no_evidence", [path](benchmark::State& s) { all_posteriors(s, path, 0.0); });
    add("posteriors/30_percent", [path](benchmark::State& s) { all_posteriors(s, path, 0.3); });
    add("posteriors/soft_everywhere", [path](benchmark::State& s) { full_pass(s, path); });
    add("triangulate", [path](benchmark::State& s) { triangulate(s, path); });
    add("triangulate_1s", [path](benchmark::State& s) { triangulate_one_second(s, path); });
    add("session_step", [path](benchmark::State& s) { session_step(s, path); });
#ifdef __GLIBC__
    add("memory", [path](benchmark::State& s) { memory(s, path); });
#endif
    if (file == "asia.bif" || file == "child.bif" || file == "alarm.bif" || file == "insurance.bif") {
      add("batch_2000_rows", [path](benchmark::State& s) { batch_rows(s, path); });
      add("hill_climb_10000_rows", [path](benchmark::State& s) { hill_climbing(s, path); });
      add("pc_5000_rows", [path](benchmark::State& s) { pc(s, path); });
    }
    add("read", [path](benchmark::State& s) { read_file(s, path); });
  }
  return true;
}();

}  // namespace
