// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/learned_pattern.hpp"

#include "attention/one_head.hpp"

#include "attention/problem.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/random/normal.hpp"
#include "credence/tensor/kmeans.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>
#include <numeric>

namespace credence::attention {

namespace {

/// One head as a batch of its own.
template <class T>
inputs<T> narrowed(inputs<T> in, std::int64_t b, std::int64_t h, std::int64_t key_head) {
  const auto narrow = [&](view<const T, 4>& x, std::int64_t head) {
    x.data += b * x.strides[0] + head * x.strides[1];
    x.extents[0] = x.extents[1] = 1;
  };
  narrow(in.q, h);
  narrow(in.k, key_head);
  narrow(in.v, key_head);
  return in;
}
template <class T>
view<const T, 4> as_batch(const T* data, std::int64_t rows, std::int64_t columns) {
  return view<const T, 4>(data, 1, 1, rows, columns);
}

/// Rows of q and k, each of length 1 (or 0).
template <class T>
tensor<double> unit_rows(const view<const T, 2>& q, const view<const T, 2>& k) {
  tensor<double> out({q.extents[0] + k.extents[0], q.extents[1]});
  for (std::int64_t i = 0; i < out.extent(0); ++i) {
    double square = 0.0;
    for (std::int64_t c = 0; c < q.extents[1]; ++c) {
      out(i, c) = static_cast<double>(i < q.extents[0] ? q(i, c) : k(i - q.extents[0], c));
      square += out(i, c) * out(i, c);
    }
    const double factor = square > 0.0 ? 1.0 / math::sqrt(square) : 0.0;
    for (std::int64_t c = 0; c < q.extents[1]; ++c) out(i, c) *= factor;
  }
  return out;
}

template <class T>
std::vector<std::int64_t> hash_rows(const view<const T, 2>& x, const cluster_options& opt) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(x.extents[0]), 0);
  const std::int64_t half = opt.clusters / 2, d = x.extents[1];
  std::vector<double> directions(static_cast<std::size_t>(half * d));
  for (std::size_t i = 0; i < directions.size(); ++i) directions[i] = random::normal(opt.key, i);
  for (std::int64_t i = 0; i < x.extents[0]; ++i) {
    double best = -math::infinity<double>;
    for (std::int64_t r = 0; r < half; ++r) {
      double dot = 0.0;
      for (std::int64_t c = 0; c < d; ++c) {
        dot += static_cast<double>(x(i, c)) * directions[static_cast<std::size_t>(r * d + c)];
      }
      if (math::abs(dot) > best) {
        best = math::abs(dot);
        out[static_cast<std::size_t>(i)] = dot < 0.0 ? r + half : r;
      }
    }
  }
  return out;
}

/// The order that sorts labels, equal ones as they were.
std::vector<std::int64_t> sorting(const std::vector<std::int64_t>& labels) {
  std::vector<std::int64_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return labels[static_cast<std::size_t>(a)] < labels[static_cast<std::size_t>(b)];
  });
  return order;
}
std::vector<std::int64_t> in_order(const std::vector<std::int64_t>& labels, const std::vector<std::int64_t>& order) {
  std::vector<std::int64_t> out;
  out.reserve(labels.size());
  for (const std::int64_t i : order) out.push_back(labels[static_cast<std::size_t>(i)]);
  return out;
}
template <class T>
tensor<T> in_order(const view<const T, 2>& x, const std::vector<std::int64_t>& order) {
  auto out = tensor<T>::uninitialized({}, {x.extents[0], x.extents[1]});
  for (std::int64_t r = 0; r < x.extents[0]; ++r) {
    for (std::int64_t c = 0; c < x.extents[1]; ++c) out(r, c) = x(order[static_cast<std::size_t>(r)], c);
  }
  return out;
}

template <class T>
detail::attention_problem<compute_type<T>> check_plain(const char* where, const exec::context& ctx,
                                                       const inputs<T>& in) {
  credence::detail::require_cpu(where, ctx);
  const static options none;
  const auto p = detail::check_attention(where, ctx, in, none);
  if (in.bias.data() != nullptr) check::fail_shape(where, "bias is given, but the pattern takes none");
  return p;
}

}  // namespace

template <class T>
cluster_labels find_clusters(const exec::context& ctx, view<const T, 2> q, view<const T, 2> k,
                             const cluster_options& opt) {
  const char* where = "attention::find_clusters";
  check::at_least(where, "clusters", opt.clusters, 1);
  check::same_size(where, "a row of q", q.extents[1], "a row of k", k.extents[1]);
  cluster_labels out;
  if (opt.clusters == 1) {
    out.queries.assign(static_cast<std::size_t>(q.extents[0]), 0);
    out.keys.assign(static_cast<std::size_t>(k.extents[0]), 0);
    return out;
  }
  if (opt.method == cluster_method::lsh) {
    if (opt.clusters % 2 != 0) check::fail_domain(where, "clusters", opt.clusters, "even for lsh, or 1");
    return {hash_rows(q, opt), hash_rows(k, opt)};
  }
  const tensor<double> rows = unit_rows(q, k);
  const std::int64_t clusters = std::min(opt.clusters, rows.extent(0));
  const auto found = kmeans(ctx, opt.key, rows, clusters, {.max_iterations = opt.iterations});
  const std::int64_t* label = found.assignments.data();
  out.queries.assign(label, label + q.extents[0]);
  out.keys.assign(label + q.extents[0], label + rows.extent(0));
  return out;
}

template <class T>
pattern_result<T> attention_within(const exec::context& ctx, const inputs<T>& in, const cluster_labels& labels,
                                   bool causal) {
  const char* where = "attention::attention_within";
  const auto p = check_plain(where, ctx, in);
  check::same_size(where, "labels.queries", static_cast<std::int64_t>(labels.queries.size()), "the queries", p.queries);
  check::same_size(where, "labels.keys", static_cast<std::int64_t>(labels.keys.size()), "the keys", p.keys);
  if (causal && labels.queries != labels.keys) {
    check::fail_domain(where, "labels", std::string_view("different for queries and keys"), "equal when causal");
  }
  pattern_result<T> out{tensor<T>({p.batch, p.heads, p.queries, p.dv}), 0};
  if (out.output.empty() || p.keys == 0) return out;
  const auto query_order = sorting(labels.queries), key_order = sorting(labels.keys);
  const block_mask mask = label_mask(in_order(labels.queries, query_order), in_order(labels.keys, key_order), {32, 32});
  for (std::int64_t b = 0; b < p.batch; ++b) {
    for (std::int64_t h = 0; h < p.heads; ++h) {
      const std::int64_t kh = h / p.group();
      const tensor<T> q = in_order(one_head(in.q, b, h), query_order), k = in_order(one_head(in.k, b, kh), key_order),
                      v = in_order(one_head(in.v, b, kh), key_order);
      // Sorting keeps the order of equal labels, so "in front" means the same before and after.
      const auto done = forward<T>(
          ctx,
          {as_batch(q.data(), p.queries, p.d), as_batch(k.data(), p.keys, p.d), as_batch(v.data(), p.keys, p.dv), {}},
          {.causal = causal, .blocks = &mask});
      out.computed_pairs += mask.computed_pairs();
      for (std::int64_t r = 0; r < p.queries; ++r) {
        for (std::int64_t c = 0; c < p.dv; ++c) {
          out.output(b, h, query_order[static_cast<std::size_t>(r)], c) = done.output(0, 0, r, c);
        }
      }
    }
  }
  return out;
}

template <class T>
pattern_result<T> clustered_attention(const exec::context& ctx, const inputs<T>& in, const cluster_options& opt) {
  const auto p = check_plain("attention::clustered_attention", ctx, in);
  pattern_result<T> out{tensor<T>({p.batch, p.heads, p.queries, p.dv}), 0};
  if (out.output.empty() || p.keys == 0) return out;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    for (std::int64_t h = 0; h < p.heads; ++h) {
      const inputs<T> own = narrowed(in, b, h, h / p.group());
      const auto labels = find_clusters(ctx, one_head(own.q, 0, 0), one_head(own.k, 0, 0), opt);
      const auto done = attention_within<T>(ctx, own, labels);
      out.computed_pairs += done.computed_pairs;
      std::copy(done.output.begin(), done.output.end(), out.output.data() + (b * p.heads + h) * p.queries * p.dv);
    }
  }
  return out;
}

template <class T>
tensor<double> sinkhorn_plan(const exec::context& ctx, view<const T, 2> q, view<const T, 2> k,
                             const sinkhorn_pattern_options& opt) {
  const char* where = "attention::sinkhorn_plan";
  check::at_least(where, "block", opt.block, 8);
  check::positive(where, "temperature", opt.temperature);
  check::same_size(where, "a row of q", q.extents[1], "a row of k", k.extents[1]);
  const std::int64_t d = q.extents[1];
  const auto means = [&](const view<const T, 2>& x) {
    const std::int64_t blocks = (x.extents[0] + opt.block - 1) / opt.block;
    tensor<double> out({blocks, d});
    for (std::int64_t i = 0; i < x.extents[0]; ++i) {
      const std::int64_t block = i / opt.block;
      const std::int64_t size = std::min(opt.block, x.extents[0] - block * opt.block);
      for (std::int64_t c = 0; c < d; ++c) out(block, c) += static_cast<double>(x(i, c)) / static_cast<double>(size);
    }
    return out;
  };
  const tensor<double> mean_q = means(q), mean_k = means(k);
  const std::int64_t rows = mean_q.extent(0), columns = mean_k.extent(0);
  tensor<double> log_kernel({rows, columns});
  // Means of `block` independent rows are sqrt(block) shorter than rows.
  const double scale = static_cast<double>(opt.block) / (math::sqrt(static_cast<double>(d)) * opt.temperature);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      double dot = 0.0;
      for (std::int64_t e = 0; e < d; ++e) dot += mean_q(r, e) * mean_k(c, e);
      log_kernel(r, c) = scale * dot;
    }
  }
  // Every row has mass 1; columns share the mass of the rows equally.
  tensor<double> row_sums({rows});
  tensor<double> column_sums =
      tensor<double>::filled({columns}, math::log(static_cast<double>(rows) / static_cast<double>(columns)));
  auto plan = sinkhorn(ctx, log_kernel, row_sums, column_sums, opt.iteration).log_plan;
  for (double& x : plan) x = math::exp(x);
  return plan;
}

block_mask sinkhorn_mask(array_view<const double> plan, std::int64_t queries, std::int64_t keys,
                         const sinkhorn_pattern_options& opt) {
  const char* where = "attention::sinkhorn_mask";
  check::at_least(where, "block", opt.block, 8);
  check::at_least(where, "partners", opt.partners, 0);
  const std::int64_t rows = (queries + opt.block - 1) / opt.block, columns = (keys + opt.block - 1) / opt.block;
  check::same_shape(where, "plan", plan.shape(), "the grid of blocks", tensor_shape{rows, columns});
  std::vector<std::uint8_t> matrix(static_cast<std::size_t>(rows * columns), 0);
  std::vector<std::int64_t> order(static_cast<std::size_t>(columns));
  for (std::int64_t r = 0; r < rows; ++r) {
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int64_t a, std::int64_t b) { return plan(r, a) > plan(r, b); });
    for (std::int64_t n = 0; n < std::min(opt.partners, columns); ++n) {
      matrix[static_cast<std::size_t>(r * columns + order[static_cast<std::size_t>(n)])] = 1;
    }
    if (r < columns) matrix[static_cast<std::size_t>(r * columns + r)] = 1;
  }
  return from_block_matrix(queries, keys, matrix, {opt.block, opt.block});
}

template <class T>
pattern_result<T> sinkhorn_attention(const exec::context& ctx, const inputs<T>& in,
                                     const sinkhorn_pattern_options& opt) {
  const auto p = check_plain("attention::sinkhorn_attention", ctx, in);
  pattern_result<T> out{tensor<T>({p.batch, p.heads, p.queries, p.dv}), 0};
  if (out.output.empty() || p.keys == 0) return out;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    for (std::int64_t h = 0; h < p.heads; ++h) {
      const std::int64_t kh = h / p.group();
      const tensor<double> plan = sinkhorn_plan(ctx, one_head(in.q, b, h), one_head(in.k, b, kh), opt);
      const block_mask mask = sinkhorn_mask(plan, p.queries, p.keys, opt);
      const inputs<T> own = narrowed(in, b, h, kh);
      const auto done = forward<T>(ctx, own, {.blocks = &mask});
      out.computed_pairs += mask.computed_pairs();
      std::copy(done.output.begin(), done.output.end(), out.output.data() + (b * p.heads + h) * p.queries * p.dv);
    }
  }
  return out;
}

#define CREDENCE_ATTENTION_PATTERNS(T)                                                                              \
  template cluster_labels find_clusters(const exec::context&, view<const T, 2>, view<const T, 2>,                   \
                                        const cluster_options&);                                                    \
  template pattern_result<T> attention_within(const exec::context&, const inputs<T>&, const cluster_labels&, bool); \
  template pattern_result<T> clustered_attention(const exec::context&, const inputs<T>&, const cluster_options&);   \
  template tensor<double> sinkhorn_plan(const exec::context&, view<const T, 2>, view<const T, 2>,                   \
                                        const sinkhorn_pattern_options&);                                           \
  template pattern_result<T> sinkhorn_attention(const exec::context&, const inputs<T>&,                             \
                                                const sinkhorn_pattern_options&);
CREDENCE_ATTENTION_PATTERNS(float)
CREDENCE_ATTENTION_PATTERNS(double)
#undef CREDENCE_ATTENTION_PATTERNS

}  // namespace credence::attention
