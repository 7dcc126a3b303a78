// SPDX-License-Identifier: BSD-3-Clause
// Gradients of exact attention: known answers, finite differences, adjoints, every path against the reference, and what
// must hold for any input.
#include "attention/settings.hpp"

using namespace credence;
using namespace credence::test;
using attention::options;
using attention::path;

namespace {

const auto one_core = exec::cpu(1);

double dot(const tensor<double>& a, const tensor<double>& b) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

template <class T>
attention::gradients<T> run_both(const exec::context& ctx, const attention::inputs<T>& in, const options& opt,
                                 const tensor<T>& d_out, bool bias = false) {
  const auto done = attention::forward<T>(ctx, in, opt);
  return attention::backward<T>(ctx, in, opt, done, d_out.template view<4>(), {.bias = bias});
}

tensor_shape output_shape(const setting& s) { return {s.batch, s.heads, s.queries, s.dv}; }

double largest(const tensor<double>& x) {
  double out = 1.0;
  for (const double value : x.elements()) out = std::max(out, std::abs(value));
  return out;
}

template <class T>
void check_settings() {
  for (const setting& s : settings()) {
    const prepared<T> x(s);
    const auto d_out = normal_tensor<T>(output_shape(s), 33);
    const auto exact = run_both<double>(one_core, x.in_double(), x.with(path::reference), doubles(d_out), true);
    for (const path use : fast_paths(64, true)) {
      CAPTURE(s.name, attention::to_string(use), to_text(dtype_of<T>));
      const auto got = run_both<T>(one_core, x.in(), x.with(use), d_out, true);
      // Relative to the largest gradient: roundings of scores (see the forward test) enter a weight, its gradient and a
      // sum over up to 600 rows; 16-bit types also round the output that delta is taken from, then the result.
      const double near = compute_roundoff<T> * 256.0 + storage_roundoff<T> * (sizeof(T) == 2 ? 4.0 : 0.0);
      CHECK(largest_difference(got.q, exact.q) <= near * largest(exact.q));
      CHECK(largest_difference(got.k, exact.k) <= near * largest(exact.k));
      CHECK(largest_difference(got.v, exact.v) <= near * largest(exact.v));
      REQUIRE(got.bias.shape() == exact.bias.shape());
      if (s.bias) CHECK(largest_difference(got.bias, exact.bias) <= near * largest(exact.bias));
      REQUIRE(got.score.size() == exact.score.size());
      for (std::size_t i = 0; i < got.score.size(); ++i) {
        CHECK(got.score[i] ==
              Approx(exact.score[i]).epsilon(0).margin(near * 200.0 * (1.0 + std::abs(exact.score[i]))));
      }
    }
  }
}

}  // namespace

TEST_CASE("attention backward: the example of two tokens, by hand", "[attention][backward]") {
  const triple<double> x({{1, 1, 2, 2}, {1, 0, 0, 1}}, {{1, 1, 2, 2}, {1, 0, 0, 1}}, {{1, 1, 2, 2}, {1, 2, 3, 4}});
  const tensor<double> d_out({1, 1, 2, 2}, {1, 0, 0, 1});  // the loss O00 + O11
  const double g = 0.312797193090221, p = 0.669761549326657, r = 0.330238450673343;
  const double dq[] = {-g, g, -g, g}, dk[] = {-g, -g, g, g}, dv[] = {p, r, r, p};
  for (const path use : usable_paths(64, true)) {
    CAPTURE(attention::to_string(use));
    const auto got = run_both<double>(one_core, x.in(), {.use = use}, d_out);
    for (int i = 0; i < 4; ++i) {
      CHECK(got.q[i] == Approx(dq[i]).epsilon(1e-13));
      CHECK(got.k[i] == Approx(dk[i]).epsilon(1e-13));
      CHECK(got.v[i] == Approx(dv[i]).epsilon(1e-13));
    }
  }
}

TEST_CASE("attention backward: every path agrees with the reference in double", "[attention][backward]") {
  check_settings<double>();
}
TEST_CASE("attention backward: every path agrees with the reference in float", "[attention][backward]") {
  check_settings<float>();
}
TEST_CASE("attention backward: every path agrees with the reference in 16 bits", "[attention][backward]") {
  check_settings<bfloat16>();
  check_settings<float16>();
}

TEST_CASE("attention backward: finite differences of every input", "[attention][backward]") {
  static const double small_slopes[] = {0.3, -0.2}, small_widths[] = {2.0, 3.0};
  static const double small_table[] = {0.1, -0.2, 0.3, 0.4, -0.5, 0.6};
  struct parameters {
    double alibi[2] = {small_slopes[0], small_slopes[1]};
    double width[2] = {small_widths[0], small_widths[1]};
    double table[6] = {};
    double cap = 1.5;
  } values;
  std::copy_n(small_table, 6, values.table);
  const std::int64_t n = 5, m = 7, d = 3;
  const triple<double> x({2, 2, n, d}, {2, 1, m, d}, 4, 3);
  const auto d_out = normal_tensor<double>({2, 2, n, 4}, 8);
  const auto d_sum = normal_tensor<double>({2, 2, n}, 9);
  const auto bias = normal_tensor<double>({2, 1, m}, 10);
  for (const int which : {0, 1, 2, 3, 4}) {
    for (const path use : usable_paths(64, true)) {
      CAPTURE(which, attention::to_string(use));
      const attention::alibi alibi{values.alibi, 2};
      const attention::gaussian_distance gaussian{values.width, 2};
      const attention::relative_table table_of{values.table, 2, 1};
      attention::soft_cap cap{values.cap};
      options opt{.causal = which == 0, .query_offset = 2, .drop = {which == 1 ? 0.2 : 0.0, rng_key{4, 4}}, .use = use};
      double* parameter = nullptr;
      if (which == 1) opt.score = attention::score_of(alibi), parameter = values.alibi;
      if (which == 2) opt.score = attention::score_of(gaussian), parameter = values.width;
      if (which == 3) opt.score = attention::score_of(table_of), parameter = values.table;
      if (which == 4) opt.score = attention::score_of(cap), parameter = &cap.cap;
      auto in = x.in();
      in.bias = bias.array();
      const auto loss = [&] {
        const auto got = attention::forward<double>(one_core, in, opt);
        return dot(got.output, d_out) + dot(got.log_sum_exp, d_sum);
      };
      const auto done = attention::forward<double>(one_core, in, opt);
      const auto g =
          attention::backward<double>(one_core, in, opt, done, d_out.view<4>(), {.bias = true}, d_sum.array());
      const auto check = [&](double& at, double gradient) {
        const double before = at, h = 6e-6 * std::max(1.0, std::abs(before));
        at = before + h;
        const double up = loss();
        at = before - h;
        const double down = loss();
        at = before;
        // Central differences: h^2 of truncation, and 1e-16 / h of rounding.
        REQUIRE(gradient == Approx((up - down) / (2 * h)).epsilon(1e-7).margin(1e-8));
      };
      auto& free = const_cast<triple<double>&>(x);
      for (std::int64_t i = 0; i < x.q.size(); ++i) check(free.q[i], g.q[i]);
      for (std::int64_t i = 0; i < x.k.size(); ++i) check(free.k[i], g.k[i]);
      for (std::int64_t i = 0; i < x.v.size(); ++i) check(free.v[i], g.v[i]);
      for (std::int64_t i = 0; i < bias.size(); ++i) check(const_cast<tensor<double>&>(bias)[i], g.bias[i]);
      for (std::size_t i = 0; i < g.score.size(); ++i) check(parameter[i], g.score[i]);
    }
  }
}

TEST_CASE("attention backward: the adjoint of the directional derivative", "[attention][backward]") {
  // <dO, J x> by a central difference of the whole map along a direction, against <J' dO, x>.
  const std::int64_t n = 130, d = 24;
  const triple<double> x({1, 2, n, d}, {1, 2, n, d}, d, 3), direction({1, 2, n, d}, {1, 2, n, d}, d, 40);
  const auto d_out = normal_tensor<double>({1, 2, n, d}, 8);
  for (const path use : usable_paths(64, true)) {
    const options opt{.causal = true, .use = use};
    const auto moved = [&](double h) {
      triple<double> t = x;
      for (std::int64_t i = 0; i < t.q.size(); ++i) {
        t.q[i] += h * direction.q[i];
        t.k[i] += h * direction.k[i];
        t.v[i] += h * direction.v[i];
      }
      return dot(attention::forward<double>(one_core, t.in(), opt).output, d_out);
    };
    // Richardson: errors of order h^4.
    const double h = 1e-3;
    const double forward = (8.0 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12.0 * h);
    const auto g = run_both<double>(one_core, x.in(), opt, d_out);
    const double adjoint = dot(g.q, direction.q) + dot(g.k, direction.k) + dot(g.v, direction.v);
    CHECK(adjoint == Approx(forward).epsilon(1e-9));
  }
  // The map is linear in V: there the identity is exact to rounding.
  const options opt{.causal = true};
  const triple<double> along(x.q, x.k, direction.v);
  const auto g = run_both<double>(one_core, x.in(), opt, d_out);
  CHECK(dot(g.v, direction.v) ==
        Approx(dot(attention::forward<double>(one_core, along.in(), opt).output, d_out)).epsilon(1e-12));
}

TEST_CASE("attention backward: what holds for any input, on every path", "[attention][backward]") {
  const std::int64_t n = 205, d = 20;
  const triple<double> x({1, 2, n, d}, {1, 2, n, d}, d, 71);
  const auto d_out = normal_tensor<double>({1, 2, n, d}, 5);
  for (const path use : usable_paths(64, true)) {
    CAPTURE(attention::to_string(use));
    const options opt{.causal = true, .use = use};
    tensor<double> zero_bias({1, 2, n, n});
    auto in = x.in();
    in.bias = zero_bias.array();
    const auto g = run_both<double>(one_core, in, opt, d_out, true);
    for (std::int64_t h = 0; h < 2; ++h) {
      for (std::int64_t c = 0; c < d; ++c) {  // rows of weights sum to one
        double dv = 0.0, out = 0.0;
        for (std::int64_t i = 0; i < n; ++i) {
          dv += g.v(0, h, i, c);
          out += d_out(0, h, i, c);
        }
        CHECK(dv == Approx(out).epsilon(1e-11).margin(1e-11));
      }
      for (std::int64_t i = 0; i < n; ++i) {  // score gradients of a row sum to zero
        double sum = 0.0;
        for (std::int64_t j = 0; j < n; ++j) sum += g.bias(0, h, i, j);
        REQUIRE(std::abs(sum) < 1e-13);
      }
    }
    triple<double> equal_keys = x, equal_values = x;
    for (std::int64_t i = 0; i < x.k.size(); ++i) {
      equal_keys.k[i] = static_cast<double>(i % d);
      equal_values.v[i] = static_cast<double>(i % d) / 7.0;
    }
    const auto a = run_both<double>(one_core, equal_keys.in(), opt, d_out);
    for (const double dq : a.q.elements()) REQUIRE(std::abs(dq) < 1e-11);
    const auto b = run_both<double>(one_core, equal_values.in(), opt, d_out);
    for (const double dq : b.q.elements()) REQUIRE(std::abs(dq) < 1e-12);
    for (const double dk : b.k.elements()) REQUIRE(std::abs(dk) < 1e-12);
  }
}

TEST_CASE("attention backward: bits do not depend on threads", "[attention][backward]") {
  for (const setting& s : settings()) {
    const prepared<float> x(s);
    const auto d_out = normal_tensor<float>(output_shape(s), 33);
    const auto one = run_both<float>(one_core, x.in(), x.opt, d_out, true);
    for (const int threads : {2, 5, 8}) {
      CAPTURE(s.name, threads);
      const auto many = run_both<float>(exec::cpu(threads), x.in(), x.opt, d_out, true);
      CHECK(same_bits(one.q, many.q));
      CHECK(same_bits(one.k, many.k));
      CHECK(same_bits(one.v, many.v));
      CHECK(same_bits(one.bias, many.bias));
      CHECK(one.score == many.score);
    }
  }
}

TEST_CASE("attention backward: hidden rows have no gradient, hidden NaN no effect", "[attention][backward]") {
  const std::int64_t n = 120;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  triple<float> x({1, 1, n, 16}, {1, 1, n, 16}, 16, 4);
  const triple<float> clean = x;
  auto d_out = normal_tensor<float>({1, 1, n, 16}, 2);
  const auto clean_d_out = d_out;
  tensor<std::uint8_t> mask({n, n});
  for (std::int64_t i = 0; i < n * n; ++i) mask[i] = i / n % 3 != 1 && i % n != 50 && i % n != 101;
  for (std::int64_t c = 0; c < 16; ++c) {
    x.k(0, 0, 50, c) = x.v(0, 0, 101, c) = nan;
    x.q(0, 0, 1, c) = nan;    // a row that sees nothing
    d_out(0, 0, 4, c) = nan;  // likewise
  }
  for (const path use : usable_paths(64, true)) {
    CAPTURE(attention::to_string(use));
    const options opt{.mask = mask.array(), .use = use};
    const auto got = run_both<float>(one_core, x.in(), opt, d_out);
    const auto expected = run_both<float>(one_core, clean.in(), opt, clean_d_out);
    CHECK(same_bits(got.q, expected.q));
    CHECK(same_bits(got.k, expected.k));
    CHECK(same_bits(got.v, expected.v));
    for (std::int64_t c = 0; c < 16; ++c) {
      CHECK(got.q(0, 0, 1, c) == 0.0F);
      CHECK(got.k(0, 0, 50, c) == 0.0F);
      CHECK(got.v(0, 0, 50, c) == 0.0F);
    }
  }
}

TEST_CASE("attention backward: refuses what does not fit", "[attention][backward][errors]") {
  const triple<float> x({1, 1, 8, 4}, {1, 1, 9, 4}, 4, 1);
  const auto done = attention::forward<float>(one_core, x.in());
  const tensor<float> wrong({1, 1, 9, 4});
  CHECK_THROWS_WITH(attention::backward<float>(one_core, x.in(), {}, done, wrong.view<4>()),
                    Contains("d_output") && Contains("(1, 1, 9, 4)"));
  const auto simt = attention::forward<float>(one_core, x.in(), {.use = path::simt});
  const tensor<float> fits({1, 1, 8, 4});
  CHECK_THROWS_WITH(attention::backward<float>(one_core, x.in(), {}, simt, fits.view<4>()), Contains("simt"));
  const triple<float> other({1, 1, 7, 4}, {1, 1, 9, 4}, 4, 1);
  const tensor<float> d_out({1, 1, 7, 4});
  CHECK_THROWS_WITH(attention::backward<float>(one_core, other.in(), {}, done, d_out.view<4>()),
                    Contains("done.output") && Contains("(1, 1, 8, 4)"));
}
