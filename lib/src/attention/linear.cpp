// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/linear.hpp"

#include "attention/linear_work.hpp"

#include "credence/random/normal.hpp"

namespace credence::attention {

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
linear_plan<T> plan_linear(const char* where, const exec::context& ctx, const inputs<T>& in,
                           const linear_options& opt) {
  options checked;
  checked.scale =
      opt.scale.value_or(is_random(opt.map.kind) ? 1.0 / math::sqrt(static_cast<double>(in.q.extents[3])) : 1.0);
  checked.use = path::reference;  // any head dimension
  const auto p = detail::check_attention(where, ctx, in, checked);
  if (in.bias.data() != nullptr) {
    check::fail_shape(where, "bias is given, but linear attention has no scores to add it to");
  }
  if (!(p.scale > 0.0)) check::fail_domain(where, "scale", p.scale, "positive");
  check::at_least(where, "chunk", opt.chunk, 0);
  check::at_least(where, "random", opt.map.random, 0);
  if (opt.causal && p.queries != p.keys) {
    check::fail_shape(where, "q has " + std::to_string(p.queries) + " rows and k " + std::to_string(p.keys) +
                                 ", but causal attention needs as many");
  }
  return {p.batch,
          p.heads,
          p.key_heads,
          p.queries,
          p.keys,
          p.d,
          p.dv,
          opt.causal ? std::max<std::int64_t>(opt.chunk, 1) : 1024,
          static_cast<T>(math::sqrt(p.scale))};
}

template <class T>
tensor<T> linear_attention(const exec::context& ctx, const inputs<T>& in, const linear_options& opt) {
  const linear_plan<T> plan = plan_linear("attention::linear_attention", ctx, in, opt);
  auto out = tensor<T>({plan.batch, plan.heads, plan.queries, plan.dv});
  if (out.empty() || plan.keys == 0) return out;
  const ready_map<T> map(opt.map, plan.d);
  linear_work<T> work{plan, ctx, in, opt, map};
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

template linear_plan<float> plan_linear(const char*, const exec::context&, const inputs<float>&, const linear_options&);
template linear_plan<double> plan_linear(const char*, const exec::context&, const inputs<double>&,
                                         const linear_options&);
template tensor<float> features(const exec::context&, const feature_map&, array_view<const float>);
template tensor<double> features(const exec::context&, const feature_map&, array_view<const double>);
template tensor<float> linear_attention(const exec::context&, const inputs<float>&, const linear_options&);
template tensor<double> linear_attention(const exec::context&, const inputs<double>&, const linear_options&);

}  // namespace credence::attention
