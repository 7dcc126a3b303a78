// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/run_rows.hpp"
#include "tensor/cuda_kernels.hpp"
#include "tensor/gemm_cuda.hpp"
#include "tensor/linalg_cuda.hpp"

#include "credence/base/errors.hpp"

#include <string>

namespace credence::detail {

void require_cpu(const char* where, const exec::context& ctx) {
  if (ctx.where == exec::backend::cpu) return;
  throw not_built_error(std::string(where) + ": context is cuda, but this operation is built for the CPU only");
}

#ifndef CREDENCE_HAVE_CUDA
namespace cuda {

namespace {
[[noreturn]] void fail(const char* where) {
  throw not_built_error(std::string(where) + ": context is cuda, but this build has no CUDA");
}
}  // namespace

void elementwise(const exec::context&, const loop_nest<2>&, unary_op, double*, const double*) { fail("apply"); }
void elementwise(const exec::context&, const loop_nest<2>&, unary_op, float*, const float*) { fail("apply"); }
void elementwise(const exec::context&, const loop_nest<3>&, binary_op, double*, const double*, const double*) {
  fail("apply");
}
void elementwise(const exec::context&, const loop_nest<3>&, binary_op, float*, const float*, const float*) {
  fail("apply");
}
void elementwise(const exec::context&, const loop_nest<4>&, ternary_op, double*, const double*, const double*,
                 const double*) {
  fail("apply");
}
void elementwise(const exec::context&, const loop_nest<4>&, ternary_op, float*, const float*, const float*,
                 const float*) {
  fail("apply");
}

void reduce(const exec::context&, const reduce_nest&, term_kind, std::int64_t, std::int64_t, double*, const double*,
            const double*) {
  fail("reduce");
}
void reduce(const exec::context&, const reduce_nest&, term_kind, std::int64_t, std::int64_t, double*, const float*,
            const double*) {
  fail("reduce");
}
void softmax_finish(const exec::context&, const loop_nest<3>&, bool, double*, const double*, const double*,
                    const double*) {
  fail("softmax");
}
void softmax_finish(const exec::context&, const loop_nest<3>&, bool, float*, const float*, const double*,
                    const double*) {
  fail("softmax");
}

void gather(const exec::context&, std::int64_t, const loop_nest<3>&, const std::int64_t*, std::int64_t, void*,
            const void*) {
  fail("gather");
}
void gemm(const exec::context&, const gemm_shape&, const double*, const double*, double*, double, double) {
  fail("gemm");
}
void gemm(const exec::context&, const gemm_shape&, const float*, const float*, float*, float, float) { fail("gemm"); }

#define CREDENCE_ABSENT_LINALG(T)                                                                                  \
  tensor<T> cholesky(const exec::context&, const array_view<const T>&) { fail("cholesky"); }                       \
  tensor<T> solve_triangular(const exec::context&, const char* where, const array_view<const T>&,                  \
                             const array_view<const T>&, const triangular_options&) {                              \
    fail(where);                                                                                                   \
  }                                                                                                                \
  tensor<T> solve(const exec::context&, const array_view<const T>&, const array_view<const T>&) { fail("solve"); } \
  qr_result<T> qr(const exec::context&, const array_view<const T>&) { fail("qr"); }                                \
  symmetric_eigen_result<T> eigen_symmetric(const exec::context&, const array_view<const T>&) {                    \
    fail("eigen_symmetric");                                                                                       \
  }                                                                                                                \
  svd_result<T> svd(const exec::context&, const array_view<const T>&) { fail("svd"); }
CREDENCE_ABSENT_LINALG(double)
CREDENCE_ABSENT_LINALG(float)
#undef CREDENCE_ABSENT_LINALG

}  // namespace cuda
#endif

}  // namespace credence::detail
