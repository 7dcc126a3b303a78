// SPDX-License-Identifier: BSD-3-Clause
// Attention by its definition, in double, one row of scores at a time. Slow on purpose: what the tiles are tested with.
#include "attention/problem.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

namespace credence::detail {

namespace {

double load(const stored_rows& from, std::int64_t c) {
  switch (from.type) {
    case dtype::f64:
      return static_cast<const double*>(from.data)[c];
    case dtype::bf16:
      return static_cast<double>(to_float(static_cast<const bfloat16*>(from.data)[c]));
    case dtype::f16:
      return static_cast<double>(to_float(static_cast<const float16*>(from.data)[c]));
    default:
      return static_cast<double>(static_cast<const float*>(from.data)[c]);
  }
}

constexpr double none = -math::infinity<double>;

template <class C>
struct reference_rows {
  const attention_problem<C>& p;

  [[nodiscard]] bool visible(std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const {
    const attention::options& opt = *p.opt;
    const std::int64_t at = i + opt.query_offset;
    if (i >= p.queries_of(b) || j >= p.keys_of(b)) return false;
    if (opt.causal && j > at) return false;
    if (j < at - p.before() || j > at + p.after()) return false;
    if (opt.blocks != nullptr && !opt.blocks->visible(i, j)) return false;
    return p.mask.data() == nullptr || p.mask(b, h, i, j) != 0;
  }
  [[nodiscard]] double q(std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t c) const {
    return load(p.q.rows(b, h, i), c);
  }
  [[nodiscard]] double k(std::int64_t b, std::int64_t h, std::int64_t j, std::int64_t c) const {
    return load(p.k.rows(b, h / p.group(), j), c);
  }
  [[nodiscard]] double v(std::int64_t b, std::int64_t h, std::int64_t j, std::int64_t c) const {
    return load(p.v.rows(b, h / p.group(), j), c);
  }
  [[nodiscard]] attention::score_tile place(std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const {
    return {b, h, i + p.opt->query_offset, j, 1, 1, 1};
  }
  [[nodiscard]] double raw_score(std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const {
    double dot = 0.0;
    for (std::int64_t c = 0; c < p.d; ++c) dot += q(b, h, i, c) * k(b, h, j, c);
    return p.scale * dot;
  }
  /// The largest score of a row, and the sum of exp(score - largest).
  struct total {
    double largest = none, sum = 0.0;
    [[nodiscard]] double log_sum_exp() const { return largest - largest == 0.0 ? largest + math::log(sum) : largest; }
  };
  /// The scores of one row, -infinity where hidden.
  total scores(std::int64_t b, std::int64_t h, std::int64_t i, std::vector<double>& s) const {
    double largest = none;
    for (std::int64_t j = 0; j < p.keys; ++j) {
      double& out = s[static_cast<std::size_t>(j)];
      out = none;
      if (!visible(b, h, i, j)) continue;
      out = raw_score(b, h, i, j);
      if (p.opt->score.apply_f64 != nullptr) p.opt->score.apply_f64(p.opt->score.self, place(b, h, i, j), &out);
      if (p.bias.data() != nullptr) out += static_cast<double>(p.bias(b, h, i, j));
      if (out > largest || out != out) largest = out;
    }
    if (largest - largest != 0.0) return {largest, 0.0};
    double sum = 0.0;
    for (const double x : s) sum += math::exp(x - largest);
    return {largest, sum};
  }
  /// Scores become weights.
  void weights(std::vector<double>& s, total of) const {
    std::int64_t at_infinity = 0;
    for (const double x : s) at_infinity += x == math::infinity<double>;
    for (double& x : s) {
      if (x == none) {
        x = 0.0;
      } else if (at_infinity > 0) {
        x = x == math::infinity<double> ? 1.0 / static_cast<double>(at_infinity) : 0.0;
      } else {
        x = math::exp(x - of.largest) / of.sum;
      }
    }
  }
  [[nodiscard]] double keep(std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const {
    const attention::dropout& drop = p.opt->drop;
    if (drop.probability <= 0.0) return 1.0;
    const rng_key key = drop.key.split(purpose::dropout, 0, 0, static_cast<std::uint64_t>(b * p.heads + h));
    const std::uint32_t word = random::bits32(key, static_cast<std::uint64_t>(i * p.keys + j));
    return word < static_cast<std::uint32_t>(drop.probability * 0x1p32) ? 0.0 : 1.0 / (1.0 - drop.probability);
  }
  template <class F>
  void for_each_row(const F& f) const {
    for (std::int64_t b = 0; b < p.batch; ++b) {
      for (std::int64_t h = 0; h < p.heads; ++h) {
        for (std::int64_t i = 0; i < p.queries; ++i) f(b, h, i, (b * p.heads + h) * p.queries + i);
      }
    }
  }
};

}  // namespace

template <class C>
void reference_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp) {
  const reference_rows<C> rows{p};
  exec::for_each_task(ctx, p.batch * p.heads * p.queries, [&](std::int64_t row) {
    const std::int64_t i = row % p.queries, h = row / p.queries % p.heads, b = row / p.queries / p.heads;
    std::vector<double> s(static_cast<std::size_t>(p.keys)), o(static_cast<std::size_t>(p.dv), 0.0);
    std::vector<std::uint8_t> seen(s.size());
    const auto total = rows.scores(b, h, i, s);
    for (std::size_t j = 0; j < s.size(); ++j) seen[j] = s[j] != none;
    rows.weights(s, total);
    for (std::int64_t j = 0; j < p.keys; ++j) {
      const double weight = s[static_cast<std::size_t>(j)];
      if (seen[static_cast<std::size_t>(j)] == 0) continue;
      const double kept = weight == 0.0 ? 0.0 : weight * rows.keep(b, h, i, j);
      for (std::int64_t c = 0; c < p.dv; ++c) o[static_cast<std::size_t>(c)] += kept * rows.v(b, h, j, c);
    }
    store_row(out.type, out.row(row, p.dv), o.data(), p.dv);
    log_sum_exp[row] = static_cast<C>(total.log_sum_exp());
  });
}

template <class C>
void reference_weights(const exec::context& ctx, const attention_problem<C>& p, C* out) {
  const reference_rows<C> rows{p};
  exec::for_each_task(ctx, p.batch * p.heads * p.queries, [&](std::int64_t row) {
    const std::int64_t i = row % p.queries, h = row / p.queries % p.heads, b = row / p.queries / p.heads;
    std::vector<double> s(static_cast<std::size_t>(p.keys));
    rows.weights(s, rows.scores(b, h, i, s));
    for (std::int64_t j = 0; j < p.keys; ++j) out[row * p.keys + j] = static_cast<C>(s[static_cast<std::size_t>(j)]);
  });
}

template <class C>
void reference_backward(const attention_problem<C>& p, const stored_array& d_output, const C* d_log_sum_exp,
                        const reference_gradients<C>& out) {
  const reference_rows<C> rows{p};
  std::vector<double> w(static_cast<std::size_t>(p.keys)), d_weight(w.size());
  const auto& score = p.opt->score;
  rows.for_each_row([&](std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t row) {
    rows.weights(w, rows.scores(b, h, i, w));
    const auto d_out = [&](std::int64_t c) { return load(d_output.rows(b, h, i), c); };
    // The gradient by each weight, and its mean under the weights.
    double mean = 0.0;
    for (std::int64_t j = 0; j < p.keys; ++j) {
      const auto at = static_cast<std::size_t>(j);
      d_weight[at] = 0.0;
      if (w[at] == 0.0) continue;
      const double kept = rows.keep(b, h, i, j);
      double* dv = out.v + ((b * p.key_heads + h / p.group()) * p.keys + j) * p.dv;
      for (std::int64_t c = 0; c < p.dv; ++c) {
        if (kept > 0.0) d_weight[at] += kept * d_out(c) * rows.v(b, h, j, c);
        dv[c] += w[at] * kept * d_out(c);
      }
      mean += w[at] * d_weight[at];
    }
    if (d_log_sum_exp != nullptr) mean -= static_cast<double>(d_log_sum_exp[row]);
    for (std::int64_t j = 0; j < p.keys; ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (w[at] == 0.0) continue;
      double d_score = w[at] * (d_weight[at] - mean);
      if (out.bias != nullptr) {
        out.bias[b * out.bias_strides[0] + h * out.bias_strides[1] + i * out.bias_strides[2] +
                 j * out.bias_strides[3]] += d_score;
      }
      if (score.pull_back_f64 != nullptr) {
        const double raw = rows.raw_score(b, h, i, j);
        score.pull_back_f64(score.self, rows.place(b, h, i, j), &raw, &d_score, out.score);
      }
      double* dq = out.q + row * p.d;
      double* dk = out.k + ((b * p.key_heads + h / p.group()) * p.keys + j) * p.d;
      for (std::int64_t c = 0; c < p.d; ++c) {
        dq[c] += p.scale * d_score * rows.k(b, h, j, c);
        dk[c] += p.scale * d_score * rows.q(b, h, i, c);
      }
    }
  });
}

template void reference_forward(const exec::context&, const attention_problem<float>&, stored_result, float*);
template void reference_forward(const exec::context&, const attention_problem<double>&, stored_result, double*);
template void reference_weights(const exec::context&, const attention_problem<float>&, float*);
template void reference_weights(const exec::context&, const attention_problem<double>&, double*);
template void reference_backward(const attention_problem<float>&, const stored_array&, const float*,
                                 const reference_gradients<float>&);
template void reference_backward(const attention_problem<double>&, const stored_array&, const double*,
                                 const reference_gradients<double>&);

}  // namespace credence::detail
