// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/exact.hpp"

#include "attention/problem.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using namespace credence::detail;

/// Tasks of tiles of all heads, those with the most keys first, so that threads end together.
template <class C>
struct tile_list {
  std::vector<query_tile> tiles{};
  std::vector<std::int64_t> begin{};  ///< of each batch entry

  explicit tile_list(const attention_problem<C>& p) {
    begin.push_back(0);
    for (std::int64_t b = 0; b < p.batch; ++b) {
      const auto more = list_query_tiles(p, p.queries_of(b));
      tiles.insert(tiles.end(), more.begin(), more.end());
      begin.push_back(static_cast<std::int64_t>(tiles.size()));
    }
  }
  /// f(b, h, tile)
  template <class F>
  void run(const exec::context& ctx, std::int64_t heads, const F& f) const {
    exec::for_each_task(ctx, heads * static_cast<std::int64_t>(tiles.size()), [&](std::int64_t task) {
      const std::int64_t h = task % heads, at = static_cast<std::int64_t>(tiles.size()) - 1 - task / heads;
      std::int64_t b = 0;
      while (begin[static_cast<std::size_t>(b + 1)] <= at) ++b;
      f(b, h, tiles[static_cast<std::size_t>(at)]);
    });
  }
};

template <class C>
void tiled_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp) {
  const tile_kernels<C>& kernels = kernels_of(p.use, C());
  const packed_keys<C> packed = pack_keys(ctx, p, kernels);
  // Rows beyond the query lengths, which no tile writes.
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const std::vector<C> zeros(static_cast<std::size_t>(p.dv), C(0));
    for (std::int64_t h = 0; h < p.heads; ++h) {
      for (std::int64_t i = p.queries_of(b); i < p.queries; ++i) {
        const std::int64_t row = (b * p.heads + h) * p.queries + i;
        store_row(out.type, out.row(row, p.dv), zeros.data(), p.dv);
        log_sum_exp[row] = -math::infinity<C>;
      }
    }
  }
  tile_list<C>(p).run(ctx, p.heads, [&](std::int64_t b, std::int64_t h, const query_tile& tile) {
    const tile_head<C> head = head_of(p, packed, b, h);
    const std::int64_t q_size = std::int64_t{tile_size} * packed.d_padded,
                       out_size = std::int64_t{tile_size} * packed.dv_padded;
    workspace<C> memory(q_size + out_size + 2 * forward_scratch + tile_size);
    forward_tile<C> t;
    t.head = &head;
    t.first_query = tile.first;
    t.rows = tile.rows;
    C* q = memory.data();
    t.q = q;
    t.output = q + q_size;
    t.scratch = t.output + out_size;
    t.log_sum_exp = t.scratch + 2 * forward_scratch;
    kernels.copy_rows(p.q.rows(b, h, tile.first), tile.rows, static_cast<int>(p.d), static_cast<C>(p.scale), q,
                      tile_size, packed.d_padded);
    kernels.forward(t);
    for (int r = 0; r < tile.rows; ++r) {
      const std::int64_t row = (b * p.heads + h) * p.queries + tile.first + r;
      store_row(out.type, out.row(row, p.dv), t.output + static_cast<std::int64_t>(r) * packed.dv_padded, p.dv);
      log_sum_exp[row] = t.log_sum_exp[r];
    }
  });
}

template <class C>
void run_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp) {
  if (p.use == path::reference) {
    reference_forward(ctx, p, out, log_sum_exp);
  } else if (p.use == path::simt || p.use == path::cuda) {
    run_simt_forward(ctx, p, out, log_sum_exp);
  } else {
    tiled_forward(ctx, p, out, log_sum_exp);
  }
}

template <class C>
void tiled_weights(const exec::context& ctx, const attention_problem<C>& p, C* out) {
  const tile_kernels<C>& kernels = kernels_of(p.use, C());
  const packed_keys<C> packed = pack_keys(ctx, p, kernels);
  std::fill_n(out, p.batch * p.heads * p.queries * p.keys, C(0));
  tile_list<C>(p).run(ctx, p.heads, [&](std::int64_t b, std::int64_t h, const query_tile& tile) {
    const tile_head<C> head = head_of(p, packed, b, h);
    const std::int64_t q_size = std::int64_t{tile_size} * packed.d_padded,
                       out_size = std::int64_t{tile_size} * packed.dv_padded;
    workspace<C> memory(q_size + out_size + 2 * forward_scratch + tile_size);
    C *q = memory.data(), *sums = q + q_size + out_size + 2 * forward_scratch;
    kernels.copy_rows(p.q.rows(b, h, tile.first), tile.rows, static_cast<int>(p.d), static_cast<C>(p.scale), q,
                      tile_size, packed.d_padded);
    kernels.forward({&head, tile.first, tile.rows, q, q + q_size + out_size, q + q_size, sums});
    kernels.weights({&head, tile.first, tile.rows, q, q + q_size + out_size, sums,
                     out + ((b * p.heads + h) * p.queries + tile.first) * p.keys, p.keys});
  });
}

}  // namespace

template <class T>
result<T> forward(const exec::context& ctx, const inputs<T>& in, const options& opt) {
  const auto p = check_attention("attention::forward", ctx, in, opt);
  result<T> out;
  out.output = tensor<T>::uninitialized(ctx, {p.batch, p.heads, p.queries, p.dv});
  out.log_sum_exp = tensor<compute_type<T>>::uninitialized(ctx, {p.batch, p.heads, p.queries});
  out.used = p.use;
  if (out.log_sum_exp.empty()) return out;
  run_forward(ctx, p, {out.output.data(), dtype_of<T>}, out.log_sum_exp.data());
  return out;
}

template <class T>
tensor<compute_type<T>> weights(const exec::context& ctx, const inputs<T>& in, const options& opt) {
  const auto p = check_attention("attention::weights", ctx, in, opt);
  auto out = tensor<compute_type<T>>::uninitialized({}, {p.batch, p.heads, p.queries, p.keys});
  if (out.empty()) return out;
  if (p.use == path::cuda) throw not_built_error("attention::weights: the context is a CUDA device, but must be a CPU");
  if (p.use == path::reference || p.use == path::simt) {
    reference_weights(ctx, p, out.data());
  } else {
    tiled_weights(ctx, p, out.data());
  }
  return out;
}

template result<double> forward(const exec::context&, const inputs<double>&, const options&);
template result<float> forward(const exec::context&, const inputs<float>&, const options&);
template result<bfloat16> forward(const exec::context&, const inputs<bfloat16>&, const options&);
template result<float16> forward(const exec::context&, const inputs<float16>&, const options&);
template tensor<double> weights(const exec::context&, const inputs<double>&, const options&);
template tensor<float> weights(const exec::context&, const inputs<float>&, const options&);
template tensor<float> weights(const exec::context&, const inputs<bfloat16>&, const options&);
template tensor<float> weights(const exec::context&, const inputs<float16>&, const options&);

void merge_parts(array_view<double> output, array_view<double> log_sum_exp, array_view<const double> other_output,
                 array_view<const double> other_log_sum_exp) {
  const char* where = "attention::merge_parts";
  check::same_shape(where, "output", output.shape(), "other_output", other_output.shape());
  check::same_shape(where, "log_sum_exp", log_sum_exp.shape(), "other_log_sum_exp", other_log_sum_exp.shape());
  check::rank_is(where, "output", output.shape(), 4);
  check::rank_is(where, "log_sum_exp", log_sum_exp.shape(), 3);
  const auto a = output.view<4>();
  const auto b = other_output.view<4>();
  const auto sums = log_sum_exp.view<3>();
  const auto other_sums = other_log_sum_exp.view<3>();
  for (std::int64_t n = 0; n < a.extent(0); ++n) {
    for (std::int64_t h = 0; h < a.extent(1); ++h) {
      for (std::int64_t i = 0; i < a.extent(2); ++i) {
        const double x = sums(n, h, i), y = other_sums(n, h, i), top = math::max(x, y);
        if (top == -math::infinity<double>) continue;
        const double wx = math::exp(x - top), wy = math::exp(y - top), total = wx + wy;
        for (std::int64_t c = 0; c < a.extent(3); ++c) {
          a(n, h, i, c) = (wx * a(n, h, i, c) + wy * b(n, h, i, c)) / total;
        }
        sums(n, h, i) = top + math::log(total);
      }
    }
  }
}

}  // namespace credence::attention
