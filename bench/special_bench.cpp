// SPDX-License-Identifier: BSD-3-Clause
// The special functions: arrays and scalar calls beside the C library and Boost.Math in the same run.
#include "credence/special/arrays.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/gamma.hpp"
#include "credence/special/incomplete_beta.hpp"
#include "credence/special/incomplete_gamma.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

using namespace credence;

namespace {

std::vector<double> points(double low, double high) {
  std::vector<double> x(4096);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = low + std::fmod(static_cast<double>(i) * 0.6180339887498949, 1.0) * (high - low);
  }
  return x;
}

template <class F>
void array_run(benchmark::State& state, F f, double low, double high) {
  const std::vector<double> x = points(low, high);
  std::vector<double> y(x.size());
  for (auto _ : state) {
    f(std::span<const double>(x), std::span<double>(y));
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

template <class F>
void scalar_run(benchmark::State& state, F f, double low, double high) {
  const std::vector<double> x = points(low, high);
  std::vector<double> y(x.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
    benchmark::DoNotOptimize(y.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

#define CREDENCE_BENCH(name, peer, low, high)                                               \
  BENCHMARK_CAPTURE(                                                                        \
      array_run, name##_array, [](auto in, auto out) { array::name(in, out); }, low, high); \
  BENCHMARK_CAPTURE(                                                                        \
      scalar_run, name##_scalar, [](double x) { return special::name(x); }, low, high);     \
  BENCHMARK_CAPTURE(                                                                        \
      scalar_run, name##_peer, [](double x) { return peer(x); }, low, high)

CREDENCE_BENCH(lgamma, std::lgamma, 0.1, 30.0);
CREDENCE_BENCH(digamma, boost::math::digamma, 0.1, 30.0);
CREDENCE_BENCH(trigamma, boost::math::trigamma, 0.1, 30.0);
CREDENCE_BENCH(erf, std::erf, -4.0, 4.0);
CREDENCE_BENCH(erfc, std::erfc, -4.0, 10.0);

#define CREDENCE_BENCH_SCALAR(name, ours, peer, low, high)                  \
  BENCHMARK_CAPTURE(                                                        \
      scalar_run, name##_scalar, [](double x) { return ours; }, low, high); \
  BENCHMARK_CAPTURE(                                                        \
      scalar_run, name##_boost, [](double x) { return peer; }, low, high)

CREDENCE_BENCH_SCALAR(gamma_p_2, special::gamma_p(2.5, x), boost::math::gamma_p(2.5, x), 0.01, 10.0);
CREDENCE_BENCH_SCALAR(gamma_p_100, special::gamma_p(100.0, x), boost::math::gamma_p(100.0, x), 70.0, 130.0);
CREDENCE_BENCH_SCALAR(beta_p_2_3, special::beta_p(2.5, 3.5, x), boost::math::ibeta(2.5, 3.5, x), 0.01, 0.99);
CREDENCE_BENCH_SCALAR(beta_p_100, special::beta_p(100.0, 60.0, x), boost::math::ibeta(100.0, 60.0, x), 0.5, 0.75);
BENCHMARK_CAPTURE(
    scalar_run, gamma_variate_derivative, [](double x) { return special::gamma_variate_derivative(2.5, x); }, 0.01,
    10.0);

}  // namespace
