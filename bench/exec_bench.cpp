// SPDX-License-Identifier: BSD-3-Clause
// Reductions, scans and sorts beside the standard library and Thrust's OpenMP backend, and the bandwidth that bounds them, measured in the same
// run. Argument: the number of threads.
#include "credence/exec/reduce.hpp"
#include "credence/exec/scan.hpp"
#include "credence/exec/sort.hpp"

#include <benchmark/benchmark.h>

#ifdef CREDENCE_HAVE_THRUST
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/system/omp/execution_policy.h>
#endif

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

using namespace credence;

namespace {

constexpr std::int64_t elements = std::int64_t{1} << 24;
constexpr std::int64_t sort_elements = std::int64_t{1} << 22;

const std::vector<double>& numbers() {
  static const std::vector<double> x = [] {
    std::vector<double> v(static_cast<std::size_t>(elements));
    std::uint64_t state = 1;
    for (double& e : v) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      e = static_cast<double>(state >> 11) * 0x1p-53;
    }
    return v;
  }();
  return x;
}

exec::context threads(const benchmark::State& state) { return exec::cpu(static_cast<int>(state.range(0))); }

void bytes(benchmark::State& state, std::int64_t each) {
  state.SetBytesProcessed(state.iterations() * elements * each);
}

/// What memory gives: every word is read and or-ed, in as many streams as threads.
void read_bandwidth(benchmark::State& state) {
  const exec::context ctx = threads(state);
  const auto* words = reinterpret_cast<const std::uint64_t*>(numbers().data());
  const std::int64_t part = elements / ctx.threads;
  for (auto _ : state) {
    exec::for_each_task(ctx, ctx.threads, [&](std::int64_t t) {
      std::uint64_t any[16] = {};
      for (std::int64_t i = t * part; i < (t + 1) * part; i += 16) {
        for (int lane = 0; lane < 16; ++lane) any[lane] |= words[i + lane];
      }
      benchmark::DoNotOptimize(any);
    });
  }
  bytes(state, 8);
}
BENCHMARK(read_bandwidth)->Arg(1)->Arg(2)->UseRealTime();

void sum_f64(benchmark::State& state) {
  const exec::context ctx = threads(state);
  for (auto _ : state) benchmark::DoNotOptimize(exec::sum(ctx, std::span<const double>(numbers())));
  bytes(state, 8);
}
BENCHMARK(sum_f64)->Arg(1)->Arg(2)->UseRealTime();

void reduce_with_functor(benchmark::State& state) {
  const exec::context ctx = threads(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        exec::reduce(ctx, std::span<const double>(numbers()), 0.0, [](double a, double b) { return a + b; }));
  }
  bytes(state, 8);
}
BENCHMARK(reduce_with_functor)->Arg(1)->Arg(2)->UseRealTime();

void argmin_f64(benchmark::State& state) {
  const exec::context ctx = threads(state);
  for (auto _ : state) benchmark::DoNotOptimize(exec::argmin(ctx, std::span<const double>(numbers())));
  bytes(state, 8);
}
BENCHMARK(argmin_f64)->Arg(1)->Arg(2)->UseRealTime();

void scan_f64(benchmark::State& state) {
  const exec::context ctx = threads(state);
  std::vector<double> out(numbers().size());
  for (auto _ : state) {
    exec::cumulative_sum<double>(ctx, numbers(), out);
    benchmark::ClobberMemory();
  }
  bytes(state, 16);
}
BENCHMARK(scan_f64)->Arg(1)->Arg(2)->UseRealTime();

void scan_std(benchmark::State& state) {
  std::vector<double> out(numbers().size());
  for (auto _ : state) {
    std::inclusive_scan(numbers().begin(), numbers().end(), out.begin());
    benchmark::ClobberMemory();
  }
  bytes(state, 16);
}
BENCHMARK(scan_std)->UseRealTime();

template <class Sort>
void sort_with(benchmark::State& state, const Sort& sort) {
  std::vector<double> x(static_cast<std::size_t>(sort_elements));
  for (auto _ : state) {
    state.PauseTiming();
    std::copy_n(numbers().begin(), sort_elements, x.begin());
    state.ResumeTiming();
    sort(x);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * sort_elements);
}

void sort_f64(benchmark::State& state) {
  const exec::context ctx = threads(state);
  sort_with(state, [&](std::vector<double>& x) { exec::sort<double>(ctx, x); });
}
BENCHMARK(sort_f64)->Arg(1)->Arg(2)->UseRealTime();

void stable_sort_with_functor(benchmark::State& state) {
  const exec::context ctx = threads(state);
  sort_with(state, [&](std::vector<double>& x) {
    exec::stable_sort(ctx, std::span(x), [](double a, double b) { return a < b; });
  });
}
BENCHMARK(stable_sort_with_functor)->Arg(1)->Arg(2)->UseRealTime();

void sort_std(benchmark::State& state) {
  sort_with(state, [](std::vector<double>& x) { std::sort(x.begin(), x.end()); });
}
BENCHMARK(sort_std)->UseRealTime();

void argsort_f64(benchmark::State& state) {
  const exec::context ctx = threads(state);
  std::vector<std::int64_t> order(static_cast<std::size_t>(sort_elements));
  for (auto _ : state) exec::argsort<double>(ctx, std::span(numbers()).first(order.size()), order);
  state.SetItemsProcessed(state.iterations() * sort_elements);
}
BENCHMARK(argsort_f64)->Arg(1)->Arg(2)->UseRealTime();

#ifdef CREDENCE_HAVE_THRUST
// Thrust's OpenMP backend, on all threads OpenMP takes.
void reduce_thrust_omp(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(thrust::reduce(thrust::omp::par, numbers().begin(), numbers().end()));
  }
  bytes(state, 8);
}
void scan_thrust_omp(benchmark::State& state) {
  std::vector<double> out(numbers().size());
  for (auto _ : state) {
    thrust::inclusive_scan(thrust::omp::par, numbers().begin(), numbers().end(), out.begin());
    benchmark::ClobberMemory();
  }
  bytes(state, 16);
}
void sort_thrust_omp(benchmark::State& state) {
  sort_with(state, [](std::vector<double>& x) { thrust::sort(thrust::omp::par, x.begin(), x.end()); });
}
BENCHMARK(reduce_thrust_omp)->UseRealTime();
BENCHMARK(scan_thrust_omp)->UseRealTime();
BENCHMARK(sort_thrust_omp)->UseRealTime();
#endif

/// What starting and ending a parallel loop costs.
void empty_loop(benchmark::State& state) {
  const exec::context ctx = threads(state);
  for (auto _ : state) exec::for_each_task(ctx, 2, [](std::int64_t task) { benchmark::DoNotOptimize(task); });
}
BENCHMARK(empty_loop)->Arg(1)->Arg(2)->UseRealTime();

/// Where a loop of cheap steps begins to gain from a second thread: arguments are threads and elements.
void cheap_loop(benchmark::State& state) {
  const exec::context ctx = threads(state);
  const std::int64_t n = state.range(1);
  const double* in = numbers().data();
  std::vector<double> out(static_cast<std::size_t>(n));
  for (auto _ : state) {
    exec::for_each(
        ctx, n, [in, to = out.data()](std::int64_t i) { to[i] = in[i] * 1.5 + 2.0; }, (n + 1) / 2);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(cheap_loop)->ArgsProduct({{1, 2}, {4096, 8192, 16384, 32768, 65536, 262144}})->UseRealTime();

}  // namespace
