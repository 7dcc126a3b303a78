// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/gather.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>

namespace credence {

namespace detail {

int check_gather(const char* where, const exec::context& ctx, const tensor_shape& shape, int axis,
                 std::span<const std::int64_t> indices) {
  require_cpu(where, ctx);
  const int d = check::axis_of(where, shape, axis);
  for (const std::int64_t index : indices) {
    if (index < 0 || index >= shape[d]) {
      check::fail_domain(where, "an index", index, "from 0 to " + std::to_string(shape[d] - 1));
    }
  }
  return d;
}

void gather_elements(const exec::context& ctx, std::int64_t element_bytes, const tensor_shape& shape, int axis,
                     const void* in, const std::int64_t* in_strides, const std::int64_t* indices, std::int64_t count,
                     void* out) {
  const tensor_shape result = shape.with(axis, count);
  if (result.size() == 0) return;
  std::int64_t out_strides[tensor_shape::max_rank];
  std::int64_t stride = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    out_strides[d] = stride;
    stride *= result[d];
  }
  // One index at a time is a copy of the rest of the axes; few long ones run in parallel within, many short ones
  // across.
  const tensor_shape part = shape.with(axis, 1);
  const std::int64_t size = part.size();
  const std::int64_t grain = std::max<std::int64_t>(1, exec::serial_threshold / size);
  exec::for_each_range(
      ctx, count,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
          copy_elements({}, element_bytes, part, static_cast<char*>(out) + r * out_strides[axis] * element_bytes,
                        out_strides, static_cast<const char*>(in) + indices[r] * in_strides[axis] * element_bytes,
                        in_strides);
        }
      },
      grain);
}

}  // namespace detail

namespace {

/// Writes to one place come from one thread, in the order of the indices: threads share the columns, never an index.
template <class T, class Write>
void scatter_any(const char* where, const exec::context& ctx, const array_view<T>& target, int axis,
                 std::span<const std::int64_t> indices, const array_view<const T>& values, const Write& write) {
  const int d = detail::check_gather(where, ctx, target.shape(), axis, indices);
  const auto count = static_cast<std::int64_t>(indices.size());
  check::same_shape(where, "values", values.shape(), "the target at the indices", target.shape().with(d, count));
  detail::loop_nest<2> columns;  // operands: target, values
  for (int k = 0; k < target.rank(); ++k) {
    if (k != d) columns.add(target.extent(k), {target.stride(k), values.stride(k)});
  }
  if (count == 0) return;
  const std::int64_t to_step = target.stride(d), from_step = values.stride(d);
  const std::int64_t grain = std::max<std::int64_t>(64, exec::serial_threshold / count);
  exec::for_each_range(
      ctx, columns.size(),
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = 0; r < count; ++r) {
          T* to = target.data() + indices[static_cast<std::size_t>(r)] * to_step;
          const T* from = values.data() + r * from_step;
          auto at = nest_at(columns, columns.rank, begin);
          for (std::int64_t column = begin; column < end; ++column) {
            write(to[at.offset[0]], from[at.offset[1]]);
            nest_next(columns, columns.rank, at);
          }
        }
      },
      grain);
}

template <class T>
struct assign {
  void operator()(T& to, T from) const { to = from; }
};
template <class T>
struct increase {
  void operator()(T& to, T from) const { to += from; }
};

}  // namespace

void scatter(const exec::context& ctx, array_view<double> target, int axis, std::span<const std::int64_t> indices,
             array_view<const double> values) {
  scatter_any("scatter", ctx, target, axis, indices, values, assign<double>{});
}
void scatter(const exec::context& ctx, array_view<float> target, int axis, std::span<const std::int64_t> indices,
             array_view<const float> values) {
  scatter_any("scatter", ctx, target, axis, indices, values, assign<float>{});
}
void scatter_add(const exec::context& ctx, array_view<double> target, int axis, std::span<const std::int64_t> indices,
                 array_view<const double> values) {
  scatter_any("scatter_add", ctx, target, axis, indices, values, increase<double>{});
}
void scatter_add(const exec::context& ctx, array_view<float> target, int axis, std::span<const std::int64_t> indices,
                 array_view<const float> values) {
  scatter_any("scatter_add", ctx, target, axis, indices, values, increase<float>{});
}

}  // namespace credence
