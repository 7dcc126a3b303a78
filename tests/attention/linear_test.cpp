// SPDX-License-Identifier: BSD-3-Clause
// Linear attention: feature maps against their definitions and moments, the reordering, and the causal forms.
#include "attention/support.hpp"

#include "credence/attention/linear.hpp"

using namespace credence;
using namespace credence::test;
using attention::feature_kind;
using attention::feature_map;
using attention::linear_options;

namespace {

const auto one_core = exec::cpu(1);

const feature_kind kinds[] = {feature_kind::elu_plus_one, feature_kind::relu, feature_kind::performer,
                              feature_kind::performer_trigonometric};

/// (phi(Q) phi(K)') V with all pairs, as it stands.
tensor<double> by_pairs(const triple<double>& x, const linear_options& opt) {
  const std::int64_t b = x.q.extent(0), h = x.q.extent(1), n = x.q.extent(2), d = x.q.extent(3), m = x.k.extent(2),
                     dv = x.v.extent(3), group = h / x.k.extent(1);
  const bool drawn = opt.map.kind == feature_kind::performer || opt.map.kind == feature_kind::performer_trigonometric;
  const double root = std::sqrt(opt.scale.value_or(drawn ? 1.0 / std::sqrt(static_cast<double>(d)) : 1.0));
  const auto phi = [&](const tensor<double>& t) {
    tensor<double> rows({t.size() / d, d});
    for (std::int64_t i = 0; i < t.size(); ++i) rows[i] = root * t[i];
    return attention::features<double>(one_core, opt.map, rows.array());
  };
  const auto q = phi(x.q), k = phi(x.k);
  tensor<double> out({b, h, n, dv});
  for (std::int64_t head = 0; head < b * h; ++head) {
    const std::int64_t key_head = head / group;
    for (std::int64_t i = 0; i < n; ++i) {
      double norm = 0.0;
      for (std::int64_t j = 0; j < (opt.causal ? i + 1 : m); ++j) {
        double weight = 0.0;
        for (std::int64_t c = 0; c < q.extent(1); ++c) weight += q(head * n + i, c) * k(key_head * m + j, c);
        norm += weight;
        for (std::int64_t c = 0; c < dv; ++c) out[(head * n + i) * dv + c] += weight * x.v[(key_head * m + j) * dv + c];
      }
      for (std::int64_t c = 0; c < dv; ++c) out[(head * n + i) * dv + c] /= norm == 0.0 ? 1.0 : norm;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("features: elu + 1 and relu", "[attention][linear]") {
  const tensor<double> x({1, 4}, {-2.0, -0.5, 0.0, 3.0});
  const auto elu = attention::features<double>(one_core, {.kind = feature_kind::elu_plus_one}, x.array());
  CHECK(elu[0] == Approx(std::exp(-2.0)).epsilon(1e-15));
  CHECK(elu[2] == 1.0);
  CHECK(elu[3] == 4.0);
  const auto relu = attention::features<double>(one_core, {.kind = feature_kind::relu}, x.array());
  CHECK(relu[0] == 0.0);
  CHECK(relu[3] == 3.0);
}

TEST_CASE("features: Performer products have the mean and the error that theory gives", "[attention][linear]") {
  const std::int64_t d = 4, m = 16, draws = 4000;
  const tensor<double> q({1, d}, {0.3, -0.5, 0.2, 0.4}), k({1, d}, {0.1, 0.6, -0.3, 0.2});
  double product = 0.0, sum = 0.0, difference = 0.0;
  for (std::int64_t c = 0; c < d; ++c) {
    product += q[c] * k[c];
    sum += (q[c] + k[c]) * (q[c] + k[c]);
    difference += (q[c] - k[c]) * (q[c] - k[c]);
  }
  const double target = std::exp(product), md = static_cast<double>(m);
  for (const auto kind : {feature_kind::performer, feature_kind::performer_trigonometric}) {
    double mean = 0.0, square = 0.0, fourth = 0.0;
    for (std::int64_t r = 0; r < draws; ++r) {
      const feature_map map{kind, m, false, rng_key{static_cast<std::uint64_t>(r), 3}};
      const auto a = attention::features<double>(one_core, map, q.array()),
                 b = attention::features<double>(one_core, map, k.array());
      double estimate = 0.0;
      for (std::int64_t c = 0; c < a.size(); ++c) estimate += a[c] * b[c];
      const double error = estimate - target;
      mean += error / static_cast<double>(draws);
      square += error * error / static_cast<double>(draws);
      fourth += error * error * error * error / static_cast<double>(draws);
    }
    // MSE of independent features (Choromanski et al., lemma 2).
    const double expected =
        kind == feature_kind::performer
            ? std::exp(sum) * target * target * (1.0 - std::exp(-sum)) / md
            : std::exp(sum) / (target * target) * std::pow(1.0 - std::exp(-difference), 2) / (2.0 * md);
    CAPTURE(static_cast<int>(kind), square, expected);
    const double root_draws = std::sqrt(static_cast<double>(draws));
    CHECK(std::abs(mean) < 4.0 * std::sqrt(square) / root_draws);  // 4 standard errors each
    CHECK(std::abs(square - expected) < 4.0 * std::sqrt(fourth - square * square) / root_draws);
  }
  // At q = k the trigonometric estimate is exact.
  const auto a = attention::features<double>(one_core, {feature_kind::performer_trigonometric, m, true, {}}, q.array());
  double own = 0.0, square = 0.0;
  for (const double f : a.elements()) own += f * f;
  for (const double e : q.elements()) square += e * e;
  CHECK(own == Approx(std::exp(square)).epsilon(1e-14));
}

TEST_CASE("features: orthogonal directions keep their lengths", "[attention][linear]") {
  const auto w = attention::random_directions({feature_kind::performer, 20, true, rng_key{1, 2}}, 8);
  const auto free = attention::random_directions({feature_kind::performer, 20, false, rng_key{1, 2}}, 8);
  const auto dot = [](const tensor<double>& x, std::int64_t a, std::int64_t b) {
    double sum = 0.0;
    for (std::int64_t c = 0; c < 8; ++c) sum += x(a, c) * x(b, c);
    return sum;
  };
  for (std::int64_t a = 0; a < 20; ++a) {
    CHECK(dot(w, a, a) == Approx(dot(free, a, a)).epsilon(1e-14));
    for (std::int64_t b = a / 8 * 8; b < a; ++b) CHECK(std::abs(dot(w, a, b)) < 1e-13);
  }
}

TEST_CASE("linear attention: the reordered product is the product of pairs", "[attention][linear]") {
  const triple<double> x({2, 4, 70, 6}, {2, 2, 90, 6}, 5, 3);
  for (const auto kind : kinds) {
    CAPTURE(static_cast<int>(kind));
    const linear_options opt{.map = {kind, 12, true, rng_key{1, 1}}};
    const auto got = attention::linear_attention<double>(one_core, x.in(), opt);
    const auto expected = by_pairs(x, opt);
    // Sines and cosines cancel in the normaliser.
    const double near = kind == feature_kind::performer_trigonometric ? 1e-10 : 1e-12;
    for (std::int64_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(expected[i]).epsilon(near).margin(near));
  }
}

TEST_CASE("linear attention: recurrent = chunked = pairs, when causal", "[attention][linear]") {
  const triple<double> x({1, 2, 131, 6}, {1, 1, 131, 6}, 5, 3);
  for (const auto kind : kinds) {
    linear_options opt{.map = {kind, 12, true, rng_key{1, 1}}, .causal = true};
    const auto expected = by_pairs(x, opt);
    for (const std::int64_t chunk : {0, 1, 7, 64, 128, 500}) {
      CAPTURE(static_cast<int>(kind), chunk);
      opt.chunk = chunk;
      const auto got = attention::linear_attention<double>(one_core, x.in(), opt);
      const double near = kind == feature_kind::performer_trigonometric ? 1e-9 : 1e-12;
      for (std::int64_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(expected[i]).epsilon(near).margin(near));
      CHECK(same_bits(got, attention::linear_attention<double>(exec::cpu(5), x.in(), opt)));
    }
  }
}

TEST_CASE("linear attention: gradients are those of differences", "[attention][linear][backward]") {
  const std::int64_t n = 19, d = 3, dv = 2;
  triple<double> x({2, 4, n, d}, {2, 2, n, d}, dv, 3);
  const auto d_out = normal_tensor<double>({2, 4, n, dv}, 8);
  for (const auto kind : kinds) {
    for (const std::int64_t chunk : {-1, 0, 5, 64}) {  // -1: not causal
      CAPTURE(static_cast<int>(kind), chunk);
      linear_options opt{.map = {kind, 8, true, rng_key{1, 1}}, .causal = chunk >= 0};
      if (chunk >= 0) opt.chunk = chunk;
      // Sines have normalisers of either sign, which differences near their zeros do not resolve: keep vectors short.
      if (kind == feature_kind::performer_trigonometric) opt.scale = 0.05;
      const auto loss = [&] {
        const auto got = attention::linear_attention<double>(one_core, x.in(), opt);
        double sum = 0.0;
        for (std::int64_t i = 0; i < d_out.size(); ++i) sum += got[i] * d_out[i];
        return sum;
      };
      const auto output = attention::linear_attention<double>(one_core, x.in(), opt);
      const auto g = attention::linear_attention_backward<double>(one_core, x.in(), opt, output, d_out.view<4>());
      const auto many =
          attention::linear_attention_backward<double>(exec::cpu(4), x.in(), opt, output, d_out.view<4>());
      CHECK((same_bits(g.q, many.q) && same_bits(g.k, many.k) && same_bits(g.v, many.v)));
      const auto check = [&](tensor<double>& at, const tensor<double>& gradient) {
        REQUIRE(at.shape() == gradient.shape());
        for (std::int64_t i = 0; i < at.size(); ++i) {
          const double before = at[i], h = 1e-5;
          at[i] = before + h;
          const double up = loss();
          at[i] = before - h;
          const double down = loss();
          at[i] = before;
          // A rectified row may have small normalisers: h^2 times a third derivative, relative to the largest
          // gradients.
          REQUIRE(gradient[i] == Approx((up - down) / (2 * h)).epsilon(1e-6).margin(1e-6));
        }
      };
      if (kind == feature_kind::relu) {
        for (double& q : x.q) q = std::abs(q) + 0.1;  // away from the kink, and no zero normaliser
        for (double& k : x.k) k = std::abs(k) + 0.1;
        const auto own = attention::linear_attention<double>(one_core, x.in(), opt);
        const auto smooth = attention::linear_attention_backward<double>(one_core, x.in(), opt, own, d_out.view<4>());
        check(x.q, smooth.q);
        check(x.k, smooth.k);
        check(x.v, smooth.v);
        continue;
      }
      check(x.q, g.q);
      check(x.k, g.k);
      check(x.v, g.v);
    }
  }
  // Below zero a rectified feature has no gradient.
  triple<double> low = x;
  for (double& q : low.q) q = -1.0;
  const linear_options relu{.map = {feature_kind::relu}};
  const auto output = attention::linear_attention<double>(one_core, low.in(), relu);
  const auto g = attention::linear_attention_backward<double>(one_core, low.in(), relu, output, d_out.view<4>());
  for (const double dq : g.q.elements()) REQUIRE(dq == 0.0);
}

TEST_CASE("linear attention: long, in float, on any number of threads", "[attention][linear]") {
  const triple<float> x({1, 1, 5000, 32}, {1, 1, 5000, 32}, 32, 3);
  for (const bool causal : {false, true}) {
    const linear_options opt{.causal = causal};
    const auto one = attention::linear_attention<float>(one_core, x.in(), opt);
    CHECK(same_bits(one, attention::linear_attention<float>(exec::cpu(4), x.in(), opt)));
    const triple<double> wide = x.in_double();
    const auto exact = attention::linear_attention<double>(one_core, wide.in(), opt);
    // Sums of 5000 positive weights: each rounding is relative to a part of the sum.
    CHECK(largest_difference(one, exact) < 2e-5);
  }
  // Keys of length 40: features would overflow without their shift.
  triple<float> far = x;
  for (float& k : far.k) k *= 40.0F;
  const auto got = attention::linear_attention<float>(one_core, far.in(),
                                                      {.map = {feature_kind::performer, 64, true, rng_key{1, 1}}});
  for (const float o : got.elements()) REQUIRE(std::isfinite(o));
}

TEST_CASE("linear attention: refuses what it cannot do", "[attention][linear][errors]") {
  const triple<double> x({1, 1, 4, 3}, {1, 1, 5, 3}, 3, 1);
  CHECK_THROWS_WITH(attention::linear_attention<double>(one_core, x.in(), {.causal = true}),
                    Contains("4") && Contains("5"));
  CHECK_THROWS_WITH(attention::linear_attention<double>(one_core, x.in(), {.scale = -1.0}), Contains("scale"));
  const tensor<double> bias({5});
  auto in = x.in();
  in.bias = bias.array();
  CHECK_THROWS_WITH(attention::linear_attention<double>(one_core, in), Contains("bias"));
}
