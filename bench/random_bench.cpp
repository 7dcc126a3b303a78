// SPDX-License-Identifier: BSD-3-Clause
// Random fills on one core, beside the same draws from Boost.Random and <random> on their fastest common engine.
#include "credence/random/engine.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/gamma.hpp"
#include "credence/tensor/permutation.hpp"

#include <benchmark/benchmark.h>

#include <boost/random/gamma_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <cstdint>
#include <vector>

using namespace credence;

namespace {

constexpr std::size_t draws = 1 << 16;
constexpr rng_key key{1, 2};

/// Time for one draw is the reciprocal of items per second.
template <class T, class Fill>
void fill_with(benchmark::State& state, const Fill& fill) {
  std::vector<T> out(draws);
  for (auto _ : state) {
    fill(std::span<T>(out));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(draws));
}

#define CREDENCE_BENCH(name, T, ...)                            \
  void name(benchmark::State& state) {                          \
    fill_with<T>(state, [](std::span<T> out) { __VA_ARGS__; }); \
  }                                                             \
  BENCHMARK(name);

CREDENCE_BENCH(philox_words, std::uint32_t, random::fill_words(key, out))
CREDENCE_BENCH(uniform_f32, float, random::fill_uniform(key, out))
CREDENCE_BENCH(uniform_f64, double, random::fill_uniform(key, out))
CREDENCE_BENCH(normal_f32, float, random::fill_normal(key, out))
CREDENCE_BENCH(normal_f64, double, random::fill_normal(key, out))
CREDENCE_BENCH(exponential_f64, double, random::fill_exponential(key, out))
CREDENCE_BENCH(gumbel_f32, float, random::fill_gumbel(key, out))
CREDENCE_BENCH(gamma_2_5, double, random::fill_gamma(key, 2.5, out))
CREDENCE_BENCH(gamma_0_5, double, random::fill_gamma(key, 0.5, out))
CREDENCE_BENCH(beta_2_3, double, random::fill_beta(key, 2.0, 3.0, out))
CREDENCE_BENCH(beta_0_5_0_5, double, random::fill_beta(key, 0.5, 0.5, out))
CREDENCE_BENCH(poisson_3, std::int64_t, random::fill_poisson(key, 3.0, out))
CREDENCE_BENCH(poisson_100, std::int64_t, random::fill_poisson(key, 100.0, out))
CREDENCE_BENCH(binomial_10, std::int64_t, random::fill_binomial(key, 10, 0.3, out))
CREDENCE_BENCH(binomial_1000, std::int64_t, random::fill_binomial(key, 1000, 0.3, out))
CREDENCE_BENCH(integers_1000, std::int64_t, random::fill_integers(key, 1000, out))

void categorical_1000(benchmark::State& state) {
  std::vector<double> weights(1000);
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = static_cast<double>(k + 1);
  const random::alias_table table(weights);
  fill_with<std::int64_t>(state, [&](std::span<std::int64_t> out) { random::fill_categorical(key, table, out); });
}
BENCHMARK(categorical_1000);

/// One element at a time, as in scalar code.
void normal_one_by_one(benchmark::State& state) {
  fill_with<double>(state, [](std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = random::normal(key, i);
  });
}
BENCHMARK(normal_one_by_one);

void permutation_1e6(benchmark::State& state) {
  const exec::context ctx = exec::cpu(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(random::permutation(ctx, key, 1000000));
  state.SetItemsProcessed(state.iterations() * 1000000);
}
BENCHMARK(permutation_1e6)->Arg(1)->Arg(2)->UseRealTime();

template <class Distribution, class Engine, class T>
void peer(benchmark::State& state, Distribution distribution) {
  Engine engine(42);
  fill_with<T>(state, [&](std::span<T> out) {
    for (T& x : out) x = static_cast<T>(distribution(engine));
  });
}
void boost_normal_mt19937(benchmark::State& state) {
  peer<boost::random::normal_distribution<>, boost::random::mt19937, double>(state,
                                                                             boost::random::normal_distribution<>());
}
void boost_gamma_2_5_mt19937(benchmark::State& state) {
  peer<boost::random::gamma_distribution<>, boost::random::mt19937, double>(state,
                                                                            boost::random::gamma_distribution<>(2.5));
}
void boost_poisson_100_mt19937(benchmark::State& state) {
  peer<boost::random::poisson_distribution<std::int64_t>, boost::random::mt19937, std::int64_t>(
      state, boost::random::poisson_distribution<std::int64_t>(100.0));
}
void boost_normal_philox_engine(benchmark::State& state) {
  peer<boost::random::normal_distribution<>, random::philox_engine, double>(state,
                                                                            boost::random::normal_distribution<>());
}
BENCHMARK(boost_normal_mt19937);
BENCHMARK(boost_gamma_2_5_mt19937);
BENCHMARK(boost_poisson_100_mt19937);
BENCHMARK(boost_normal_philox_engine);

}  // namespace
