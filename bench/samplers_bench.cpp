// SPDX-License-Identifier: BSD-3-Clause
// NUTS on built-in models: gradients a second in transitions, the overhead of a transition beside its gradients, and
// effective draws a second with and without warm-up (counters; the smallest bulk ESS of all parameters).
#include "credence/models/registry.hpp"
#include "credence/samplers/run.hpp"
#include "credence/table/json.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>

using namespace credence;

namespace {

program load(const std::string& name) {
  return models::compile(models::find(name),
                         read_named_data(std::string(CREDENCE_DATA_FOLDER) + "/posteriordb/" + name + "/data.json"));
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
  nuts::options opt{.step_size = warm.chains[0].step_size, .metric = warm.chains[0].metric};
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

/// Gradients per effective draw of the parameter that has the fewest: what a metric is worth, whatever a gradient
/// costs.
void gradients_per_draw(benchmark::State& state, const std::string& name, const nuts::options& opt,
                        std::int64_t warmup) {
  const program p = load(name);
  run_options run;
  run.variables = models::find(name).reported();
  run.context = exec::cpu(2);
  run.warmup = warmup;
  double sampling = 0.0, total = 0.0, ess = 0.0;
  for (auto _ : state) {
    ++run.seed;
    const run_result result = sample(p, opt, run);
    state.PauseTiming();
    double least = 1e300;
    for (const auto& q : summary(result).parameters) least = std::min(least, q.ess_bulk);
    ess += least;
    for (const auto& chain : result.chains) {
      sampling += static_cast<double>(chain.sampling_gradients);
      total += static_cast<double>(chain.sampling_gradients + chain.warmup_gradients);
    }
    state.ResumeTiming();
  }
  state.counters["gradients_per_draw"] = sampling / ess;
  state.counters["gradients_per_draw_with_warmup"] = total / ess;
}

/// The metrics on all reference posteriors.
void add_metric_rows() {
  for (const char* name : {"eight_schools", "kidscore_interaction", "logearn_interaction", "arK", "garch11",
                           "low_dim_gauss_mix", "hmm_example", "gp_pois_regr", "sblrc_blr"}) {
    const auto add = [&](const std::string& metric, const nuts::options& opt, std::int64_t warmup) {
      benchmark::RegisterBenchmark(("gradients_per_draw/" + std::string(name) + "/" + metric).c_str(),
                                   [=](benchmark::State& state) { gradients_per_draw(state, name, opt, warmup); })
          ->Unit(benchmark::kMillisecond)
          ->Iterations(3);
    };
    const double target = name == std::string("gp_pois_regr") ? 0.95 : 0.8;
    add("diagonal", {.target_acceptance = target}, 1000);
    add("dense", {.target_acceptance = target, .adaptation = {metric::shape::dense}}, 1000);
    add("low_rank", {.target_acceptance = target, .adaptation = {metric::shape::low_rank, metric_estimator::fisher}},
        400);
  }
}
const int metric_rows = (add_metric_rows(), 0);

}  // namespace

BENCHMARK_CAPTURE(gradient, eight_schools, std::string("eight_schools"));
BENCHMARK_CAPTURE(transitions, eight_schools, std::string("eight_schools"));
BENCHMARK_CAPTURE(gradient, logearn_interaction, std::string("logearn_interaction"));
BENCHMARK_CAPTURE(transitions, logearn_interaction, std::string("logearn_interaction"));
BENCHMARK_CAPTURE(whole_run, eight_schools, std::string("eight_schools"))->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(whole_run, logearn_interaction, std::string("logearn_interaction"))
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
