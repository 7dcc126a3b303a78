// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/elementwise.hpp"

#include "credence/tensor/run_rows.hpp"
#include "tensor/cuda_kernels.hpp"
#include "tensor/elementwise_simd.hpp"

namespace credence {

namespace {

using detail::loop_nest;

void kernel(const loop_nest<2>& nest, unary_op op, double* out, const double* x, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(unary_f64)(nest, op, out, x, begin, end);
}
void kernel(const loop_nest<2>& nest, unary_op op, float* out, const float* x, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(unary_f32)(nest, op, out, x, begin, end);
}
void kernel(const loop_nest<3>& nest, binary_op op, double* out, const double* a, const double* b, std::int64_t begin,
            std::int64_t end) {
  CREDENCE_SIMD_PICK(binary_f64)(nest, op, out, a, b, begin, end);
}
void kernel(const loop_nest<3>& nest, binary_op op, float* out, const float* a, const float* b, std::int64_t begin,
            std::int64_t end) {
  CREDENCE_SIMD_PICK(binary_f32)(nest, op, out, a, b, begin, end);
}
void kernel(const loop_nest<4>& nest, ternary_op op, double* out, const double* a, const double* b, const double* c,
            std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(ternary_f64)(nest, op, out, a, b, c, begin, end);
}
void kernel(const loop_nest<4>& nest, ternary_op op, float* out, const float* a, const float* b, const float* c,
            std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(ternary_f32)(nest, op, out, a, b, c, begin, end);
}

template <class T>
tensor_shape shape_of(const array_view<const T>& x) {
  return x.shape();
}
template <class T>
tensor_shape shape_of(const array_view<const T>& a, const array_view<const T>& b) {
  return broadcast_shapes("apply", a.shape(), b.shape());
}
template <class T>
tensor_shape shape_of(const array_view<const T>& a, const array_view<const T>& b, const array_view<const T>& c) {
  return broadcast_shapes("apply", broadcast_shapes("apply", a.shape(), b.shape()), c.shape());
}

template <class Op, class T, class... In>
void apply_any(const exec::context& ctx, Op op, const array_view<T>& out, const In&... in) {
  check::same_shape("apply", "out", out.shape(), "the result", shape_of(in...));
  const auto nest = detail::nest_of(out.shape(), out, in.broadcast_to(out.shape())...);
  if (ctx.where == exec::backend::cuda) return detail::cuda::elementwise(ctx, nest, op, out.data(), in.data()...);
  detail::run_rows(
      ctx, nest, [&](std::int64_t begin, std::int64_t end) { kernel(nest, op, out.data(), in.data()..., begin, end); });
}

template <class T, class Op, class... In>
tensor<T> applied(const exec::context& ctx, Op op, const In&... in) {
  auto out = tensor<T>::uninitialized(ctx, shape_of(in...));
  apply_any(ctx, op, out.array(), in...);
  return out;
}

}  // namespace

tensor<double> apply(const exec::context& ctx, unary_op op, array_view<const double> x) {
  return applied<double>(ctx, op, x);
}
tensor<float> apply(const exec::context& ctx, unary_op op, array_view<const float> x) {
  return applied<float>(ctx, op, x);
}
tensor<double> apply(const exec::context& ctx, binary_op op, array_view<const double> a, array_view<const double> b) {
  return applied<double>(ctx, op, a, b);
}
tensor<float> apply(const exec::context& ctx, binary_op op, array_view<const float> a, array_view<const float> b) {
  return applied<float>(ctx, op, a, b);
}
tensor<double> apply(const exec::context& ctx, ternary_op op, array_view<const double> a, array_view<const double> b,
                     array_view<const double> c) {
  return applied<double>(ctx, op, a, b, c);
}
tensor<float> apply(const exec::context& ctx, ternary_op op, array_view<const float> a, array_view<const float> b,
                    array_view<const float> c) {
  return applied<float>(ctx, op, a, b, c);
}

void apply_into(const exec::context& ctx, unary_op op, array_view<const double> x, array_view<double> out) {
  apply_any(ctx, op, out, x);
}
void apply_into(const exec::context& ctx, unary_op op, array_view<const float> x, array_view<float> out) {
  apply_any(ctx, op, out, x);
}
void apply_into(const exec::context& ctx, binary_op op, array_view<const double> a, array_view<const double> b,
                array_view<double> out) {
  apply_any(ctx, op, out, a, b);
}
void apply_into(const exec::context& ctx, binary_op op, array_view<const float> a, array_view<const float> b,
                array_view<float> out) {
  apply_any(ctx, op, out, a, b);
}
void apply_into(const exec::context& ctx, ternary_op op, array_view<const double> a, array_view<const double> b,
                array_view<const double> c, array_view<double> out) {
  apply_any(ctx, op, out, a, b, c);
}
void apply_into(const exec::context& ctx, ternary_op op, array_view<const float> a, array_view<const float> b,
                array_view<const float> c, array_view<float> out) {
  apply_any(ctx, op, out, a, b, c);
}

namespace {

template <class T>
tensor<std::uint8_t> compared(const exec::context& ctx, compare_op op, const array_view<const T>& a,
                              const array_view<const T>& b) {
  detail::require_cpu("compare", ctx);
  tensor<std::uint8_t> out(broadcast_shapes("compare", a.shape(), b.shape()));
  const auto run = [&](const auto& holds) {
    transform_into(
        ctx, out.array(), [&](T x, T y) { return static_cast<std::uint8_t>(holds(x, y)); }, a, b);
  };
  switch (op) {
    case compare_op::less:
      run(std::less<T>{});
      break;
    case compare_op::less_equal:
      run(std::less_equal<T>{});
      break;
    case compare_op::equal:
      run(std::equal_to<T>{});
      break;
    case compare_op::not_equal:
      run(std::not_equal_to<T>{});
      break;
    case compare_op::greater:
      run(std::greater<T>{});
      break;
    case compare_op::greater_equal:
      run(std::greater_equal<T>{});
      break;
  }
  return out;
}

template <class T>
tensor<T> where_any(const exec::context& ctx, const array_view<const std::uint8_t>& condition,
                    const array_view<const T>& yes, const array_view<const T>& no) {
  detail::require_cpu("where", ctx);
  tensor<T> out(broadcast_shapes("where", broadcast_shapes("where", yes.shape(), no.shape()), condition.shape()));
  transform_into(
      ctx, out.array(), [](std::uint8_t c, T y, T n) { return c != 0 ? y : n; }, condition, yes, no);
  return out;
}

}  // namespace

tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const double> a,
                             array_view<const double> b) {
  return compared(ctx, op, a, b);
}
tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const float> a,
                             array_view<const float> b) {
  return compared(ctx, op, a, b);
}
tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const std::int32_t> a,
                             array_view<const std::int32_t> b) {
  return compared(ctx, op, a, b);
}
tensor<double> where(const exec::context& ctx, array_view<const std::uint8_t> condition, array_view<const double> yes,
                     array_view<const double> no) {
  return where_any(ctx, condition, yes, no);
}
tensor<float> where(const exec::context& ctx, array_view<const std::uint8_t> condition, array_view<const float> yes,
                    array_view<const float> no) {
  return where_any(ctx, condition, yes, no);
}

}  // namespace credence
