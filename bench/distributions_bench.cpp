// SPDX-License-Identifier: BSD-3-Clause
// Log densities with gradients over arrays, and draws, beside Boost.Math's scalar functions in the same run.
// Items per second are observations. bench/peers compares with SciPy and PyTorch.
#include "credence/distributions/arrays.hpp"
#include "credence/distributions/glm_densities.hpp"
#include "credence/distributions/univariate.hpp"

#include <benchmark/benchmark.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <vector>

using namespace credence;

namespace {

constexpr std::int64_t observations = 1'000'000;

template <class D>
std::vector<double> draws(const D& d, std::int64_t n = observations) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = sample(d, rng_key{1, 0}.split(purpose::test), i);
  return x;
}

template <class D>
void log_pdf_array(benchmark::State& state, const D& d) {
  const std::vector<double> x = draws(d);
  std::vector<double> out(x.size());
  for (auto _ : state) {
    log_pdf(exec::cpu(1), d, view<const double, 1>(x.data(), observations), view<double, 1>(out.data(), observations));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * observations);
}

/// What a gradient-based fit needs: the sum and its derivatives by the parameters.
template <class D>
void log_pdf_and_score(benchmark::State& state, const D& d) {
  const std::vector<double> x = draws(d);
  std::vector<double> score(D::family::parameters.size());
  for (auto _ : state) {
    benchmark::DoNotOptimize(log_pdf_sum(exec::cpu(1), d, view<const double, 1>(x.data(), observations), score));
  }
  state.SetItemsProcessed(state.iterations() * observations);
}

/// Everything elementwise: the value, the derivative by x and by each parameter.
template <class D>
void log_pdf_and_partials(benchmark::State& state, const D& d) {
  const std::vector<double> x = draws(d);
  const std::size_t parameters = D::family::parameters.size();
  std::vector<std::vector<double>> columns(parameters + 2, std::vector<double>(x.size()));
  std::vector<view<double, 1>> views;
  for (auto& c : columns) views.emplace_back(c.data(), observations);
  for (auto _ : state) {
    log_pdf_partials(exec::cpu(1), d, view<const double, 1>(x.data(), observations), views[0], views[1],
                     std::span<const view<double, 1>>(views).subspan(2));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * observations);
}

template <class D>
void boost_logpdf(benchmark::State& state, const D& d, const std::vector<double>& x) {
  for (auto _ : state) {
    double sum = 0.0;
    for (const double v : x) sum += boost::math::logpdf(d, v);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

template <class D>
void one_draw(benchmark::State& state, const D& d) {
  std::uint64_t i = 0;
  const rng_key key = rng_key{1, 0}.split(purpose::test);
  for (auto _ : state) benchmark::DoNotOptimize(sample(d, key, i++));
  state.SetItemsProcessed(state.iterations());
}

#define CREDENCE_BENCH_FAMILY(name, ...)                                                     \
  BENCHMARK_CAPTURE(log_pdf_array, name, __VA_ARGS__)->Unit(benchmark::kMillisecond);        \
  BENCHMARK_CAPTURE(log_pdf_and_score, name, __VA_ARGS__)->Unit(benchmark::kMillisecond);    \
  BENCHMARK_CAPTURE(log_pdf_and_partials, name, __VA_ARGS__)->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(one_draw, name, __VA_ARGS__)

CREDENCE_BENCH_FAMILY(normal, credence::normal{0.5, 2.0});
CREDENCE_BENCH_FAMILY(gamma, credence::gamma{2.5, 0.5});
CREDENCE_BENCH_FAMILY(beta, credence::beta{2.0, 3.0});
CREDENCE_BENCH_FAMILY(student_t, credence::student_t{4.0, 0.5, 2.0});
CREDENCE_BENCH_FAMILY(poisson, credence::poisson{7.5});
CREDENCE_BENCH_FAMILY(bernoulli_logit, credence::bernoulli_logit{0.3});

BENCHMARK_CAPTURE(boost_logpdf, normal, boost::math::normal(0.5, 2.0), draws(credence::normal{0.5, 2.0}, 100000));
BENCHMARK_CAPTURE(boost_logpdf, gamma, boost::math::gamma_distribution<>(2.5, 2.0),
                  draws(credence::gamma{2.5, 0.5}, 100000));
BENCHMARK_CAPTURE(boost_logpdf, poisson, boost::math::poisson(7.5), draws(credence::poisson{7.5}, 100000));

/// Value and gradient of a logistic regression with 1000 observations of 25 columns.
void bernoulli_logit_regression(benchmark::State& state) {
  constexpr std::int64_t rows = 1000, columns = 25;
  const std::vector<double> x = draws(normal{0.0, 1.0}, rows * columns), y = draws(bernoulli{0.4}, rows);
  const std::vector<double> coefficients(columns, 0.1);
  std::vector<double> slopes(columns);
  double dintercept = 0.0;
  const bernoulli_logit_glm d{view<const double, 2>(x.data(), rows, columns), 0.2, coefficients};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        log_pdf_partials(exec::cpu(1), d, view<const double, 1>(y.data(), rows), dintercept, slopes));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(bernoulli_logit_regression)->Unit(benchmark::kMicrosecond);

}  // namespace
