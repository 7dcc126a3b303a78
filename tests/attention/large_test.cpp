// SPDX-License-Identifier: BSD-3-Clause
// Long sequences in memory linear in their length, rows of softmax, and the page's examples.
#include "attention/support.hpp"

#include "credence/attention/forms.hpp"
#include "credence/attention/linear.hpp"
#include "credence/attention/softmax_rows.hpp"
#include "credence/tensor/softmax.hpp"

#include <fstream>

using namespace credence;
using namespace credence::test;

namespace {

/// The most memory that this process has held, in bytes; 0 where the system does not tell.
std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      std::int64_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes * 1024;
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("attention: 65,536 tokens in memory linear in their number", "[attention][large]") {
  const std::int64_t n = 65536, d = 16;
  const triple<float> x({1, 1, n, d}, {1, 1, n, d}, d, 3);
  const std::int64_t before = peak_memory();
  const auto ctx = exec::cpu();
  const auto done = attention::forward<float>(ctx, x.in(), {.causal = true});
  // Rows by their definition.
  for (const std::int64_t i : {std::int64_t{0}, std::int64_t{40000}, n - 1}) {
    double sum = 0.0, out = 0.0;
    for (std::int64_t j = 0; j <= i; ++j) {
      double s = 0.0;
      for (std::int64_t c = 0; c < d; ++c)
        s += static_cast<double>(x.q(0, 0, i, c)) * static_cast<double>(x.k(0, 0, j, c));
      sum += std::exp(0.25 * s);
      out += std::exp(0.25 * s) * static_cast<double>(x.v(0, 0, j, 5));
    }
    CHECK(static_cast<double>(done.output(0, 0, i, 5)) == Approx(out / sum).epsilon(0).margin(2e-6));
    CHECK(static_cast<double>(done.log_sum_exp(0, 0, i)) == Approx(std::log(sum)).epsilon(0).margin(5e-6));
  }
  const attention::options window{.causal = true, .window_before = 300};
  const auto near = attention::forward<float>(ctx, x.in(), window);
  const auto g = attention::backward<float>(ctx, x.in(), window, near, x.v.view<4>());
  CHECK(std::isfinite(g.q[12345]));
  // One byte a pair would be 4.3 GB. Backward holds about 10 arrays of the inputs' kind and 8 partial gradients of
  // queries; an array is 4 MB here.
  CHECK(peak_memory() - before < 300 * 1024 * 1024);
}

TEST_CASE("softmax_rows: against double, at any width", "[attention][softmax]") {
  for (const std::int64_t columns : {1, 7, 16, 31, 600, 4097}) {
    CAPTURE(columns);
    const auto x = normal_tensor<float>({5, columns}, 3, 4.0);
    tensor<float> got(x.shape());
    attention::softmax_rows<float>(exec::cpu(2), x.view<2>(), got.view<2>());
    const auto expected = softmax(exec::cpu(1), doubles(x).array(), 1);
    for (std::int64_t i = 0; i < got.size(); ++i) {
      // The difference x - max, up to 32, is rounded by at most 2^-20: a relative error of 16 units; the rest is 3 ulp.
      REQUIRE(static_cast<double>(got[i]) == Approx(expected[i]).epsilon(24 * 0x1p-24).margin(1e-38));
    }
    const auto d = normal_tensor<double>({5, columns}, 4);
    tensor<double> back(x.shape());
    attention::softmax_rows_backward<double>(exec::cpu(1), expected.view<2>(), d.view<2>(), back.view<2>());
    for (std::int64_t r = 0; r < 5; ++r) {
      double mean = 0.0, sum = 0.0;
      for (std::int64_t c = 0; c < columns; ++c) mean += expected(r, c) * d(r, c);
      for (std::int64_t c = 0; c < columns; ++c) {
        REQUIRE(back(r, c) == Approx(expected(r, c) * (d(r, c) - mean)).epsilon(1e-11).margin(1e-15));
        sum += back(r, c);
      }
      CHECK(std::abs(sum) < 1e-13);
    }
  }
  const double infinite = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  tensor<double> odd({4, 3},
                     {-infinite, -infinite, -infinite, 1.0, infinite, 2.0, infinite, 0.0, infinite, 1.0, nan, 2.0});
  attention::softmax_rows<double>(exec::cpu(1), std::as_const(odd).view<2>(), odd.view<2>());
  const double expected[] = {0, 0, 0, 0, 1, 0, 0.5, 0, 0.5};
  for (int i = 0; i < 9; ++i) CHECK(odd[i] == expected[i]);
  for (int i = 9; i < 12; ++i) CHECK(std::isnan(odd[i]));
  tensor<double> narrow({4, 2});
  CHECK_THROWS_WITH(attention::softmax_rows<double>(exec::cpu(1), std::as_const(odd).view<2>(), narrow.view<2>()),
                    Contains("(4, 3)") && Contains("(4, 2)"));
}

TEST_CASE("guide: the examples of the attention page", "[attention][guide]") {
  const std::int64_t n = 256;
  const auto q = normal_tensor<float>({1, 2, n, 16}, 1), k = normal_tensor<float>({1, 2, n, 16}, 2),
             v = normal_tensor<float>({1, 2, n, 16}, 3), d_output = normal_tensor<float>({1, 2, n, 16}, 4);
  const auto ctx = exec::cpu();
  const rng_key key{1, 1};

  const attention::inputs<float> in{q.view<4>(), k.view<4>(), v.view<4>(), {}};  // (batch, heads, length, columns)
  const attention::options opt{.causal = true};
  const auto done = attention::forward<float>(exec::cpu(), in, opt);  // done.output, done.log_sum_exp
  const auto g = attention::backward<float>(exec::cpu(), in, opt, done, d_output.view<4>());  // g.q, g.k, g.v
  CHECK(g.q.shape() == q.shape());

  const auto near = attention::big_bird_mask(n, n, {.local = 1, .global = 1, .random = 2}, key);
  CHECK(attention::forward<float>(ctx, in, {.blocks = &near}).output.shape() == q.shape());
  attention::linear_attention<float>(ctx, in, {.map = {attention::feature_kind::performer}, .causal = true});
  const auto got = attention::run_form<float>(ctx, in, attention::form::linformer, {.budget = 128});
  CHECK(attention::relative_error(got.output, done.output) > 0.0);
}
