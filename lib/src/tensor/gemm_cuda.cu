// SPDX-License-Identifier: BSD-3-Clause
// Matrix products through cuBLASLt: one call for a whole (batched) product, in full f32 or f64. Row-major operands are
// handed over as their column-major transposes: c^T = op(b)^T op(a)^T.
#include "tensor/cuda_launch.hpp"
#include "tensor/gemm_cuda.hpp"

#include <cublasLt.h>

#include <map>
#include <mutex>

namespace credence::detail::cuda {

namespace {

void check_lt(cublasStatus_t status) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw device_error("gemm: cuBLASLt reports status " + std::to_string(static_cast<int>(status)));
}

/// One handle for each device, made at the first product there and kept until the process ends.
cublasLtHandle_t handle_of(int device) {
  static std::mutex guard;
  static std::map<int, cublasLtHandle_t> handles;
  const std::lock_guard<std::mutex> lock(guard);
  cublasLtHandle_t& handle = handles[device];
  if (handle == nullptr) check_lt(cublasLtCreate(&handle));
  return handle;
}

struct layout {
  cublasLtMatrixLayout_t handle = nullptr;
  layout(cudaDataType type, std::int64_t rows, std::int64_t columns, std::int64_t step, std::int64_t batch,
         std::int64_t batch_step) {
    check_lt(cublasLtMatrixLayoutCreate(&handle, type, static_cast<std::uint64_t>(rows),
                                        static_cast<std::uint64_t>(columns), step));
    const auto count = static_cast<std::int32_t>(batch);
    check_lt(cublasLtMatrixLayoutSetAttribute(handle, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count));
    check_lt(cublasLtMatrixLayoutSetAttribute(handle, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &batch_step,
                                              sizeof batch_step));
  }
  ~layout() { cublasLtMatrixLayoutDestroy(handle); }
  layout(const layout&) = delete;
  layout& operator=(const layout&) = delete;
};

struct description {
  cublasLtMatmulDesc_t handle = nullptr;
  description(cublasComputeType_t compute, cudaDataType type, bool first_turned, bool second_turned) {
    check_lt(cublasLtMatmulDescCreate(&handle, compute, type));
    const cublasOperation_t first = first_turned ? CUBLAS_OP_T : CUBLAS_OP_N;
    const cublasOperation_t second = second_turned ? CUBLAS_OP_T : CUBLAS_OP_N;
    check_lt(cublasLtMatmulDescSetAttribute(handle, CUBLASLT_MATMUL_DESC_TRANSA, &first, sizeof first));
    check_lt(cublasLtMatmulDescSetAttribute(handle, CUBLASLT_MATMUL_DESC_TRANSB, &second, sizeof second));
  }
  ~description() { cublasLtMatmulDescDestroy(handle); }
  description(const description&) = delete;
  description& operator=(const description&) = delete;
};

template <class T>
void gemm_any(const exec::context& ctx, const gemm_shape& s, const T* a, const T* b, T* c, T alpha, T beta) {
  constexpr bool is_double = sizeof(T) == 8;
  const cudaDataType type = is_double ? CUDA_R_64F : CUDA_R_32F;
  on_device guard(ctx);
  const description product(is_double ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F, type, s.transposed_b, s.transposed_a);
  const layout first(type, s.transposed_b ? s.k : s.n, s.transposed_b ? s.n : s.k, s.b_row, s.batch, s.b_batch);
  const layout second(type, s.transposed_a ? s.m : s.k, s.transposed_a ? s.k : s.m, s.a_row, s.batch, s.a_batch);
  const layout result(type, s.n, s.m, s.c_row, s.batch, s.c_batch);
  check_lt(cublasLtMatmul(handle_of(ctx.device), product.handle, &alpha, b, first.handle, a, second.handle, &beta, c,
                          result.handle, c, result.handle, nullptr, nullptr, 0, stream_of(ctx)));
}

}  // namespace

void gemm(const exec::context& ctx, const gemm_shape& shape, const double* a, const double* b, double* c, double alpha,
          double beta) {
  gemm_any(ctx, shape, a, b, c, alpha, beta);
}
void gemm(const exec::context& ctx, const gemm_shape& shape, const float* a, const float* b, float* c, float alpha,
          float beta) {
  gemm_any(ctx, shape, a, b, c, alpha, beta);
}

}  // namespace credence::detail::cuda
