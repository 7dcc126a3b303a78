// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/precision.hpp"
#include "credence/tensor/tensor.hpp"

/// Matrix products. Work is cut into tiles that depend on the sizes only, each computed by one thread with the BLAS
/// that the build found (else Eigen): results have the same bits on any number of threads, for one build on one machine
/// type. NaN and infinities propagate, also through zeros.
namespace credence {

enum class transposed : std::uint8_t { no, yes };

template <class T>
struct gemm_options {
  transposed a = transposed::no;
  transposed b = transposed::no;
  T alpha = 1;
  T beta = 0;  ///< 0: what c held before does not matter, not even NaN
};

/// c = alpha op(a) op(b) + beta c, where op transposes or not.
/// @param a    (m, k), or (k, m) when transposed; rows at unit stride within (the innermost stride is 1)
/// @param b    (k, n), or (n, k) when transposed; likewise
/// @param c    (m, n); likewise; overlaps neither a nor b
/// @throws shape_error
void gemm(const exec::context& ctx, view<const double, 2> a, view<const double, 2> b, view<double, 2> c,
          const gemm_options<double>& options = {});
void gemm(const exec::context& ctx, view<const float, 2> a, view<const float, 2> b, view<float, 2> c,
          const gemm_options<float>& options = {});

/// The same for every index of the first axis: a (batch, m, k), b (batch, k, n), c (batch, m, n). A stride of 0 along
/// the batch axis of a or b uses one matrix for all.
void gemm_batched(const exec::context& ctx, view<const double, 3> a, view<const double, 3> b, view<double, 3> c,
                  const gemm_options<double>& options = {});
void gemm_batched(const exec::context& ctx, view<const float, 3> a, view<const float, 3> b, view<float, 3> c,
                  const gemm_options<float>& options = {});

/// op(a) op(b) as a new matrix; any strides.
tensor<double> matmul(const exec::context& ctx, array_view<const double> a, array_view<const double> b,
                      const gemm_options<double>& options = {});
tensor<float> matmul(const exec::context& ctx, array_view<const float> a, array_view<const float> b,
                     const gemm_options<float>& options = {});

/// Products of matrices stored in 16 bits, or computed in fewer bits than they are stored in, as the policy says:
/// elements are rounded to `compute`, multiplied exactly, added up in `accumulate`, and the sums rounded to `storage`.
/// @throws domain_error  when the policy names a dtype that is not a floating one, or stores another type than T
tensor<bfloat16> matmul(const exec::context& ctx, array_view<const bfloat16> a, array_view<const bfloat16> b,
                        const precision& policy = precision::of<bfloat16>());
tensor<float16> matmul(const exec::context& ctx, array_view<const float16> a, array_view<const float16> b,
                       const precision& policy = precision::of<float16>());
tensor<float> matmul(const exec::context& ctx, array_view<const float> a, array_view<const float> b,
                     const precision& policy);
tensor<double> matmul(const exec::context& ctx, array_view<const double> a, array_view<const double> b,
                      const precision& policy);

/// y = alpha op(a) x + beta y, each element one dot product in the eight-interleaved order of docs/design/kernels.md.
/// @param a  (m, k), any strides; x (k), or (m) when a is transposed; y (m), or (k)
/// @throws shape_error
void gemv(const exec::context& ctx, view<const double, 2> a, view<const double, 1> x, view<double, 1> y,
          const gemm_options<double>& options = {});
void gemv(const exec::context& ctx, view<const float, 2> a, view<const float, 1> x, view<float, 1> y,
          const gemm_options<float>& options = {});

/// The name of the library behind gemm: "cblas" or "eigen".
const char* gemm_backend();

}  // namespace credence
