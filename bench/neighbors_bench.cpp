// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/approximate.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/neighbors/kernel_regression.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/uniform.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

using namespace credence;
using namespace credence::neighbors;

namespace {

template <class T>
std::vector<T> random_points(std::int64_t n, std::int64_t d, std::uint64_t seed) {
  std::vector<T> out(static_cast<std::size_t>(n * d));
  const rng_key key{seed, 0};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double u = random::uniform(key, i);
    out[i] = static_cast<T>(std::is_floating_point_v<T> ? u : 255.0 * u);
  }
  return out;
}

/// Arguments: points, dimensions, k, threads.
template <class T>
void tree_batch(benchmark::State& state) {
  const std::int64_t n = state.range(0), d = state.range(1), k = state.range(2), m = 50000;
  const auto points = random_points<T>(n, d, 1), queries = random_points<T>(m, d, 2);
  const kd_tree<T> tree(view<const T, 2>(points.data(), n, d));
  search_work work;
  for (auto _ : state) {
    const auto found = tree.nearest(view<const T, 2>(queries.data(), m, d), k,
                                    {.context = exec::cpu(static_cast<int>(state.range(3)))});
    work = found.work;
    benchmark::DoNotOptimize(found.indices.data());
  }
  state.SetItemsProcessed(state.iterations() * m);
  state.counters["leaves"] = static_cast<double>(work.leaves) / static_cast<double>(m);
}
BENCHMARK_TEMPLATE(tree_batch, float)
    ->Args({1000000, 3, 1, 1})
    ->Args({1000000, 3, 10, 1})
    ->Args({1000000, 3, 10, 2})
    ->Args({100000, 8, 1, 1})
    ->Args({100000, 8, 10, 1})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(tree_batch, double)->Args({1000000, 3, 10, 1})->Unit(benchmark::kMillisecond);

template <class T>
void tree_build(benchmark::State& state) {
  const std::int64_t n = state.range(0), d = state.range(1);
  const auto points = random_points<T>(n, d, 1);
  for (auto _ : state) {
    const kd_tree<T> tree(view<const T, 2>(points.data(), n, d),
                          {.context = exec::cpu(static_cast<int>(state.range(2)))});
    benchmark::DoNotOptimize(tree.size());
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK_TEMPLATE(tree_build, float)->Args({1000000, 3, 1})->Args({1000000, 3, 2})->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(tree_build, double)->Args({1000000, 3, 1})->Unit(benchmark::kMillisecond);

void tree_radius(benchmark::State& state) {
  const std::int64_t n = 1000000, m = 20000;
  const auto points = random_points<float>(n, 3, 1), queries = random_points<float>(m, 3, 2);
  const kd_tree<float> tree(view<const float, 2>(points.data(), n, 3));
  for (auto _ : state) {
    benchmark::DoNotOptimize(tree.within(view<const float, 2>(queries.data(), m, 3), 0.02, {.context = exec::cpu(1)}));
  }
  state.SetItemsProcessed(state.iterations() * m);
}
BENCHMARK(tree_radius)->Unit(benchmark::kMillisecond);

template <class T>
void brute(benchmark::State& state) {
  const std::int64_t n = 9000, d = 128, m = 300;
  const auto points = random_points<T>(n, d, 1), queries = random_points<T>(m, d, 2);
  const brute_force<T> all(view<const T, 2>(points.data(), n, d));
  const auto method = state.range(0) == 0 ? brute_method::vectors : brute_method::products;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        all.nearest(view<const T, 2>(queries.data(), m, d), 10, {.context = exec::cpu(1)}, method));
  }
  state.SetItemsProcessed(state.iterations() * m);
  state.SetLabel(to_string(method));
}
BENCHMARK_TEMPLATE(brute, float)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(brute, std::uint8_t)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// Arguments: budget in leaves.
void forest(benchmark::State& state) {
  const std::int64_t n = 100000, d = 16, m = 1000;
  const auto points = random_points<float>(n, d, 1), queries = random_points<float>(m, d, 2);
  const kd_forest<float> trees(view<const float, 2>(points.data(), n, d));
  for (auto _ : state) {
    benchmark::DoNotOptimize(trees.nearest(view<const float, 2>(queries.data(), m, d), 10,
                                           {.max_leaves = state.range(0), .context = exec::cpu(1)}));
  }
  state.SetItemsProcessed(state.iterations() * m);
}
BENCHMARK(forest)->Arg(16)->Arg(128)->Unit(benchmark::kMillisecond);

/// Arguments: the tolerance as a power of ten, 0 for all points.
void regression(benchmark::State& state) {
  const std::int64_t n = 20000, m = 50;
  const auto points = random_points<double>(n, 2, 1), queries = random_points<double>(m, 2, 2);
  const auto targets = random_points<double>(n, 1, 3);
  const double tolerance = state.range(0) == 0 ? 0.0 : std::pow(10.0, static_cast<double>(state.range(0)));
  const kernel_regression fit(view<const double, 2>(points.data(), n, 2), targets,
                              {.bandwidth = 0.05, .tolerance = tolerance, .context = exec::cpu(1)});
  for (auto _ : state) benchmark::DoNotOptimize(fit.predict(view<const double, 2>(queries.data(), m, 2)));
  state.SetItemsProcessed(state.iterations() * m);
}
BENCHMARK(regression)->Arg(0)->Arg(-3)->Arg(-6)->Unit(benchmark::kMillisecond);

}  // namespace
