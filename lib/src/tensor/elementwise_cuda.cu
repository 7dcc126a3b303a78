// SPDX-License-Identifier: BSD-3-Clause
// out = op(inputs): one thread an element in a grid-stride loop, 256 threads a block. Each element is read and written
// once; neighbouring threads take neighbouring elements of the innermost loop. The arithmetic is that of the CPU.
#include "tensor/cuda_kernels.hpp"
#include "tensor/cuda_launch.hpp"
#include "tensor/elementwise_ops.hpp"

namespace credence::detail::cuda {

namespace {

template <class Op, class T>
__global__ void unary_kernel(loop_nest<2> nest, std::int64_t n, T* out, const T* x) {
  for (std::int64_t i = first_index(); i < n; i += index_step()) {
    std::int64_t at[2];
    offsets_at(nest, i, at);
    out[at[0]] = Op::of(x[at[1]]);
  }
}
template <class Op, class T>
__global__ void binary_kernel(loop_nest<3> nest, std::int64_t n, T* out, const T* a, const T* b) {
  for (std::int64_t i = first_index(); i < n; i += index_step()) {
    std::int64_t at[3];
    offsets_at(nest, i, at);
    out[at[0]] = Op::of(a[at[1]], b[at[2]]);
  }
}
template <class Op, class T>
__global__ void ternary_kernel(loop_nest<4> nest, std::int64_t n, T* out, const T* a, const T* b, const T* c) {
  for (std::int64_t i = first_index(); i < n; i += index_step()) {
    std::int64_t at[4];
    offsets_at(nest, i, at);
    out[at[0]] = Op::of(a[at[1]], b[at[2]], c[at[3]]);
  }
}

template <class T>
struct launch_unary {
  const exec::context& ctx;
  const loop_nest<2>& nest;
  T* out;
  const T* x;
  template <class Op>
  void run() const {
    const std::int64_t n = nest.size();
    if (n == 0) return;
    unary_kernel<Op><<<blocks_for(n), threads_per_block, 0, stream_of(ctx)>>>(nest, n, out, x);
    check_launch("apply");
  }
};
template <class T>
struct launch_binary {
  const exec::context& ctx;
  const loop_nest<3>& nest;
  T* out;
  const T* a;
  const T* b;
  template <class Op>
  void run() const {
    const std::int64_t n = nest.size();
    if (n == 0) return;
    binary_kernel<Op><<<blocks_for(n), threads_per_block, 0, stream_of(ctx)>>>(nest, n, out, a, b);
    check_launch("apply");
  }
};
template <class T>
struct launch_ternary {
  const exec::context& ctx;
  const loop_nest<4>& nest;
  T* out;
  const T* a;
  const T* b;
  const T* c;
  template <class Op>
  void run() const {
    const std::int64_t n = nest.size();
    if (n == 0) return;
    ternary_kernel<Op><<<blocks_for(n), threads_per_block, 0, stream_of(ctx)>>>(nest, n, out, a, b, c);
    check_launch("apply");
  }
};

}  // namespace

void elementwise(const exec::context& ctx, const loop_nest<2>& nest, unary_op op, double* out, const double* x) {
  on_device guard(ctx);
  element::with_op(op, launch_unary<double>{ctx, nest, out, x});
}
void elementwise(const exec::context& ctx, const loop_nest<2>& nest, unary_op op, float* out, const float* x) {
  on_device guard(ctx);
  element::with_op(op, launch_unary<float>{ctx, nest, out, x});
}
void elementwise(const exec::context& ctx, const loop_nest<3>& nest, binary_op op, double* out, const double* a,
                 const double* b) {
  on_device guard(ctx);
  element::with_op(op, launch_binary<double>{ctx, nest, out, a, b});
}
void elementwise(const exec::context& ctx, const loop_nest<3>& nest, binary_op op, float* out, const float* a,
                 const float* b) {
  on_device guard(ctx);
  element::with_op(op, launch_binary<float>{ctx, nest, out, a, b});
}
void elementwise(const exec::context& ctx, const loop_nest<4>& nest, ternary_op op, double* out, const double* a,
                 const double* b, const double* c) {
  on_device guard(ctx);
  element::with_op(op, launch_ternary<double>{ctx, nest, out, a, b, c});
}
void elementwise(const exec::context& ctx, const loop_nest<4>& nest, ternary_op op, float* out, const float* a,
                 const float* b, const float* c) {
  on_device guard(ctx);
  element::with_op(op, launch_ternary<float>{ctx, nest, out, a, b, c});
}

}  // namespace credence::detail::cuda
