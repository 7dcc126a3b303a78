// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/run.hpp"
#include "credence/autodiff/density.hpp"
#include "credence/base/errors.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/samplers/many_chains.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

run_options quick(std::int64_t chains, int threads) {
  run_options run;
  run.chains = chains;
  run.warmup = 100;
  run.draws = 100;
  run.seed = 20;
  run.context = exec::cpu(threads);
  return run;
}

}  // namespace

TEST_CASE("sample: recovers normal distributions", "[samplers][run]") {
  const std::int64_t size = GENERATE(2, 10);
  const double correlation = GENERATE(0.0, 0.8);
  const correlated_normal target{size, correlation};
  run_options run;
  run.draws = 4000;
  run.context = exec::cpu(2);
  const run_result result = sample(target, nuts::options{}, run);
  const draws_summary s = summary(result);
  CAPTURE(size, correlation);
  REQUIRE(static_cast<std::int64_t>(s.parameters.size()) == size);
  for (std::int64_t d = 0; d < size; ++d) {
    const parameter_summary& p = s.parameters[static_cast<std::size_t>(d)];
    CAPTURE(p.name, p.mean, p.sd, p.ess_bulk);
    // Four Monte Carlo standard errors.
    CHECK_THAT(p.mean, WithinAbs(target.mean(d), 4.0 * p.mcse_mean));
    CHECK_THAT(p.sd, WithinAbs(target.sd(d), 4.0 * p.mcse_sd));
    CHECK(p.rhat < 1.01);
    CHECK(p.ess_bulk > 1000.0);
  }
  CHECK(s.sampler.divergences == 0);
  // The correlation of the first two, by the mean of their product; its standard error from the product's draws.
  const auto x = result.draws();
  std::vector<double> product;
  for (std::int64_t c = 0; c < x.extent(0); ++c) {
    for (std::int64_t i = 0; i < x.extent(1); ++i) {
      product.push_back((x(c, i, 0) - target.mean(0)) / target.sd(0) * (x(c, i, 1) - target.mean(1)) / target.sd(1));
    }
  }
  const view<const double, 2> products(product.data(), x.extent(0), x.extent(1));
  double mean = 0.0;
  for (const double v : product) mean += v / static_cast<double>(product.size());
  CHECK_THAT(mean, WithinAbs(correlation, 4.0 * mcse_mean(products)));
}

TEST_CASE("sample: the same draws on 1, 2 and 8 threads, and however many chains run", "[samplers][run]") {
  const funnel target{4};
  const run_result one = sample(target, nuts::options{}, quick(4, 1));
  for (const int threads : {2, 8}) {
    const run_result other = sample(target, nuts::options{}, quick(4, threads));
    CHECK(other.values == one.values);
    CHECK(other.statistics == one.statistics);
  }
  const run_result eight = sample(target, nuts::options{}, quick(8, 2));
  CHECK(std::equal(one.values.begin(), one.values.end(), eight.values.begin()));
  CHECK(std::equal(one.statistics.begin(), one.statistics.end(), eight.statistics.begin()));
  run_options other_seed = quick(4, 1);
  other_seed.seed = 21;
  CHECK(sample(target, nuts::options{}, other_seed).values != one.values);
}

TEST_CASE("sample: thinning keeps every k-th draw", "[samplers][run]") {
  const correlated_normal target{2, 0.3};
  const run_result all = sample(target, nuts::options{}, quick(2, 1));
  run_options thinned = quick(2, 1);
  thinned.thin = 3;
  const run_result some = sample(target, nuts::options{}, thinned);
  REQUIRE(some.shown_draws == 34);
  for (std::int64_t i = 0; i < 34; ++i) CHECK(some.draws()(1, i, 0) == all.draws()(1, 3 * i, 0));
}

TEST_CASE("sample: reports constrained parameters and generated quantities, by choice", "[samplers][run]") {
  const program model_program = model([](recorder& r) {
                                  const var rate = r.parameter("rate", lower(0.0)), x = r.parameter("x", {2});
                                  r.generated("twice", 2.0 * rate);
                                  r.prior += log_pdf(exponential{2.0}, rate) + log_pdf(normal{0.0, 1.0}, x);
                                }).compile({});
  const run_result all = sample(model_program, nuts::options{}, quick(2, 1));
  CHECK(all.names == std::vector<std::string>{"rate", "x[1]", "x[2]", "twice"});
  for (std::int64_t i = 0; i < 100; ++i) {
    CHECK(all.draws()(0, i, 0) > 0.0);
    CHECK(all.draws()(0, i, 3) == 2.0 * all.draws()(0, i, 0));
  }
  run_options some = quick(2, 1);
  some.variables = {"twice", "x"};
  const run_result chosen = sample(model_program, nuts::options{}, some);
  CHECK(chosen.names == std::vector<std::string>{"twice", "x[1]", "x[2]"});
  CHECK(chosen.draws_of("x[2]")(1, 50) == all.draws_of("x[2]")(1, 50));
  some.variables = {"absent"};
  CHECK_THROWS_WITH(sample(model_program, nuts::options{}, some), Contains("absent"));
}

TEST_CASE("sample: statistics describe the draws", "[samplers][run]") {
  const correlated_normal target{3, 0.0};
  const run_result result = sample(target, nuts::options{}, quick(2, 1));
  const double step = result.chains[1].step_size;
  std::int64_t gradients = 0;
  for (std::int64_t i = 0; i < 100; ++i) {
    double x[3], value = 0.0;
    for (std::int64_t d = 0; d < 3; ++d) x[d] = result.draws()(1, i, d);
    target.evaluate({}, lanes_view<const double>(x, 3, 1), {&value, 1}, {});
    CHECK(result.statistic(nuts_statistic::log_density)(1, i) == value);
    CHECK(result.statistic(nuts_statistic::step_size)(1, i) == step);
    CHECK(result.statistic(nuts_statistic::energy)(1, i) >= -value);  // the kinetic energy is not negative
    const double depth = result.statistic(nuts_statistic::depth)(1, i);
    const double leapfrogs = result.statistic(nuts_statistic::leapfrogs)(1, i);
    CHECK(leapfrogs <= std::exp2(depth + 1.0) - 1.0);
    CHECK(leapfrogs >= std::exp2(depth) - 1.0);
    gradients += static_cast<std::int64_t>(leapfrogs);
  }
  CHECK(result.chains[1].sampling_gradients == gradients);
  CHECK(result.why == sampling_end::completed);
}

TEST_CASE("sample: an interruption keeps the finished draws", "[samplers][run]") {
  const correlated_normal target{2, 0.0};
  interrupt_flag flag;
  run_options run = quick(2, 1);
  run.interrupt = &flag;
  std::int64_t seen = 0;
  run.sink.draw = [&](std::int64_t, std::span<const double>, std::span<const double>) {
    if (++seen == 190) flag.request();
  };
  const run_result result = sample(target, nuts::options{}, run);
  CHECK(result.why == sampling_end::interrupted);
  CHECK(result.chains[0].draws == 100);
  CHECK(result.chains[1].draws == 90);
  CHECK(result.shown_chains == 2);
  CHECK(result.shown_draws == 90);
  const run_result whole = sample(target, nuts::options{}, quick(2, 1));
  CHECK(result.draws()(1, 89, 0) == whole.draws()(1, 89, 0));
}

TEST_CASE("sample: the views of an interrupted run leave out chains that have hardly begun", "[samplers][run]") {
  const correlated_normal target{2, 0.0};
  interrupt_flag flag;
  run_options run = quick(3, 1);
  run.interrupt = &flag;
  std::int64_t seen = 0;
  run.sink.draw = [&](std::int64_t, std::span<const double>, std::span<const double>) {
    if (++seen == 105) flag.request();
  };
  const run_result result = sample(target, nuts::options{}, run);
  CHECK(result.chains[1].draws == 5);
  CHECK(result.chains[2].draws == 0);
  CHECK(result.shown_chains == 1);
  CHECK(result.shown_draws == 100);
  CHECK(summary(result).parameters.size() == 2);
  interrupt_flag at_once;
  at_once.request();
  run.interrupt = &at_once;
  const run_result none = sample(target, nuts::options{}, run);
  CHECK(none.shown_draws == 0);
  CHECK(summary(none).parameters.empty());
}

TEST_CASE("sample: an error of the density ends its chain and keeps the others", "[samplers][run]") {
  struct moody {
    [[nodiscard]] std::int64_t dimension() const { return 1; }
    void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> value,
                  lanes_view<double> g) const {
      if (x(0, 0) > 2.9) throw domain_error("moody: that is too much");
      value[0] = -0.5 * x(0, 0) * x(0, 0);
      if (!g.empty()) g(0, 0) = -x(0, 0);
    }
  };
  const moody target;
  run_options run = quick(6, 2);
  run.initial_radius = 0.5;
  const run_result result = sample(target, nuts::options{.step_size = 0.5}, run);
  CHECK(result.why == sampling_end::failed);
  int failed = 0;
  for (std::size_t c = 0; c < result.chains.size(); ++c) {
    const chain_result& chain = result.chains[c];
    if (chain.why != sampling_end::failed) continue;
    ++failed;
    CHECK_THAT(chain.error, Contains("too much"));
  }
  CHECK(failed >= 1);
  // Rows of the views carry the draws of the chains that they name.
  for (std::int64_t k = 0; k < result.shown_chains; ++k) {
    const std::int64_t c = result.row_chains[static_cast<std::size_t>(k)];
    CHECK(result.chains[static_cast<std::size_t>(c)].draws >= result.shown_draws);
    CHECK(result.statistic(nuts_statistic::step_size)(k, 0) == result.chains[static_cast<std::size_t>(c)].step_size);
  }
}

TEST_CASE("sample: starts", "[samplers][run]") {
  const correlated_normal target{2, 0.0};
  run_options run = quick(3, 1);
  run.initial_radius = 0.5;
  const run_result drawn = sample(target, nuts::options{}, run);
  for (const chain_result& chain : drawn.chains) {
    for (const double x : chain.initial_point) CHECK(std::abs(x) < 0.5);
  }
  CHECK(drawn.chains[0].initial_point != drawn.chains[1].initial_point);
  run.initial_points = {{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}};
  CHECK(sample(target, nuts::options{}, run).chains[2].initial_point == std::vector<double>{5.0, 6.0});
  run.initial_points = {{1.0, 2.0}};
  CHECK(sample(target, nuts::options{}, run).chains[2].initial_point == std::vector<double>{1.0, 2.0});
  run.initial_points = {{1.0}};
  CHECK_THROWS_AS(sample(target, nuts::options{}, run), shape_error);
  run.initial_points = {{1.0, 2.0}, {3.0, 4.0}};
  CHECK_THROWS_AS(sample(target, nuts::options{}, run), shape_error);

  struct nowhere {
    [[nodiscard]] std::int64_t dimension() const { return 1; }
    void evaluate(const exec::context&, lanes_view<const double>, std::span<double> value, lanes_view<double> g) const {
      value[0] = -HUGE_VAL;
      if (!g.empty()) g(0, 0) = 0.0;
    }
  };
  const nowhere impossible;
  CHECK_THROWS_WITH(sample(impossible, nuts::options{}, quick(1, 1)), Contains("no start in 100 tries"));
}

TEST_CASE("sample: stops when the draws are effective enough", "[samplers][run]") {
  const correlated_normal target{3, 0.5};
  run_options run;
  run.chains = 4;
  run.warmup = 200;
  run.draws = 3000;
  run.seed = 3;
  const run_result all = sample(target, nuts::options{}, run);
  run.target_ess = 600.0;
  run.context = exec::cpu(2);
  const run_result some = sample(target, nuts::options{}, run);
  CHECK(some.reached_target);
  CHECK(some.why == sampling_end::completed);
  const auto least = [&](const run_result& of, std::int64_t draws) {
    double result = 1e300;
    for (std::int64_t d = 0; d < 3; ++d) {
      std::vector<double> one;
      for (std::int64_t c = 0; c < 4; ++c) {
        for (std::int64_t i = 0; i < draws; ++i) one.push_back(of.draws()(c, i, d));
      }
      const view<const double, 2> shaped(one.data(), 4, draws);
      result = std::min({result, ess_bulk(shaped), ess_tail(shaped)});
    }
    return result;
  };
  // Looks at 100, 150, 225, 337, ... draws: the first one with enough ends the run.
  const std::int64_t kept = some.shown_draws;
  std::int64_t before = 0;
  for (std::int64_t look = 100; look < kept; look += look / 2) before = look;
  CHECK(before + before / 2 == (before == 0 ? 0 : kept));
  CHECK(least(some, kept) >= 600.0);
  if (before > 0) CHECK(least(some, before) < 600.0);
  REQUIRE(kept < 3000);
  // The draws are the first ones of the whole run.
  for (std::int64_t c = 0; c < 4; ++c) {
    for (std::int64_t i = 0; i < kept; ++i) REQUIRE(some.draws()(c, i, 1) == all.draws()(c, i, 1));
  }

  run.target_ess = 1e6;
  run.draws = 500;
  const run_result never = sample(target, nuts::options{}, run);
  CHECK_FALSE(never.reached_target);
  CHECK(never.shown_draws == 500);
  run.chains = 32;
  run.target_ess = 2000.0;
  CHECK(sample(target, chees::options{}, run).reached_target);
  CHECK(sample(target, chees::options{}, run).shown_draws < 500);
  run.keep_draws = false;
  CHECK_THROWS_WITH(sample(target, nuts::options{}, run), Contains("target_ess"));
}

TEST_CASE("sample: refuses options by name", "[samplers][run]") {
  const correlated_normal target{2, 0.0};
  const auto with = [&](auto change) {
    run_options run = quick(1, 1);
    change(run);
    return sample(target, nuts::options{}, run);
  };
  CHECK_THROWS_WITH(with([](run_options& r) { r.chains = 0; }), Contains("chains is 0"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.warmup = -1; }), Contains("warmup is -1"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.draws = 0; }), Contains("draws is 0"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.thin = 0; }), Contains("thin is 0"));
  CHECK_THROWS_WITH(with([](run_options& r) { r.initial_radius = -1.0; }), Contains("initial_radius is -1"));
}

TEST_CASE("sample: tells its progress", "[samplers][run]") {
  const correlated_normal target{2, 0.0};
  run_options run = quick(2, 1);
  std::int64_t last = 0;
  bool warmed = false;
  run.progress = [&](const progress_event& event) {
    warmed = warmed || event.phase == "warm-up";
    if (event.phase == "sampling") last = event.done;
    CHECK(event.total == 200);
  };
  sample(target, nuts::options{}, run);
  CHECK(warmed);
  CHECK(last == 200);
}

static_assert(lane_density<correlated_normal> && lane_density<program>);
