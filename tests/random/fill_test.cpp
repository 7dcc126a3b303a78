// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/fill.hpp"

#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"
#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <bit>
#include <cmath>
#include <type_traits>

using namespace credence;

namespace {

constexpr rng_key key{0x1234567890ABCDEFULL, 77};

template <class T>
bool same_bits(T a, T b) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  } else {
    return a == b;
  }
}

/// The vectorised fill (for this processor's instruction set) against the sampler of one element, which this file
/// compiles for the generic one; from awkward starts, in awkward lengths, and across the 2^32 border of the counter.
template <class T, class Fill, class Single>
void check_same_bits(const Fill& fill, const Single& single) {
  for (const std::uint64_t first : {0ULL, 1ULL, 2ULL, 3ULL, 5ULL, 1000001ULL, (4ULL << 32) - 6, (1ULL << 46) - 100}) {
    for (const std::size_t n : {0, 1, 2, 3, 4, 7, 31, 2300}) {
      std::vector<T> out(n + 1, T(99));
      fill(std::span<T>(out).first(n), first);
      std::size_t different = 0;
      for (std::size_t i = 0; i < n; ++i) different += same_bits(out[i], static_cast<T>(single(first + i))) ? 0 : 1;
      CAPTURE(first, n);
      CHECK(different == 0);
      CHECK(out[n] == T(99));
    }
  }
}

}  // namespace

TEST_CASE("fills: the same bits as the sampler of one element", "[random][fill]") {
  check_same_bits<std::uint32_t>([](auto out, std::uint64_t first) { random::fill_words(key, out, first); },
                                 [](std::uint64_t i) { return random::bits32(key, i); });
  check_same_bits<double>([](auto out, std::uint64_t first) { random::fill_uniform(key, out, first); },
                          [](std::uint64_t i) { return random::uniform<double>(key, i); });
  check_same_bits<float>([](auto out, std::uint64_t first) { random::fill_uniform(key, out, first); },
                         [](std::uint64_t i) { return random::uniform<float>(key, i); });
  check_same_bits<double>([](auto out, std::uint64_t first) { random::fill_normal(key, out, first); },
                          [](std::uint64_t i) { return random::normal<double>(key, i); });
  check_same_bits<float>([](auto out, std::uint64_t first) { random::fill_normal(key, out, first); },
                         [](std::uint64_t i) { return random::normal<float>(key, i); });
  check_same_bits<double>([](auto out, std::uint64_t first) { random::fill_exponential(key, out, first); },
                          [](std::uint64_t i) { return random::exponential<double>(key, i); });
  check_same_bits<float>([](auto out, std::uint64_t first) { random::fill_exponential(key, out, first); },
                         [](std::uint64_t i) { return random::exponential<float>(key, i); });
  check_same_bits<double>([](auto out, std::uint64_t first) { random::fill_gumbel(key, out, first); },
                          [](std::uint64_t i) { return random::gumbel<double>(key, i); });
  check_same_bits<float>([](auto out, std::uint64_t first) { random::fill_gumbel(key, out, first); },
                         [](std::uint64_t i) { return random::gumbel<float>(key, i); });
}

TEST_CASE("gamma and beta fills: the same bits as the sampler of one element", "[random][fill]") {
  const double shape = GENERATE(1e-5, 0.4, 1.0, 2.5, 1e9);
  check_same_bits<double>([=](auto out, std::uint64_t first) { random::fill_gamma(key, shape, out, first); },
                          [=](std::uint64_t i) { return random::gamma(key, i, shape); });
  check_same_bits<double>([=](auto out, std::uint64_t first) { random::fill_log_gamma(key, shape, out, first); },
                          [=](std::uint64_t i) { return random::gamma_with_log(key, i, shape).log_value; });
  check_same_bits<double>([=](auto out, std::uint64_t first) { random::fill_beta(key, shape, 1.5, out, first); },
                          [=](std::uint64_t i) { return random::beta_with_logs(key, i, shape, 1.5).value; });
}

TEST_CASE("count fills: the same values as the sampler of one element", "[random][fill]") {
  for (const double rate : {0.0, 1e-9, 0.7, 9.99, 10.0, 300.0}) {
    check_same_bits<std::int64_t>([=](auto out, std::uint64_t first) { random::fill_poisson(key, rate, out, first); },
                                  [=](std::uint64_t i) { return random::poisson(key, i, rate); });
  }
  for (const std::int64_t n : {0, 1, 17, 500}) {
    for (const double p : {0.0, 0.01, 0.3, 0.9, 1.0}) {
      check_same_bits<std::int64_t>(
          [=](auto out, std::uint64_t first) { random::fill_binomial(key, n, p, out, first); },
          [=](std::uint64_t i) { return random::binomial(key, i, n, p); });
    }
  }
  check_same_bits<std::int64_t>(
      [](auto out, std::uint64_t first) { random::fill_integers(key, (1LL << 62) + 1, out, first); },
      [](std::uint64_t i) { return random::integer_below(key, i, (1ULL << 62) + 1); });
  check_same_bits<std::uint8_t>([](auto out, std::uint64_t first) { random::fill_bernoulli(key, 0.3, out, first); },
                                [](std::uint64_t i) { return random::bernoulli(key, i, 0.3); });
  const random::alias_table table(std::vector<double>{1.0, 2.0, 0.5});
  check_same_bits<std::int64_t>(
      [&](auto out, std::uint64_t first) { random::fill_categorical(key, table, out, first); },
      [&](std::uint64_t i) { return table(key, i); });
}

TEST_CASE("keys: streams that differ in one name are independent", "[random][key]") {
  const rng_key root{2024, 0};
  const rng_key base = root.split(purpose::user, 1, 1, 1);
  const std::vector<rng_key> others{root.split(purpose::test, 1, 1, 1),
                                    root.split(purpose::user, 2, 1, 1),
                                    root.split(purpose::user, 1, 2, 1),
                                    root.split(purpose::user, 1, 1, 2),
                                    rng_key{2025, 0}.split(purpose::user, 1, 1, 1),
                                    base.split(purpose::user)};
  constexpr std::size_t n = 1 << 16;
  std::vector<double> x(n), y(n);
  random::fill_normal(base, std::span(x));
  for (const rng_key& other : others) {
    random::fill_normal(other, std::span(y));
    double product = 0.0;
    std::vector<double> cells(64, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      product += x[i] * y[i];
      const auto bin = [](double z) { return static_cast<std::size_t>(8.0 * 0.5 * std::erfc(-z / std::sqrt(2.0))); };
      ++cells[8 * bin(x[i]) + bin(y[i])];
    }
    CHECK_THAT(product / static_cast<double>(n), WithinAbs(0.0, 5 / std::sqrt(static_cast<double>(n))));
    CHECK(test::chi_square(cells, std::vector<double>(64, n / 64.0)) > test::smallest_p);
  }
}

TEST_CASE("keys: the first elements of many streams are as good as one stream", "[random][key]") {
  // Chains 0..N-1, iterations 0..N-1 and nodes 0..N-1 in turn: neighbouring names must not give related numbers.
  const int which = GENERATE(0, 1, 2);
  const rng_key root{7, 0};
  std::vector<double> u(20000);
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = random::uniform(which == 0   ? root.split(purpose::user, i)
                           : which == 1 ? root.split(purpose::user, 0, i)
                                        : root.split(purpose::user, 0, 0, i),
                           0);
  }
  CHECK(test::kolmogorov_smirnov(u) > test::smallest_p);
  CHECK(test::chi_square_uniform(u) > test::smallest_p);
  double lag = 0.0;
  for (std::size_t i = 1; i < u.size(); ++i) lag += (u[i] - 0.5) * (u[i - 1] - 0.5) * 12.0;
  CHECK_THAT(lag / static_cast<double>(u.size()), WithinAbs(0.0, 5 / std::sqrt(static_cast<double>(u.size()))));
}
