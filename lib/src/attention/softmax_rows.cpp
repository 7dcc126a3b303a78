// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/softmax_rows.hpp"

#include "attention/softmax_kernels.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/tensor/run_rows.hpp"

namespace credence::attention {

namespace {

void run(const float* in, float* out, std::int64_t n) { CREDENCE_SIMD_PICK(softmax_row_f32)(in, out, n); }
void run(const double* in, double* out, std::int64_t n) { CREDENCE_SIMD_PICK(softmax_row_f64)(in, out, n); }
void run(const float* out, const float* d_out, float* d_in, std::int64_t n) {
  CREDENCE_SIMD_PICK(softmax_row_backward_f32)(out, d_out, d_in, n);
}
void run(const double* out, const double* d_out, double* d_in, std::int64_t n) {
  CREDENCE_SIMD_PICK(softmax_row_backward_f64)(out, d_out, d_in, n);
}

template <class A, class B>
void check_rows(const char* where, const char* a_name, const A& a, const char* b_name, const B& b) {
  check::same_shape(where, a_name, tensor_shape(std::span<const std::int64_t>(a.extents, 2)), b_name,
                    tensor_shape(std::span<const std::int64_t>(b.extents, 2)));
  if (a.extents[1] > 1 && (a.strides[1] != 1 || b.strides[1] != 1)) {
    check::fail_shape(where, std::string("the columns of ") + a_name + " and " + b_name + " must lie side by side");
  }
}

/// Rows of about serial_threshold elements to a task.
std::int64_t grain(std::int64_t columns) { return 1 + exec::serial_threshold / (columns + 1); }

}  // namespace

template <class T>
void softmax_rows(const exec::context& ctx, view<const T, 2> in, view<T, 2> out) {
  const char* where = "attention::softmax_rows";
  credence::detail::require_cpu(where, ctx);
  check_rows(where, "in", in, "out", out);
  exec::for_each(
      ctx, in.extents[0],
      [&](std::int64_t r) { run(in.data + r * in.strides[0], out.data + r * out.strides[0], in.extents[1]); },
      grain(in.extents[1]));
}

template <class T>
void softmax_rows_backward(const exec::context& ctx, view<const T, 2> out, view<const T, 2> d_out, view<T, 2> d_in) {
  const char* where = "attention::softmax_rows_backward";
  credence::detail::require_cpu(where, ctx);
  check_rows(where, "out", out, "d_out", d_out);
  check_rows(where, "out", out, "d_in", d_in);
  exec::for_each(
      ctx, out.extents[0],
      [&](std::int64_t r) {
        run(out.data + r * out.strides[0], d_out.data + r * d_out.strides[0], d_in.data + r * d_in.strides[0],
            out.extents[1]);
      },
      grain(out.extents[1]));
}

template void softmax_rows(const exec::context&, view<const float, 2>, view<float, 2>);
template void softmax_rows(const exec::context&, view<const double, 2>, view<double, 2>);
template void softmax_rows_backward(const exec::context&, view<const float, 2>, view<const float, 2>, view<float, 2>);
template void softmax_rows_backward(const exec::context&, view<const double, 2>, view<const double, 2>,
                                    view<double, 2>);

}  // namespace credence::attention
