// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/feature_kernels.hpp"
#include "attention/problem.hpp"

#include "credence/attention/linear.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/tensor/gemm.hpp"

#include <algorithm>

/// Feature maps with their directions drawn, and the sums of linear attention in segments: forward and backward share
/// them.
namespace credence::attention {

using detail::workspace;

inline void simple_features(bool elu, const float* x, std::int64_t n, float* out) {
  CREDENCE_SIMD_PICK(simple_features_f32)(elu, x, n, out);
}
inline void simple_features(bool elu, const double* x, std::int64_t n, double* out) {
  CREDENCE_SIMD_PICK(simple_features_f64)(elu, x, n, out);
}
inline void shifted_exp(float* x, std::int64_t n, float shift, float factor) {
  CREDENCE_SIMD_PICK(shifted_exp_f32)(x, n, shift, factor);
}
inline void shifted_exp(double* x, std::int64_t n, double shift, double factor) {
  CREDENCE_SIMD_PICK(shifted_exp_f64)(x, n, shift, factor);
}
inline void waves(const float* x, std::int64_t n, float factor, float* out) {
  CREDENCE_SIMD_PICK(waves_f32)(x, n, factor, out);
}
inline void waves(const double* x, std::int64_t n, double factor, double* out) {
  CREDENCE_SIMD_PICK(waves_f64)(x, n, factor, out);
}

inline bool is_random(feature_kind kind) {
  return kind == feature_kind::performer || kind == feature_kind::performer_trigonometric;
}

/// A map with its directions drawn, for vectors of one length and storage type.
template <class T>
struct ready_map {
  feature_map map;
  std::int64_t d, count, random;
  tensor<T> directions{};

  ready_map(const feature_map& m, std::int64_t length) : map(m), d(length), count(m.features(length)), random(0) {
    if (!is_random(m.kind)) return;
    const tensor<double> w = random_directions(m, length);
    random = w.extent(0);
    directions = tensor<T>::uninitialized({}, w.shape());
    for (std::int64_t i = 0; i < w.size(); ++i) directions[i] = static_cast<T>(w[i]);
  }

  /// Logarithm of what row i of features is multiplied with, before any shift.
  static T half_square(const T* x, std::int64_t n) {
    double sum = 0.0;
    for (std::int64_t c = 0; c < n; ++c) sum += static_cast<double>(x[c]) * static_cast<double>(x[c]);
    return static_cast<T>(0.5 * sum);
  }

  /// Features of `rows` rows (row-major, d each) to out (rows, count), each divided by exp(shift of its row): no shift,
  /// the row's own largest exponent, or a given one.
  enum class shift { none, own, given };
  void apply(const T* x, std::int64_t rows, T* out, shift how, T given) const {
    if (!is_random(map.kind)) {
      simple_features(map.kind == feature_kind::elu_plus_one, x, rows * d, out);
      return;
    }
    const T factor = T(1) / math::sqrt(static_cast<T>(random));
    const bool trigonometric = map.kind == feature_kind::performer_trigonometric;
    workspace<T> memory(trigonometric ? rows * random : 0);
    T* products = trigonometric ? memory.data() : out;
    project(x, rows, products);
    for (std::int64_t r = 0; r < rows; ++r) {
      T* row = products + r * random;
      const T half = half_square(x + r * d, d);
      if (trigonometric) {
        const T top = how == shift::none ? T(0) : (how == shift::own ? half : given);
        waves(row, random, factor * math::exp(half - top), out + r * count);
      } else {
        const T top =
            how == shift::none ? T(0) : (how == shift::own ? *std::max_element(row, row + random) - half : given);
        shifted_exp(row, random, half + top, factor);
      }
    }
  }
  /// From features and the gradient by them, the gradient by the rows: written to `dx`. Shifts cancel in attention and
  /// count as constants.
  void pull_back(const T* x, std::int64_t rows, const T* phi, const T* d_phi, T* dx) const {
    if (!is_random(map.kind)) {
      const bool elu = map.kind == feature_kind::elu_plus_one;
      for (std::int64_t e = 0; e < rows * d; ++e) dx[e] = x[e] > T(0) ? d_phi[e] : (elu ? d_phi[e] * phi[e] : T(0));
      return;
    }
    const bool trigonometric = map.kind == feature_kind::performer_trigonometric;
    workspace<T> by_product(rows * random), along(rows);
    for (std::int64_t r = 0; r < rows; ++r) {
      const T *f = phi + r * count, *g = d_phi + r * count;
      T* to = by_product.data() + r * random;
      T sum = T(0);
      for (std::int64_t c = 0; c < random; ++c) {
        const T own = g[c] * f[c];
        to[c] = trigonometric ? g[c] * f[c + random] - g[c + random] * f[c] : own;
        sum += trigonometric ? own + g[c + random] * f[c + random] : -own;
      }
      along.data()[r] = sum;
    }
    gemm({}, view<const T, 2>(by_product.data(), rows, random), directions.template view<2>(), view<T, 2>(dx, rows, d));
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < d; ++c) dx[r * d + c] += along.data()[r] * x[r * d + c];
    }
  }
  /// The largest exponent of any feature of these rows.
  [[nodiscard]] T largest(const T* x, std::int64_t rows) const {
    T top = -math::infinity<T>;
    workspace<T> memory(rows * std::max<std::int64_t>(random, 1));
    if (map.kind == feature_kind::performer) project(x, rows, memory.data());
    for (std::int64_t r = 0; r < rows; ++r) {
      const T half = half_square(x + r * d, d);
      const T* row = memory.data() + r * random;
      top = math::max(map.kind == feature_kind::performer ? *std::max_element(row, row + random) - half : half, top);
    }
    return top;
  }

 private:
  void project(const T* x, std::int64_t rows, T* out) const {
    gemm({}, view<const T, 2>(x, rows, d), directions.template view<2>(), view<T, 2>(out, rows, random),
         {.b = transposed::yes});
  }
};

/// Copies rows of one head, times a factor.
template <class T>
void copy_head(const view<const T, 4>& from, std::int64_t b, std::int64_t h, std::int64_t first, std::int64_t rows,
               T factor, T* to, std::int64_t to_row) {
  const std::int64_t d = from.extents[3];
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* row = from.data + b * from.strides[0] + h * from.strides[1] + (first + r) * from.strides[2];
    for (std::int64_t c = 0; c < d; ++c) to[r * to_row + c] = row[c] * factor;
  }
}

/// Sizes of one call, checked; `segment` rows are worked on together; `root` is the square root of the scale.
template <class T>
struct linear_plan {
  std::int64_t batch, heads, key_heads, queries, keys, d, dv, segment;
  T root;
};
template <class T>
linear_plan<T> plan_linear(const char* where, const exec::context& ctx, const inputs<T>& in, const linear_options& opt);

/// The work of one call. Values carry a last column of ones, whose sums are the normalisers.
template <class T>
struct linear_work : linear_plan<T> {
  using linear_plan<T>::batch;
  using linear_plan<T>::heads;
  using linear_plan<T>::key_heads;
  using linear_plan<T>::queries;
  using linear_plan<T>::keys;
  using linear_plan<T>::d;
  using linear_plan<T>::dv;
  using linear_plan<T>::segment;
  using linear_plan<T>::root;
  using shift = typename ready_map<T>::shift;
  const exec::context& ctx;
  const inputs<T>& in;
  const linear_options& opt;
  const ready_map<T>& map;
  std::vector<T> key_shift{};

  [[nodiscard]] std::int64_t state_size() const { return map.count * (dv + 1); }
  [[nodiscard]] std::int64_t segments(std::int64_t n) const { return (n + segment - 1) / segment; }
  [[nodiscard]] std::int64_t length(std::int64_t n, std::int64_t s) const { return std::min(segment, n - s * segment); }

  void key_features(std::int64_t key_head, std::int64_t s, T* phi, T* values) const {
    const std::int64_t b = key_head / key_heads, h = key_head % key_heads, rows = length(keys, s);
    workspace<T> x(rows * d);
    copy_head(in.k, b, h, s * segment, rows, root, x.data(), d);
    map.apply(x.data(), rows, phi, shift::given, key_shift[static_cast<std::size_t>(key_head)]);
    copy_head(in.v, b, h, s * segment, rows, T(1), values, dv + 1);
    for (std::int64_t r = 0; r < rows; ++r) values[r * (dv + 1) + dv] = T(1);
  }
  void query_features(std::int64_t head, std::int64_t s, T* phi) const {
    const std::int64_t rows = length(queries, s);
    workspace<T> x(rows * d);
    copy_head(in.q, head / heads, head % heads, s * segment, rows, root, x.data(), d);
    map.apply(x.data(), rows, phi, shift::own, T(0));
  }

  /// One shift for all keys of a head.
  void find_key_shifts() {
    key_shift.assign(static_cast<std::size_t>(batch * key_heads), T(0));
    if (!is_random(opt.map.kind)) return;
    const std::int64_t count = segments(keys);
    std::vector<T> tops(static_cast<std::size_t>(batch * key_heads * count));
    exec::for_each_task(ctx, batch * key_heads * count, [&](std::int64_t task) {
      const std::int64_t key_head = task / count, s = task % count, rows = length(keys, s);
      workspace<T> x(rows * d);
      copy_head(in.k, key_head / key_heads, key_head % key_heads, s * segment, rows, root, x.data(), d);
      tops[static_cast<std::size_t>(task)] = map.largest(x.data(), rows);
    });
    for (std::size_t i = 0; i < key_shift.size(); ++i) {
      const auto begin = tops.begin() + static_cast<std::ptrdiff_t>(static_cast<std::int64_t>(i) * count);
      key_shift[i] = *std::max_element(begin, begin + count);
    }
  }

  /// phi(K)' [V 1] of each segment.
  [[nodiscard]] workspace<T> segment_states() const {
    const std::int64_t count = segments(keys);
    workspace<T> states(batch * key_heads * count * state_size());
    exec::for_each_task(ctx, batch * key_heads * count, [&](std::int64_t task) {
      const std::int64_t key_head = task / count, s = task % count, rows = length(keys, s);
      workspace<T> phi(rows * map.count), values(rows * (dv + 1));
      key_features(key_head, s, phi.data(), values.data());
      gemm({}, view<const T, 2>(phi.data(), rows, map.count), view<const T, 2>(values.data(), rows, dv + 1),
           view<T, 2>(states.data() + task * state_size(), map.count, dv + 1), {.a = transposed::yes});
    });
    return states;
  }

  [[nodiscard]] std::int64_t key_head_of(std::int64_t head) const {
    return head / heads * key_heads + head % heads / (heads / key_heads);
  }

  void finish(std::int64_t head, std::int64_t s, const T* sums, tensor<T>& out) const {
    const std::int64_t rows = length(queries, s);
    T* to = out.data() + (head * queries + s * segment) * dv;
    for (std::int64_t r = 0; r < rows; ++r) {
      const T norm = sums[r * (dv + 1) + dv], factor = norm == T(0) ? T(0) : T(1) / norm;
      for (std::int64_t c = 0; c < dv; ++c) to[r * dv + c] = sums[r * (dv + 1) + c] * factor;
    }
  }

  /// The first state of each key head becomes the sum of all.
  void sum_states(T* states) const {
    const std::int64_t count = segments(keys), size = state_size();
    for (std::int64_t key_head = 0; key_head < batch * key_heads; ++key_head) {
      T* total = states + key_head * count * size;
      for (std::int64_t s = 1; s < count; ++s) {
        for (std::int64_t e = 0; e < size; ++e) total[e] += total[s * size + e];
      }
    }
  }
  /// Each state becomes the sum of those before it.
  void sum_earlier(T* states) const {
    const std::int64_t count = segments(keys), size = state_size();
    exec::for_each_task(ctx, batch * key_heads, [&](std::int64_t key_head) {
      std::vector<T> sum(static_cast<std::size_t>(size), T(0));
      for (std::int64_t s = 0; s < count; ++s) {
        T* state = states + (key_head * count + s) * size;
        for (std::int64_t e = 0; e < size; ++e) {
          const T own = state[e];
          state[e] = sum[static_cast<std::size_t>(e)];
          sum[static_cast<std::size_t>(e)] += own;
        }
      }
    });
  }

  void full(tensor<T>& out) const {
    workspace<T> states = segment_states();
    const std::int64_t count = segments(keys), size = state_size();
    sum_states(states.data());
    const std::int64_t query_segments = segments(queries);
    exec::for_each_task(ctx, batch * heads * query_segments, [&](std::int64_t task) {
      const std::int64_t head = task / query_segments, s = task % query_segments, rows = length(queries, s);
      const std::int64_t key_head = key_head_of(head);
      workspace<T> phi(rows * map.count), sums(rows * (dv + 1));
      query_features(head, s, phi.data());
      gemm({}, view<const T, 2>(phi.data(), rows, map.count),
           view<const T, 2>(states.data() + key_head * count * size, map.count, dv + 1),
           view<T, 2>(sums.data(), rows, dv + 1));
      finish(head, s, sums.data(), out);
    });
  }

  void causal(tensor<T>& out) const {
    workspace<T> states = segment_states();
    const std::int64_t count = segments(keys), size = state_size();
    sum_earlier(states.data());
    exec::for_each_task(ctx, batch * heads * count, [&](std::int64_t task) {
      const std::int64_t head = task / count, s = task % count, rows = length(queries, s);
      const std::int64_t key_head = key_head_of(head);
      workspace<T> query_phi(rows * map.count), key_phi(rows * map.count), values(rows * (dv + 1)), pairs(rows * rows),
          sums(rows * (dv + 1));
      query_features(head, s, query_phi.data());
      key_features(key_head, s, key_phi.data(), values.data());
      const view<const T, 2> q(query_phi.data(), rows, map.count), k(key_phi.data(), rows, map.count);
      gemm({}, q, k, view<T, 2>(pairs.data(), rows, rows), {.b = transposed::yes});
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = r + 1; c < rows; ++c) pairs.data()[r * rows + c] = T(0);
      }
      const view<T, 2> to(sums.data(), rows, dv + 1);
      gemm({}, q, view<const T, 2>(states.data() + (key_head * count + s) * size, map.count, dv + 1), to);
      gemm({}, view<const T, 2>(pairs.data(), rows, rows), view<const T, 2>(values.data(), rows, dv + 1), to,
           {.beta = T(1)});
      finish(head, s, sums.data(), out);
    });
  }

  /// Token by token: state += phi(k_i) [v_i 1]', out_i = phi(q_i)' state.
  void token_by_token(tensor<T>& out) const {
    exec::for_each_task(ctx, batch * heads, [&](std::int64_t head) {
      const std::int64_t key_head = key_head_of(head);
      std::vector<T> state(static_cast<std::size_t>(state_size()), T(0)), phi(static_cast<std::size_t>(map.count)),
          values(static_cast<std::size_t>(dv + 1)), sums(values.size());
      for (std::int64_t i = 0; i < queries; ++i) {
        key_features(key_head, i, phi.data(), values.data());
        for (std::int64_t m = 0; m < map.count; ++m) {
          for (std::int64_t c = 0; c <= dv; ++c) {
            state[static_cast<std::size_t>(m * (dv + 1) + c)] +=
                phi[static_cast<std::size_t>(m)] * values[static_cast<std::size_t>(c)];
          }
        }
        query_features(head, i, phi.data());
        std::fill(sums.begin(), sums.end(), T(0));
        for (std::int64_t m = 0; m < map.count; ++m) {
          for (std::int64_t c = 0; c <= dv; ++c) {
            sums[static_cast<std::size_t>(c)] +=
                phi[static_cast<std::size_t>(m)] * state[static_cast<std::size_t>(m * (dv + 1) + c)];
          }
        }
        finish(head, i, sums.data(), out);
      }
    });
  }
};

}  // namespace credence::attention
