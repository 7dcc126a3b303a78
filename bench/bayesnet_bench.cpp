// SPDX-License-Identifier: BSD-3-Clause
// All posteriors of the shared networks by a prepared plan, without evidence and with 30 % of the nodes observed; the
// time and the table sizes of triangulation. Networks that are not there are left out.
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"
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
    add("read", [path](benchmark::State& s) { read_file(s, path); });
  }
  return true;
}();

}  // namespace
