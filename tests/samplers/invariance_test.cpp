// SPDX-License-Identifier: BSD-3-Clause
// Every sampler leaves its target as it is: many chains begin at exact draws, take a few steps, and must still be
// distributed as the target. Whatever is wrong with an acceptance rule shows, without any waiting for convergence.
#include "credence/exec/for_each.hpp"
#include "credence/samplers/hmc.hpp"
#include "credence/samplers/langevin.hpp"
#include "credence/samplers/metropolis.hpp"
#include "credence/samplers/nuts.hpp"
#include "credence/samplers/slice.hpp"
#include "samplers/exact_target.hpp"
#include "support/catch.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

constexpr std::int64_t replicates = 60000;
constexpr std::int64_t bins = 6;

/// The p value of a chi-square test that the three conditional distribution functions, jointly in 6 x 6 x 6 cells, are
/// uniform after `move(at, position)` has taken its steps.
template <class Move>
double p_after(const Move& move) {
  std::vector<std::int64_t> cell(replicates);
  exec::for_each_task(exec::cpu(2), 60, [&](std::int64_t block) {
    for (std::int64_t r = block * 1000; r < (block + 1) * 1000; ++r) {
      const rng_key key{77, static_cast<std::uint64_t>(r)};
      std::vector<double> x = exact_target::draw(key);
      move(key, x);
      std::int64_t at = 0;
      for (const double u : exact_target::uniforms(x)) {
        at = at * bins + std::min(bins - 1, static_cast<std::int64_t>(u * static_cast<double>(bins)));
      }
      cell[static_cast<std::size_t>(r)] = at;
    }
  });
  std::vector<double> counts(bins * bins * bins);
  for (const std::int64_t at : cell) counts[static_cast<std::size_t>(at)] += 1.0;
  const double expected = static_cast<double>(replicates) / static_cast<double>(counts.size());
  double chi_square = 0.0;
  for (const double count : counts) chi_square += (count - expected) * (count - expected) / expected;
  const boost::math::chi_squared distribution(static_cast<double>(counts.size()) - 1.0);
  return boost::math::cdf(boost::math::complement(distribution, chi_square));
}

struct moved_chains {
  double p_value = 0.0;
  double acceptance = 0.0;
};

template <class Options>
moved_chains after_steps(const Options& opt, std::uint64_t steps = 4) {
  const exact_target target;
  const density_ref density(target);
  std::vector<double> rates(replicates);
  const double p = p_after([&](const rng_key& key, std::vector<double>& x) {
    chain_state chain = init(density, opt, x);
    double& rate = rates[key.stream];
    for (std::uint64_t i = 0; i < steps; ++i) {
      rate += step({key, 5, i}, density, opt, chain).acceptance_rate / static_cast<double>(steps);
    }
    x = chain.position;
  });
  double mean = 0.0;
  for (const double rate : rates) mean += rate / static_cast<double>(replicates);
  return {p, mean};
}

// A false false_alarm once in 10^4 for each check.
constexpr double false_alarm = 1e-4;

const std::vector<double> shape{0.9, 0.2, 0.0, 0.2, 1.2, 0.1, 0.0, 0.1, 1.4};

metric low_rank_example() {
  const double r = std::sqrt(0.5);
  return {metric::shape::low_rank, {0.8, 1.1, 1.0}, {r, r, 0.0}, {0.6}, {}};
}

}  // namespace

TEST_CASE("invariance: exact draws pass, and each wrong rule is found", "[samplers][invariance]") {
  CHECK(p_after([](const rng_key&, std::vector<double>&) {}) > false_alarm);
  const exact_target target;
  const density_ref density(target);
  // Langevin proposals that are always accepted.
  CHECK(p_after([&](const rng_key& key, std::vector<double>& x) {
          std::vector<double> g(3);
          for (std::uint64_t i = 0; i < 4; ++i) {
            density(x.data(), g.data());
            for (std::size_t d = 0; d < 3; ++d) {
              x[d] += 0.125 * g[d] + 0.5 * random::normal<double>(key.split(purpose::test, 3, i), d);
            }
          }
        }) < 1e-10);
  // A Langevin proposal accepted as if it were symmetric.
  CHECK(p_after([&](const rng_key& key, std::vector<double>& x) {
          std::vector<double> g(3), y(3);
          for (std::uint64_t i = 0; i < 4; ++i) {
            const double here = density(x.data(), g.data());
            for (std::size_t d = 0; d < 3; ++d) {
              y[d] = x[d] + 0.125 * g[d] + 0.5 * random::normal<double>(key.split(purpose::test, 3, i), d);
            }
            const double there = density(y.data(), nullptr);
            if (std::log(random::uniform<double>(key.split(purpose::test, 4, i), 0)) < there - here) x = y;
          }
        }) < 1e-10);
  // A random walk that accepts what is half as probable.
  CHECK(p_after([&](const rng_key& key, std::vector<double>& x) {
          std::vector<double> y(3);
          for (std::uint64_t i = 0; i < 4; ++i) {
            for (std::size_t d = 0; d < 3; ++d) {
              y[d] = x[d] + 0.7 * random::normal<double>(key.split(purpose::test, 3, i), d);
            }
            if (density(y.data(), nullptr) > density(x.data(), nullptr) - 0.7) x = y;
          }
        }) < 1e-10);
}

TEST_CASE("nuts: leaves its target as it is, with every metric", "[samplers][invariance]") {
  const auto check = [](const metric& of) {
    const auto moved = after_steps(nuts::options{.step_size = 0.5, .metric = of, .max_depth = 5});
    CAPTURE(moved.p_value, moved.acceptance);
    CHECK(moved.p_value > false_alarm);
    CHECK(moved.acceptance < 0.97);  // long steps, so that the weights matter
  };
  check({});
  check(diagonal_metric(std::vector<double>{0.5, 1.5, 1.0}));
  check(dense_metric(shape));
  check(low_rank_example());
}

TEST_CASE("hmc: leaves its target as it is, with every metric", "[samplers][invariance]") {
  const auto check = [](const hmc::options& opt) {
    const auto moved = after_steps(opt);
    CAPTURE(moved.p_value, moved.acceptance);
    CHECK(moved.p_value > false_alarm);
    CHECK(moved.acceptance < 0.97);
  };
  check({.step_size = 0.7});
  check({.step_size = 0.7, .jitter = 0.0});
  check({.step_size = 0.7, .metric = diagonal_metric(std::vector<double>{0.5, 1.5, 1.0}), .jitter = 1.0});
  check({.step_size = 0.7, .metric = dense_metric(shape)});
  check({.step_size = 0.7, .metric = low_rank_example()});
}

TEST_CASE("mala and barker: leave their target as it is", "[samplers][invariance]") {
  const auto check = [](const auto& opt) {
    const auto moved = after_steps(opt);
    CAPTURE(moved.p_value, moved.acceptance);
    CHECK(moved.p_value > false_alarm);
    CHECK(moved.acceptance < 0.9);
  };
  check(mala::options{.step_size = 1.0});
  check(mala::options{.step_size = 1.0, .metric = dense_metric(shape)});
  check(barker::options{.step_size = 1.2});
  check(barker::options{.step_size = 1.2, .metric = dense_metric(shape)});
  check(barker::options{.step_size = 1.2, .metric = low_rank_example()});
}

TEST_CASE("random walk and independence: leave their target as it is", "[samplers][invariance]") {
  const auto check = [](const auto& opt) {
    const auto moved = after_steps(opt);
    CAPTURE(moved.p_value, moved.acceptance);
    CHECK(moved.p_value > false_alarm);
    CHECK(moved.acceptance < 0.9);
  };
  check(random_walk::options{.step_size = 1.0});
  check(random_walk::options{.metric = dense_metric(shape)});
  check(random_walk::options{.metric = low_rank_example()});
  check(independence_metropolis::options{.location = {0.4, 0.2, 0.0}});
  check(independence_metropolis::options{.metric = dense_metric(shape), .degrees_of_freedom = 3.0});
  check(independence_metropolis::options{.location = {1.0, 0.0, 0.5}, .metric = low_rank_example()});
}

TEST_CASE("slice samplers: leave their target as it is", "[samplers][invariance]") {
  const auto check = [](const auto& opt) {
    const auto moved = after_steps(opt, 2);
    CAPTURE(moved.p_value);
    CHECK(moved.p_value > false_alarm);
  };
  check(slice_sampling::options{});
  check(slice_sampling::options{.width = 0.3, .max_growth = 4});  // the limit on growth matters
  check(slice_sampling::options{.width = 0.2, .grow = slice_sampling::growth::doubling, .max_growth = 6});
  check(slice_sampling::options{.width = 1.0, .grow = slice_sampling::growth::doubling, .max_growth = 2});
  check(elliptical_slice::options{});
  check(elliptical_slice::options{.location = {0.4, 0.2, 0.0}, .metric = dense_metric(shape)});
  check(elliptical_slice::options{.metric = low_rank_example()});
}

TEST_CASE("random walk: accepts as often as theory says", "[samplers][metropolis]") {
  struct standard_normal {
    [[nodiscard]] std::int64_t dimension() const { return 1; }
    void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> value, lanes_view<double>) const {
      value[0] = -0.5 * x(0, 0) * x(0, 0);
    }
  };
  const standard_normal target;
  const density_ref density(target);
  const double size = GENERATE(0.5, 2.4, 10.0);
  const random_walk::options opt{.step_size = size};
  constexpr int count = 100000;
  double sum = 0.0, squares = 0.0;
  for (int r = 0; r < count; ++r) {
    const rng_key key{5, static_cast<std::uint64_t>(r)};
    const double start = random::normal<double>(key.split(purpose::test), 0);
    chain_state chain = random_walk::init(density, opt, {&start, 1});
    const double rate = random_walk::step({key, 0, 0}, density, opt, chain).acceptance_rate;
    sum += rate;
    squares += rate * rate;
  }
  const double mean = sum / count, error = std::sqrt((squares / count - mean * mean) / count);
  // The rate of stationary normal proposals of sd s on a normal target is (2 / pi) atan(2 / s).
  CHECK_THAT(mean, WithinAbs(2.0 / 3.14159265358979 * std::atan(2.0 / size), 4.0 * error));
}
