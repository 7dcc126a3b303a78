// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/layout.hpp"

#include "tensor/layout_simd.hpp"

#include "credence/tensor/run_rows.hpp"

#include <cstring>

namespace credence::detail {

namespace {

/// Elements are moved as words of their size, whatever their type.
template <class Word>
struct __attribute__((may_alias)) cell {
  Word bits;
};

/// Where rows of the result are columns of the source, both are walked in squares that fit the first-level cache.
template <class T>
void copy_transposed(const exec::context& ctx, std::int64_t rows, std::int64_t columns, T* out, std::int64_t out_row,
                     const T* in, std::int64_t in_column) {
  constexpr std::int64_t side = 32;
  exec::for_each_range(
      ctx, rows,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t j0 = 0; j0 < columns; j0 += side) {
          const std::int64_t j1 = std::min(columns, j0 + side);
          for (std::int64_t i = begin; i < end; ++i) {
            for (std::int64_t j = j0; j < j1; ++j) out[i * out_row + j] = in[i + j * in_column];
          }
        }
      },
      side);
}

template <class T>
void copy_nest(const exec::context& ctx, const loop_nest<2>& nest, T* out, const T* in) {
  if (nest.rank == 2 && nest.stride[1][0] == 1 && nest.stride[0][1] == 1) {
    return copy_transposed(ctx, nest.extent[0], nest.extent[1], out, nest.stride[0][0], in, nest.stride[1][1]);
  }
  run_rows(ctx, nest, [&](std::int64_t begin, std::int64_t end) {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      T* CREDENCE_RESTRICT to = out + at[0];
      const T* CREDENCE_RESTRICT from = in + at[1];
      if (stride[0] == 1 && stride[1] == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
      } else if (stride[0] == 1 && stride[1] == 0) {
        const T value = *from;
        for (std::int64_t i = 0; i < n; ++i) to[i] = value;
      } else {
        for (std::int64_t i = 0; i < n; ++i) to[i * stride[0]] = from[i * stride[1]];
      }
    });
  });
}

}  // namespace

void copy_elements(const exec::context& ctx, std::int64_t element_bytes, const tensor_shape& shape, void* out,
                   const std::int64_t* out_strides, const void* in, const std::int64_t* in_strides) {
  require_cpu("copy_into", ctx);
  loop_nest<2> nest;
  for (int d = 0; d < shape.rank(); ++d) nest.add(shape[d], {out_strides[d], in_strides[d]});
  if (nest.size() == 0) return;
  switch (element_bytes) {
    case 1:
      return copy_nest(ctx, nest, static_cast<cell<std::uint8_t>*>(out), static_cast<const cell<std::uint8_t>*>(in));
    case 2:
      return copy_nest(ctx, nest, static_cast<cell<std::uint16_t>*>(out), static_cast<const cell<std::uint16_t>*>(in));
    case 4:
      return copy_nest(ctx, nest, static_cast<cell<std::uint32_t>*>(out), static_cast<const cell<std::uint32_t>*>(in));
    case 8:
      return copy_nest(ctx, nest, static_cast<cell<std::uint64_t>*>(out), static_cast<const cell<std::uint64_t>*>(in));
    default:
      check::fail_domain("copy_into", "element size", element_bytes, "1, 2, 4 or 8 bytes");
  }
}

void cast_elements(const exec::context& ctx, dtype from, const void* in, dtype to, void* out, std::int64_t n) {
  require_cpu("cast", ctx);
  exec::for_each_range(ctx, n, [&](std::int64_t begin, std::int64_t end) {
    CREDENCE_SIMD_PICK(cast_run)
    (from, static_cast<const char*>(in) + begin * size_of(from), to, static_cast<char*>(out) + begin * size_of(to),
     end - begin);
  });
}

}  // namespace credence::detail
