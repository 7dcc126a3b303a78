// SPDX-License-Identifier: BSD-3-Clause
// Attention forward, one block of 256 threads a tile of 16 to 64 queries. Launch: batch * heads * tiles blocks; shared
// memory 58 KB at D = 64 in float. Traffic: keys and values are read once a tile of queries. The plain step of the
// ladder: scalar multiply-adds from shared memory, no tensor cores.
#include "exec/cuda_check.cuh"

// nvcc 13 stops with an internal error at __builtin_bit_cast of a type that depends on a template parameter.
namespace credence::detail {
template <class To, class From>
__host__ __device__ To copy_of_bits(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
}  // namespace credence::detail
#define __builtin_bit_cast(To, from) ::credence::detail::copy_of_bits<To>(from)

#include "attention/simt_kernel.hpp"

#include <algorithm>

namespace credence::detail::cuda {

namespace {

/// The threads of a block, with a barrier after each phase.
struct block_team {
  template <class F, class Block>
  __device__ void operator()(const F& f, simt_phase phase, const Block& x, std::int64_t tile) const {
    f.run(phase, x, tile, static_cast<int>(threadIdx.x));
    __syncthreads();
  }
};

template <class C, class S>
__global__ void __launch_bounds__(simt_threads) forward_kernel(simt_forward<C, S> f) {
  extern __shared__ __align__(16) unsigned char memory[];
  for (std::int64_t number = blockIdx.x; number < f.block_count(); number += gridDim.x) {
    simt_run_block(f, number, reinterpret_cast<C*>(memory), block_team{});
  }
}

template <class C, class S>
void launch(const exec::context& ctx, const simt_problem<C>& problem) {
  const exec::device_scope scope(ctx);
  const simt_forward<C, S> f{problem};
  const auto bytes =
      static_cast<int>(simt_shared_numbers<C>(problem.d, problem.dv) * static_cast<std::int64_t>(sizeof(C)));
  exec::cuda_check(cudaFuncSetAttribute(forward_kernel<C, S>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes),
                   "attention::forward");
  const auto blocks = static_cast<unsigned>(std::min<std::int64_t>(f.block_count(), 1 << 30));
  forward_kernel<C, S><<<blocks, simt_threads, bytes, exec::stream_of(ctx)>>>(f);
  exec::cuda_check(cudaGetLastError(), "attention::forward");
}

}  // namespace

template <class C>
void attention_forward(const exec::context& ctx, const simt_problem<C>& problem, dtype storage) {
  if constexpr (sizeof(C) == 8) {
    launch<double, double>(ctx, problem);
  } else if (storage == dtype::bf16) {
    launch<float, bfloat16>(ctx, problem);
  } else if (storage == dtype::f16) {
    launch<float, float16>(ctx, problem);
  } else {
    launch<float, float>(ctx, problem);
  }
}
template void attention_forward(const exec::context&, const simt_problem<float>&, dtype);
template void attention_forward(const exec::context&, const simt_problem<double>&, dtype);

}  // namespace credence::detail::cuda
