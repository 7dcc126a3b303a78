// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/gemm.hpp"

#include "tensor/gemm_backend.hpp"
#include "tensor/gemm_cuda.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/run_rows.hpp"

namespace credence {

namespace {

using detail::gemm_tile;

/// Rows and columns of a tile: large enough that packing a panel costs little, small enough that two threads share a
/// 512 x 512 result.
constexpr std::int64_t tile_rows = 256;
constexpr std::int64_t tile_columns = 1024;

template <class V>
void check_rows(const char* name, const V& v) {
  constexpr int last = V::rank - 1;
  if (v.extents[last] > 1 && v.strides[last] != 1) {
    check::fail_shape(
        "gemm", std::string(name) + " has innermost stride " + std::to_string(v.strides[last]) + ", but must have 1");
  }
  if (v.extents[last - 1] > 1 && v.strides[last - 1] < v.extents[last]) {
    check::fail_shape("gemm", std::string(name) + " has rows " + std::to_string(v.strides[last - 1]) +
                                  " apart, but must have at least " + std::to_string(v.extents[last]));
  }
}

template <class V>
std::int64_t row_step(const V& v) {
  return std::max<std::int64_t>(v.extents[V::rank - 2] > 1 ? v.strides[V::rank - 2] : v.extents[V::rank - 1], 1);
}

/// BLAS counts in 32 bits.
void check_counts(std::initializer_list<std::int64_t> counts) {
  for (const std::int64_t count : counts) {
    if (count > 2147483647) {
      check::fail_shape("gemm",
                        "an inner axis or a row distance is " + std::to_string(count) + ", but must be below 2^31");
    }
  }
}

/// The whole problem: `batch` products of one shape.
template <class T>
struct problem {
  std::int64_t batch, m, n, k;
  const T* a;
  const T* b;
  T* c;
  std::int64_t a_row, b_row, c_row, a_batch, b_batch, c_batch;
  gemm_options<T> options;
};

template <class T>
void run_tile(const problem<T>& p, std::int64_t item, std::int64_t i, std::int64_t j) {
  const bool ta = p.options.a == transposed::yes, tb = p.options.b == transposed::yes;
  gemm_tile<T> tile;
  tile.m = std::min(tile_rows, p.m - i);
  tile.n = std::min(tile_columns, p.n - j);
  tile.k = p.k;
  tile.a = p.a + item * p.a_batch + (ta ? i : i * p.a_row);
  tile.b = p.b + item * p.b_batch + (tb ? j * p.b_row : j);
  tile.c = p.c + item * p.c_batch + i * p.c_row + j;
  tile.a_row = p.a_row;
  tile.b_row = p.b_row;
  tile.c_row = p.c_row;
  tile.transposed_a = ta;
  tile.transposed_b = tb;
  tile.alpha = p.options.alpha;
  tile.beta = p.options.beta;
  detail::run_gemm_tile(tile);
}

template <class T>
void run_problem(const exec::context& ctx, const problem<T>& p) {
  if (p.batch == 0 || p.m == 0 || p.n == 0) return;
  if (ctx.where == exec::backend::cuda && p.k > 0) {
    const detail::cuda::gemm_shape shape{p.batch,
                                         p.m,
                                         p.n,
                                         p.k,
                                         p.a_row,
                                         p.b_row,
                                         p.c_row,
                                         p.a_batch,
                                         p.b_batch,
                                         p.c_batch,
                                         p.options.a == transposed::yes,
                                         p.options.b == transposed::yes};
    return detail::cuda::gemm(ctx, shape, p.a, p.b, p.c, p.options.alpha, p.options.beta);
  }
  detail::require_cpu("gemm with an empty inner axis", ctx);
  const std::int64_t row_tiles = (p.m + tile_rows - 1) / tile_rows;
  const std::int64_t column_tiles = (p.n + tile_columns - 1) / tile_columns;
  const std::int64_t tiles = row_tiles * column_tiles;
  const std::int64_t flops = std::max<std::int64_t>(1, std::min(p.m, tile_rows) * std::min(p.n, tile_columns) * p.k);
  const std::int64_t grain = std::max<std::int64_t>(1, 4 * exec::serial_threshold / flops);
  exec::for_each_range(
      ctx, p.batch * tiles,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t task = begin; task < end; ++task) {
          const std::int64_t tile = task % tiles;
          run_tile(p, task / tiles, tile / column_tiles * tile_rows, tile % column_tiles * tile_columns);
        }
      },
      grain);
}

/// A rank-2 or rank-3 view as a stack of matrices.
template <class V>
std::int64_t batch_step(const V& v) {
  if constexpr (V::rank == 3) return v.strides[0];
  return 0;
}

template <class T, int Rank>
void gemm_any(const exec::context& ctx, const view<const T, Rank>& a, const view<const T, Rank>& b,
              const view<T, Rank>& c, const gemm_options<T>& options) {
  constexpr int row = Rank - 2, column = Rank - 1;
  problem<T> p;
  const bool ta = options.a == transposed::yes, tb = options.b == transposed::yes;
  p.m = c.extents[row];
  p.n = c.extents[column];
  p.k = a.extents[ta ? row : column];
  p.batch = Rank == 3 ? c.extents[0] : 1;
  check::same_size("gemm", "the rows of a", a.extents[ta ? column : row], "the rows of c", p.m);
  check::same_size("gemm", "the columns of b", b.extents[tb ? row : column], "the columns of c", p.n);
  check::same_size("gemm", "the inner axis of b", b.extents[tb ? column : row], "that of a", p.k);
  if constexpr (Rank == 3) {
    check::same_size("gemm", "the batch of a", a.extents[0], "that of c", p.batch);
    check::same_size("gemm", "the batch of b", b.extents[0], "that of c", p.batch);
  }
  check_rows("a", a);
  check_rows("b", b);
  check_rows("c", c);
  p.a = a.data, p.b = b.data, p.c = c.data;
  p.a_row = row_step(a), p.b_row = row_step(b), p.c_row = row_step(c);
  check_counts({p.k, p.a_row, p.b_row, p.c_row});
  p.a_batch = batch_step(a), p.b_batch = batch_step(b), p.c_batch = batch_step(c);
  p.options = options;
  run_problem(ctx, p);
}

/// A view with rows at unit stride, copied where it is not.
template <class T>
struct rows_of {
  tensor<T> copy;
  view<const T, 2> rows;
  rows_of(const exec::context& ctx, const array_view<const T>& x) : rows(x.template view<2>()) {
    const bool usable =
        (rows.extents[1] <= 1 || rows.strides[1] == 1) && (rows.extents[0] <= 1 || rows.strides[0] >= rows.extents[1]);
    if (usable) return;
    copy = to_tensor(ctx, x);
    rows = std::as_const(copy).template view<2>();
  }
};

template <class T>
tensor<T> matmul_any(const exec::context& ctx, const array_view<const T>& a, const array_view<const T>& b,
                     gemm_options<T> options) {
  check::rank_is("matmul", "a", a.shape(), 2);
  check::rank_is("matmul", "b", b.shape(), 2);
  const rows_of<T> left(ctx, a), right(ctx, b);
  auto out = tensor<T>::uninitialized(ctx, {left.rows.extents[options.a == transposed::yes ? 1 : 0],
                                            right.rows.extents[options.b == transposed::yes ? 0 : 1]});
  options.beta = 0;
  gemm(ctx, left.rows, right.rows, out.template view<2>(), options);
  return out;
}

bool is_floating(dtype type) { return type != dtype::i32 && type != dtype::u8; }

/// Rounds to the compute type, then widens to the type of the sums.
template <class Sum, class T>
tensor<Sum> rounded(const exec::context& ctx, const array_view<const T>& x, dtype compute) {
  switch (compute) {
    case dtype::bf16:
      return cast<Sum>(ctx, cast<bfloat16>(ctx, x));
    case dtype::f16:
      return cast<Sum>(ctx, cast<float16>(ctx, x));
    case dtype::f32:
      return cast<Sum>(ctx, cast<float>(ctx, x));
    default:
      return cast<Sum>(ctx, x);
  }
}

template <class T>
tensor<T> matmul_in(const exec::context& ctx, const array_view<const T>& a, const array_view<const T>& b,
                    const precision& policy) {
  detail::require_cpu("matmul with a precision policy", ctx);
  if (policy.storage != dtype_of<T>) {
    check::fail_domain("matmul", "storage", to_text(policy.storage), "the dtype of the operands");
  }
  if (!is_floating(policy.compute)) {
    check::fail_domain("matmul", "compute", to_text(policy.compute), "a floating dtype");
  }
  if (policy.accumulate == dtype::f64) {
    return cast<T>(ctx, matmul(ctx, rounded<double>(ctx, a, policy.compute), rounded<double>(ctx, b, policy.compute)));
  }
  if (policy.accumulate == dtype::f32) {
    return cast<T>(ctx, matmul(ctx, rounded<float>(ctx, a, policy.compute), rounded<float>(ctx, b, policy.compute)));
  }
  check::fail_domain("matmul", "accumulate", to_text(policy.accumulate), "f32 or f64");
}

template <class T>
void gemv_any(const exec::context& ctx, view<const T, 2> a, const view<const T, 1>& x, const view<T, 1>& y,
              const gemm_options<T>& options) {
  detail::require_cpu("gemv", ctx);
  if (options.a == transposed::yes) {
    std::swap(a.extents[0], a.extents[1]);
    std::swap(a.strides[0], a.strides[1]);
  }
  check::same_size("gemv", "the rows of a", a.extents[0], "y", y.extents[0]);
  check::same_size("gemv", "the columns of a", a.extents[1], "x", x.extents[0]);
  const std::int64_t grain =
      std::max<std::int64_t>(8, exec::serial_threshold / std::max<std::int64_t>(1, a.extents[1]));
  exec::for_each_range(
      ctx, a.extents[0],
      [&](std::int64_t begin, std::int64_t end) { detail::run_gemv(a, x, y, options.alpha, options.beta, begin, end); },
      grain);
}

}  // namespace

void gemm(const exec::context& ctx, view<const double, 2> a, view<const double, 2> b, view<double, 2> c,
          const gemm_options<double>& options) {
  gemm_any(ctx, a, b, c, options);
}
void gemm(const exec::context& ctx, view<const float, 2> a, view<const float, 2> b, view<float, 2> c,
          const gemm_options<float>& options) {
  gemm_any(ctx, a, b, c, options);
}
void gemm_batched(const exec::context& ctx, view<const double, 3> a, view<const double, 3> b, view<double, 3> c,
                  const gemm_options<double>& options) {
  gemm_any(ctx, a, b, c, options);
}
void gemm_batched(const exec::context& ctx, view<const float, 3> a, view<const float, 3> b, view<float, 3> c,
                  const gemm_options<float>& options) {
  gemm_any(ctx, a, b, c, options);
}
tensor<double> matmul(const exec::context& ctx, array_view<const double> a, array_view<const double> b,
                      const gemm_options<double>& options) {
  return matmul_any(ctx, a, b, options);
}
tensor<float> matmul(const exec::context& ctx, array_view<const float> a, array_view<const float> b,
                     const gemm_options<float>& options) {
  return matmul_any(ctx, a, b, options);
}
tensor<bfloat16> matmul(const exec::context& ctx, array_view<const bfloat16> a, array_view<const bfloat16> b,
                        const precision& policy) {
  return matmul_in(ctx, a, b, policy);
}
tensor<float16> matmul(const exec::context& ctx, array_view<const float16> a, array_view<const float16> b,
                       const precision& policy) {
  return matmul_in(ctx, a, b, policy);
}
tensor<float> matmul(const exec::context& ctx, array_view<const float> a, array_view<const float> b,
                     const precision& policy) {
  return matmul_in(ctx, a, b, policy);
}
tensor<double> matmul(const exec::context& ctx, array_view<const double> a, array_view<const double> b,
                      const precision& policy) {
  return matmul_in(ctx, a, b, policy);
}
void gemv(const exec::context& ctx, view<const double, 2> a, view<const double, 1> x, view<double, 1> y,
          const gemm_options<double>& options) {
  gemv_any(ctx, a, x, y, options);
}
void gemv(const exec::context& ctx, view<const float, 2> a, view<const float, 1> x, view<float, 1> y,
          const gemm_options<float>& options) {
  gemv_any(ctx, a, x, y, options);
}

}  // namespace credence
