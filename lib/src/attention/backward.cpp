// SPDX-License-Identifier: BSD-3-Clause
// Gradients of exact attention. Tiles of keys are dealt to a fixed number of chunks; a chunk owns its rows of dK and dV
// and a partial dQ of its own, and partial sums are added in the order of chunks: no atomics, and the same bits on any
// number of threads.
#include "attention/problem.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using namespace credence::detail;

/// Chunks of key tiles for each key head: enough of them to keep eight threads busy with one head.
std::int64_t chunks_of(std::int64_t key_heads, std::int64_t tiles) {
  const std::int64_t wanted = key_heads >= 8 ? 1 : (8 + key_heads - 1) / key_heads;
  return std::max<std::int64_t>(1, std::min(wanted, tiles));
}

/// Queries, output gradients and values in the layouts of the backward kernels.
template <class C>
struct packed_queries {
  workspace<C> q_rows, q_panels, do_rows, do_panels, vt, k_rows, delta;
  std::int64_t length = 0;      ///< padded queries of one head in row arrays
  std::int64_t panel_rows = 0;  ///< the same in arrays of tiles
};

template <class C>
struct backward_work {
  const exec::context& ctx;
  const attention_problem<C>& p;
  const tile_kernels<C>& kernels;
  stored_array d_output;
  stored_array output;
  const C* log_sum_exp;
  const C* d_log_sum_exp;
  packed_keys<C> keys{};
  packed_queries<C> queries{};
  std::vector<std::vector<query_tile>> tiles{};

  [[nodiscard]] std::int64_t all_heads() const { return p.batch * p.heads; }
  [[nodiscard]] std::int64_t all_key_heads() const { return p.batch * p.key_heads; }

  void prepare();
  void pack_head(std::int64_t head);
  void pack_key_tile(std::int64_t key_head, std::int64_t tile);
  [[nodiscard]] tile_head<C> head(std::int64_t b, std::int64_t h) const;
};

template <class C>
void backward_work<C>::pack_head(std::int64_t head) {
  const std::int64_t b = head / p.heads, h = head % p.heads, n = p.queries_of(b);
  const int d = static_cast<int>(p.d), dv = static_cast<int>(p.dv), dp = keys.d_padded, dvp = keys.dv_padded;
  C* q = queries.q_rows.data() + head * queries.length * dp;
  C* d_out = queries.do_rows.data() + head * queries.length * dvp;
  kernels.copy_rows(p.q.rows(b, h, 0), n, d, static_cast<C>(p.scale), q, queries.length, dp);
  kernels.copy_rows(d_output.rows(b, h, 0), n, dv, C(1), d_out, queries.length, dvp);
  std::vector<C> o(static_cast<std::size_t>(dvp));
  C* delta = queries.delta.data() + head * p.queries;
  for (std::int64_t i = 0; i < n; ++i) {
    C* row = d_out + i * dvp;
    delta[i] = C(0);
    if (log_sum_exp[head * p.queries + i] == -math::infinity<C>) {
      std::fill_n(row, dvp, C(0));
      continue;
    }
    kernels.copy_rows(output.rows(b, h, i), 1, dv, C(1), o.data(), 1, dvp);
    double sum = 0.0;
    for (int c = 0; c < dv; ++c)
      sum += static_cast<double>(o[static_cast<std::size_t>(c)]) * static_cast<double>(row[c]);
    if (d_log_sum_exp != nullptr) sum -= static_cast<double>(d_log_sum_exp[head * p.queries + i]);
    delta[i] = static_cast<C>(sum);
  }
  std::uint8_t odd[tile_size];
  const auto& list = tiles[static_cast<std::size_t>(b)];
  for (std::size_t t = 0; t < list.size(); ++t) {
    const std::int64_t at = head * queries.panel_rows + static_cast<std::int64_t>(t) * tile_size;
    const dtype type = dtype_of<C>;
    kernels.pack_rows({q + list[t].first * dp, type, dp}, list[t].rows, dp, C(1), queries.q_panels.data() + at * dp,
                      odd);
    kernels.pack_rows({d_out + list[t].first * dvp, type, dvp}, list[t].rows, dvp, C(1),
                      queries.do_panels.data() + at * dvp, nullptr);
  }
}

template <class C>
void backward_work<C>::pack_key_tile(std::int64_t key_head, std::int64_t tile) {
  const std::int64_t b = key_head / p.key_heads, h = key_head % p.key_heads, first = tile * tile_size;
  const int rows = static_cast<int>(std::min<std::int64_t>(tile_size, p.keys - first));
  const std::int64_t length = tiles_of(p.keys) * tile_size;
  std::uint8_t odd[tile_size];
  kernels.pack_columns(p.v.rows(b, h, first), rows, static_cast<int>(p.dv),
                       queries.vt.data() + (key_head * length + first) * p.dv);
  kernels.pack_rows(p.k.rows(b, h, first), rows, static_cast<int>(p.d), C(1),
                    queries.k_rows.data() + (key_head * length + first) * keys.d_padded, odd);
}

template <class C>
void backward_work<C>::prepare() {
  keys = pack_keys(ctx, p, kernels);
  std::size_t most = 0;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    tiles.push_back(list_query_tiles(p, p.queries_of(b)));
    most = std::max(most, tiles.back().size());
  }
  queries.length = p.queries + tile_size;
  queries.panel_rows = static_cast<std::int64_t>(most) * tile_size;
  const auto make = [](std::int64_t n) { return workspace<C>(n); };
  queries.q_rows = make(all_heads() * queries.length * keys.d_padded);
  queries.do_rows = make(all_heads() * queries.length * keys.dv_padded);
  queries.q_panels = make(all_heads() * queries.panel_rows * keys.d_padded);
  queries.do_panels = make(all_heads() * queries.panel_rows * keys.dv_padded);
  queries.delta = make(all_heads() * p.queries);
  const std::int64_t key_tiles = tiles_of(p.keys);
  queries.vt = make(all_key_heads() * key_tiles * tile_size * p.dv);
  queries.k_rows = make(all_key_heads() * key_tiles * tile_size * keys.d_padded);
  exec::for_each_task(ctx, all_heads(), [&](std::int64_t head) { pack_head(head); });
  exec::for_each_task(ctx, all_key_heads() * key_tiles,
                      [&](std::int64_t task) { pack_key_tile(task / key_tiles, task % key_tiles); });
}

template <class C>
tile_head<C> backward_work<C>::head(std::int64_t b, std::int64_t h) const {
  tile_head<C> out = head_of(p, keys, b, h);
  const std::int64_t at = b * p.heads + h, key_head = b * p.key_heads + h / p.group();
  const std::int64_t length = tiles_of(p.keys) * tile_size;
  out.q_rows = queries.q_rows.data() + at * queries.length * keys.d_padded;
  out.do_rows = queries.do_rows.data() + at * queries.length * keys.dv_padded;
  out.q_panels = queries.q_panels.data() + at * queries.panel_rows * keys.d_padded;
  out.do_panels = queries.do_panels.data() + at * queries.panel_rows * keys.dv_padded;
  out.vt_panels = queries.vt.data() + key_head * length * p.dv;
  out.kr_panels = queries.k_rows.data() + key_head * length * keys.d_padded;
  out.log_sum_exp = log_sum_exp + at * p.queries;
  out.delta = queries.delta.data() + at * p.queries;
  return out;
}

/// dQ, dK, dV and the gradient by the parameters of the score function.
template <class C>
void main_gradients(const backward_work<C>& work, stored_result dq, stored_result dk, stored_result dv,
                    std::vector<double>& score) {
  const auto& p = work.p;
  const std::int64_t key_tiles = tiles_of(p.keys), chunks = chunks_of(work.all_key_heads(), key_tiles);
  const int dp = work.keys.d_padded, dvp = work.keys.dv_padded;
  const std::int64_t length = work.queries.length;
  workspace<C> partial(chunks * work.all_heads() * length * dp);
  const std::int64_t parameters = static_cast<std::int64_t>(score.size());
  std::vector<double> partial_score(static_cast<std::size_t>(work.all_key_heads() * chunks * parameters), 0.0);
  exec::for_each_task(work.ctx, work.all_key_heads() * chunks, [&](std::int64_t task) {
    const std::int64_t key_head = task / chunks, chunk = task % chunks;
    const std::int64_t b = key_head / p.key_heads, kh = key_head % p.key_heads;
    workspace<C> memory(backward_scratch + std::int64_t{tile_size} * (dp + dvp));
    C *tile_dk = memory.data() + backward_scratch, *tile_dv = tile_dk + tile_size * dp;
    for (std::int64_t g = 0; g < p.group(); ++g) {
      std::fill_n(partial.data() + (chunk * work.all_heads() + b * p.heads + kh * p.group() + g) * length * dp,
                  length * dp, C(0));
    }
    for (std::int64_t tile = chunk; tile < key_tiles; tile += chunks) {
      std::fill_n(tile_dk, std::int64_t{tile_size} * (dp + dvp), C(0));
      for (std::int64_t g = 0; g < p.group(); ++g) {
        const std::int64_t h = kh * p.group() + g;
        const tile_head<C> head = work.head(b, h);
        work.kernels.backward({&head, tile, memory.data(), tile_dk, tile_dv,
                               partial.data() + (chunk * work.all_heads() + b * p.heads + h) * length * dp,
                               parameters == 0 ? nullptr : partial_score.data() + task * parameters});
      }
      const std::int64_t rows = std::min<std::int64_t>(tile_size, p.keys - tile * tile_size);
      for (std::int64_t r = 0; r < rows; ++r) {
        const std::int64_t row = key_head * p.keys + tile * tile_size + r;
        store_row(dk.type, dk.row(row, p.d), tile_dk + r * dp, p.d);
        store_row(dv.type, dv.row(row, p.dv), tile_dv + r * dvp, p.dv);
      }
    }
  });
  exec::for_each_range(
      work.ctx, work.all_heads() * p.queries,
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<C> sum(static_cast<std::size_t>(p.d));
        for (std::int64_t row = begin; row < end; ++row) {
          const std::int64_t head = row / p.queries, i = row % p.queries;
          const bool used = i < p.queries_of(head / p.heads);
          for (std::int64_t c = 0; c < p.d; ++c) {
            C total = C(0);
            for (std::int64_t chunk = 0; used && chunk < chunks; ++chunk) {
              total += partial.data()[((chunk * work.all_heads() + head) * length + i) * dp + c];
            }
            sum[static_cast<std::size_t>(c)] = total * static_cast<C>(p.scale);
          }
          store_row(dq.type, dq.row(row, p.d), sum.data(), p.d);
        }
      },
      64);
  for (std::size_t i = 0; i < partial_score.size(); ++i) score[i % score.size()] += partial_score[i];
}

/// The gradient by the bias: a task owns a rectangle of it and visits, in order, every place it was broadcast to.
template <class C>
void bias_gradient(const backward_work<C>& work, const array_view<double>& full) {
  const auto& p = work.p;
  const bool by_row = full.stride(2) != 0, by_column = full.stride(3) != 0;
  const bool by_batch = full.stride(0) != 0, by_head = full.stride(1) != 0;
  const std::int64_t key_tiles = tiles_of(p.keys);
  const std::int64_t row_tasks = by_row ? (p.queries + tile_size - 1) / tile_size : 1;
  const std::int64_t column_tasks = by_column ? key_tiles : 1;
  const std::int64_t batches = by_batch ? p.batch : 1, heads = by_head ? p.heads : 1;
  exec::for_each_task(work.ctx, batches * heads * row_tasks * column_tasks, [&](std::int64_t task) {
    const std::int64_t column_task = task % column_tasks, row_task = task / column_tasks % row_tasks;
    const std::int64_t head_task = task / column_tasks / row_tasks % heads,
                       batch_task = task / column_tasks / row_tasks / heads;
    workspace<C> scratch(backward_scratch);
    for (std::int64_t b = by_batch ? batch_task : 0; b < (by_batch ? batch_task + 1 : p.batch); ++b) {
      for (std::int64_t h = by_head ? head_task : 0; h < (by_head ? head_task + 1 : p.heads); ++h) {
        const tile_head<C> head = work.head(b, h);
        for (const query_tile& rows : work.tiles[static_cast<std::size_t>(b)]) {
          // A tile belongs to the task in whose rows it begins; two tasks never share a row of the gradient.
          if (by_row && rows.first / tile_size != row_task) continue;
          for (std::int64_t tile = by_column ? column_task : 0; tile < (by_column ? column_task + 1 : key_tiles);
               ++tile) {
            work.kernels.bias({&head, rows.first, tile, rows.rows, scratch.data(),
                               full.data() + b * full.stride(0) + h * full.stride(1) + rows.first * full.stride(2) +
                                   tile * tile_size * full.stride(3),
                               full.stride(2), full.stride(3)});
          }
        }
      }
    }
  });
}

template <class C>
void add_reference(const attention_problem<C>& p, const stored_array& d_output, const C* d_log_sum_exp,
                   stored_result dq, stored_result dk, stored_result dv, std::vector<double>& score,
                   const array_view<double>* bias) {
  std::vector<double> q(static_cast<std::size_t>(p.batch * p.heads * p.queries * p.d), 0.0),
      k(static_cast<std::size_t>(p.batch * p.key_heads * p.keys * p.d), 0.0),
      v(static_cast<std::size_t>(p.batch * p.key_heads * p.keys * p.dv), 0.0);
  reference_gradients<C> out{q.data(), k.data(), v.data(), nullptr, score.data(), {0, 0, 0, 0}};
  if (bias != nullptr) {
    out.bias = bias->data();
    for (int axis = 0; axis < 4; ++axis) out.bias_strides[axis] = bias->stride(axis);
  }
  reference_backward(p, d_output, d_log_sum_exp, out);
  store_row(dq.type, dq.data, q.data(), static_cast<std::int64_t>(q.size()));
  store_row(dk.type, dk.data, k.data(), static_cast<std::int64_t>(k.size()));
  store_row(dv.type, dv.data, v.data(), static_cast<std::int64_t>(v.size()));
}

template <class T>
stored_array stored(const view<const T, 4>& v) {
  return {v.data, dtype_of<T>, v.strides[0], v.strides[1], v.strides[2]};
}

}  // namespace

template <class T>
gradients<T> backward(const exec::context& ctx, const inputs<T>& in, const options& opt, const result<T>& done,
                      view<const T, 4> d_output, const backward_options& want,
                      array_view<const compute_type<T>> d_log_sum_exp) {
  using C = compute_type<T>;
  const char* where = "attention::backward";
  options same_path = opt;
  same_path.use = done.used;
  const attention_problem<C> p = check_attention(where, ctx, in, same_path);
  if (p.use == path::simt || p.use == path::cuda) {
    throw not_built_error(std::string(where) + ": done comes from the path " + to_string(p.use) +
                          ", which has no gradients");
  }
  const tensor_shape out_shape{p.batch, p.heads, p.queries, p.dv}, sum_shape{p.batch, p.heads, p.queries};
  check::same_shape(where, "done.output", done.output.shape(), "the output", out_shape);
  check::same_shape(where, "done.log_sum_exp", done.log_sum_exp.shape(), "the log-sum-exp", sum_shape);
  check::same_shape(where, "d_output", tensor_shape(std::span<const std::int64_t>(d_output.extents, 4)), "the output",
                    out_shape);
  if (d_output.extents[3] > 1 && d_output.strides[3] != 1) {
    check::fail_shape(where, "the last axis of d_output has stride " + std::to_string(d_output.strides[3]) +
                                 ", but its elements must lie side by side");
  }
  if (d_log_sum_exp.data() != nullptr) {
    check::same_shape(where, "d_log_sum_exp", d_log_sum_exp.shape(), "the log-sum-exp", sum_shape);
    if (!d_log_sum_exp.contiguous()) check::fail_shape(where, "d_log_sum_exp is strided, but must be contiguous");
  }
  gradients<T> out;
  out.q = tensor<T>({p.batch, p.heads, p.queries, p.d});
  out.k = tensor<T>({p.batch, p.key_heads, p.keys, p.d});
  out.v = tensor<T>({p.batch, p.key_heads, p.keys, p.dv});
  out.score.assign(static_cast<std::size_t>(opt.score.parameters), 0.0);
  const bool bias = want.bias && in.bias.data() != nullptr;
  tensor<double> d_bias(bias ? in.bias.shape() : tensor_shape{0});
  const array_view<double> full =
      bias ? d_bias.array().broadcast_to({p.batch, p.heads, p.queries, p.keys}) : array_view<double>();
  const stored_result dq{out.q.data(), dtype_of<T>}, dk{out.k.data(), dtype_of<T>}, dv{out.v.data(), dtype_of<T>};
  if (p.batch * p.heads * p.queries * p.keys > 0) {
    if (p.use == path::reference) {
      add_reference(p, stored(d_output), d_log_sum_exp.data(), dq, dk, dv, out.score, bias ? &full : nullptr);
    } else {
      const view<const T, 4> output = done.output.template view<4>();
      backward_work<C> work{ctx,
                            p,
                            kernels_of(p.use, C()),
                            stored(d_output),
                            stored(output),
                            done.log_sum_exp.data(),
                            d_log_sum_exp.data()};
      work.prepare();
      main_gradients(work, dq, dk, dv, out.score);
      if (bias) bias_gradient(work, full);
    }
  }
  if (bias) {
    out.bias = tensor<C>::uninitialized({}, d_bias.shape());
    for (std::int64_t i = 0; i < d_bias.size(); ++i) out.bias[i] = static_cast<C>(d_bias[i]);
  }
  return out;
}

template gradients<double> backward(const exec::context&, const inputs<double>&, const options&, const result<double>&,
                                    view<const double, 4>, const backward_options&, array_view<const double>);
template gradients<float> backward(const exec::context&, const inputs<float>&, const options&, const result<float>&,
                                   view<const float, 4>, const backward_options&, array_view<const float>);
template gradients<bfloat16> backward(const exec::context&, const inputs<bfloat16>&, const options&,
                                      const result<bfloat16>&, view<const bfloat16, 4>, const backward_options&,
                                      array_view<const float>);
template gradients<float16> backward(const exec::context&, const inputs<float16>&, const options&,
                                     const result<float16>&, view<const float16, 4>, const backward_options&,
                                     array_view<const float>);

}  // namespace credence::attention
