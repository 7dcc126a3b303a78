// SPDX-License-Identifier: BSD-3-Clause
// Exact attention by size, the crossover to linear attention, and the selective scan beside the floor of its
// exponentials.
#include "credence/attention/exact.hpp"
#include "credence/attention/linear.hpp"
#include "credence/attention/selective_scan.hpp"
#include "credence/attention/softmax_rows.hpp"
#include "credence/base/array_math.hpp"
#include "credence/random/fill.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstring>

using namespace credence;

namespace {

template <class T>
tensor<T> numbers(const tensor_shape& shape, std::uint64_t seed) {
  tensor<T> out(shape);
  tensor<float> drawn(shape);
  random::fill_normal(rng_key{seed, 0}, drawn.elements());
  for (std::int64_t i = 0; i < out.size(); ++i) {
    if constexpr (std::is_same_v<T, bfloat16>) {
      out[i] = to_bfloat16(drawn[i]);
    } else {
      out[i] = static_cast<T>(drawn[i]);
    }
  }
  return out;
}

/// Useful operations: 4 N^2 D, half of it when causal, 2.5 times it backward.
void report(benchmark::State& state, std::int64_t n, std::int64_t d, bool causal, double factor) {
  const double operations = 4.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(d);
  state.counters["GFLOP/s"] = benchmark::Counter(operations * factor * (causal ? 0.5 : 1.0) * 1e-9,
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

/// Arguments: N, D, causal, threads.
template <class T>
void forward(benchmark::State& state) {
  const std::int64_t n = state.range(0), d = state.range(1);
  const auto q = numbers<T>({1, 1, n, d}, 1), k = numbers<T>({1, 1, n, d}, 2), v = numbers<T>({1, 1, n, d}, 3);
  const attention::inputs<T> in{q.template view<4>(), k.template view<4>(), v.template view<4>(), {}};
  const attention::options opt{.causal = state.range(2) != 0};
  const auto ctx = exec::cpu(static_cast<int>(state.range(3)));
  for (auto _ : state) benchmark::DoNotOptimize(attention::forward<T>(ctx, in, opt).output.data());
  report(state, n, d, opt.causal, 1.0);
}
BENCHMARK_TEMPLATE(forward, float)
    ->Args({512, 64, 0, 1})
    ->Args({512, 64, 1, 1})
    ->Args({2048, 64, 0, 1})
    ->Args({2048, 64, 1, 1})
    ->Args({2048, 64, 0, 2})
    ->Args({2048, 128, 0, 1})
    ->Args({2048, 128, 1, 1})
    ->UseRealTime();
BENCHMARK_TEMPLATE(forward, bfloat16)->Args({2048, 64, 0, 1})->Args({2048, 128, 0, 1})->UseRealTime();
BENCHMARK_TEMPLATE(forward, double)->Args({2048, 64, 0, 1})->UseRealTime();

void backward(benchmark::State& state) {
  const std::int64_t n = state.range(0), d = state.range(1);
  const auto q = numbers<float>({1, 1, n, d}, 1), k = numbers<float>({1, 1, n, d}, 2),
             v = numbers<float>({1, 1, n, d}, 3);
  const attention::inputs<float> in{q.view<4>(), k.view<4>(), v.view<4>(), {}};
  const attention::options opt{.causal = state.range(2) != 0};
  const auto ctx = exec::cpu(static_cast<int>(state.range(3)));
  const auto done = attention::forward<float>(ctx, in, opt);
  for (auto _ : state) benchmark::DoNotOptimize(attention::backward<float>(ctx, in, opt, done, q.view<4>()).q.data());
  report(state, n, d, opt.causal, 2.5);
}
BENCHMARK(backward)->Args({2048, 64, 0, 1})->Args({2048, 64, 1, 1})->Args({2048, 64, 0, 2})->UseRealTime();

/// The crossover in N at D = 64: multiplications say 65 tokens; overheads move it.
void linear_beside_exact(benchmark::State& state) {
  const std::int64_t n = state.range(0), d = 64;
  const auto q = numbers<float>({1, 1, n, d}, 1), k = numbers<float>({1, 1, n, d}, 2),
             v = numbers<float>({1, 1, n, d}, 3);
  const attention::inputs<float> in{q.view<4>(), k.view<4>(), v.view<4>(), {}};
  const auto ctx = exec::cpu(1);
  for (auto _ : state) {
    if (state.range(1) != 0) {
      benchmark::DoNotOptimize(attention::linear_attention<float>(ctx, in, {.causal = state.range(1) == 2}).data());
    } else {
      benchmark::DoNotOptimize(attention::forward<float>(ctx, in).output.data());
    }
  }
}
BENCHMARK(linear_beside_exact)
    ->ArgNames({"N", "linear"})
    ->ArgsProduct({{32, 64, 128, 256, 1024, 4096, 16384}, {0, 1, 2}})
    ->UseRealTime();

struct scan_data {
  tensor<float> u, delta, a, b, c;
  scan_data(std::int64_t length, std::int64_t channels, std::int64_t states)
      : u(numbers<float>({1, length, channels}, 1)),
        delta(numbers<float>({1, length, channels}, 2)),
        a(numbers<float>({channels, states}, 3)),
        b(numbers<float>({1, length, states}, 4)),
        c(numbers<float>({1, length, states}, 5)) {
    for (float& x : delta) x = 0.1F * std::abs(x);
    for (float& x : a) x = -std::abs(x);
  }
  [[nodiscard]] attention::selective_inputs<float> in() const {
    return {u.view<3>(), delta.view<3>(), a.view<2>(), b.view<3>(), c.view<3>(), {}, {}};
  }
};
constexpr std::int64_t scan_length = 2048, scan_channels = 256, scan_states = 16;

void selective_scan(benchmark::State& state) {
  const scan_data data(scan_length, scan_channels, scan_states);
  for (auto _ : state) benchmark::DoNotOptimize(attention::selective_scan<float>(exec::cpu(1), data.in()).y.data());
  state.SetItemsProcessed(state.iterations() * scan_length * scan_channels * scan_states);
}
BENCHMARK(selective_scan);
void selective_scan_backward(benchmark::State& state) {
  const scan_data data(scan_length, scan_channels, scan_states);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        attention::selective_scan_backward<float>(exec::cpu(1), data.in(), data.u.view<3>()).u.data());
  }
  state.SetItemsProcessed(state.iterations() * scan_length * scan_channels * scan_states);
}
BENCHMARK(selective_scan_backward);

/// As many exponentials and nothing else, on data that stay in the first cache: the floor of the scan and of a softmax.
void exponential_floor(benchmark::State& state) {
  std::vector<float> x(4096, -0.3F), out(4096);
  for (auto _ : state) {
    array::exp(std::span<const float>(x), std::span<float>(out));
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * 4096);
}
BENCHMARK(exponential_floor);

/// Rows of scores that fit no cache, into memory that is there already; beside them the exponentials' floor and a copy.
void softmax_rows(benchmark::State& state) {
  const auto x = numbers<float>({(1 << 24) / state.range(0), state.range(0)}, 1);
  tensor<float> out(x.shape());
  for (auto _ : state) {
    attention::softmax_rows<float>(exec::cpu(1), x.view<2>(), out.view<2>());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(softmax_rows)->Arg(512)->Arg(4096);
void copy_floor(benchmark::State& state) {
  const auto x = numbers<float>({1 << 24}, 1);
  tensor<float> out(x.shape());
  for (auto _ : state) {
    std::memcpy(out.data(), x.data(), static_cast<std::size_t>(x.size()) * sizeof(float));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(copy_floor);

}  // namespace
