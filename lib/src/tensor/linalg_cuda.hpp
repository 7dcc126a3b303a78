// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/linalg.hpp"

/// The linear algebra of tensors on a CUDA device, through cuSOLVER and cuBLAS; operands and results lie on the device.
/// Messages and conventions (signs, triangles) are those of the CPU. In a build without CUDA all throw not_built_error.
namespace credence::detail::cuda {

#define CREDENCE_DECLARE_LINALG(T)                                                                       \
  tensor<T> cholesky(const exec::context& ctx, const array_view<const T>& a);                            \
  tensor<T> solve_triangular(const exec::context& ctx, const char* where, const array_view<const T>& t,  \
                             const array_view<const T>& b, const triangular_options& options);           \
  tensor<T> solve(const exec::context& ctx, const array_view<const T>& a, const array_view<const T>& b); \
  qr_result<T> qr(const exec::context& ctx, const array_view<const T>& a);                               \
  symmetric_eigen_result<T> eigen_symmetric(const exec::context& ctx, const array_view<const T>& a);     \
  svd_result<T> svd(const exec::context& ctx, const array_view<const T>& a);
CREDENCE_DECLARE_LINALG(double)
CREDENCE_DECLARE_LINALG(float)
#undef CREDENCE_DECLARE_LINALG

}  // namespace credence::detail::cuda
