// SPDX-License-Identifier: BSD-3-Clause
// Gradients of recorded models, per lane. Models are recorded by the public model(...).
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/random/normal.hpp"
#include "credence/tensor/gemm.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace credence;

program eight_schools() {
  return model([](recorder& r) {
           const var mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0)), z = r.parameter("z", {8});
           const var theta = r.generated("theta", mu + tau * z);
           r.prior += log_pdf(normal{0.0, 1.0}, z) + log_pdf(normal{0.0, 5.0}, mu) + log_pdf(cauchy{0.0, 5.0}, tau);
           r.likelihood += log_pdf(normal{theta, r.data("sigma", {8})}, r.data("y", {8}));
         })
      .compile({{"y", data_array{28, 8, -3, 7, -1, 1, 18, 12}}, {"sigma", data_array{15, 10, 16, 11, 9, 11, 10, 18}}});
}

program logistic(std::int64_t n, std::int64_t d, const compile_options& options = {}) {
  std::vector<double> x(static_cast<std::size_t>(n * d)), y(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = random::normal(rng_key{1, 1}, k);
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = x[k * static_cast<std::size_t>(d)] > 0.3 ? 1.0 : 0.0;
  return model([](recorder& r) {
           const var beta = r.parameter("beta", {r.data("X").shape()[1]});
           r.prior += log_pdf(normal{0.0, 1.0}, beta);
           r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("X"), beta)}, r.data("y"));
         })
      .compile({{"X", data_array({n, d}, x)}, {"y", data_array(y)}}, options);
}

program garch(std::int64_t steps) {
  std::vector<double> y(static_cast<std::size_t>(steps));
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = random::normal(rng_key{2, 1}, k);
  return model([](recorder& r) {
           const var mu = r.parameter("mu"), a0 = r.parameter("alpha0", lower(0.0)),
                     a1 = r.parameter("alpha1", interval(0.0, 1.0)), b1 = r.parameter("beta1", interval(0.0, 1.0 - a1));
           const var returns = r.data("y");
           const std::int64_t n = returns.size();
           const var start = r.constant(1.0);
           const var tail = r.scan(start, {slice(returns, 0, n - 1)}, [&](const var& s, const std::vector<var>& row) {
             return a0 + a1 * square(row[0] - mu) + b1 * s;
           });
           r.likelihood += log_pdf(normal{mu, sqrt(concat({start, tail}))}, returns);
         })
      .compile({{"y", data_array(y)}});
}

void gradient(benchmark::State& state, const program& p) {
  const std::int64_t count = state.range(0);
  lanes<double> x(p.dimension(), count), g(p.dimension(), count);
  std::vector<double> value(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < x.values.size(); ++k) x.values[k] = 0.3 * random::normal(rng_key{3, 1}, k);
  const exec::context one = exec::cpu(1);
  for (auto _ : state) {
    p.evaluate(one, x, value, g);
    benchmark::DoNotOptimize(g.values.data());
  }
  state.counters["ns_per_lane"] = benchmark::Counter(
      static_cast<double>(count) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void value_only(benchmark::State& state, const program& p) {
  const std::int64_t count = state.range(0);
  lanes<double> x(p.dimension(), count);
  std::vector<double> value(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < x.values.size(); ++k) x.values[k] = 0.3 * random::normal(rng_key{3, 1}, k);
  const exec::context one = exec::cpu(1);
  for (auto _ : state) {
    p.evaluate(one, x, value, {});
    benchmark::DoNotOptimize(value.data());
  }
  state.counters["ns_per_lane"] = benchmark::Counter(
      static_cast<double>(count) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// The two matrix products of a logistic regression alone, for as many lanes: what its gradient is measured against.
template <class T>
void products_alone(benchmark::State& state) {
  const std::int64_t n = 1000, d = 25, lanes_count = state.range(0);
  tensor<T> x({n, d}), beta({d, lanes_count}), eta({n, lanes_count}), back({d, lanes_count});
  for (std::int64_t k = 0; k < x.size(); ++k) {
    x[k] = static_cast<T>(random::normal(rng_key{1, 1}, static_cast<std::uint64_t>(k)));
  }
  const exec::context one = exec::cpu(1);
  for (auto _ : state) {
    gemm(one, x.template view<2>(), beta.template view<2>(), eta.template view<2>());
    gemm(one, x.template view<2>(), eta.template view<2>(), back.template view<2>(), {.a = transposed::yes});
    benchmark::DoNotOptimize(back.data());
  }
}

program logistic_single(std::int64_t n, std::int64_t d) { return logistic(n, d, {.precision = dtype::f32}); }

}  // namespace

BENCHMARK(products_alone<double>)->Arg(64);
BENCHMARK(products_alone<float>)->Arg(64);
BENCHMARK_CAPTURE(gradient, logistic_1000x25_f32, logistic_single(1000, 25))->Arg(1)->Arg(64);
BENCHMARK_CAPTURE(gradient, eight_schools, eight_schools())->Arg(1)->Arg(8)->Arg(64)->Arg(256)->Arg(1024);
BENCHMARK_CAPTURE(value_only, eight_schools, eight_schools())->Arg(1)->Arg(256);
BENCHMARK_CAPTURE(gradient, logistic_1000x25, logistic(1000, 25))->Arg(1)->Arg(64);
BENCHMARK_CAPTURE(gradient, garch_1000, garch(1000))->Arg(1)->Arg(64);
