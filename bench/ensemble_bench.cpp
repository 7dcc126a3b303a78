// SPDX-License-Identifier: BSD-3-Clause
// Ensembles on made-up rows like those of the Higgs set: 21 normal columns and 7 products, two classes.
#include "credence/ensemble/forest.hpp"
#include "credence/ensemble/gradient_boosting.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <map>
#include <memory>
#include <vector>

namespace {

using namespace credence;
using namespace credence::ensemble;

struct rows {
  std::vector<float> x;
  std::vector<double> y;
  std::int64_t n, d;
  [[nodiscard]] labelled_rows labelled() const { return {view<const float, 2>(x.data(), n, d), y, 2, {}, {}}; }
};

const rows& made(std::int64_t n, std::int64_t d = 28) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<rows>> kept;
  auto& one = kept[{n, d}];
  if (one != nullptr) return *one;
  one = std::make_unique<rows>();
  one->n = n;
  one->d = d;
  const std::int64_t raw = d * 3 / 4;
  const rng_key key{1, 0};
  for (std::int64_t i = 0; i < n; ++i) {
    std::vector<float> row;
    for (std::int64_t c = 0; c < raw; ++c)
      row.push_back(random::normal<float>(key.split(purpose::user, 1), static_cast<std::uint64_t>(i * raw + c)));
    for (std::int64_t c = raw; c < d; ++c)
      row.push_back(row[static_cast<std::size_t>(c - raw)] * row[static_cast<std::size_t>(c - raw + 7)]);
    const auto v = [&](std::size_t c) { return static_cast<double>(row[c]); };
    const double z = 0.8 * std::sin(2.0 * v(0)) + 0.7 * v(1) * v(8) + 0.5 * v(2) * v(2) - 0.5 +
                     0.6 * v(3) * std::tanh(v(4)) + 0.4 * v(5);
    one->y.push_back(random::uniform(key.split(purpose::user, 2), static_cast<std::uint64_t>(i)) <
                             1.0 / (1.0 + std::exp(-1.2 * z))
                         ? 1.0
                         : 0.0);
    one->x.insert(one->x.end(), row.begin(), row.end());
  }
  return *one;
}

void boosting_depth_6(benchmark::State& state) {
  const rows& data = made(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        gradient_boosting::fit(data.labelled(), {.context = exec::cpu(static_cast<int>(state.range(1)))}));
}
BENCHMARK(boosting_depth_6)
    ->Args({200000, 1})
    ->Args({200000, 2})
    ->Args({1000000, 2})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->Iterations(1);

void boosting_255_leaves(benchmark::State& state) {
  const rows& data = made(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        gradient_boosting::fit(data.labelled(), {.growth = tree_growth::leaf_wise,
                                                 .max_depth = 0,
                                                 .max_leaves = 255,
                                                 .context = exec::cpu(static_cast<int>(state.range(1)))}));
  }
}
BENCHMARK(boosting_255_leaves)
    ->Args({200000, 1})
    ->Args({200000, 2})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->Iterations(1);

void boosting_small(benchmark::State& state) {
  const rows& data = made(1000, 20);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        gradient_boosting::fit(data.labelled(), {.context = exec::cpu(static_cast<int>(state.range(0)))}));
}
BENCHMARK(boosting_small)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void boosting_predict(benchmark::State& state) {
  const rows& data = made(100000);
  static const gradient_boosting model = gradient_boosting::fit(data.labelled(), {.context = exec::cpu()});
  for (auto _ : state) benchmark::DoNotOptimize(model.predict_scores(data.labelled().x, exec::cpu(1)));
  state.SetItemsProcessed(state.iterations() * data.n);
}
BENCHMARK(boosting_predict)->Unit(benchmark::kMillisecond);

void boosting_predict_one_row(benchmark::State& state) {
  const rows& data = made(100000);
  static const gradient_boosting model = gradient_boosting::fit(data.labelled(), {.context = exec::cpu()});
  std::vector<double> row(28), out(2);
  std::size_t i = 0;
  for (auto _ : state) {
    for (std::size_t c = 0; c < 28; ++c) row[c] = data.x[i * 28 + c];
    i = (i + 1) % 100000;
    model.predict_row(row, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(boosting_predict_one_row);

void forest_100_trees(benchmark::State& state) {
  const rows& data = made(100000);
  for (auto _ : state) {
    forest_options o = state.range(0) != 0 ? extra_trees() : forest_options();
    o.context = exec::cpu(2);
    benchmark::DoNotOptimize(forest::fit(data.labelled(), o));
  }
}
BENCHMARK(forest_100_trees)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->Iterations(1);

}  // namespace
