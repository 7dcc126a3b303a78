// SPDX-License-Identifier: BSD-3-Clause
// The summary of many parameters, and single diagnostics. Chains are first-order autoregressions; the argument is a
// hundred times their correlation.
#include "credence/diagnostics/convergence.hpp"
#include "credence/diagnostics/summary.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace credence;

namespace {

std::vector<double> simulate(std::int64_t chains, std::int64_t draws, std::int64_t parameters, double correlation) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::vector<double> values(static_cast<std::size_t>(chains * draws * parameters));
  const double innovation = std::sqrt(1.0 - correlation * correlation);
  const auto row = static_cast<std::size_t>(parameters);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool fresh = i / row % static_cast<std::size_t>(draws) == 0;
    values[i] = fresh ? normal(engine) : correlation * values[i - row] + innovation * normal(engine);
  }
  return values;
}

void summary_10_chains_10000_draws_1000_parameters(benchmark::State& state) {
  const std::vector<double> values = simulate(10, 10000, 1000, 0.01 * static_cast<double>(state.range(0)));
  std::vector<std::string> names;
  for (int p = 0; p < 1000; ++p) names.push_back("x[" + std::to_string(p + 1) + "]");
  const view<const double, 3> draws(values.data(), 10, 10000, 1000);
  for (auto _ : state) benchmark::DoNotOptimize(summary(exec::cpu(2), names, draws));
}

void r_hat_4_chains_1000_draws(benchmark::State& state) {
  const std::vector<double> values = simulate(4, 1000, 1, 0.3);
  for (auto _ : state) benchmark::DoNotOptimize(r_hat(view<const double, 2>(values.data(), 4, 1000)));
}

void ess_bulk_4_chains_1000_draws(benchmark::State& state) {
  const std::vector<double> values = simulate(4, 1000, 1, 0.01 * static_cast<double>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(ess_bulk(view<const double, 2>(values.data(), 4, 1000)));
}

}  // namespace

BENCHMARK(summary_10_chains_10000_draws_1000_parameters)
    ->Arg(0)
    ->Arg(50)
    ->Arg(95)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK(r_hat_4_chains_1000_draws)->Unit(benchmark::kMicrosecond);
BENCHMARK(ess_bulk_4_chains_1000_draws)->Arg(0)->Arg(95)->Unit(benchmark::kMicrosecond);
