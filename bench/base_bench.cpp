// SPDX-License-Identifier: BSD-3-Clause
// The portable functions over arrays of 4096 elements (in cache), beside the C library's scalar functions in the same
// run; and one scalar call from ordinary code.
#include "credence/base/array_math.hpp"
#include "credence/base/portable_math.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

using namespace credence;

namespace {

template <class T>
std::vector<T> points(double low, double high) {
  std::vector<T> x(4096);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // a fixed sequence without order, so that branches in the peer are as unpredictable as in practice
    const double u = std::fmod(static_cast<double>(i) * 0.6180339887498949, 1.0);
    x[i] = static_cast<T>(low + u * (high - low));
  }
  return x;
}

template <class T, class F>
void array_run(benchmark::State& state, F f, double low, double high) {
  const std::vector<T> x = points<T>(low, high);
  std::vector<T> y(x.size());
  for (auto _ : state) {
    f(std::span<const T>(x), std::span<T>(y));
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

template <class F>
void array_f64(benchmark::State& state, F f, double low, double high) {
  array_run<double>(state, f, low, high);
}
template <class F>
void array_f32(benchmark::State& state, F f, double low, double high) {
  array_run<float>(state, f, low, high);
}

template <class F>
void scalar_run(benchmark::State& state, F f, double low, double high) {
  const std::vector<double> x = points<double>(low, high);
  std::vector<double> y(x.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

#define CREDENCE_BENCH(name, low, high)                                                   \
  BENCHMARK_CAPTURE(                                                                      \
      array_f64, name##_f64, [](auto in, auto out) { array::name(in, out); }, low, high); \
  BENCHMARK_CAPTURE(                                                                      \
      array_f32, name##_f32, [](auto in, auto out) { array::name(in, out); }, low, high); \
  BENCHMARK_CAPTURE(                                                                      \
      scalar_run, name##_scalar, [](double x) { return math::name(x); }, low, high)
#define CREDENCE_BENCH_PEER(name, low, high) \
  CREDENCE_BENCH(name, low, high);           \
  BENCHMARK_CAPTURE(                         \
      scalar_run, name##_libm, [](double x) { return std::name(x); }, low, high)

CREDENCE_BENCH_PEER(exp, -20.0, 20.0);
CREDENCE_BENCH_PEER(expm1, -20.0, 20.0);
CREDENCE_BENCH_PEER(exp2, -20.0, 20.0);
CREDENCE_BENCH_PEER(log, 0.001, 100.0);
CREDENCE_BENCH_PEER(log1p, -0.9, 20.0);
CREDENCE_BENCH_PEER(log2, 0.001, 100.0);
CREDENCE_BENCH_PEER(sin, -20.0, 20.0);
CREDENCE_BENCH_PEER(cos, -20.0, 20.0);
CREDENCE_BENCH_PEER(tan, -20.0, 20.0);
CREDENCE_BENCH_PEER(atan, -5.0, 5.0);
CREDENCE_BENCH_PEER(asin, -1.0, 1.0);
CREDENCE_BENCH_PEER(acos, -1.0, 1.0);
CREDENCE_BENCH_PEER(sinh, -5.0, 5.0);
CREDENCE_BENCH_PEER(cosh, -5.0, 5.0);
CREDENCE_BENCH_PEER(tanh, -5.0, 5.0);
CREDENCE_BENCH(log_factorial, 0.0, 100.0);
CREDENCE_BENCH(inv_logit, -20.0, 20.0);
CREDENCE_BENCH(log1p_exp, -20.0, 20.0);
CREDENCE_BENCH(log1m_exp, -20.0, -0.001);
BENCHMARK_CAPTURE(
    scalar_run, lgamma_libm, [](double x) { return std::lgamma(x + 1.0); }, 0.0, 100.0);
BENCHMARK_CAPTURE(
    array_f64, sin_huge_f64, [](auto in, auto out) { array::sin(in, out); }, 1e9, 1e10);
BENCHMARK_CAPTURE(
    scalar_run, sin_huge_libm, [](double x) { return std::sin(x); }, 1e9, 1e10);
BENCHMARK_CAPTURE(
    array_f64, pow_f64, [](auto in, auto out) { array::pow(in, in, out); }, 0.1, 10.0);
BENCHMARK_CAPTURE(
    array_f32, pow_f32, [](auto in, auto out) { array::pow(in, in, out); }, 0.1, 10.0);
BENCHMARK_CAPTURE(
    scalar_run, pow_libm, [](double x) { return std::pow(x, x); }, 0.1, 10.0);

}  // namespace
