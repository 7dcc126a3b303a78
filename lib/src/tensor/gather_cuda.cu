// SPDX-License-Identifier: BSD-3-Clause
// Gathering along an axis: one thread an element of the result, 256 threads a block; results are written in order,
// reads go where the list points. One read and one write an element, and one index.
#include "tensor/cuda_kernels.hpp"
#include "tensor/cuda_launch.hpp"

namespace credence::detail::cuda {

namespace {

template <class Word>
__global__ void gather_kernel(loop_nest<3> nest, std::int64_t n, const std::int64_t* indices, std::int64_t step,
                              Word* out, const Word* in) {
  for (std::int64_t i = first_index(); i < n; i += index_step()) {
    std::int64_t at[3];
    offsets_at(nest, i, at);
    out[at[0]] = in[at[1] + indices[at[2]] * step];
  }
}

template <class Word>
void gather_words(const exec::context& ctx, const loop_nest<3>& nest, const std::int64_t* indices, std::int64_t step,
                  void* out, const void* in) {
  const std::int64_t n = nest.size();
  gather_kernel<<<blocks_for(n), threads_per_block, 0, stream_of(ctx)>>>(
      nest, n, indices, step, static_cast<Word*>(out), static_cast<const Word*>(in));
  check_launch("gather");
  // The list is freed by the caller when this returns.
  check_status("gather", cudaStreamSynchronize(stream_of(ctx)));
}

}  // namespace

void gather(const exec::context& ctx, std::int64_t element_bytes, const loop_nest<3>& nest, const std::int64_t* indices,
            std::int64_t step, void* out, const void* in) {
  on_device guard(ctx);
  switch (element_bytes) {
    case 1:
      return gather_words<unsigned char>(ctx, nest, indices, step, out, in);
    case 2:
      return gather_words<unsigned short>(ctx, nest, indices, step, out, in);
    case 4:
      return gather_words<unsigned int>(ctx, nest, indices, step, out, in);
    default:
      return gather_words<unsigned long long>(ctx, nest, indices, step, out, in);
  }
}

}  // namespace credence::detail::cuda
