// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/elementwise_enums.hpp"
#include "credence/tensor/run_rows.hpp"
#include "credence/tensor/tensor.hpp"

#include <tuple>

/// Arithmetic element by element. Operands broadcast: aligned at the innermost axis, an axis of size 1 (or a missing
/// outer one) is repeated. Results are row-major. Functions that write to `out` accept an `out` that is exactly one of
/// the inputs, not one that overlaps it otherwise. NaN in gives NaN out; infinities follow IEEE arithmetic.
/// All throw shape_error when shapes do not fit.
namespace credence {

tensor<double> apply(const exec::context& ctx, unary_op op, array_view<const double> x);
tensor<float> apply(const exec::context& ctx, unary_op op, array_view<const float> x);
tensor<double> apply(const exec::context& ctx, binary_op op, array_view<const double> a, array_view<const double> b);
tensor<float> apply(const exec::context& ctx, binary_op op, array_view<const float> a, array_view<const float> b);
tensor<double> apply(const exec::context& ctx, ternary_op op, array_view<const double> a, array_view<const double> b,
                     array_view<const double> c);
tensor<float> apply(const exec::context& ctx, ternary_op op, array_view<const float> a, array_view<const float> b,
                    array_view<const float> c);

/// The same into memory of the caller; `out` has the broadcast shape.
void apply_into(const exec::context& ctx, unary_op op, array_view<const double> x, array_view<double> out);
void apply_into(const exec::context& ctx, unary_op op, array_view<const float> x, array_view<float> out);
void apply_into(const exec::context& ctx, binary_op op, array_view<const double> a, array_view<const double> b,
                array_view<double> out);
void apply_into(const exec::context& ctx, binary_op op, array_view<const float> a, array_view<const float> b,
                array_view<float> out);
void apply_into(const exec::context& ctx, ternary_op op, array_view<const double> a, array_view<const double> b,
                array_view<const double> c, array_view<double> out);
void apply_into(const exec::context& ctx, ternary_op op, array_view<const float> a, array_view<const float> b,
                array_view<const float> c, array_view<float> out);

/// A number as an operand: scalar_view(x) is a view of rank 0. The number must outlive the call.
inline array_view<const double> scalar_view(const double& value) { return {&value, {}}; }
inline array_view<const float> scalar_view(const float& value) { return {&value, {}}; }

/// 1 where the comparison holds, else 0. Comparisons with NaN are false, but for not_equal.
tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const double> a,
                             array_view<const double> b);
tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const float> a,
                             array_view<const float> b);
tensor<std::uint8_t> compare(const exec::context& ctx, compare_op op, array_view<const std::int32_t> a,
                             array_view<const std::int32_t> b);

/// `yes` where the condition is not zero, else `no`; all three broadcast.
tensor<double> where(const exec::context& ctx, array_view<const std::uint8_t> condition, array_view<const double> yes,
                     array_view<const double> no);
tensor<float> where(const exec::context& ctx, array_view<const std::uint8_t> condition, array_view<const float> yes,
                    array_view<const float> no);

namespace detail {

/// Adds the loops of `out` and of the operands broadcast to it.
template <class Out, class... In, std::size_t... K>
void transform_rows(const exec::context& ctx, const Out& out, const std::tuple<In...>& in, const auto& f,
                    std::index_sequence<K...>) {
  loop_nest<1 + static_cast<int>(sizeof...(K))> nest;
  for (int d = 0; d < out.rank(); ++d) nest.add(out.extent(d), {out.stride(d), std::get<K>(in).stride(d)...});
  run_rows(ctx, nest, [&](std::int64_t begin, std::int64_t end) {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      for (std::int64_t i = 0; i < n; ++i) {
        out.data()[at[0] + i * stride[0]] = f(std::get<K>(in).data()[at[K + 1] + i * stride[K + 1]]...);
      }
    });
  });
}

}  // namespace detail

/// out = f(in...) for any function of elements and any element types, with broadcasting: the general form, compiled
/// where it is called. `f` is called once for each element of `out`, from several threads.
/// @throws shape_error  when an input does not broadcast to the shape of `out`
template <class F, class T, array_like... In>
void transform_into(const exec::context& ctx, array_view<T> out, const F& f, const In&... in) {
  detail::transform_rows(ctx, out,
                         std::make_tuple(array_view<const typename In::value_type>(in).broadcast_to(out.shape())...), f,
                         std::index_sequence_for<In...>{});
}

}  // namespace credence
