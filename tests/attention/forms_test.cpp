// SPDX-License-Identifier: BSD-3-Clause
// Efficient forms of attention against exact attention: patterns, low rank, gates, the comparison and the counts.
#include "attention/support.hpp"

#include "credence/attention/choose.hpp"
#include "credence/attention/forms.hpp"
#include "credence/attention/gated.hpp"
#include "credence/attention/learned_pattern.hpp"
#include "credence/attention/low_rank.hpp"
#include "credence/tensor/matrix_chain.hpp"

using namespace credence;
using namespace credence::test;
using attention::form;
using attention::options;

namespace {

const auto one_core = exec::cpu(1);

/// Tokens that are close in position are close in direction, and scores are sharp enough to matter.
triple<double> smooth_tokens(std::int64_t n, std::int64_t heads = 2, std::int64_t d = 16) {
  triple<double> out({1, heads, n, d}, {1, heads, n, d}, d, 12);
  for (std::int64_t h = 0; h < heads; ++h) {
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t c = 0; c < d; ++c) {
        const double phase = static_cast<double>(i) * std::pow(0.03, static_cast<double>(c / 2 + 1) / 8.0);
        const double wave = c % 2 == 0 ? std::sin(phase) : std::cos(phase);
        out.q(0, h, i, c) = 2.0 * wave + 0.3 * out.q(0, h, i, c);
        out.k(0, h, i, c) = 2.0 * wave + 0.3 * out.k(0, h, i, c);
        out.v(0, h, i, c) += wave;
      }
    }
  }
  return out;
}

double error_of(const triple<double>& x, form which, std::int64_t budget, bool causal = false) {
  const attention::form_options opt{.budget = budget, .block = 8, .causal = causal, .key = rng_key{5, 6}};
  const auto exact = attention::run_form<double>(one_core, x.in(), form::exact, opt);
  return attention::relative_error(attention::run_form<double>(one_core, x.in(), which, opt).output, exact.output);
}

}  // namespace

TEST_CASE("block masks: visible is the rule", "[attention][patterns]") {
  const std::int64_t n = 75, m = 90;
  const auto agrees = [&](const attention::block_mask& mask, const auto& rule) {
    std::int64_t seen = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < m; ++j) {
        REQUIRE(mask.visible(i, j) == rule(i, j));
        seen += rule(i, j);
      }
    }
    CHECK(mask.visible_pairs() == seen);
    CHECK(mask.computed_pairs() >= seen);
    CHECK(mask.computed_pairs() <= n * m);
  };
  agrees(attention::local_mask(n, m, 5, 9, {16, 8}), [](auto i, auto j) { return j >= i - 5 && j <= i + 9; });
  agrees(attention::strided_mask(n, m, 7, {64, 32}), [](auto i, auto j) { return (i - j) % 7 == 0; });
  const std::vector<std::int64_t> tokens{0, 33, 74};
  agrees(attention::global_mask(n, m, tokens, {8, 16}),
         [](auto i, auto j) { return i == 0 || i == 33 || i == 74 || j == 0 || j == 33 || j == 74; });
  agrees(attention::full_mask(n, m, {10, 20}), [](auto, auto) { return true; });
  agrees(attention::merge(attention::strided_mask(n, m, 7, {64, 32}), attention::local_mask(n, m, 2, 0, {64, 32})),
         [](auto i, auto j) { return (i - j) % 7 == 0 || (j >= i - 2 && j <= i); });
  std::vector<std::int64_t> q_labels, k_labels;
  for (std::int64_t i = 0; i < n; ++i) q_labels.push_back(i / 20);
  for (std::int64_t j = 0; j < m; ++j) k_labels.push_back(j / 30);
  agrees(attention::label_mask(q_labels, k_labels, {16, 16}), [](auto i, auto j) { return i / 20 == j / 30; });
  const auto bird = attention::big_bird_mask(n, m, {.local = 1, .global = 1, .random = 2}, rng_key{1, 0}, {10, 10});
  for (std::int64_t r = 0; r < 8; ++r) {
    std::int64_t blocks = 0;
    for (std::int64_t c = 0; c < 9; ++c) {
      const bool in = bird.visible(r * 10, c * 10);
      blocks += in;
      if (r == 0 || c == 0 || std::abs(r - c) <= 1) CHECK(in);
    }
    if (r > 1) CHECK((blocks >= 4 && blocks <= 6));  // 3 local, 1 global, 2 random ones that may coincide
  }
  const auto random = attention::random_mask(n, m, 3, rng_key{2, 0}, {10, 10});
  CHECK(random.visible_pairs() == n * 3 * 10);
  CHECK_THROWS_WITH(attention::merge(bird, attention::full_mask(n, m)), Contains("blocks of 10 x 10"));
}

TEST_CASE("forms: full budget is exact attention, and errors fall with the budget", "[attention][forms]") {
  const std::int64_t n = 192;
  const triple<double> x = smooth_tokens(n);
  for (const form which : {form::local, form::stride, form::global, form::random, form::bigbird, form::clusters,
                           form::lsh, form::sinkhorn, form::linformer, form::convolution}) {
    CAPTURE(attention::to_string(which));
    CHECK(error_of(x, which, n) < 1e-14);
    const double none = error_of(x, which, 8), some = error_of(x, which, 48), most = error_of(x, which, 96);
    CAPTURE(none, some, most);
    CHECK(none > some);
    CHECK(some > most);
    CHECK(most > 0.0);
  }
  for (const form which : {form::local, form::stride, form::global, form::random, form::bigbird}) {
    CAPTURE(attention::to_string(which));
    CHECK(error_of(x, which, n, true) < 1e-14);
  }
  // Random features: the mean of ten draws; the error falls as the root of their number.
  for (const form which : {form::performer, form::trigonometric}) {
    CAPTURE(attention::to_string(which));
    triple<double> mild = x;  // the variance grows as exp(|q + k|^2)
    for (double& q : mild.q) q *= 0.5;
    for (double& k : mild.k) k *= 0.5;
    const double few = error_of(mild, which, 32), many = error_of(mild, which, 2048),
                 most = error_of(mild, which, 32768);
    CAPTURE(few, many, most);
    CHECK(few > 2.0 * many);
    CHECK(many > 2.0 * most);
    CHECK(most < 0.2);
  }
}

TEST_CASE("forms: bits do not depend on threads", "[attention][forms]") {
  const triple<double> x = smooth_tokens(150);
  for (const form which : attention::all_forms()) {
    CAPTURE(attention::to_string(which));
    const attention::form_options opt{.budget = 40, .block = 8, .key = rng_key{5, 6}};
    const auto one = attention::run_form<double>(one_core, x.in(), which, opt);
    CHECK(same_bits(one.output, attention::run_form<double>(exec::cpu(3), x.in(), which, opt).output));
    CHECK(attention::form_from_text(attention::to_string(which)) == which);
  }
  CHECK_THROWS_WITH(attention::form_from_text("bird"), Contains("bird") && Contains("bigbird"));
  CHECK_THROWS_WITH(attention::run_form<double>(one_core, x.in(), form::lsh, {.causal = true}), Contains("lsh"));
}

TEST_CASE("clusters: a query sees the keys of its cluster and no others", "[attention][patterns]") {
  const triple<double> x = smooth_tokens(120, 1);
  const attention::cluster_options opt{.clusters = 5, .key = rng_key{3, 3}};
  view<const double, 2> q(x.q.data(), 120, 16), k(x.k.data(), 120, 16);
  for (const auto method : {attention::cluster_method::kmeans, attention::cluster_method::lsh}) {
    attention::cluster_options own = opt;
    own.method = method;
    if (method == attention::cluster_method::lsh) own.clusters = 6;
    const auto labels = attention::find_clusters(one_core, q, k, own);
    tensor<std::uint8_t> mask({120, 120});
    for (std::size_t i = 0; i < 120; ++i) {
      for (std::size_t j = 0; j < 120; ++j) mask(i, j) = labels.queries[i] == labels.keys[j];
    }
    const auto expected = attention::forward<double>(one_core, x.in(), {.mask = mask.array()});
    const auto got = attention::clustered_attention<double>(one_core, x.in(), own);
    CHECK(largest_difference(got.output, expected.output) < 1e-14);
    CHECK(got.computed_pairs < 120 * 120);
  }
  CHECK_THROWS_WITH(attention::find_clusters(one_core, q, k, {.clusters = 3, .method = attention::cluster_method::lsh}),
                    Contains("even"));
}

TEST_CASE("labels: strided attention by sorting is the strided mask", "[attention][patterns]") {
  const triple<double> x = smooth_tokens(150);
  attention::cluster_labels labels;
  for (std::int64_t i = 0; i < 150; ++i) labels.queries.push_back(i % 7);
  labels.keys = labels.queries;
  const auto mask = attention::strided_mask(150, 150, 7);
  for (const bool causal : {false, true}) {
    const auto got = attention::attention_within<double>(one_core, x.in(), labels, causal);
    const auto expected = attention::forward<double>(one_core, x.in(), {.causal = causal, .blocks = &mask});
    CHECK(largest_difference(got.output, expected.output) < 1e-14);
    CHECK(got.computed_pairs < 2 * 150 * 150 * 3 / 4);
  }
  labels.keys[0] = 3;
  CHECK_THROWS_WITH(attention::attention_within<double>(one_core, x.in(), labels, true), Contains("equal when causal"));
  labels.keys.pop_back();
  CHECK_THROWS_WITH(attention::attention_within<double>(one_core, x.in(), labels), Contains("149") && Contains("150"));
}

TEST_CASE("Sinkhorn pattern: plans have unit rows, cold ones are permutations", "[attention][patterns]") {
  const triple<double> x({1, 1, 128, 16}, {1, 1, 128, 16}, 16, 3);
  const view<const double, 2> q(x.q.data(), 128, 16), k(x.k.data(), 128, 16);
  const attention::sinkhorn_pattern_options warm{.block = 16, .temperature = 1.0};
  const auto plan = attention::sinkhorn_plan(one_core, q, k, warm);
  for (std::int64_t r = 0; r < 8; ++r) {
    double row = 0.0, column = 0.0;
    for (std::int64_t c = 0; c < 8; ++c) {
      row += plan(r, c);
      column += plan(c, r);
    }
    CHECK(row == Approx(1.0).epsilon(1e-6));
    CHECK(column == Approx(1.0).epsilon(1e-6));
  }
  const attention::sinkhorn_pattern_options cold{
      .block = 16, .temperature = 0.02, .iteration = {.max_iterations = 20000, .tolerance = 1e-4}};
  const auto sharp = attention::sinkhorn_plan(one_core, q, k, cold);
  std::int64_t ones = 0;
  for (const double p : sharp.elements()) ones += p > 0.9;
  CHECK(ones == 8);
  const auto mask = attention::sinkhorn_mask(plan, 128, 128, {.block = 16, .partners = 2});
  for (std::int64_t r = 0; r < 8; ++r) CHECK(mask.visible(r * 16, r * 16));
  CHECK(mask.visible_pairs() <= 128 * 48);
}

TEST_CASE("Linformer: the identity is exact, gradients are those of differences", "[attention][low_rank]") {
  const std::int64_t n = 9, m = 11, d = 4;
  triple<double> x({2, 2, n, d}, {2, 1, m, d}, 3, 3);
  tensor<double> identity({m, m});
  for (std::int64_t i = 0; i < m; ++i) identity(i, i) = 1.0;
  CHECK(largest_difference(attention::linformer<double>(one_core, x.in(), {identity.array(), {}}).output,
                           attention::forward<double>(one_core, x.in()).output) < 1e-15);
  auto e = attention::random_compression<double>(m, 5, rng_key{1, 1});
  auto f = attention::random_compression<double>(m, 5, rng_key{2, 1});
  const auto d_out = normal_tensor<double>({2, 2, n, 3}, 5);
  for (const bool shared : {false, true}) {
    const attention::compression<double> by{e.array(), shared ? array_view<const double>() : f.array()};
    const auto loss = [&] {
      const auto got = attention::linformer<double>(one_core, x.in(), by);
      double sum = 0.0;
      for (std::int64_t i = 0; i < d_out.size(); ++i) sum += got.output[i] * d_out[i];
      return sum;
    };
    const auto done = attention::linformer<double>(one_core, x.in(), by);
    const auto g = attention::linformer_backward<double>(one_core, x.in(), by, {}, done, d_out.view<4>());
    const auto check = [&](tensor<double>& at, const tensor<double>& gradient) {
      REQUIRE(at.shape() == gradient.shape());
      for (std::int64_t i = 0; i < at.size(); ++i) {
        const double before = at[i], h = 6e-6;
        at[i] = before + h;
        const double up = loss();
        at[i] = before - h;
        const double down = loss();
        at[i] = before;
        REQUIRE(gradient[i] == Approx((up - down) / (2 * h)).epsilon(1e-7).margin(1e-8));
      }
    };
    check(x.q, g.q);
    check(x.k, g.k);
    check(x.v, g.v);
    check(e, g.keys);
    if (!shared) check(f, g.values);
  }
  const std::vector<double> kernel{0.25, 0.5, 0.25};
  const auto c = attention::convolution_compression<double>(7, std::span<const double>(kernel));
  CHECK(c.shape() == tensor_shape{3, 7});
  CHECK(c(1, 4) == 0.5);
  CHECK(c(2, 6) == 1.0);  // a window of one key out of three
  CHECK_THROWS_WITH(attention::linformer<double>(one_core, x.in(), {c.array(), {}}),
                    Contains("11") && Contains("(3, 7)"));
  CHECK_THROWS_WITH(attention::linformer<double>(one_core, x.in(), {e.array(), {}}, {.causal = true}),
                    Contains("no position"));
}

TEST_CASE("gated attention: against the formula", "[attention][gated]") {
  const std::int64_t n = 37, s = 5, dv = 3;
  const auto q = normal_tensor<double>({1, 2, n, s}, 1), k = normal_tensor<double>({1, 2, n, s}, 2),
             lq = normal_tensor<double>({1, 2, n, 4}, 3), lk = normal_tensor<double>({1, 2, n, 4}, 4),
             v = normal_tensor<double>({1, 2, n, dv}, 5), u = normal_tensor<double>({1, 2, n, dv}, 6);
  for (const bool causal : {false, true}) {
    for (const std::int64_t chunk : {0, 8, 37}) {
      for (const bool linear : {false, true}) {
        if (linear && chunk == 0) continue;
        CAPTURE(causal, chunk, linear);
        attention::gated_inputs<double> in{q.view<4>(), k.view<4>(), v.view<4>(), u.view<4>(), {}, {}};
        if (linear) {
          in.linear_q = lq.view<4>();
          in.linear_k = lk.view<4>();
        }
        const auto got = attention::gated_attention<double>(one_core, in, {.causal = causal, .chunk = chunk});
        CHECK(same_bits(got, attention::gated_attention<double>(exec::cpu(4), in, {.causal = causal, .chunk = chunk})));
        const std::int64_t c = chunk == 0 ? n : chunk;
        for (std::int64_t h = 0; h < 2; ++h) {
          for (std::int64_t i = 0; i < n; ++i) {
            for (std::int64_t e = 0; e < dv; ++e) {
              double sum = 0.0;
              for (std::int64_t j = 0; j < n; ++j) {
                double dot = 0.0, flat = 0.0;
                for (std::int64_t a = 0; a < s; ++a) dot += q(0, h, i, a) * k(0, h, j, a);
                for (std::int64_t a = 0; a < 4; ++a) flat += lq(0, h, i, a) * lk(0, h, j, a);
                const double relu = std::max(dot / static_cast<double>(c), 0.0);
                if (i / c == j / c && (!causal || j <= i)) sum += relu * relu * v(0, h, j, e);
                if (linear && (!causal || j / c < i / c)) sum += flat * v(0, h, j, e) / static_cast<double>(n);
              }
              REQUIRE(got(0, h, i, e) == Approx(u(0, h, i, e) * sum).epsilon(1e-12).margin(1e-13));
            }
          }
        }
      }
    }
  }
  CHECK_THROWS_WITH(attention::gated_attention<double>(
                        one_core, {q.view<4>(), k.view<4>(), v.view<4>(), {}, lq.view<4>(), {}}, {.chunk = 4}),
                    Contains("linear_k"));
}

TEST_CASE("gated attention: gradients are those of differences", "[attention][gated][backward]") {
  const std::int64_t n = 21, s = 3, dv = 2;
  auto q = normal_tensor<double>({1, 2, n, s}, 1), k = normal_tensor<double>({1, 2, n, s}, 2),
       lq = normal_tensor<double>({1, 2, n, 4}, 3), lk = normal_tensor<double>({1, 2, n, 4}, 4),
       v = normal_tensor<double>({1, 2, n, dv}, 5), u = normal_tensor<double>({1, 2, n, dv}, 6);
  const auto d_out = normal_tensor<double>({1, 2, n, dv}, 7);
  for (const bool causal : {false, true}) {
    for (const std::int64_t chunk : {0, 8}) {
      for (const bool rest : {false, true}) {  // with a gate, and in chunks with a linear part
        CAPTURE(causal, chunk, rest);
        attention::gated_inputs<double> in{q.view<4>(), k.view<4>(), v.view<4>(), {}, {}, {}};
        if (rest) in.gate = u.view<4>();
        if (rest && chunk > 0) {
          in.linear_q = lq.view<4>();
          in.linear_k = lk.view<4>();
        }
        const attention::gated_options opt{.causal = causal, .chunk = chunk};
        const auto loss = [&] {
          const auto got = attention::gated_attention<double>(one_core, in, opt);
          double sum = 0.0;
          for (std::int64_t i = 0; i < got.size(); ++i) sum += got[i] * d_out[i];
          return sum;
        };
        const auto g = attention::gated_attention_backward<double>(one_core, in, opt, d_out.view<4>());
        const auto many = attention::gated_attention_backward<double>(exec::cpu(3), in, opt, d_out.view<4>());
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
            // Squared rectifiers have a jump in the second derivative: an error of h times it near the kink.
            REQUIRE(gradient[i] == Approx((up - down) / (2 * h)).epsilon(1e-6).margin(1e-6));
          }
        };
        check(q, g.q);
        check(k, g.k);
        check(v, g.v);
        if (!rest) continue;
        check(u, g.gate);
        if (chunk > 0) {
          check(lq, g.linear_q);
          check(lk, g.linear_k);
        }
      }
    }
  }
  // More than one tile of the quadratic form, against the formula through one chunk of everything.
  const auto lq2 = normal_tensor<double>({1, 1, 300, 4}, 8), lk2 = normal_tensor<double>({1, 1, 300, 4}, 9),
             v2 = normal_tensor<double>({1, 1, 300, 3}, 10);
  const attention::gated_inputs<double> in{lq2.view<4>(), lk2.view<4>(), v2.view<4>(), {}, {}, {}};
  for (const bool causal : {false, true}) {
    const auto tiles = attention::gated_attention_backward<double>(one_core, in, {.causal = causal}, v2.view<4>());
    const auto whole =
        attention::gated_attention_backward<double>(one_core, in, {.causal = causal, .chunk = 300}, v2.view<4>());
    CHECK(largest_difference(tiles.q, whole.q) < 1e-14);
    CHECK(largest_difference(tiles.k, whole.k) < 1e-14);
    CHECK(largest_difference(tiles.v, whole.v) < 1e-14);
  }
}

TEST_CASE("counts: exact integers", "[attention][choose]") {
  const attention::attention_size size{1000, 1000, 64, 32};
  CHECK(attention::count_exact(size) == 96'000'000);                      // (d + d') N^2
  CHECK(attention::count_linear(size, 64, false) == 2 * 64 * 32 * 1000);  // 2 d d' N
  CHECK(attention::causal_pairs(size) == 500'500);
  CHECK(attention::causal_pairs({3, 5, 1, 1}) == 6);
  CHECK(attention::causal_pairs({5, 3, 1, 1}) == 12);
  CHECK(attention::count_linformer(size, 10) == 2 * 10 * 1000 * 96);
  CHECK(attention::count_linear_causal(size, 64, false, 100) == 4'096'000 + 10 * 100 * 100 * 96);
  CHECK(attention::linear_crossover(64, 64, 64, false) == 65);
  for (const std::int64_t n : {64, 65}) {
    const attention::attention_size at{n, n, 64, 64};
    CHECK((attention::count_linear(at, 64, false) < attention::count_exact(at)) == (n == 65));
  }
  // At N = 16384 and D = 64 the operations say 256 times.
  CHECK(attention::count_exact({16384, 16384, 64, 64}) ==
        256 * attention::count_linear({16384, 16384, 64, 64}, 64, false));

  const auto mask = attention::local_mask(1000, 1000, 40, 40);
  const auto best = attention::choose({.size = size, .mask = &mask});
  CHECK(best.best.name == "blocks");
  CHECK_THAT(best.reason, Contains("96000000 (exact)"));
  CHECK(attention::choose({.size = size, .features = 64}).best.name == "linear");
  CHECK(attention::choose({.size = {32, 32, 64, 64}, .features = 64}).best.name == "exact");
  CHECK(attention::choose({.size = size, .rank = 100}).best.name == "linformer");
  CHECK_THROWS_AS(attention::choose({}), domain_error);
}

TEST_CASE("counts: T72, the order of a matrix chain", "[attention][textbook]") {
  // (A C) P against A (C P) for A 1000 x 1, C 1 x 1000, P 1000 x 1: V (K' Q) is the same question.
  const std::vector<std::int64_t> sizes{1000, 1, 1000, 1};
  CHECK(left_to_right_multiplications(sizes) == 2'000'000);
  CHECK(matrix_chain_order(sizes).multiplications == 2000);
  const attention::attention_size one_column{1000, 1000, 1, 1};
  CHECK(attention::count_exact(one_column) == 2'000'000);
  CHECK(attention::count_linear(one_column, 1, false) == 2000);
}
