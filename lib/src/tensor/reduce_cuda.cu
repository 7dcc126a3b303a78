// SPDX-License-Identifier: BSD-3-Clause
// Reductions in the order of credence/tensor/reduce.hpp, hence with the bits of the CPU: eight neighbouring threads
// hold the eight partial results of one result and one block of 32768 terms (partial l takes terms l, l + 8, ..), and
// are joined by shuffles. Each input is read once; eight threads read 64 neighbouring bytes of a contiguous run of
// doubles.
#include "tensor/cuda_kernels.hpp"
#include "tensor/cuda_launch.hpp"
#include "tensor/reduce_terms.hpp"

namespace credence::detail::cuda {

namespace {

template <class Op, class T>
__global__ void reduce_kernel(reduce_nest nest, std::int64_t terms, std::int64_t blocks, double* out, const T* in,
                              const double* centre) {
  const std::int64_t groups = nest.results * blocks;
  const int lane = static_cast<int>(threadIdx.x % 8);
  // Every thread of a warp walks the same number of steps, so that shuffles meet.
  const std::int64_t step = index_step() / 8;
  for (std::int64_t start = first_index() / 8 - (threadIdx.x % 32) / 8; start < groups; start += step) {
    const std::int64_t group = start + (threadIdx.x % 32) / 8;
    double value = Op::zero();
    if (group < groups) {
      const std::int64_t result = group % nest.results, block = group / nest.results;
      std::int64_t kept[2];
      offsets_at(nest.kept, result, kept);
      const double around = centre == nullptr ? 0.0 : centre[kept[0]];
      const std::int64_t first = block * reduce_block;
      const std::int64_t last = terms < first + reduce_block ? terms : first + reduce_block;
      for (std::int64_t i = first + lane; i < last; i += 8) {
        std::int64_t at[1];
        offsets_at(nest.reduced, i, at);
        value = Op::join(value, Op::term(static_cast<double>(in[kept[1] + at[0]]), around));
      }
    }
    for (int distance = 1; distance < 8; distance *= 2) {
      const double other = __shfl_down_sync(0xFFFFFFFFU, value, distance, 8);
      value = Op::join(value, other);
    }
    if (group < groups && lane == 0) {
      const std::int64_t result = group % nest.results, block = group / nest.results;
      std::int64_t kept[2];
      offsets_at(nest.kept, result, kept);
      out[block * nest.results + kept[0]] = value;
    }
  }
}

template <class T>
struct launch_reduce {
  const exec::context& ctx;
  const reduce_nest& nest;
  std::int64_t terms, blocks;
  double* out;
  const T* in;
  const double* centre;
  template <class Op>
  void run() const {
    const std::int64_t threads = nest.results * blocks * 8;
    if (threads == 0) return;
    reduce_kernel<Op>
        <<<blocks_for(threads), threads_per_block, 0, stream_of(ctx)>>>(nest, terms, blocks, out, in, centre);
    check_launch("reduce");
  }
};

template <class T>
void reduce_any(const exec::context& ctx, const reduce_nest& nest, term_kind kind, std::int64_t terms,
                std::int64_t blocks, double* out, const T* in, const double* centre) {
  on_device guard(ctx);
  const launch_reduce<T> launch{ctx, nest, terms, blocks, out, in, centre};
  switch (kind) {
    case term_kind::sum:
      return launch.template run<reduce_terms::sum>();
    case term_kind::product:
      return launch.template run<reduce_terms::product>();
    case term_kind::maximum:
      return launch.template run<reduce_terms::maximum>();
    case term_kind::minimum:
      return launch.template run<reduce_terms::minimum>();
    case term_kind::absolute_sum:
      return launch.template run<reduce_terms::absolute_sum>();
    case term_kind::absolute_maximum:
      return launch.template run<reduce_terms::absolute_maximum>();
    case term_kind::squared_deviation:
      return launch.template run<reduce_terms::squared_deviation>();
    case term_kind::scaled_square:
      return launch.template run<reduce_terms::scaled_square>();
    case term_kind::shifted_exp:
      return launch.template run<reduce_terms::shifted_exp>();
  }
}

template <class T>
__global__ void softmax_kernel(loop_nest<3> nest, std::int64_t n, bool logs, T* out, const T* x, const double* largest,
                               const double* sum) {
  for (std::int64_t i = first_index(); i < n; i += index_step()) {
    std::int64_t at[3];
    offsets_at(nest, i, at);
    const double shift = reduce_terms::usable_shift(largest[at[2]]);
    const double value = static_cast<double>(x[at[1]]);
    out[at[0]] =
        static_cast<T>(logs ? (value - shift) - math::log(sum[at[2]]) : math::exp(value - shift) * (1.0 / sum[at[2]]));
  }
}

template <class T>
void softmax_any(const exec::context& ctx, const loop_nest<3>& nest, bool logs, T* out, const T* x,
                 const double* largest, const double* sum) {
  on_device guard(ctx);
  const std::int64_t n = nest.size();
  if (n == 0) return;
  softmax_kernel<<<blocks_for(n), threads_per_block, 0, stream_of(ctx)>>>(nest, n, logs, out, x, largest, sum);
  check_launch("softmax");
}

}  // namespace

void reduce(const exec::context& ctx, const reduce_nest& nest, term_kind kind, std::int64_t terms, std::int64_t blocks,
            double* out, const double* in, const double* centre) {
  reduce_any(ctx, nest, kind, terms, blocks, out, in, centre);
}
void reduce(const exec::context& ctx, const reduce_nest& nest, term_kind kind, std::int64_t terms, std::int64_t blocks,
            double* out, const float* in, const double* centre) {
  reduce_any(ctx, nest, kind, terms, blocks, out, in, centre);
}
void softmax_finish(const exec::context& ctx, const loop_nest<3>& nest, bool logs, double* out, const double* x,
                    const double* largest, const double* sum) {
  softmax_any(ctx, nest, logs, out, x, largest, sum);
}
void softmax_finish(const exec::context& ctx, const loop_nest<3>& nest, bool logs, float* out, const float* x,
                    const double* largest, const double* sum) {
  softmax_any(ctx, nest, logs, out, x, largest, sum);
}

}  // namespace credence::detail::cuda
