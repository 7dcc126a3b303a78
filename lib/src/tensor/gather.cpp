// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/gather.hpp"

#include "tensor/cuda_kernels.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>
#include <cstring>

namespace credence {

namespace detail {

int check_gather(const char* where, const tensor_shape& shape, int axis, std::span<const std::int64_t> indices) {
  const int d = check::axis_of(where, shape, axis);
  for (const std::int64_t index : indices) {
    if (index < 0 || index >= shape[d]) {
      check::fail_domain(where, "an index", index, "from 0 to " + std::to_string(shape[d] - 1));
    }
  }
  return d;
}

namespace {

/// Elements are moved as words of their size, whatever their type.
template <class Word>
struct __attribute__((may_alias)) cell {
  Word bits;
};

/// Operands of the nest: result, source without the indexed axis, position in the list of indices.
template <class T>
void gather_rows(const exec::context& ctx, const loop_nest<3>& nest, const std::int64_t* indices, std::int64_t step,
                 T* out, const T* in) {
  run_rows(ctx, nest, [&](std::int64_t begin, std::int64_t end) {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      T* CREDENCE_RESTRICT to = out + at[0];
      if (stride[2] != 0) {  // the list runs along the row
        for (std::int64_t i = 0; i < n; ++i) {
          to[i * stride[0]] = in[at[1] + i * stride[1] + indices[at[2] + i * stride[2]] * step];
        }
        return;
      }
      const T* CREDENCE_RESTRICT from = in + at[1] + indices[at[2]] * step;
      if (stride[0] == 1 && stride[1] == 1) {
        std::memcpy(static_cast<void*>(to), from, static_cast<std::size_t>(n) * sizeof(T));
      } else {
        for (std::int64_t i = 0; i < n; ++i) to[i * stride[0]] = from[i * stride[1]];
      }
    });
  });
}

template <class Word>
void gather_words(const exec::context& ctx, const loop_nest<3>& nest, const std::int64_t* indices, std::int64_t step,
                  void* out, const void* in) {
  gather_rows(ctx, nest, indices, step, static_cast<cell<Word>*>(out), static_cast<const cell<Word>*>(in));
}

}  // namespace

void gather_elements(const exec::context& ctx, std::int64_t element_bytes, const tensor_shape& shape, int axis,
                     const void* in, const std::int64_t* in_strides, const std::int64_t* indices, std::int64_t count,
                     void* out) {
  const tensor_shape result = shape.with(axis, count);
  if (result.size() == 0) return;
  const array_view<const char> rows(nullptr, result);  // for its strides
  loop_nest<3> nest;
  for (int d = 0; d < result.rank(); ++d) {
    nest.add(result[d], {rows.stride(d), d == axis ? 0 : in_strides[d], d == axis ? 1 : 0});
  }
  const std::int64_t step = in_strides[axis];
  if (ctx.where == exec::backend::cuda) {
    tensor<std::int64_t> there({count}, std::span<const std::int64_t>(indices, static_cast<std::size_t>(count)));
    there = there.copy_to(ctx);
    return cuda::gather(ctx, element_bytes, nest, there.data(), step, out, in);
  }
  switch (element_bytes) {
    case 1:
      return gather_words<std::uint8_t>(ctx, nest, indices, step, out, in);
    case 2:
      return gather_words<std::uint16_t>(ctx, nest, indices, step, out, in);
    case 4:
      return gather_words<std::uint32_t>(ctx, nest, indices, step, out, in);
    case 8:
      return gather_words<std::uint64_t>(ctx, nest, indices, step, out, in);
    default:
      check::fail_domain("gather", "element size", element_bytes, "1, 2, 4 or 8 bytes");
  }
}

}  // namespace detail

namespace {

/// Writes to one place come from one thread, in the order of the indices: threads share the columns, never an index.
template <class T, class Write>
void scatter_any(const char* where, const exec::context& ctx, const array_view<T>& target, int axis,
                 std::span<const std::int64_t> indices, const array_view<const T>& values, const Write& write) {
  detail::require_cpu(where, ctx);
  const int d = detail::check_gather(where, target.shape(), axis, indices);
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
