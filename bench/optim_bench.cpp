// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/conjugate_gradient.hpp"
#include "credence/optim/lbfgs.hpp"
#include "credence/optim/least_squares.hpp"
#include "credence/optim/nelder_mead.hpp"
#include "credence/optim/newton.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

using namespace credence;

namespace {

double rosenbrock(std::span<const double> x, std::span<double> g) {
  double value = 0.0;
  for (double& v : g) v = 0.0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
    value += 100.0 * a * a + b * b;
    if (!g.empty()) {
      g[i] += -400.0 * a * x[i] - 2.0 * b;
      g[i + 1] += 200.0 * a;
    }
  }
  return value;
}

std::vector<double> start_of(benchmark::State& state) {
  std::vector<double> start(static_cast<std::size_t>(state.range(0)), 1.0);
  for (std::size_t i = 0; i < start.size(); i += 2) start[i] = -1.2;
  return start;
}

template <class Minimize>
void run(benchmark::State& state, const Minimize& minimize) {
  const auto start = start_of(state);
  optim_result found;
  for (auto _ : state) {
    found = minimize(start);
    benchmark::DoNotOptimize(found.x.data());
  }
  state.counters["evaluations"] = static_cast<double>(found.evaluations);
  state.counters["iterations"] = found.iterations;
}

void lbfgs_rosenbrock(benchmark::State& state) {
  run(state, [](const auto& start) { return lbfgs_minimize(rosenbrock, start); });
}
BENCHMARK(lbfgs_rosenbrock)->Arg(2)->Arg(100)->Arg(10000);

void conjugate_gradient_rosenbrock(benchmark::State& state) {
  run(state, [](const auto& start) { return conjugate_gradient_minimize(rosenbrock, start); });
}
BENCHMARK(conjugate_gradient_rosenbrock)->Arg(2)->Arg(100);

void newton_rosenbrock(benchmark::State& state) {
  run(state, [](const auto& start) { return newton_minimize(rosenbrock, start); });
}
BENCHMARK(newton_rosenbrock)->Arg(2)->Arg(20);

void nelder_mead_rosenbrock(benchmark::State& state) {
  run(state, [](const auto& start) { return nelder_mead_minimize(rosenbrock, start); });
}
BENCHMARK(nelder_mead_rosenbrock)->Arg(2)->Arg(5);

void levenberg_marquardt_exponential(benchmark::State& state) {
  const auto m = static_cast<std::size_t>(state.range(0));
  const auto f = [m](std::span<const double> x, std::span<double> r, std::span<double> j) {
    for (std::size_t i = 0; i < m; ++i) {
      const double t = 10.0 * static_cast<double>(i) / static_cast<double>(m), e = std::exp(-x[1] * t);
      r[i] = x[0] * e + x[2] - (5.0 * std::exp(-0.5 * t) + 1.0 + 0.01 * std::sin(37.0 * t));
      if (j.empty()) continue;
      j[3 * i] = e;
      j[3 * i + 1] = -t * x[0] * e;
      j[3 * i + 2] = 1.0;
    }
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        least_squares_minimize(f, static_cast<std::int64_t>(m), std::vector<double>{1.0, 1.0, 0.0}).x.data());
  }
}
BENCHMARK(levenberg_marquardt_exponential)->Arg(100)->Arg(10000);

}  // namespace
