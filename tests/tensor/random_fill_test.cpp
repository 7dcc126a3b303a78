// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/random_fill.hpp"

#include "credence/base/errors.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/functors.hpp"
#include "support/catch.hpp"

#include <vector>

using namespace credence;

namespace {

constexpr rng_key key{314159, 2653};

/// The parallel fill against the serial one, for 1, 2 and 5 threads, from an odd start.
template <class T, class Fill, class Serial>
void check_threads(const Fill& fill, const Serial& serial) {
  for (const std::size_t n : {0, 1, 16384, 70001}) {
    std::vector<T> expected(n);
    serial(std::span<T>(expected), 3);
    for (const int threads : {1, 2, 5}) {
      std::vector<T> out(n);
      fill(exec::cpu(threads), std::span<T>(out), 3);
      CAPTURE(n, threads);
      CHECK(out == expected);
    }
  }
}

}  // namespace

TEST_CASE("random fills: the same bits for any number of threads", "[tensor][random]") {
  check_threads<double>([](auto ctx, auto out, auto first) { random::fill_uniform(ctx, key, out, first); },
                        [](auto out, auto first) { random::fill_uniform(key, out, first); });
  check_threads<float>([](auto ctx, auto out, auto first) { random::fill_uniform(ctx, key, out, first); },
                       [](auto out, auto first) { random::fill_uniform(key, out, first); });
  check_threads<double>([](auto ctx, auto out, auto first) { random::fill_normal(ctx, key, out, first); },
                        [](auto out, auto first) { random::fill_normal(key, out, first); });
  check_threads<float>([](auto ctx, auto out, auto first) { random::fill_normal(ctx, key, out, first); },
                       [](auto out, auto first) { random::fill_normal(key, out, first); });
  check_threads<double>([](auto ctx, auto out, auto first) { random::fill_exponential(ctx, key, out, first); },
                        [](auto out, auto first) { random::fill_exponential(key, out, first); });
  check_threads<float>([](auto ctx, auto out, auto first) { random::fill_gumbel(ctx, key, out, first); },
                       [](auto out, auto first) { random::fill_gumbel(key, out, first); });
  check_threads<double>([](auto ctx, auto out, auto first) { random::fill_gamma(ctx, key, 0.7, out, first); },
                        [](auto out, auto first) { random::fill_gamma(key, 0.7, out, first); });
  check_threads<double>([](auto ctx, auto out, auto first) { random::fill_beta(ctx, key, 0.7, 2.0, out, first); },
                        [](auto out, auto first) { random::fill_beta(key, 0.7, 2.0, out, first); });
  check_threads<std::int64_t>([](auto ctx, auto out, auto first) { random::fill_poisson(ctx, key, 30.5, out, first); },
                              [](auto out, auto first) { random::fill_poisson(key, 30.5, out, first); });
  check_threads<std::int64_t>(
      [](auto ctx, auto out, auto first) { random::fill_binomial(ctx, key, 100, 0.3, out, first); },
      [](auto out, auto first) { random::fill_binomial(key, 100, 0.3, out, first); });
  check_threads<std::int64_t>([](auto ctx, auto out, auto first) { random::fill_integers(ctx, key, 77, out, first); },
                              [](auto out, auto first) { random::fill_integers(key, 77, out, first); });
  check_threads<std::uint8_t>([](auto ctx, auto out, auto first) { random::fill_bernoulli(ctx, key, 0.2, out, first); },
                              [](auto out, auto first) { random::fill_bernoulli(key, 0.2, out, first); });
  const random::alias_table table(std::vector<double>{1.0, 2.0, 3.0});
  check_threads<std::int64_t>(
      [&](auto ctx, auto out, auto first) { random::fill_categorical(ctx, key, table, out, first); },
      [&](auto out, auto first) { random::fill_categorical(key, table, out, first); });
}

TEST_CASE("dirichlet fill: the same bits for any number of threads", "[tensor][random]") {
  const std::vector<double> concentration{0.5, 2.0, 1.0};
  std::vector<double> one(3 * 5000), many(one.size());
  random::fill_dirichlet(key, concentration, one, 11);
  random::fill_dirichlet(exec::cpu(4), key, concentration, many, 11);
  CHECK(one == many);
  CHECK_THROWS_AS(random::fill_dirichlet(exec::cpu(2), key, concentration, std::span(many).first(4)), shape_error);
}

TEST_CASE("random functors: replayed on the host, the bits of the fills", "[tensor][random]") {
  // The functors that the device runs, in an ordinary loop.
  const std::int64_t n = 5001;
  std::vector<double> a(static_cast<std::size_t>(n)), b(a.size());
  std::vector<float> f(a.size()), g(a.size());
  std::vector<std::int64_t> k(a.size()), l(a.size());
  const exec::context ctx = exec::cpu(2);
  exec::for_each(ctx, n, random::normal_at<double>{a.data(), key, 5});
  random::fill_normal(key, std::span(b), 5);
  CHECK(a == b);
  exec::for_each(ctx, n, random::normal_at<float>{f.data(), key, 5});
  random::fill_normal(key, std::span(g), 5);
  CHECK(f == g);
  exec::for_each(ctx, n, random::uniform_at<float>{f.data(), key, 5});
  random::fill_uniform(key, std::span(g), 5);
  CHECK(f == g);
  exec::for_each(ctx, n, random::exponential_at<double>{a.data(), key, 5});
  random::fill_exponential(key, std::span(b), 5);
  CHECK(a == b);
  exec::for_each(ctx, n, random::gumbel_at<double>{a.data(), key, 5});
  random::fill_gumbel(key, std::span(b), 5);
  CHECK(a == b);
  exec::for_each(ctx, n, random::gamma_at{a.data(), key, 0.3, 5});
  random::fill_gamma(key, 0.3, b, 5);
  CHECK(a == b);
  exec::for_each(ctx, n, random::poisson_at{k.data(), key, 55.0, 5});
  random::fill_poisson(key, 55.0, l, 5);
  CHECK(k == l);
  exec::for_each(ctx, n, random::integer_at{k.data(), key, 1000, 5});
  random::fill_integers(key, 1000, l, 5);
  CHECK(k == l);
}

TEST_CASE("random fills: refuse bad parameters even when there is nothing to fill", "[tensor][random]") {
  std::vector<double> none;
  std::vector<std::int64_t> no_counts;
  CHECK_THROWS_AS(random::fill_gamma(exec::cpu(1), key, -1.0, none), domain_error);
  CHECK_THROWS_AS(random::fill_beta(exec::cpu(1), key, 1.0, 0.0, none), domain_error);
  CHECK_THROWS_AS(random::fill_poisson(exec::cpu(1), key, -1.0, no_counts), domain_error);
  CHECK_THROWS_AS(random::fill_binomial(exec::cpu(1), key, 3, 1.5, no_counts), domain_error);
  CHECK_THROWS_AS(random::fill_integers(exec::cpu(1), key, 0, no_counts), domain_error);
}
