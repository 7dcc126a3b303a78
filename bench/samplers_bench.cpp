// SPDX-License-Identifier: BSD-3-Clause
// NUTS on built-in models: gradients a second in transitions, the overhead of a transition beside its gradients, and
// effective draws a second with and without warm-up (counters; the smallest bulk ESS of all parameters).
#include "credence/models/registry.hpp"
#include "credence/samplers/run.hpp"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace credence;

namespace {

program load(const std::string& name) {
  std::ifstream file(std::string(CREDENCE_DATA_FOLDER) + "/posteriordb/" + name + "/data.json");
  named_data data;
  const nlohmann::json object = nlohmann::json::parse(file);
  for (const auto& [key, value] : object.items()) {
    data.set(key, value.is_array() ? data_array(value.get<std::vector<double>>()) : data_array(value.get<double>()));
  }
  return models::compile(models::find(name), data);
}

void gradient(benchmark::State& state, const std::string& name) {
  const program p = load(name);
  const density_ref density(p);
  std::vector<double> x(static_cast<std::size_t>(p.dimension()), 0.1), g(x.size());
  for (auto _ : state) benchmark::DoNotOptimize(density(x.data(), g.data()));
}

/// Transitions after warm-up; the items are gradients.
void transitions(benchmark::State& state, const std::string& name) {
  const program p = load(name);
  const density_ref density(p);
  run_options run;
  run.chains = 1;
  run.draws = 1;
  const run_result warm = sample(p, nuts::options{}, run);
  nuts::options opt{.step_size = warm.chains[0].step_size, .inverse_metric = warm.chains[0].inverse_metric};
  nuts::state chain = nuts::init(density, opt, warm.chains[0].initial_point);
  std::int64_t gradients = 0;
  std::uint64_t iteration = 0;
  for (auto _ : state) gradients += nuts::step({{1, 0}, 0, iteration++}, density, opt, chain).leapfrogs;
  state.SetItemsProcessed(gradients);
  state.counters["seconds_per_gradient"] =
      benchmark::Counter(static_cast<double>(gradients), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Four chains of 1000 + 1000.
void whole_run(benchmark::State& state, const std::string& name) {
  const program p = load(name);
  run_options run;
  run.variables = models::find(name).reported();
  run.context = exec::cpu(2);
  double sampling = 0.0, total = 0.0, ess = 0.0;
  for (auto _ : state) {
    ++run.seed;
    const run_result result = sample(p, nuts::options{}, run);
    state.PauseTiming();
    double least = 1e300;
    for (const auto& q : summary(result).parameters) least = std::min(least, q.ess_bulk);
    ess += least;
    for (const auto& chain : result.chains) {
      sampling += chain.sampling_seconds;
      total += chain.sampling_seconds + chain.warmup_seconds;
    }
    state.ResumeTiming();
  }
  state.counters["ess_per_chain_second_with_warmup"] = ess / total;
  state.counters["ess_per_chain_second"] = ess / sampling;
}

}  // namespace

BENCHMARK_CAPTURE(gradient, eight_schools, std::string("eight_schools"));
BENCHMARK_CAPTURE(transitions, eight_schools, std::string("eight_schools"));
BENCHMARK_CAPTURE(gradient, logearn_interaction, std::string("logearn_interaction"));
BENCHMARK_CAPTURE(transitions, logearn_interaction, std::string("logearn_interaction"));
BENCHMARK_CAPTURE(whole_run, eight_schools, std::string("eight_schools"))->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(whole_run, logearn_interaction, std::string("logearn_interaction"))
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
