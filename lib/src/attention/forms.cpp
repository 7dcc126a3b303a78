// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/forms.hpp"

#include "attention/problem.hpp"

#include "credence/attention/choose.hpp"
#include "credence/attention/gated.hpp"
#include "credence/attention/learned_pattern.hpp"
#include "credence/attention/linear.hpp"
#include "credence/attention/low_rank.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>
#include <numeric>

namespace credence::attention {

namespace {

struct named_form {
  form which;
  const char* name;
  bool causal;
};
constexpr named_form table[] = {
    {form::exact, "exact", true},
    {form::local, "local", true},
    {form::stride, "stride", true},
    {form::global, "global", true},
    {form::random, "random", true},
    {form::bigbird, "bigbird", true},
    {form::clusters, "clusters", false},
    {form::lsh, "lsh", false},
    {form::sinkhorn, "sinkhorn", false},
    {form::linformer, "linformer", false},
    {form::convolution, "convolution", false},
    {form::elu, "elu", true},
    {form::relu, "relu", true},
    {form::performer, "performer", true},
    {form::trigonometric, "trigonometric", true},
    {form::gau, "gau", true},
    {form::flash, "flash", true},
};

const named_form& entry_of(form f) {
  return *std::find_if(std::begin(table), std::end(table), [&](const named_form& e) { return e.which == f; });
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

template <class T>
struct form_run {
  const exec::context& ctx;
  const inputs<T>& in;
  const form_options& opt;
  detail::attention_problem<compute_type<T>> p;
  attention_size size;

  [[nodiscard]] options exact_options() const {
    options out;
    out.scale = p.scale;
    out.causal = opt.causal;
    return out;
  }
  [[nodiscard]] std::int64_t heads() const { return p.batch * p.heads; }

  form_result<T> exact() const {
    const std::int64_t pairs = opt.causal ? causal_pairs(size) : size.queries * size.keys;
    return {form::exact, forward<T>(ctx, in, exact_options()).output, heads() * count_pairs(size, pairs)};
  }
  form_result<T> blocks(form which, const block_mask& mask) const {
    options own = exact_options();
    own.blocks = &mask;
    return {which, forward<T>(ctx, in, own).output, heads() * count_pairs(size, mask.computed_pairs())};
  }
  [[nodiscard]] block_mask pattern(form which) const {
    const std::int64_t n = p.queries, m = p.keys, budget = std::min(opt.budget, m);
    const block_sizes sides{opt.block, opt.block};
    const std::int64_t wanted = ceil_div(budget, opt.block);
    switch (which) {
      case form::local:
        return budget == m ? full_mask(n, m, sides) : local_mask(n, m, budget / 2, (budget - 1) / 2, sides);
      case form::stride:
        return strided_mask(n, m, std::max<std::int64_t>(1, m / budget), sides);
      case form::global: {
        std::vector<std::int64_t> tokens(static_cast<std::size_t>(budget == m ? std::max(n, m) : (budget + 1) / 2));
        std::iota(tokens.begin(), tokens.end(), 0);
        return global_mask(n, m, tokens, sides);
      }
      case form::random:
        return random_mask(n, m, wanted, opt.key, sides);
      default: {
        const std::int64_t third = std::max<std::int64_t>(1, wanted / 3);
        if (budget == m) return full_mask(n, m, sides);
        return big_bird_mask(n, m, {.local = third / 2, .global = third, .random = third}, opt.key, sides);
      }
    }
  }
  /// Sorted by position mod stride, equal ones lie together.
  form_result<T> strided() const {
    const std::int64_t stride = std::max<std::int64_t>(1, p.keys / std::min(opt.budget, p.keys));
    cluster_labels labels;
    for (std::int64_t i = 0; i < p.queries; ++i) labels.queries.push_back(i % stride);
    for (std::int64_t j = 0; j < p.keys; ++j) labels.keys.push_back(j % stride);
    auto got = attention_within(ctx, scaled().in(), labels, opt.causal);
    return {form::stride, std::move(got.output), count_pairs(size, got.computed_pairs)};
  }
  form_result<T> clustered(form which) const {
    std::int64_t clusters = std::max<std::int64_t>(1, p.keys / std::min(opt.budget, p.keys));
    if (which == form::lsh && clusters > 1) clusters += clusters % 2;
    auto got = clustered_attention(ctx, scaled().in(),
                                   {.clusters = clusters,
                                    .method = which == form::lsh ? cluster_method::lsh : cluster_method::kmeans,
                                    .key = opt.key});
    return {which, std::move(got.output), count_pairs(size, got.computed_pairs)};
  }
  form_result<T> sorted() const {
    const std::int64_t side = std::max<std::int64_t>(opt.block, 8);
    auto got = sinkhorn_attention(ctx, scaled().in(), {.block = side, .partners = ceil_div(opt.budget, side)});
    return {form::sinkhorn, std::move(got.output), count_pairs(size, got.computed_pairs)};
  }
  form_result<T> compressed(form which) const {
    const std::int64_t rank = std::min(opt.budget, p.keys);
    tensor<T> e;
    if (rank == p.keys) {
      e = tensor<T>({p.keys, p.keys});
      for (std::int64_t i = 0; i < p.keys; ++i) e(i, i) = T(1);
    } else if (which == form::linformer) {
      e = random_compression<T>(p.keys, rank, opt.key);
    } else {
      const std::int64_t width = ceil_div(p.keys, rank);
      const std::vector<T> kernel(static_cast<std::size_t>(width), T(1) / static_cast<T>(width));
      e = convolution_compression<T>(p.keys, std::span<const T>(kernel));
    }
    options own;
    own.scale = p.scale;
    return {which, linformer<T>(ctx, in, {e.array(), {}}, own).output, heads() * count_linformer(size, e.extent(0))};
  }
  form_result<T> linear(form which) const {
    const bool drawn = which == form::performer || which == form::trigonometric;
    linear_options own;
    own.causal = opt.causal;
    own.map.key = opt.key;
    own.map.random = opt.budget;
    own.map.kind = which == form::elu         ? feature_kind::elu_plus_one
                   : which == form::relu      ? feature_kind::relu
                   : which == form::performer ? feature_kind::performer
                                              : feature_kind::performer_trigonometric;
    if (drawn) own.scale = p.scale;
    const std::int64_t features = own.map.features(p.d);
    const std::int64_t count =
        opt.causal ? count_linear_causal(size, features, drawn, own.chunk) : count_linear(size, features, drawn);
    return {which, linear_attention<T>(ctx, in, own), heads() * count};
  }
  form_result<T> gated(form which) const {
    gated_inputs<T> g{in.q, in.k, in.v, {}, {}, {}};
    const std::int64_t chunk = which == form::flash ? std::min(opt.budget, p.queries) : 0;
    const bool mixed = which == form::flash && chunk < p.queries;
    if (mixed) {
      g.linear_q = in.q;
      g.linear_k = in.k;
    }
    std::int64_t pairs = opt.causal ? causal_pairs(size) : size.queries * size.keys;
    if (mixed) pairs = p.queries / chunk * chunk * chunk + (p.queries % chunk) * (p.queries % chunk);
    return {which, gated_attention<T>(ctx, g, {.causal = opt.causal, .chunk = chunk}),
            heads() * (count_pairs(size, pairs) + (mixed ? count_linear(size, p.d, false) : 0))};
  }

  /// Inputs whose usual scale 1 / sqrt(d) is the wanted one, for forms that take none.
  struct scaled_inputs {
    tensor<T> q;
    inputs<T> rest;
    [[nodiscard]] inputs<T> in() const {
      inputs<T> out = rest;
      out.q = q.template view<4>();
      return out;
    }
  };
  [[nodiscard]] scaled_inputs scaled() const {
    const T factor = static_cast<T>(p.scale * math::sqrt(static_cast<double>(p.d)));
    scaled_inputs out{tensor<T>({p.batch, p.heads, p.queries, p.d}), in};
    for (std::int64_t b = 0; b < p.batch; ++b) {
      for (std::int64_t h = 0; h < p.heads; ++h) {
        for (std::int64_t i = 0; i < p.queries; ++i) {
          for (std::int64_t c = 0; c < p.d; ++c) out.q(b, h, i, c) = in.q(b, h, i, c) * factor;
        }
      }
    }
    return out;
  }
};

}  // namespace

const char* to_string(form f) { return entry_of(f).name; }
bool takes_causal(form f) { return entry_of(f).causal; }

std::span<const form> all_forms() {
  static const std::vector<form> all = [] {
    std::vector<form> out;
    for (const named_form& e : table) out.push_back(e.which);
    return out;
  }();
  return all;
}

form form_from_text(std::string_view name) {
  std::string names;
  for (const named_form& e : table) {
    if (name == e.name) return e.which;
    names += (names.empty() ? "" : ", ") + std::string(e.name);
  }
  check::fail_domain("attention::form_from_text", "the form", name, "one of " + names);
}

template <class T>
form_result<T> run_form(const exec::context& ctx, const inputs<T>& in, form which, const form_options& opt) {
  const char* where = "attention::run_form";
  credence::detail::require_cpu(where, ctx);
  options own;
  own.scale = opt.scale;
  const auto p = detail::check_attention(where, ctx, in, own);
  check::at_least(where, "budget", opt.budget, 1);
  check::at_least(where, "block", opt.block, 8);
  check::at_least(where, "queries", p.queries, 1);
  check::at_least(where, "keys", p.keys, 1);
  if (opt.causal && !takes_causal(which)) {
    check::fail_domain(where, "the form", std::string_view(to_string(which)), "one that can be causal");
  }
  if (in.bias.data() != nullptr) check::fail_shape(where, "bias is given, but the forms take none");
  const form_run<T> run{ctx, in, opt, p, {p.queries, p.keys, p.d, p.dv}};
  switch (which) {
    case form::exact:
      return run.exact();
    case form::stride:
      if (!opt.causal || p.queries == p.keys) return run.strided();
      return run.blocks(which, run.pattern(which));
    case form::local:
    case form::global:
    case form::random:
    case form::bigbird:
      return run.blocks(which, run.pattern(which));
    case form::clusters:
    case form::lsh:
      return run.clustered(which);
    case form::sinkhorn:
      return run.sorted();
    case form::linformer:
    case form::convolution:
      return run.compressed(which);
    case form::elu:
    case form::relu:
    case form::performer:
    case form::trigonometric:
      return run.linear(which);
    case form::gau:
    case form::flash:
      break;
  }
  return run.gated(which);
}

template <class T>
double relative_error(const tensor<T>& approximation, const tensor<T>& exact) {
  check::same_shape("attention::relative_error", "approximation", approximation.shape(), "exact", exact.shape());
  double difference = 0.0, norm = 0.0;
  for (std::int64_t i = 0; i < exact.size(); ++i) {
    const double a = static_cast<double>(approximation[i]), b = static_cast<double>(exact[i]);
    difference += (a - b) * (a - b);
    norm += b * b;
  }
  return difference == 0.0 ? 0.0 : math::sqrt(difference / norm);
}

template form_result<float> run_form(const exec::context&, const inputs<float>&, form, const form_options&);
template form_result<double> run_form(const exec::context&, const inputs<double>&, form, const form_options&);
template double relative_error(const tensor<float>&, const tensor<float>&);
template double relative_error(const tensor<double>&, const tensor<double>&);

}  // namespace credence::attention
