// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/gated.hpp"

#include "attention/gated_work.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using credence::detail::workspace;

template <class T>
struct gated_work {
  const exec::context& ctx;
  const gated_inputs<T>& in;
  std::int64_t heads, n, dv, chunk;
  bool causal;
  tensor<T>& out;

  /// Adds relu(scale q k')^2 v for query rows first.. and key rows key_first.. to sums.
  void add_squares(std::int64_t head, std::int64_t first, std::int64_t rows, std::int64_t key_first, std::int64_t keys,
                   T scale, T* sums) const {
    workspace<T> scores(rows * keys);
    T* s = scores.data();
    rectified_scores(in, head, first, rows, key_first, keys, scale, causal, s);
    for (std::int64_t e = 0; e < rows * keys; ++e) s[e] *= s[e];
    gemm({}, view<const T, 2>(s, rows, keys), rows_of(in.v, head, key_first, keys), view<T, 2>(sums, rows, dv),
         {.beta = T(1)});
  }
  void store(std::int64_t head, std::int64_t first, std::int64_t rows, const T* sums) const {
    for (std::int64_t r = 0; r < rows; ++r) {
      T* to = out.data() + (head * n + first + r) * dv;
      const T* gate = in.gate.data == nullptr ? nullptr : rows_of(in.gate, head, first + r, 1).data;
      for (std::int64_t c = 0; c < dv; ++c) to[c] = gate == nullptr ? sums[r * dv + c] : gate[c] * sums[r * dv + c];
    }
  }

  void quadratic() const {
    constexpr std::int64_t tile = gated_tile;
    const std::int64_t tiles = (n + tile - 1) / tile;
    exec::for_each_task(ctx, heads * tiles, [&](std::int64_t task) {
      const std::int64_t head = task / tiles, first = (tiles - 1 - task % tiles) * tile,
                         rows = std::min(tile, n - first);
      workspace<T> sums(rows * dv);
      std::fill_n(sums.data(), rows * dv, T(0));
      add_squares(head, first, rows, 0, causal ? first + rows : n, T(1) / static_cast<T>(n), sums.data());
      store(head, first, rows, sums.data());
    });
  }

  void mixed() const {
    const std::int64_t chunks = (n + chunk - 1) / chunk;
    const bool linear = in.linear_q.data != nullptr;
    const std::int64_t depth = linear ? in.linear_q.extents[3] : 0, size = depth * dv;
    workspace<T> states(heads * chunks * size);
    const auto length = [&](std::int64_t c) { return std::min(chunk, n - c * chunk); };
    if (linear) {
      exec::for_each_task(ctx, heads * chunks, [&](std::int64_t task) {
        const std::int64_t head = task / chunks, c = task % chunks;
        gemm({}, rows_of(in.linear_k, head, c * chunk, length(c)), rows_of(in.v, head, c * chunk, length(c)),
             view<T, 2>(states.data() + task * size, depth, dv), {.a = transposed::yes});
      });
      exec::for_each_task(ctx, heads, [&](std::int64_t head) {
        sum_chunks(states.data() + head * chunks * size, chunks, size, causal, false);
      });
    }
    exec::for_each_task(ctx, heads * chunks, [&](std::int64_t task) {
      const std::int64_t head = task / chunks, c = task % chunks, first = c * chunk, rows = length(c);
      workspace<T> sums(rows * dv);
      std::fill_n(sums.data(), rows * dv, T(0));
      add_squares(head, first, rows, first, rows, T(1) / static_cast<T>(chunk), sums.data());
      if (linear) {
        gemm({}, rows_of(in.linear_q, head, first, rows),
             view<const T, 2>(states.data() + (head * chunks + c) * size, depth, dv), view<T, 2>(sums.data(), rows, dv),
             {.alpha = T(1) / static_cast<T>(n), .beta = T(1)});
      }
      store(head, first, rows, sums.data());
    });
  }
};

template <class T>
void check_rows(const char* where, const char* name, const view<const T, 4>& x, const view<const T, 4>& like,
                bool same_columns) {
  const tensor_shape a(std::span<const std::int64_t>(x.extents, 4)), b(std::span<const std::int64_t>(like.extents, 4));
  const bool fits = a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && (!same_columns || a[3] == b[3]);
  if (!fits) {
    check::fail_shape(where, std::string(name) + " has shape " + to_text(a) + ", but must fit " + to_text(b));
  }
  if (a[3] < 1) check::fail_domain(where, "the last axis", a[3], "at least 1");
  if (a[3] > 1 && x.strides[3] != 1) check::fail_shape(where, std::string(name) + " must have elements side by side");
}

}  // namespace

template <class T>
void check_gated(const char* where, const gated_inputs<T>& in, const gated_options& opt) {
  check::at_least(where, "chunk", opt.chunk, 0);
  check_rows(where, "q", in.q, in.q, true);
  check_rows(where, "k", in.k, in.q, true);
  check_rows(where, "v", in.v, in.q, false);
  if (in.gate.data != nullptr) check_rows(where, "gate", in.gate, in.v, true);
  if ((in.linear_q.data == nullptr) != (in.linear_k.data == nullptr)) {
    check::fail_shape(where, "linear_q and linear_k are given one without the other");
  }
  if (in.linear_q.data != nullptr) {
    if (opt.chunk == 0) check::fail_domain(where, "chunk", opt.chunk, "positive for a linear part");
    check_rows(where, "linear_q", in.linear_q, in.q, false);
    check_rows(where, "linear_k", in.linear_k, in.linear_q, true);
  }
}

template <class T>
tensor<T> gated_attention(const exec::context& ctx, const gated_inputs<T>& in, const gated_options& opt) {
  const char* where = "attention::gated_attention";
  credence::detail::require_cpu(where, ctx);
  check_gated(where, in, opt);
  const std::int64_t n = in.q.extents[2], dv = in.v.extents[3];
  tensor<T> out({in.q.extents[0], in.q.extents[1], n, dv});
  if (out.empty()) return out;
  const gated_work<T> work{ctx, in, in.q.extents[0] * in.q.extents[1], n, dv, opt.chunk, opt.causal, out};
  if (opt.chunk == 0) {
    work.quadratic();
  } else {
    work.mixed();
  }
  return out;
}

template void check_gated(const char*, const gated_inputs<float>&, const gated_options&);
template void check_gated(const char*, const gated_inputs<double>&, const gated_options&);
template tensor<float> gated_attention(const exec::context&, const gated_inputs<float>&, const gated_options&);
template tensor<double> gated_attention(const exec::context&, const gated_inputs<double>&, const gated_options&);

}  // namespace credence::attention
