// SPDX-License-Identifier: BSD-3-Clause
// Tensor operations beside their peers. Where there is a peer, the two alternate within one benchmark and the counter
// `ratio` is the median of peer time / own time over the pairs: above 1 this library is faster.
#include "credence/tensor/contraction.hpp"
#include "credence/tensor/elementwise.hpp"
#include "credence/tensor/gather.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/reduce.hpp"
#include "credence/tensor/scan.hpp"
#include "credence/tensor/softmax.hpp"
#include "credence/tensor/window.hpp"

#include <benchmark/benchmark.h>

#include <Eigen/Core>
#ifdef CREDENCE_HAVE_BLAS
#include <cblas.h>
#endif

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#ifdef CREDENCE_HAVE_BLAS
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);
#endif

namespace {

using namespace credence;

template <class T = double>
tensor<T> random_tensor(const tensor_shape& shape) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> uniform(0.1, 1.0);
  tensor<T> out(shape);
  for (T& v : out) v = static_cast<T>(uniform(engine));
  return out;
}

double seconds(const auto& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Own and peer in turn, the order swapped every time; the reported time is the own one.
void alternate(benchmark::State& state, const auto& own, const auto& peer) {
  std::vector<double> ratios;
  own();
  peer();
  for (auto _ : state) {
    double own_time = 0.0, peer_time = 0.0;
    if (ratios.size() % 2 == 0) {
      own_time = seconds(own);
      peer_time = seconds(peer);
    } else {
      peer_time = seconds(peer);
      own_time = seconds(own);
    }
    state.SetIterationTime(own_time);
    ratios.push_back(peer_time / own_time);
  }
  std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2), ratios.end());
  state.counters["ratio"] = ratios[ratios.size() / 2];
}

template <class T>
void peer_gemm(std::int64_t n, const T* a, const T* b, T* c) {
#ifdef CREDENCE_HAVE_BLAS
  const int size = static_cast<int>(n);
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
  if constexpr (std::is_same_v<T, double>) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1.0, a, size, b, size, 0.0, c, size);
  } else {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1.0F, a, size, b, size, 0.0F, c, size);
  }
#else
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<matrix>(c, n, n).noalias() = Eigen::Map<const matrix>(a, n, n) * Eigen::Map<const matrix>(b, n, n);
#endif
}

/// Square products on one thread, beside the library itself called once for the whole product.
template <class T>
void gemm_square(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  const auto a = random_tensor<T>({n, n}), b = random_tensor<T>({n, n});
  tensor<T> c({n, n}), d({n, n});
  const exec::context ctx = exec::cpu(1);
  alternate(
      state, [&] { gemm(ctx, a.template view<2>(), b.template view<2>(), c.template view<2>()); },
      [&] { peer_gemm<T>(n, a.data(), b.data(), d.data()); });
  state.counters["flops"] =
      benchmark::Counter(2.0 * static_cast<double>(n * n * n), benchmark::Counter::kIsIterationInvariantRate);
  state.SetLabel(gemm_backend());
}
BENCHMARK_TEMPLATE(gemm_square, double)->Arg(64)->Arg(512)->Arg(1024)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(gemm_square, float)->Arg(64)->Arg(512)->Arg(1024)->UseManualTime()->Unit(benchmark::kMicrosecond);

/// The same on two threads, beside one.
void gemm_two_threads(benchmark::State& state) {
  const auto a = random_tensor({512, 512}), b = random_tensor({512, 512});
  tensor<double> c({512, 512}), d({512, 512});
  alternate(
      state, [&] { gemm(exec::cpu(2), a.view<2>(), b.view<2>(), c.view<2>()); },
      [&] { gemm(exec::cpu(1), a.view<2>(), b.view<2>(), d.view<2>()); });
}
BENCHMARK(gemm_two_threads)->UseManualTime()->Unit(benchmark::kMicrosecond);

/// A sum of 16M numbers, beside Eigen's.
void sum_all(benchmark::State& state) {
  const auto x = random_tensor({1 << 24});
  const exec::context ctx = exec::cpu(static_cast<int>(state.range(0)));
  double own = 0.0, peer = 0.0;
  alternate(
      state, [&] { own += reduce(ctx, reduce_op::sum, x)[0]; },
      [&] { peer += Eigen::Map<const Eigen::ArrayXd>(x.data(), x.size()).sum(); });
  benchmark::DoNotOptimize(own + peer);
  state.SetBytesProcessed(state.iterations() * x.size() * 8);
}
BENCHMARK(sum_all)->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);

/// Column sums of (4096, 1024).
void sum_columns(benchmark::State& state) {
  const auto x = random_tensor({4096, 1024});
  for (auto _ : state) benchmark::DoNotOptimize(reduce(exec::cpu(1), reduce_op::sum, x, 0).data());
  state.SetBytesProcessed(state.iterations() * x.size() * 8);
}
BENCHMARK(sum_columns)->Unit(benchmark::kMicrosecond);

/// exp of a million numbers, beside Eigen's array exp.
void exp_elements(benchmark::State& state) {
  const auto x = random_tensor({1 << 20});
  tensor<double> out(x.shape()), other(x.shape());
  alternate(
      state, [&] { apply_into(exec::cpu(1), unary_op::exp, x, out.array()); },
      [&] {
        Eigen::Map<Eigen::ArrayXd>(other.data(), other.size()) =
            Eigen::Map<const Eigen::ArrayXd>(x.data(), x.size()).exp();
      });
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(exp_elements)->UseManualTime()->Unit(benchmark::kMicrosecond);

void add_broadcast(benchmark::State& state) {
  const auto x = random_tensor({1024, 1024}), row = random_tensor({1024});
  tensor<double> out(x.shape());
  for (auto _ : state) apply_into(exec::cpu(1), binary_op::add, x, row, out.array());
  state.SetBytesProcessed(state.iterations() * x.size() * 16);
}
BENCHMARK(add_broadcast)->Unit(benchmark::kMicrosecond);

void softmax_rows(benchmark::State& state) {
  const auto x = random_tensor<float>({1024, 1024});
  for (auto _ : state) benchmark::DoNotOptimize(softmax(exec::cpu(1), x, 1).data());
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(softmax_rows)->Unit(benchmark::kMicrosecond);

void transpose(benchmark::State& state) {
  const auto x = random_tensor({2048, 2048});
  for (auto _ : state) benchmark::DoNotOptimize(permute(exec::cpu(1), x, {1, 0}).data());
  state.SetBytesProcessed(state.iterations() * x.size() * 16);
}
BENCHMARK(transpose)->Unit(benchmark::kMicrosecond);

void cumulative_sum(benchmark::State& state) {
  const auto x = random_tensor({1 << 24});
  tensor<double> out(x.shape());
  for (auto _ : state) {
    associative_scan_into(exec::cpu(static_cast<int>(state.range(0))), array_view<const double>(x), 0, out.array(),
                          [](double a, double b) { return a + b; });
  }
  state.SetBytesProcessed(state.iterations() * x.size() * 16);
}
BENCHMARK(cumulative_sum)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void sliding_maximum_1m(benchmark::State& state) {
  const auto x = random_tensor({1 << 20});
  for (auto _ : state) benchmark::DoNotOptimize(sliding_maximum(exec::cpu(1), x, state.range(0), 0).data());
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(sliding_maximum_1m)->Arg(3)->Arg(1000)->Unit(benchmark::kMicrosecond);

void gather_rows(benchmark::State& state) {
  const auto x = random_tensor({10000, 64});
  std::vector<std::int64_t> indices(10000);
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<std::int64_t>(i * 7919 % 10000);
  for (auto _ : state) benchmark::DoNotOptimize(gather(exec::cpu(1), x, 0, indices).data());
  state.SetItemsProcessed(state.iterations() * 10000);
}
BENCHMARK(gather_rows)->Unit(benchmark::kMicrosecond);

/// Two small tables of binary variables, as in a Bayesian network: what one elimination step costs.
void eliminate_small(benchmark::State& state) {
  const named_tensor<double> a{{0, 1, 2}, random_tensor({2, 2, 2})}, b{{2, 3}, random_tensor({2, 2})};
  const exec::context ctx;
  for (auto _ : state) benchmark::DoNotOptimize(product_marginalised(ctx, sum_product<>{}, a, b, {2}).values.data());
}
BENCHMARK(eliminate_small)->Unit(benchmark::kNanosecond);

/// Tables of 2^16 and 2^12 cells.
template <class S>
void eliminate_large(benchmark::State& state) {
  std::vector<int> axes(16);
  for (int d = 0; d < 16; ++d) axes[static_cast<std::size_t>(d)] = d;
  const tensor_shape binary(std::vector<std::int64_t>(16, 2)), smaller(std::vector<std::int64_t>(12, 2));
  const named_tensor<double> a{axes, random_tensor(binary)};
  const named_tensor<double> b{{4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 20}, random_tensor(smaller)};
  const exec::context ctx;
  for (auto _ : state) benchmark::DoNotOptimize(product_marginalised(ctx, S{}, a, b, {9}).values.data());
  state.SetItemsProcessed(state.iterations() * (1 << 17));
}
BENCHMARK_TEMPLATE(eliminate_large, sum_product<double>)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(eliminate_large, max_product<double>)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(eliminate_large, log_sum_product<double>)->Unit(benchmark::kMicrosecond);

}  // namespace
