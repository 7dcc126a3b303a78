// SPDX-License-Identifier: BSD-3-Clause
// All posteriors of the shared networks by a prepared plan, without evidence and with 30 % of the nodes observed; the
// time and the table sizes of triangulation. Networks that are not there are left out.
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/pc.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/sampling.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/graph/elimination.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <random>

using namespace credence;
using namespace credence::bayesnet;

namespace {

constexpr const char* files[] = {"asia.bif",       "sachs.bif",     "child.bif", "alarm.bif", "win95pts.bif",
                                 "hailfinder.bif", "insurance.bif", "andes.bif", "pigs.bif",  "munin3.bif.gz"};

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
}

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
