// SPDX-License-Identifier: BSD-3-Clause
// Exact attention forward: known answers, every path and type against the reference, and what must hold for any input.
#include "attention/settings.hpp"

using namespace credence;
using namespace credence::test;
using attention::options;
using attention::path;

namespace {

const auto one_core = exec::cpu(1);

/// 5e-7 in float: of the order of the roundings of a sum of a hundred terms.
template <class T>
void check_known_answer(path use) {
  const triple<T> x({{1, 1, 2, 2}, {stored_as<T>(1), stored_as<T>(0), stored_as<T>(0), stored_as<T>(1)}},
                    {{1, 1, 2, 2}, {stored_as<T>(1), stored_as<T>(0), stored_as<T>(0), stored_as<T>(1)}},
                    {{1, 1, 2, 2}, {stored_as<T>(1), stored_as<T>(2), stored_as<T>(3), stored_as<T>(4)}});
  const double near = storage_roundoff<T> * 4, sum_near = compute_roundoff<T> * 4;
  const auto full = attention::forward<T>(one_core, x.in(), {.use = use});
  CHECK(full.used == use);
  const double expected[] = {1.66047690134669, 2.66047690134669, 2.33952309865331, 3.33952309865331};
  for (int i = 0; i < 4; ++i) CHECK(number(full.output[i]) == Approx(expected[i]).epsilon(0).margin(near + 1e-14));
  for (int i = 0; i < 2; ++i) {
    CHECK(number(full.log_sum_exp[i]) == Approx(1.10794030765725).epsilon(0).margin(sum_near + 1e-14));
  }
  const auto causal = attention::forward<T>(one_core, x.in(), {.causal = true, .use = use});
  const double expected_causal[] = {1, 2, 2.33952309865331, 3.33952309865331};
  for (int i = 0; i < 4; ++i) {
    CHECK(number(causal.output[i]) == Approx(expected_causal[i]).epsilon(0).margin(near + 1e-14));
  }
  CHECK(number(causal.log_sum_exp[0]) == Approx(0.707106781186548).epsilon(0).margin(sum_near + 1e-14));
  CHECK(number(causal.log_sum_exp[1]) == Approx(1.10794030765725).epsilon(0).margin(sum_near + 1e-14));
  const auto p = attention::weights<T>(one_core, x.in(), {.use = use});
  CHECK(number(p[0]) == Approx(0.669761549326657).epsilon(0).margin(sum_near + 1e-14));
  CHECK(number(p[1]) == Approx(0.330238450673343).epsilon(0).margin(sum_near + 1e-14));
}

template <class T>
void check_settings() {
  for (const setting& s : settings()) {
    const prepared<T> x(s);
    const auto exact = attention::forward<double>(one_core, x.in_double(), x.with(path::reference));
    for (const path use : fast_paths()) {
      CAPTURE(s.name, attention::to_string(use), to_text(dtype_of<T>));
      const auto got = attention::forward<T>(one_core, x.in(), x.with(use));
      // A score is a sum of d products of about scale sqrt(d) = 1 in all, and errors of scores are relative errors of
      // weights; values are within 5. Storing rounds once more.
      const double scores = compute_roundoff<T> * 16.0 * std::sqrt(static_cast<double>(s.d));
      CHECK(largest_difference(got.output, exact.output) <= 5.0 * (scores + storage_roundoff<T>));
      CHECK(largest_difference(got.log_sum_exp, exact.log_sum_exp) <= scores + 8.0 * compute_roundoff<T>);
    }
  }
}

}  // namespace

TEST_CASE("attention: the example of two tokens, by hand", "[attention]") {
  for (const path use : usable_paths()) {
    CAPTURE(attention::to_string(use));
    check_known_answer<double>(use);
    check_known_answer<float>(use);
    check_known_answer<bfloat16>(use);
    check_known_answer<float16>(use);
  }
}

TEST_CASE("attention: every path agrees with the reference in double", "[attention]") { check_settings<double>(); }
TEST_CASE("attention: every path agrees with the reference in float", "[attention]") { check_settings<float>(); }
TEST_CASE("attention: every path agrees with the reference in bfloat16", "[attention]") { check_settings<bfloat16>(); }
TEST_CASE("attention: every path agrees with the reference in float16", "[attention]") { check_settings<float16>(); }

TEST_CASE("attention: the reference is the formula", "[attention]") {
  const triple<double> x({2, 2, 7, 5}, {2, 1, 9, 5}, 3, 5);
  const auto got = attention::forward<double>(one_core, x.in(), {.scale = 0.3, .causal = true, .use = path::reference});
  for (std::int64_t b = 0; b < 2; ++b) {
    for (std::int64_t h = 0; h < 2; ++h) {
      for (std::int64_t i = 0; i < 7; ++i) {
        double total = 0.0, o[3] = {0, 0, 0};
        for (std::int64_t j = 0; j <= i; ++j) {
          double s = 0.0;
          for (std::int64_t c = 0; c < 5; ++c) s += x.q(b, h, i, c) * x.k(b, 0, j, c);
          total += std::exp(0.3 * s);
          for (std::int64_t c = 0; c < 3; ++c) o[c] += std::exp(0.3 * s) * x.v(b, 0, j, c);
        }
        for (std::int64_t c = 0; c < 3; ++c) CHECK(got.output(b, h, i, c) == Approx(o[c] / total).epsilon(1e-13));
        CHECK(got.log_sum_exp(b, h, i) == Approx(std::log(total)).margin(1e-14));
      }
    }
  }
}

TEST_CASE("attention: bits do not depend on threads, and repeat", "[attention]") {
  for (const setting& s : settings()) {
    const prepared<float> x(s);
    const auto one = attention::forward<float>(one_core, x.in(), x.opt);
    for (const int threads : {2, 3, 8}) {
      CAPTURE(s.name, threads);
      const auto many = attention::forward<float>(exec::cpu(threads), x.in(), x.opt);
      CHECK(same_bits(one.output, many.output));
      CHECK(same_bits(one.log_sum_exp, many.log_sum_exp));
    }
  }
}

TEST_CASE("attention: what holds for any input, on every path", "[attention]") {
  const std::int64_t n = 205, d = 20;
  triple<double> x({1, 2, n, d}, {1, 2, n, d}, d, 71);
  for (const path use : usable_paths()) {
    CAPTURE(attention::to_string(use));
    const auto run = [&](const triple<double>& t, options opt) {
      opt.use = use;
      return attention::forward<double>(one_core, t.in(), opt);
    };
    const auto base = run(x, {});
    {  // constant values come out
      triple<double> t = x;
      for (double& v : t.v) v = 2.5;
      const auto got = run(t, {.causal = true});
      for (const double o : got.output.elements()) REQUIRE(o == Approx(2.5).epsilon(1e-14));
    }
    {  // scale 0: the mean of the values seen
      const auto got = run(x, {.scale = 0.0, .causal = true});
      for (std::int64_t c = 0; c < d; ++c) {
        double sum = 0.0;
        for (std::int64_t j = 0; j <= 100; ++j) sum += x.v(0, 1, j, c);
        CHECK(got.output(0, 1, 100, c) == Approx(sum / 101.0).margin(1e-14));
      }
    }
    {  // a large scale picks the value of the largest score
      const auto got = run(x, {.scale = 1e6});
      for (std::int64_t i = 0; i < n; ++i) {
        std::int64_t best = 0;
        double best_score = -1e300;
        for (std::int64_t j = 0; j < n; ++j) {
          double s = 0.0;
          for (std::int64_t c = 0; c < d; ++c) s += x.q(0, 0, i, c) * x.k(0, 0, j, c);
          if (s > best_score) {
            best = j;
            best_score = s;
          }
        }
        for (std::int64_t c = 0; c < d; ++c)
          REQUIRE(got.output(0, 0, i, c) == Approx(x.v(0, 0, best, c)).margin(1e-12));
      }
    }
    {  // the order of keys does not matter
      triple<double> t = x;
      for (std::int64_t h = 0; h < 2; ++h) {
        for (std::int64_t j = 0; j < n; ++j) {
          for (std::int64_t c = 0; c < d; ++c) {
            t.k(0, h, j, c) = x.k(0, h, (j * 7 + 3) % n, c);
            t.v(0, h, j, c) = x.v(0, h, (j * 7 + 3) % n, c);
          }
        }
      }
      CHECK(largest_difference(run(t, {}).output, base.output) < 1e-14);
    }
    {  // adding to all scores of a row leaves the output and adds to the log-sum-exp
      tensor<double> shift({1, 2, n, 1});
      for (std::int64_t i = 0; i < shift.size(); ++i) shift[i] = static_cast<double>(i % 13) - 6.0;
      auto in = x.in();
      in.bias = shift.array();
      const auto got = attention::forward<double>(one_core, in, {.use = use});
      CHECK(largest_difference(got.output, base.output) < 1e-13);
      for (std::int64_t i = 0; i < shift.size(); ++i) {
        REQUIRE(got.log_sum_exp[i] == Approx(base.log_sum_exp[i] + shift[i]).margin(1e-13));
      }
    }
    const auto causal = run(x, {.causal = true});
    for (std::int64_t c = 0; c < d; ++c) CHECK(causal.output(0, 0, 0, c) == x.v(0, 0, 0, c));
    {  // the first rows of a causal result need nothing else
      const auto first = [&](const tensor<double>& t) {
        tensor<double> out({1, 2, 77, d});
        for (std::int64_t h = 0; h < 2; ++h) {
          for (std::int64_t i = 0; i < 77; ++i) {
            for (std::int64_t c = 0; c < d; ++c) out(0, h, i, c) = t(0, h, i, c);
          }
        }
        return out;
      };
      const auto part = run({first(x.q), first(x.k), first(x.v)}, {.causal = true});
      CHECK(largest_difference(part.output, first(causal.output)) < 1e-15);
    }
    // A window of everything, and a mask of all blocks, hide nothing.
    CHECK(largest_difference(run(x, {.window_before = n, .window_after = n}).output, base.output) == 0.0);
    const auto all = attention::full_mask(n, n, {96, 64});
    CHECK(largest_difference(run(x, {.blocks = &all}).output, base.output) < 1e-15);
    const auto bird = attention::big_bird_mask(n, n, {.local = 0, .global = 0, .random = 4}, rng_key{1, 1});
    CHECK(bird.visible_pairs() == n * n);
    CHECK(largest_difference(run(x, {.blocks = &bird}).output, base.output) < 1e-15);
    {  // keys in two parts, joined
      const auto lengths = std::vector<std::int64_t>{120};
      auto left = run(x, {.key_lengths = lengths});
      tensor<std::uint8_t> rest({1, n});
      for (std::int64_t j = 120; j < n; ++j) rest[j] = 1;
      const auto right = run(x, {.mask = rest.array()});
      attention::merge_parts(left.output, left.log_sum_exp, right.output, right.log_sum_exp);
      CHECK(largest_difference(left.output, base.output) < 1e-14);
      CHECK(largest_difference(left.log_sum_exp, base.log_sum_exp) < 1e-14);
    }
  }
}

TEST_CASE("attention: rows that see nothing are zero", "[attention]") {
  const std::int64_t n = 40;
  const triple<float> x({1, 1, n, 16}, {1, 1, n, 16}, 16, 4);
  tensor<std::uint8_t> mask({n, n});
  for (std::int64_t i = 0; i < n * n; ++i) mask[i] = i / n % 3 != 1;
  for (const path use : usable_paths()) {
    CAPTURE(attention::to_string(use));
    const auto got = attention::forward<float>(one_core, x.in(), {.mask = mask.array(), .use = use});
    for (std::int64_t i = 1; i < n; i += 3) {
      CHECK(got.log_sum_exp[i] == -std::numeric_limits<float>::infinity());
      for (std::int64_t c = 0; c < 16; ++c) REQUIRE(got.output(0, 0, i, c) == 0.0F);
    }
    const auto p = attention::weights<float>(one_core, x.in(), {.mask = mask.array(), .use = use});
    for (std::int64_t j = 0; j < n; ++j) REQUIRE(p(0, 0, 1, j) == 0.0F);
    // No keys at all.
    const std::vector<std::int64_t> none{0};
    const auto empty = attention::forward<float>(one_core, x.in(), {.key_lengths = none, .use = use});
    for (const float o : empty.output.elements()) REQUIRE(o == 0.0F);
  }
}

TEST_CASE("attention: NaN behind a mask never shows, seen NaN always does", "[attention]") {
  const std::int64_t n = 230;
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  const triple<float> clean({1, 1, n, 16}, {1, 1, n, 16}, 16, 4);
  for (const float poison : {nan, infinite, -infinite}) {
    triple<float> x = clean;
    for (std::int64_t c = 0; c < 16; c += 3) x.k(0, 0, 150, c) = x.v(0, 0, 150, c) = poison;
    x.v(0, 0, 7, 2) = poison;
    tensor<std::uint8_t> mask({n, n});
    for (std::int64_t i = 0; i < n * n; ++i) mask[i] = i % n != 150 && i % n != 7;
    for (const path use : usable_paths()) {
      CAPTURE(attention::to_string(use), poison);
      const auto got = attention::forward<float>(one_core, x.in(), {.mask = mask.array(), .use = use});
      const auto expected = attention::forward<float>(one_core, clean.in(), {.mask = mask.array(), .use = use});
      CHECK(same_bits(got.output, expected.output));
      // Causal: rows before key 7 are clean, later ones see it in column 2, and nowhere else before key 150.
      const auto causal = attention::forward<float>(one_core, x.in(), {.causal = true, .use = use});
      const auto clean_causal = attention::forward<float>(one_core, clean.in(), {.causal = true, .use = use});
      for (std::int64_t i = 0; i < 150; ++i) {
        for (std::int64_t c = 0; c < 16; ++c) {
          if (i >= 7 && c == 2) {
            REQUIRE(!std::isfinite(causal.output(0, 0, i, c)));
          } else {
            // Not the same bits: values that are not finite are added in a step of their own.
            REQUIRE(causal.output(0, 0, i, c) == Approx(clean_causal.output(0, 0, i, c)).margin(1e-6));
          }
        }
      }
      if (poison != poison) {
        for (std::int64_t i = 150; i < n; ++i) REQUIRE(std::isnan(causal.output(0, 0, i, 5)));
      }
    }
  }
}

TEST_CASE("attention: extreme scores", "[attention]") {
  // One query, three keys; the bias is the score.
  const auto run = [](path use, float a, float b, float c) {
    const triple<float> x(tensor<float>({1, 1, 1, 1}), tensor<float>({1, 1, 3, 1}),
                          {{1, 1, 3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}});
    const tensor<float> scores({3}, {a, b, c});
    auto in = x.in();
    in.bias = scores.array();
    return attention::forward<float>(one_core, in, {.use = use});
  };
  const float infinite = std::numeric_limits<float>::infinity();
  for (const path use : usable_paths()) {
    CAPTURE(attention::to_string(use));
    const auto far = run(use, 1000.0F, 999.0F, 0.0F);
    CHECK(far.output[0] == Approx(0.73105857863000488).epsilon(1e-6));
    CHECK(far.output[1] == Approx(0.26894142136999512).epsilon(1e-6));
    CHECK(far.output[2] == 0.0F);
    CHECK(far.log_sum_exp[0] == Approx(1000.3132616875182).epsilon(1e-7));
    for (const float x : {1e38F, -1e38F}) {
      const auto equal = run(use, x, x, x);
      for (int c = 0; c < 3; ++c) CHECK(equal.output[c] == Approx(1.0 / 3.0).epsilon(1e-6));
    }
    const auto none = run(use, -infinite, -infinite, -infinite);
    CHECK(none.output[0] == 0.0F);
    CHECK(none.log_sum_exp[0] == -infinite);
    const auto single = run(use, 5.0F, infinite, -3.0F);
    CHECK(single.output[0] == 0.0F);
    CHECK(single.output[1] == 1.0F);
    CHECK(single.log_sum_exp[0] == infinite);
    const auto wide = run(use, 3e38F, -3e38F, 0.0F);
    CHECK(wide.output[0] == 1.0F);
  }
}

TEST_CASE("attention: outliers in float16 stay as exact as the anchors ask", "[attention]") {
  // N(0, 1) with one number in a thousand from N(0, 100): standard attention loses 3.2e-4, FlashAttention 1.9e-4
  // (Shah et al., arXiv:2407.08608, table 3).
  const std::int64_t n = 512, d = 64;
  const auto draw = [&](std::uint64_t seed) {
    tensor<float16> out({1, 2, n, d});
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const auto e = static_cast<std::uint64_t>(i);
      double x = random::normal(rng_key{seed, 1}, e);
      if (random::uniform(rng_key{seed, 3}, e) < 0.001) x += 10.0 * random::normal(rng_key{seed, 2}, e);
      out[i] = to_float16(x);
    }
    return out;
  };
  const triple<float16> x(draw(1), draw(2), draw(3));
  const triple<double> exact = x.in_double();
  const auto expected = attention::forward<double>(one_core, exact.in(), {.use = path::reference});
  for (const path use : fast_paths()) {
    const auto got = attention::forward<float16>(one_core, x.in(), {.use = use});
    double sum = 0.0;
    for (std::int64_t i = 0; i < got.output.size(); ++i) sum += std::pow(number(got.output[i]) - expected.output[i], 2);
    CHECK(std::sqrt(sum / static_cast<double>(got.output.size())) <= 2.5e-4);
  }
}

TEST_CASE("attention: permuted memory is read where it lies", "[attention]") {
  const std::int64_t n = 60, h = 3, d = 8;
  const auto memory = normal_tensor<float>({1, n, h, d}, 5);
  const auto heads_first = memory.array().permuted({0, 2, 1, 3}).view<4>();
  tensor<float> copy({1, h, n, d});
  for (std::int64_t a = 0; a < h; ++a) {
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t c = 0; c < d; ++c) copy(0, a, i, c) = memory(0, i, a, c);
    }
  }
  const auto x = copy.view<4>();
  const view<const float, 4> flat = x;
  CHECK(same_bits(attention::forward<float>(one_core, {heads_first, heads_first, heads_first, {}}).output,
                  attention::forward<float>(one_core, {flat, flat, flat, {}}).output));
}

TEST_CASE("attention: dropout is addressed", "[attention]") {
  const triple<double> x({1, 2, 64, 16}, {1, 2, 80, 16}, 16, 8);
  const options opt{.drop = {0.25, rng_key{9, 9}}};
  const auto a = attention::forward<double>(one_core, x.in(), opt);
  CHECK(same_bits(a.output, attention::forward<double>(exec::cpu(4), x.in(), opt).output));
  // Constant values show which share of the weights was kept: its mean is 1.
  triple<double> t = x;
  for (double& v : t.v) v = 1.0;
  const auto kept = attention::forward<double>(one_core, t.in(), opt);
  double mean = 0.0;
  for (const double o : kept.output.elements()) mean += o / static_cast<double>(kept.output.size());
  // 128 rows, each with a standard error of about sqrt(1/3 / effective keys (30)) = 0.1: 4 standard errors are 0.04.
  CHECK(mean == Approx(1.0).margin(0.04));
  CHECK(largest_difference(kept.log_sum_exp, attention::forward<double>(one_core, t.in()).log_sum_exp) == 0.0);
}

TEST_CASE("attention: T59, valid lengths over equal keys", "[attention][textbook]") {
  tensor<double> q({2, 1, 1, 2}), k({2, 1, 10, 2}), v({2, 1, 10, 4});
  for (double& x : k) x = 1.0;
  for (double& x : q) x = 0.7;
  for (std::int64_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i % 40);
  const std::vector<std::int64_t> lengths{2, 6};
  for (const path use : usable_paths()) {
    const auto got = attention::forward<double>(one_core, {q.view<4>(), k.view<4>(), v.view<4>(), {}},
                                                {.key_lengths = lengths, .use = use});
    const double expected[] = {2, 3, 4, 5, 10, 11, 12, 13};
    for (int i = 0; i < 8; ++i) CHECK(got.output[i] == Approx(expected[i]).epsilon(1e-14));
  }
}

TEST_CASE("attention: T60, kernel regression is attention", "[attention][textbook]") {
  // -(q - k)^2 / 2 = q k - k^2 / 2 up to what is constant in a row: the bias carries -k^2 / 2.
  const tensor<double> q({1, 1, 1, 1}, {2.5}), k({1, 1, 5, 1}, {0, 1, 2, 3, 4}), v({1, 1, 5, 1}, {0, 1, 4, 9, 16});
  tensor<double> bias({5});
  for (std::int64_t j = 0; j < 5; ++j) bias[j] = -0.5 * k[j] * k[j];
  for (const path use : usable_paths()) {
    const auto got = attention::forward<double>(one_core, {q.view<4>(), k.view<4>(), v.view<4>(), bias.array()},
                                                {.scale = 1.0, .use = use});
    CHECK(got.output[0] == Approx(6.912092222).epsilon(1e-9));
  }
}

TEST_CASE("attention: refuses what does not fit, by name", "[attention][errors]") {
  const triple<float> x({1, 4, 8, 16}, {1, 2, 9, 16}, 12, 1);
  const auto fails = [&](const attention::inputs<float>& in, const options& opt, const std::string& a,
                         const std::string& b) {
    CHECK_THROWS_WITH(attention::forward<float>(one_core, in, opt), Contains(a) && Contains(b));
  };
  const triple<float> other({1, 3, 8, 20}, {2, 2, 9, 20}, 12, 1);
  fails({x.q.view<4>(), other.k.view<4>(), x.v.view<4>(), {}}, {}, "q has shape (1, 4, 8, 16)", "k (2, 2, 9, 20)");
  fails({other.q.view<4>(), x.k.view<4>(), x.v.view<4>(), {}}, {}, "(1, 3, 8, 20)", "last axes");
  fails({x.q.view<4>(), x.k.view<4>(), other.v.view<4>(), {}}, {}, "k has shape (1, 2, 9, 16)", "v (2, 2, 9, 12)");
  const triple<float> three({1, 3, 8, 16}, {1, 2, 9, 16}, 12, 1);
  fails(three.in(), {}, "multiple", "heads");
  const tensor<std::uint8_t> mask({8, 8});
  fails(x.in(), {.mask = mask.array()}, "mask has shape (8, 8)", "(1, 4, 8, 9)");
  const std::vector<std::int64_t> lengths{10}, two{1, 1};
  fails(x.in(), {.key_lengths = lengths}, "key_lengths", "10");
  fails(x.in(), {.key_lengths = two}, "key_lengths", "batch");
  fails(x.in(), {.scale = NAN}, "scale", "NaN");
  fails(x.in(), {.drop = {1.0, {}}}, "dropout", "below 1");
  fails(x.in(), {.window_before = -1}, "window_before", "-1");
  const auto blocks = attention::full_mask(8, 8);
  fails(x.in(), {.blocks = &blocks}, "blocks", "9");
  const triple<float> wide({1, 1, 2, 300}, {1, 1, 2, 300}, 4, 1);
  fails(wide.in(), {.use = path::tiled_generic}, "300", "256");
  CHECK(attention::forward<float>(one_core, wide.in()).used == path::reference);
  CHECK_THROWS_AS(attention::local_mask(0, 4, 1, 1), domain_error);
  CHECK_THROWS_WITH(attention::local_mask(4, 4, 1, 1, {4, 64}), Contains("query block") && Contains("8"));
  const triple<float> empty({1, 1, 0, 4}, {1, 1, 3, 4}, 4, 1);
  CHECK(attention::forward<float>(one_core, empty.in()).output.empty());
  const triple<float> no_keys({1, 1, 2, 4}, {1, 1, 0, 4}, 4, 1);
  CHECK(attention::forward<float>(one_core, no_keys.in()).output[0] == 0.0F);
}
