// SPDX-License-Identifier: BSD-3-Clause
// With n_i = phi(q_i)' S and S = sum_j phi(k_j) [v_j 1]', the output is n_i's first columns over its last. Backward
// needs dn_i from the output's gradient, dphi(q_i) = S dn_i, and for keys the sum D of phi(q_i) dn_i' over the queries
// that see them: dphi(k_j) = D [v_j 1], dv_j = D' phi(k_j). Causal: S from the segments before, D from those after,
// pairs inside.
#include "attention/linear_work.hpp"

namespace credence::attention {

namespace {

using detail::workspace;

template <class T>
view<const T, 2> rows_view(const T* data, std::int64_t rows, std::int64_t columns) {
  return view<const T, 2>(data, rows, columns);
}

template <class T>
struct linear_backward_work {
  const linear_work<T>& w;
  const tensor<T>& output;
  view<const T, 4> d_output;
  bool causal;
  workspace<T> states{};    ///< S that a segment of queries sees from other segments
  workspace<T> adjoints{};  ///< D of each segment of queries, later of those that see a segment of keys
  workspace<T> d_norm{};    ///< dn of all queries: (batch heads, queries, dv + 1)

  [[nodiscard]] std::int64_t query_segments() const { return w.segments(w.queries); }
  [[nodiscard]] std::int64_t heads() const { return w.batch * w.heads; }
  [[nodiscard]] std::int64_t width() const { return w.dv + 1; }
  [[nodiscard]] const T* state_of(std::int64_t head, std::int64_t s) const {
    return states.data() + (w.key_head_of(head) * w.segments(w.keys) + (causal ? s : 0)) * w.state_size();
  }

  /// phi(q) phi(k)' inside a segment, later keys zeroed.
  void pairs(const T* query_phi, const T* key_phi, std::int64_t rows, T* out) const {
    gemm({}, rows_view(query_phi, rows, w.map.count), rows_view(key_phi, rows, w.map.count),
         view<T, 2>(out, rows, rows), {.b = transposed::yes});
    clear_later(out, rows);
  }
  static void clear_later(T* out, std::int64_t rows) {
    for (std::int64_t r = 0; r < rows; ++r) std::fill(out + r * rows + r + 1, out + (r + 1) * rows, T(0));
  }

  /// The gradient by the sums n of one segment, and the segment's D.
  void query_sums(std::int64_t head, std::int64_t s) {
    const std::int64_t rows = w.length(w.queries, s), first = s * w.segment;
    workspace<T> phi(rows * w.map.count), sums(rows * width());
    w.query_features(head, s, phi.data());
    const view<const T, 2> q = rows_view(static_cast<const T*>(phi.data()), rows, w.map.count);
    gemm({}, q, rows_view(state_of(head, s), w.map.count, width()), view<T, 2>(sums.data(), rows, width()));
    if (causal) {
      workspace<T> key_phi(rows * w.map.count), values(rows * width()), weights(rows * rows);
      w.key_features(w.key_head_of(head), s, key_phi.data(), values.data());
      pairs(phi.data(), key_phi.data(), rows, weights.data());
      gemm({}, rows_view(static_cast<const T*>(weights.data()), rows, rows),
           rows_view(static_cast<const T*>(values.data()), rows, width()), view<T, 2>(sums.data(), rows, width()),
           {.beta = T(1)});
    }
    T* dn = d_norm.data() + (head * w.queries + first) * width();
    for (std::int64_t r = 0; r < rows; ++r) {
      const T norm = sums.data()[r * width() + w.dv], factor = norm == T(0) ? T(0) : T(1) / norm;
      const T* up = d_output.data + head / w.heads * d_output.strides[0] + head % w.heads * d_output.strides[1] +
                    (first + r) * d_output.strides[2];
      const T* out = output.data() + (head * w.queries + first + r) * w.dv;
      T dot = T(0);
      for (std::int64_t c = 0; c < w.dv; ++c) {
        dn[r * width() + c] = up[c] * factor;
        dot += up[c] * out[c];
      }
      dn[r * width() + w.dv] = -dot * factor;
    }
    gemm({}, q, rows_view(static_cast<const T*>(dn), rows, width()),
         view<T, 2>(adjoints.data() + (head * query_segments() + s) * w.state_size(), w.map.count, width()),
         {.a = transposed::yes});
  }

  /// Each D becomes the sum of those after it when causal; the first one the sum of all otherwise.
  void sum_adjoints(std::int64_t head) {
    const std::int64_t size = w.state_size(), count = query_segments();
    T* d = adjoints.data() + head * count * size;
    if (!causal) {
      for (std::int64_t s = 1; s < count; ++s) {
        for (std::int64_t e = 0; e < size; ++e) d[e] += d[s * size + e];
      }
      return;
    }
    std::vector<T> sum(static_cast<std::size_t>(size), T(0));
    for (std::int64_t s = count; s-- > 0;) {
      for (std::int64_t e = 0; e < size; ++e) {
        const T own = d[s * size + e];
        d[s * size + e] = sum[static_cast<std::size_t>(e)];
        sum[static_cast<std::size_t>(e)] += own;
      }
    }
  }

  void query_gradient(std::int64_t head, std::int64_t s, T* dq) const {
    const std::int64_t rows = w.length(w.queries, s), first = s * w.segment, m = w.map.count;
    workspace<T> x(rows * w.d), phi(rows * m), d_phi(rows * m);
    copy_head(w.in.q, head / w.heads, head % w.heads, first, rows, w.root, x.data(), w.d);
    w.query_features(head, s, phi.data());
    const view<const T, 2> dn = rows_view(d_norm.data() + (head * w.queries + first) * width(), rows, width());
    gemm({}, dn, rows_view(state_of(head, s), m, width()), view<T, 2>(d_phi.data(), rows, m), {.b = transposed::yes});
    if (causal) {
      workspace<T> key_phi(rows * m), values(rows * width()), d_pairs(rows * rows);
      w.key_features(w.key_head_of(head), s, key_phi.data(), values.data());
      gemm({}, dn, rows_view(static_cast<const T*>(values.data()), rows, width()),
           view<T, 2>(d_pairs.data(), rows, rows), {.b = transposed::yes});
      clear_later(d_pairs.data(), rows);
      gemm({}, rows_view(static_cast<const T*>(d_pairs.data()), rows, rows),
           rows_view(static_cast<const T*>(key_phi.data()), rows, m), view<T, 2>(d_phi.data(), rows, m),
           {.beta = T(1)});
    }
    T* to = dq + (head * w.queries + first) * w.d;
    w.map.pull_back(x.data(), rows, phi.data(), d_phi.data(), to);
    for (std::int64_t e = 0; e < rows * w.d; ++e) to[e] *= w.root;
  }

  /// One segment of keys, all heads of its group in order.
  void key_gradient(std::int64_t key_head, std::int64_t s, T* dk, T* dv) const {
    const std::int64_t rows = w.length(w.keys, s), first = s * w.segment, m = w.map.count,
                       group = w.heads / w.key_heads;
    workspace<T> x(rows * w.d), phi(rows * m), values(rows * width()), d_phi(rows * m), d_values(rows * width());
    copy_head(w.in.k, key_head / w.key_heads, key_head % w.key_heads, first, rows, w.root, x.data(), w.d);
    w.key_features(key_head, s, phi.data(), values.data());
    std::fill_n(d_phi.data(), rows * m, T(0));
    std::fill_n(d_values.data(), rows * width(), T(0));
    const view<const T, 2> k = rows_view(static_cast<const T*>(phi.data()), rows, m),
                           v = rows_view(static_cast<const T*>(values.data()), rows, width());
    const view<T, 2> to_phi(d_phi.data(), rows, m), to_values(d_values.data(), rows, width());
    for (std::int64_t g = 0; g < group; ++g) {
      const std::int64_t head = key_head / w.key_heads * w.heads + key_head % w.key_heads * group + g;
      const view<const T, 2> d =
          rows_view(adjoints.data() + (head * query_segments() + (causal ? s : 0)) * w.state_size(), m, width());
      gemm({}, v, d, to_phi, {.b = transposed::yes, .beta = T(1)});
      gemm({}, k, d, to_values, {.beta = T(1)});
      if (!causal) continue;
      workspace<T> query_phi(rows * m), weights(rows * rows), d_pairs(rows * rows);
      w.query_features(head, s, query_phi.data());
      const view<const T, 2> dn = rows_view(d_norm.data() + (head * w.queries + first) * width(), rows, width());
      pairs(query_phi.data(), phi.data(), rows, weights.data());
      gemm({}, rows_view(static_cast<const T*>(weights.data()), rows, rows), dn, to_values,
           {.a = transposed::yes, .beta = T(1)});
      gemm({}, dn, v, view<T, 2>(d_pairs.data(), rows, rows), {.b = transposed::yes});
      clear_later(d_pairs.data(), rows);
      gemm({}, rows_view(static_cast<const T*>(d_pairs.data()), rows, rows),
           rows_view(static_cast<const T*>(query_phi.data()), rows, m), to_phi, {.a = transposed::yes, .beta = T(1)});
    }
    T* to = dk + (key_head * w.keys + first) * w.d;
    w.map.pull_back(x.data(), rows, phi.data(), d_phi.data(), to);
    for (std::int64_t e = 0; e < rows * w.d; ++e) to[e] *= w.root;
    for (std::int64_t r = 0; r < rows; ++r) {
      std::copy_n(d_values.data() + r * width(), w.dv, dv + (key_head * w.keys + first + r) * w.dv);
    }
  }
};

}  // namespace

template <class T>
linear_gradients<T> linear_attention_backward(const exec::context& ctx, const inputs<T>& in, const linear_options& opt,
                                              const tensor<T>& output, view<const T, 4> d_output) {
  const char* where = "attention::linear_attention_backward";
  linear_options own = opt;
  if (own.causal && own.chunk == 0) own.chunk = 128;
  const linear_plan<T> plan = plan_linear(where, ctx, in, own);
  const tensor_shape shape{plan.batch, plan.heads, plan.queries, plan.dv};
  check::same_shape(where, "output", output.shape(), "the output", shape);
  check::same_shape(where, "d_output", tensor_shape(std::span<const std::int64_t>(d_output.extents, 4)), "the output",
                    shape);
  if (plan.dv > 1 && d_output.strides[3] != 1) check::fail_shape(where, "d_output must have its elements side by side");
  linear_gradients<T> out{tensor<T>({plan.batch, plan.heads, plan.queries, plan.d}),
                          tensor<T>({plan.batch, plan.key_heads, plan.keys, plan.d}),
                          tensor<T>({plan.batch, plan.key_heads, plan.keys, plan.dv})};
  if (output.empty() || plan.keys == 0) return out;
  const ready_map<T> map(own.map, plan.d);
  linear_work<T> work{plan, ctx, in, own, map};
  work.find_key_shifts();
  linear_backward_work<T> back{work, output, d_output, own.causal};
  const std::int64_t heads = back.heads(), segments = back.query_segments(), key_heads = plan.batch * plan.key_heads;
  back.states = work.segment_states();
  if (own.causal) {
    work.sum_earlier(back.states.data());
  } else {
    work.sum_states(back.states.data());
  }
  back.adjoints = workspace<T>(heads * segments * work.state_size());
  back.d_norm = workspace<T>(heads * plan.queries * (plan.dv + 1));
  exec::for_each_task(ctx, heads * segments,
                      [&](std::int64_t task) { back.query_sums(task / segments, task % segments); });
  exec::for_each_task(ctx, heads, [&](std::int64_t head) { back.sum_adjoints(head); });
  exec::for_each_task(ctx, heads * segments,
                      [&](std::int64_t task) { back.query_gradient(task / segments, task % segments, out.q.data()); });
  const std::int64_t key_segments = work.segments(plan.keys);
  exec::for_each_task(ctx, key_heads * key_segments, [&](std::int64_t task) {
    back.key_gradient(task / key_segments, task % key_segments, out.k.data(), out.v.data());
  });
  return out;
}

template linear_gradients<float> linear_attention_backward(const exec::context&, const inputs<float>&,
                                                           const linear_options&, const tensor<float>&,
                                                           view<const float, 4>);
template linear_gradients<double> linear_attention_backward(const exec::context&, const inputs<double>&,
                                                            const linear_options&, const tensor<double>&,
                                                            view<const double, 4>);

}  // namespace credence::attention
