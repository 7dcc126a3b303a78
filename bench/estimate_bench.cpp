// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/glm_inference.hpp"
#include "credence/estimate/glm_path.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

using namespace credence;

namespace {

/// A logistic regression: an intercept and normal columns.
struct logistic_data {
  std::vector<double> x, y;
  glm::problem problem;

  logistic_data(std::int64_t n, std::int64_t p) {
    const rng_key key{1, 0}, other{2, 0};
    x.resize(static_cast<std::size_t>(n * p));
    for (std::int64_t j = 0; j < p; ++j) {
      for (std::int64_t i = 0; i < n; ++i) {
        x[static_cast<std::size_t>(j * n + i)] =
            j == 0 ? 1.0 : random::normal<double>(key, static_cast<std::uint64_t>(j * n + i));
      }
    }
    for (std::int64_t i = 0; i < n; ++i) {
      double eta = -0.5;
      for (std::int64_t j = 1; j < p; ++j) {
        eta += (j % 2 == 0 ? -0.2 : 0.3) * x[static_cast<std::size_t>(j * n + i)] / static_cast<double>(j);
      }
      const double u = random::uniform(other, static_cast<std::uint64_t>(i));
      y.push_back(u < 1.0 / (1.0 + std::exp(-eta)) ? 1.0 : 0.0);
    }
    problem.x = view<const double, 2>(x.data(), n, p);
    problem.x.strides[0] = 1;
    problem.x.strides[1] = n;
    problem.y = y;
  }
};

/// Arguments: rows, columns, threads.
void logistic_fit(benchmark::State& state) {
  const logistic_data data(state.range(0), state.range(1));
  glm::fitted fit;
  for (auto _ : state) {
    fit = glm::fit(data.problem,
                   {.family = glm::family::binomial, .context = exec::cpu(static_cast<int>(state.range(2)))});
    benchmark::DoNotOptimize(fit.coefficients.data());
  }
  state.counters["iterations"] = fit.iterations;
}
BENCHMARK(logistic_fit)
    ->Args({1000, 5, 1})
    ->Args({100000, 20, 1})
    ->Args({1000000, 20, 1})
    ->Args({1000000, 20, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void logistic_bootstrap(benchmark::State& state) {
  const logistic_data data(1000, 5);
  const glm::options how{.family = glm::family::binomial, .context = exec::cpu(1)};
  const auto fit = glm::fit(data.problem, how);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        glm::bootstrap(fit, data.problem, how, {.replicates = state.range(0), .seed = 1}).coefficients.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(logistic_bootstrap)->Arg(10000)->Unit(benchmark::kMillisecond);

void lasso_path(benchmark::State& state) {
  const logistic_data data(state.range(0), state.range(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        glm::regularisation_path(data.problem, {.family = glm::family::gaussian}, {.count = 50}).data());
  }
}
BENCHMARK(lasso_path)->Args({100000, 100})->Unit(benchmark::kMillisecond);

}  // namespace
