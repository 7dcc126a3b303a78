// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/linear.hpp"

#include "attention/feature_kernels.hpp"
#include "attention/problem.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/normal.hpp"
#include "credence/tensor/gemm.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using detail::workspace;

void simple_features(bool elu, const float* x, std::int64_t n, float* out) {
  CREDENCE_SIMD_PICK(simple_features_f32)(elu, x, n, out);
}
void simple_features(bool elu, const double* x, std::int64_t n, double* out) {
  CREDENCE_SIMD_PICK(simple_features_f64)(elu, x, n, out);
}
void shifted_exp(float* x, std::int64_t n, float shift, float factor) {
  CREDENCE_SIMD_PICK(shifted_exp_f32)(x, n, shift, factor);
}
void shifted_exp(double* x, std::int64_t n, double shift, double factor) {
  CREDENCE_SIMD_PICK(shifted_exp_f64)(x, n, shift, factor);
}
void waves(const float* x, std::int64_t n, float factor, float* out) {
  CREDENCE_SIMD_PICK(waves_f32)(x, n, factor, out);
}
void waves(const double* x, std::int64_t n, double factor, double* out) {
  CREDENCE_SIMD_PICK(waves_f64)(x, n, factor, out);
}

bool is_random(feature_kind kind) {
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

/// The work of one call. Values carry a last column of ones, whose sums are the normalisers.
template <class T>
struct linear_work {
  using shift = typename ready_map<T>::shift;
  const exec::context& ctx;
  const inputs<T>& in;
  const linear_options& opt;
  const ready_map<T>& map;
  std::int64_t batch, heads, key_heads, queries, keys, d, dv, segment;
  T root;
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

  void finish(std::int64_t head, std::int64_t s, const T* sums, tensor<T>& out) const {
    const std::int64_t rows = length(queries, s);
    T* to = out.data() + (head * queries + s * segment) * dv;
    for (std::int64_t r = 0; r < rows; ++r) {
      const T norm = sums[r * (dv + 1) + dv], factor = norm == T(0) ? T(0) : T(1) / norm;
      for (std::int64_t c = 0; c < dv; ++c) to[r * dv + c] = sums[r * (dv + 1) + c] * factor;
    }
  }

  void full(tensor<T>& out) const {
    workspace<T> states = segment_states();
    const std::int64_t count = segments(keys), size = state_size();
    for (std::int64_t key_head = 0; key_head < batch * key_heads; ++key_head) {
      T* total = states.data() + key_head * count * size;
      for (std::int64_t s = 1; s < count; ++s) {
        for (std::int64_t e = 0; e < size; ++e) total[e] += total[s * size + e];
      }
    }
    const std::int64_t query_segments = segments(queries);
    exec::for_each_task(ctx, batch * heads * query_segments, [&](std::int64_t task) {
      const std::int64_t head = task / query_segments, s = task % query_segments, rows = length(queries, s);
      const std::int64_t key_head = head / heads * key_heads + head % heads / (heads / key_heads);
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
    // Each becomes the sum of all before it.
    exec::for_each_task(ctx, batch * key_heads, [&](std::int64_t key_head) {
      std::vector<T> sum(static_cast<std::size_t>(size), T(0));
      for (std::int64_t s = 0; s < count; ++s) {
        T* state = states.data() + (key_head * count + s) * size;
        for (std::int64_t e = 0; e < size; ++e) {
          const T own = state[e];
          state[e] = sum[static_cast<std::size_t>(e)];
          sum[static_cast<std::size_t>(e)] += own;
        }
      }
    });
    exec::for_each_task(ctx, batch * heads * count, [&](std::int64_t task) {
      const std::int64_t head = task / count, s = task % count, rows = length(queries, s);
      const std::int64_t key_head = head / heads * key_heads + head % heads / (heads / key_heads);
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
      const std::int64_t key_head = head / heads * key_heads + head % heads / (heads / key_heads);
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

}  // namespace

std::int64_t feature_map::features(std::int64_t d) const {
  const std::int64_t m = random == 0 ? 4 * d : random;
  switch (kind) {
    case feature_kind::performer:
      return m;
    case feature_kind::performer_trigonometric:
      return 2 * m;
    default:
      return d;
  }
}

tensor<double> random_directions(const feature_map& map, std::int64_t d) {
  check::at_least("random_directions", "d", d, 1);
  check::at_least("random_directions", "random", map.random, 0);
  const std::int64_t m = map.random == 0 ? 4 * d : map.random;
  tensor<double> out({m, d});
  for (std::int64_t i = 0; i < out.size(); ++i) out[i] = random::normal(map.key, static_cast<std::uint64_t>(i));
  if (!map.orthogonal) return out;
  // Gram and Schmidt, twice, within each group; then every row takes the length it was drawn with.
  for (std::int64_t first = 0; first < m; first += d) {
    for (std::int64_t r = first; r < std::min(m, first + d); ++r) {
      double* row = out.data() + r * d;
      const auto dot = [&](const double* other) {
        double sum = 0.0;
        for (std::int64_t c = 0; c < d; ++c) sum += row[c] * other[c];
        return sum;
      };
      const double drawn = math::sqrt(dot(row));
      for (int pass = 0; pass < 2; ++pass) {
        for (std::int64_t before = first; before < r; ++before) {
          const double* other = out.data() + before * d;
          double square = 0.0;
          for (std::int64_t c = 0; c < d; ++c) square += other[c] * other[c];
          const double by = dot(other) / square;
          for (std::int64_t c = 0; c < d; ++c) row[c] -= by * other[c];
        }
      }
      const double factor = drawn / math::sqrt(dot(row));
      for (std::int64_t c = 0; c < d; ++c) row[c] *= factor;
    }
  }
  return out;
}

template <class T>
tensor<T> features(const exec::context& ctx, const feature_map& map, array_view<const T> x) {
  check::rank_is("attention::features", "x", x.shape(), 2);
  const std::int64_t rows = x.extent(0), d = x.extent(1);
  check::at_least("attention::features", "the length of a row", d, 1);
  const ready_map<T> ready(map, d);
  auto out = tensor<T>::uninitialized({}, {rows, ready.count});
  exec::for_each_range(
      ctx, rows,
      [&](std::int64_t begin, std::int64_t end) {
        workspace<T> copy((end - begin) * d);
        for (std::int64_t r = begin; r < end; ++r) {
          for (std::int64_t c = 0; c < d; ++c) copy.data()[(r - begin) * d + c] = x(r, c);
        }
        ready.apply(copy.data(), end - begin, out.data() + begin * ready.count, ready_map<T>::shift::none, T(0));
      },
      256);
  return out;
}

template <class T>
tensor<T> linear_attention(const exec::context& ctx, const inputs<T>& in, const linear_options& opt) {
  const char* where = "attention::linear_attention";
  options checked;
  checked.scale =
      opt.scale.value_or(is_random(opt.map.kind) ? 1.0 / math::sqrt(static_cast<double>(in.q.extents[3])) : 1.0);
  checked.use = path::reference;  // any head dimension
  const auto p = detail::check_attention(where, ctx, in, checked);
  if (in.bias.data() != nullptr)
    check::fail_shape(where, "bias is given, but linear attention has no scores to add it to");
  if (!(p.scale > 0.0)) check::fail_domain(where, "scale", p.scale, "positive");
  check::at_least(where, "chunk", opt.chunk, 0);
  check::at_least(where, "random", opt.map.random, 0);
  if (opt.causal && p.queries != p.keys) {
    check::fail_shape(where, "q has " + std::to_string(p.queries) + " rows and k " + std::to_string(p.keys) +
                                 ", but causal attention needs as many");
  }
  auto out = tensor<T>({p.batch, p.heads, p.queries, p.dv});
  if (out.empty() || p.keys == 0) return out;
  const ready_map<T> map(opt.map, p.d);
  const std::int64_t segment = opt.causal ? std::max<std::int64_t>(opt.chunk, 1) : 1024;
  linear_work<T> work{ctx,
                      in,
                      opt,
                      map,
                      p.batch,
                      p.heads,
                      p.key_heads,
                      p.queries,
                      p.keys,
                      p.d,
                      p.dv,
                      segment,
                      static_cast<T>(math::sqrt(p.scale))};
  work.find_key_shifts();
  if (!opt.causal) {
    work.full(out);
  } else if (opt.chunk == 0) {
    work.token_by_token(out);
  } else {
    work.causal(out);
  }
  return out;
}

template tensor<float> features(const exec::context&, const feature_map&, array_view<const float>);
template tensor<double> features(const exec::context&, const feature_map&, array_view<const double>);
template tensor<float> linear_attention(const exec::context&, const inputs<float>&, const linear_options&);
template tensor<double> linear_attention(const exec::context&, const inputs<double>&, const linear_options&);

}  // namespace credence::attention
