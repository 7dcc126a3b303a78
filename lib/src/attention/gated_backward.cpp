// SPDX-License-Identifier: BSD-3-Clause
// o = u * t, t = r^2 v with r = relu(scale q k') (plus the linear part): dt = u * do, ds = 2 r (dt v') scale. Queries
// are walked first (dq, du, and dt kept), then keys (dk, dv), each with its scores computed again.
#include "attention/gated_work.hpp"

#include "credence/tensor/run_rows.hpp"

namespace credence::attention {

namespace {

using credence::detail::workspace;

template <class T>
struct gated_backward_work {
  const exec::context& ctx;
  const gated_inputs<T>& in;
  view<const T, 4> d_output;
  bool causal, mixed;
  std::int64_t heads, n, s, dv, tile, depth;
  T scale;
  gated_gradients<T>& out;
  workspace<T> dt{};        ///< (heads, n, dv)
  workspace<T> states{};    ///< kl' v of the chunks that a chunk sees
  workspace<T> adjoints{};  ///< ql' dt of the chunks that see a chunk

  [[nodiscard]] std::int64_t tiles() const { return (n + tile - 1) / tile; }
  [[nodiscard]] std::int64_t length(std::int64_t t) const { return std::min(tile, n - t * tile); }
  [[nodiscard]] T over_n() const { return T(1) / static_cast<T>(n); }
  [[nodiscard]] view<const T, 2> dt_rows(std::int64_t head, std::int64_t t) const {
    return view<const T, 2>(dt.data() + (head * n + t * tile) * dv, length(t), dv);
  }
  /// The tiles of keys that a tile of queries meets: its own chunk, or all.
  [[nodiscard]] std::int64_t first_key_tile(std::int64_t t) const { return mixed ? t : 0; }
  [[nodiscard]] std::int64_t end_key_tile(std::int64_t t) const { return mixed || causal ? t + 1 : tiles(); }

  /// 2 r (dt v') for a pair of tiles, and r^2 in `squares`.
  void pair(std::int64_t head, std::int64_t qt, std::int64_t kt, T* squares, T* d_scores) const {
    const std::int64_t rows = length(qt), keys = length(kt);
    rectified_scores(in, head, qt * tile, rows, kt * tile, keys, scale, causal, squares);
    gemm({}, dt_rows(head, qt), rows_of(in.v, head, kt * tile, keys), view<T, 2>(d_scores, rows, keys),
         {.b = transposed::yes});
    for (std::int64_t e = 0; e < rows * keys; ++e) {
      const T r = squares[e];
      d_scores[e] = r == T(0) ? T(0) : T(2) * r * d_scores[e];
      squares[e] = r * r;
    }
  }

  /// t of a tile of queries (for the gate), and dt = u * do.
  void gate_rows(std::int64_t head, std::int64_t qt) {
    const std::int64_t rows = length(qt), first = qt * tile;
    T* to = dt.data() + (head * n + first) * dv;
    const view<const T, 2> up = rows_of(d_output, head, first, rows);
    const bool gated = in.gate.data != nullptr;
    for (std::int64_t r = 0; r < rows; ++r) {
      const T* gate = gated ? rows_of(in.gate, head, first + r, 1).data : nullptr;
      for (std::int64_t c = 0; c < dv; ++c) to[r * dv + c] = gated ? gate[c] * up(r, c) : up(r, c);
    }
    if (!gated) return;
    workspace<T> sums(rows * dv);
    const view<T, 2> t(sums.data(), rows, dv);
    std::fill_n(sums.data(), rows * dv, T(0));
    for (std::int64_t kt = first_key_tile(qt); kt < end_key_tile(qt); ++kt) {
      workspace<T> squares(rows * length(kt));
      rectified_scores(in, head, first, rows, kt * tile, length(kt), scale, causal, squares.data());
      for (std::int64_t e = 0; e < rows * length(kt); ++e) squares.data()[e] *= squares.data()[e];
      gemm({}, view<const T, 2>(squares.data(), rows, length(kt)), rows_of(in.v, head, kt * tile, length(kt)), t,
           {.beta = T(1)});
    }
    if (depth > 0) {
      gemm({}, rows_of(in.linear_q, head, first, rows), state(states, head, qt), t, {.alpha = over_n(), .beta = T(1)});
    }
    T* d_gate = out.gate.data() + (head * n + first) * dv;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < dv; ++c) d_gate[r * dv + c] = t(r, c) * up(r, c);
    }
  }
  [[nodiscard]] view<const T, 2> state(const workspace<T>& of, std::int64_t head, std::int64_t t) const {
    return view<const T, 2>(of.data() + (head * tiles() + t) * depth * dv, depth, dv);
  }

  void query_rows(std::int64_t head, std::int64_t qt) {
    const std::int64_t rows = length(qt), first = qt * tile;
    const view<T, 2> dq(out.q.data() + (head * n + first) * s, rows, s);
    for (std::int64_t kt = first_key_tile(qt); kt < end_key_tile(qt); ++kt) {
      workspace<T> squares(rows * length(kt)), d_scores(rows * length(kt));
      pair(head, qt, kt, squares.data(), d_scores.data());
      gemm({}, view<const T, 2>(d_scores.data(), rows, length(kt)), rows_of(in.k, head, kt * tile, length(kt)), dq,
           {.alpha = scale, .beta = T(1)});
    }
    if (depth == 0) return;
    gemm({}, dt_rows(head, qt), state(states, head, qt),
         view<T, 2>(out.linear_q.data() + (head * n + first) * depth, rows, depth),
         {.b = transposed::yes, .alpha = over_n()});
  }

  void key_rows(std::int64_t head, std::int64_t kt) {
    const std::int64_t keys = length(kt), first = kt * tile;
    const view<T, 2> dk(out.k.data() + (head * n + first) * s, keys, s),
        d_v(out.v.data() + (head * n + first) * dv, keys, dv);
    const std::int64_t begin = mixed || causal ? kt : 0, end = mixed ? kt + 1 : tiles();
    for (std::int64_t qt = begin; qt < end; ++qt) {
      const std::int64_t rows = length(qt);
      workspace<T> squares(rows * keys), d_scores(rows * keys);
      pair(head, qt, kt, squares.data(), d_scores.data());
      gemm({}, view<const T, 2>(squares.data(), rows, keys), dt_rows(head, qt), d_v,
           {.a = transposed::yes, .beta = T(1)});
      gemm({}, view<const T, 2>(d_scores.data(), rows, keys), rows_of(in.q, head, qt * tile, rows), dk,
           {.a = transposed::yes, .alpha = scale, .beta = T(1)});
    }
    if (depth == 0) return;
    gemm({}, rows_of(in.v, head, first, keys), state(adjoints, head, kt),
         view<T, 2>(out.linear_k.data() + (head * n + first) * depth, keys, depth),
         {.b = transposed::yes, .alpha = over_n()});
    gemm({}, rows_of(in.linear_k, head, first, keys), state(adjoints, head, kt), d_v,
         {.alpha = over_n(), .beta = T(1)});
  }

  void run() {
    const std::int64_t count = tiles(), size = depth * dv;
    const auto over_tiles = [&](const auto& f) {
      exec::for_each_task(ctx, heads * count, [&](std::int64_t task) { f(task / count, task % count); });
    };
    const auto product = [&](workspace<T>& to, const view<const T, 4>& left, const auto& right) {
      over_tiles([&](std::int64_t head, std::int64_t t) {
        gemm({}, rows_of(left, head, t * tile, length(t)), right(head, t),
             view<T, 2>(to.data() + (head * count + t) * size, depth, dv), {.a = transposed::yes});
      });
    };
    const auto sum = [&](workspace<T>& of, bool backwards) {
      exec::for_each_task(ctx, heads, [&](std::int64_t head) {
        sum_chunks(of.data() + head * count * size, count, size, causal, backwards);
      });
    };
    dt = workspace<T>(heads * n * dv);
    if (depth > 0) {
      states = workspace<T>(heads * count * size);
      product(states, in.linear_k,
              [&](std::int64_t head, std::int64_t t) { return rows_of(in.v, head, t * tile, length(t)); });
      sum(states, false);
    }
    over_tiles([&](std::int64_t head, std::int64_t t) { gate_rows(head, t); });
    if (depth > 0) {
      adjoints = workspace<T>(heads * count * size);
      product(adjoints, in.linear_q, [&](std::int64_t head, std::int64_t t) { return dt_rows(head, t); });
      sum(adjoints, true);
    }
    over_tiles([&](std::int64_t head, std::int64_t t) { query_rows(head, t); });
    over_tiles([&](std::int64_t head, std::int64_t t) { key_rows(head, t); });
  }
};

}  // namespace

template <class T>
gated_gradients<T> gated_attention_backward(const exec::context& ctx, const gated_inputs<T>& in,
                                            const gated_options& opt, view<const T, 4> d_output) {
  const char* where = "attention::gated_attention_backward";
  credence::detail::require_cpu(where, ctx);
  check_gated(where, in, opt);
  const std::int64_t batch = in.q.extents[0], heads = in.q.extents[1], n = in.q.extents[2], s = in.q.extents[3],
                     dv = in.v.extents[3];
  check::same_shape(where, "d_output", tensor_shape(std::span<const std::int64_t>(d_output.extents, 4)), "the output",
                    tensor_shape{batch, heads, n, dv});
  if (dv > 1 && d_output.strides[3] != 1) check::fail_shape(where, "d_output must have elements side by side");
  gated_gradients<T> out{
      tensor<T>({batch, heads, n, s}), tensor<T>({batch, heads, n, s}), tensor<T>({batch, heads, n, dv}), {}, {}, {}};
  const std::int64_t depth = in.linear_q.data == nullptr ? 0 : in.linear_q.extents[3];
  if (in.gate.data != nullptr) out.gate = tensor<T>({batch, heads, n, dv});
  if (depth > 0) out.linear_q = out.linear_k = tensor<T>({batch, heads, n, depth});
  if (out.v.empty()) return out;
  const bool mixed = opt.chunk > 0;
  gated_backward_work<T> work{ctx,      in,
                              d_output, opt.causal,
                              mixed,    batch * heads,
                              n,        s,
                              dv,       mixed ? opt.chunk : gated_tile,
                              depth,    T(1) / static_cast<T>(mixed ? opt.chunk : n),
                              out};
  work.run();
  return out;
}

template gated_gradients<float> gated_attention_backward(const exec::context&, const gated_inputs<float>&,
                                                         const gated_options&, view<const float, 4>);
template gated_gradients<double> gated_attention_backward(const exec::context&, const gated_inputs<double>&,
                                                          const gated_options&, view<const double, 4>);

}  // namespace credence::attention
