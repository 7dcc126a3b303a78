// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/summary.hpp"

#include "credence/base/errors.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "diagnostics/slow_twin.hpp"
#include "support/catch.hpp"

#include <cstring>
#include <random>

using namespace credence;

namespace {

/// (chains, draws, parameters) of independent normals; parameter p has mean p.
struct draws_array {
  draws_array(std::int64_t chains, std::int64_t draws, std::int64_t parameters) {
    std::mt19937_64 engine(42);
    std::normal_distribution<double> normal;
    values.resize(static_cast<std::size_t>(chains * draws * parameters));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(i % static_cast<std::size_t>(parameters)) + normal(engine);
    }
    for (std::int64_t p = 0; p < parameters; ++p) names.push_back("x[" + std::to_string(p + 1) + "]");
    draws_view = view<const double, 3>(values.data(), chains, draws, parameters);
  }
  std::vector<double> values;
  std::vector<std::string> names;
  view<const double, 3> draws_view;
};

const sampling_warning* find(const draws_summary& s, sampling_warning::kind what) {
  for (const auto& w : s.warnings) {
    if (w.what == what) return &w;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("summary: every column is the number of its own function", "[diagnostics][summary]") {
  const std::int64_t draws = GENERATE(6, 200, 201);
  const draws_array x(3, draws, 19);
  const draws_summary s = summary(exec::cpu(1), x.names, x.draws_view);
  REQUIRE(s.parameters.size() == 19);
  for (std::int64_t p = 0; p < 19; ++p) {
    std::vector<double> one, deviations;
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t d = 0; d < draws; ++d) one.push_back(x.draws_view(c, d, p));
    }
    const view<const double, 2> v(one.data(), 3, draws);
    const auto& got = s.parameters[static_cast<std::size_t>(p)];
    CHECK(got.name == x.names[static_cast<std::size_t>(p)]);
    CHECK(got.rhat == r_hat(v));
    CHECK(got.ess_bulk == ess_bulk(v));
    CHECK(got.ess_tail == ess_tail(v));
    CHECK(got.mcse_mean == mcse_mean(v));
    CHECK(got.mcse_sd == mcse_sd(v));
    CHECK(got.q5 == quantile(v, 0.05));
    CHECK_THAT(got.sd, WithinRel(std::sqrt(twin::variance(one)), 1e-13));
    const double median = twin::quantile(one, 0.5);
    CHECK(got.q50 == median);
    for (const double value : one) deviations.push_back(std::abs(value - median));
    CHECK_THAT(got.mad, WithinRel(1.4826 * twin::quantile(deviations, 0.5), 1e-15));
  }
}

TEST_CASE("summary: the same bits for any number of threads", "[diagnostics][summary]") {
  const draws_array x(4, 300, 40);
  const draws_summary one = summary(exec::cpu(1), x.names, x.draws_view);
  const draws_summary many = summary(exec::cpu(3), x.names, x.draws_view);
  for (std::size_t p = 0; p < one.parameters.size(); ++p) {
    const auto& a = one.parameters[p];
    const auto& b = many.parameters[p];
    CHECK(std::memcmp(&a.mean, &b.mean, sizeof(double) * 11) == 0);
  }
}

TEST_CASE("summary: the median deviation with ties, and of few draws", "[diagnostics][summary]") {
  const std::int64_t draws = GENERATE(1, 2, 3, 4, 5, 50, 51);
  std::mt19937_64 engine(static_cast<unsigned>(draws));
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<double> x(static_cast<std::size_t>(draws)), deviations;
    for (double& value : x) value = static_cast<double>(engine() % 7);
    const std::vector<std::string> name{"x"};
    const auto s = summary(exec::cpu(1), name, view<const double, 3>(x.data(), 1, draws, 1));
    const double median = twin::quantile(x, 0.5);
    for (const double value : x) deviations.push_back(std::abs(value - median));
    CHECK_THAT(s.parameters[0].mad, WithinRel(1.4826 * twin::quantile(deviations, 0.5), 1e-15));
  }
}

TEST_CASE("summary: good chains give no warning", "[diagnostics][summary]") {
  const draws_array x(4, 1000, 3);
  CHECK(summary(exec::cpu(1), x.names, x.draws_view).warnings.empty());
}

TEST_CASE("summary: warnings name the worst parameter and its number", "[diagnostics][summary]") {
  draws_array x(4, 500, 4);
  // x[2]: chain 3 sits elsewhere; x[3]: never moves; x[4]: one NaN.
  for (std::int64_t d = 0; d < 500; ++d) {
    x.values[static_cast<std::size_t>((2 * 500 + d) * 4 + 1)] += 3.0;
    for (std::int64_t c = 0; c < 4; ++c) x.values[static_cast<std::size_t>((c * 500 + d) * 4 + 2)] = 7.0;
  }
  x.values[3] = twin::nan;
  const draws_summary s = summary(exec::cpu(1), x.names, x.draws_view);
  using kind = sampling_warning::kind;
  const auto* rhat = find(s, kind::rhat);
  REQUIRE(rhat != nullptr);
  CHECK(rhat->parameter == "x[2]");
  CHECK(rhat->value == s.parameters[1].rhat);
  REQUIRE(find(s, kind::ess_bulk) != nullptr);
  CHECK(find(s, kind::ess_bulk)->parameter == "x[2]");
  REQUIRE(find(s, kind::constant) != nullptr);
  CHECK(find(s, kind::constant)->parameter == "x[3]");
  REQUIRE(find(s, kind::not_finite) != nullptr);
  CHECK(find(s, kind::not_finite)->parameter == "x[4]");
  CHECK(s.parameters[2].sd == 0.0);
  CHECK(s.parameters[2].q5 == 7.0);
  CHECK(std::isnan(s.parameters[3].rhat));
  CHECK(std::isnan(s.parameters[3].mean));
  CHECK_THAT(to_text(s), Contains("x[2]") && Contains("warning: R-hat is above 1.01"));
}

TEST_CASE("summary: sampler statistics are counted and warned about", "[diagnostics][summary]") {
  draws_array x(2, 200, 2);
  std::vector<double> divergent(400, 0.0), depth(400, 3.0), energy(400);
  // Divergences where x[2] is small; energies that drift slowly in chain 2.
  for (std::size_t i = 0; i < 5; ++i) {
    divergent[200 + i * 7] = 1.0;
    x.values[(200 + i * 7) * 2 + 1] = -3.0;
  }
  depth[10] = 10.0;
  for (std::size_t i = 0; i < 400; ++i) energy[i] = i < 200 ? x.values[2 * i] : std::sin(0.02 * static_cast<double>(i));
  const view<const double, 2> d(divergent.data(), 2, 200), t(depth.data(), 2, 200), e(energy.data(), 2, 200);
  const draws_summary s = summary(exec::cpu(1), x.names, x.draws_view, {d, t, e, 10});
  CHECK(s.sampler.divergences == 5);
  CHECK(s.sampler.divergences_per_chain == std::vector<std::int64_t>{0, 5});
  CHECK(s.sampler.max_depth_hits == 1);
  REQUIRE(s.sampler.ebfmi.size() == 2);
  CHECK(s.sampler.ebfmi[0] > 1.0);
  CHECK(s.sampler.ebfmi[1] < 0.1);
  using kind = sampling_warning::kind;
  REQUIRE(find(s, kind::divergences) != nullptr);
  CHECK(find(s, kind::divergences)->parameter == "x[2]");
  CHECK_THAT(find(s, kind::divergences)->text, Contains("5 transitions diverged") && Contains("x[2] is small"));
  REQUIRE(find(s, kind::ebfmi) != nullptr);
  CHECK_THAT(find(s, kind::ebfmi)->text, Contains("chain 2"));
  CHECK(find(s, kind::max_depth) != nullptr);
}

TEST_CASE("summary: refuses what does not fit", "[diagnostics][summary]") {
  const draws_array x(2, 10, 3);
  const std::vector<std::string> two{"a", "b"};
  CHECK_THROWS_WITH(summary(exec::cpu(1), two, x.draws_view), Contains("names has 2"));
  const std::vector<double> energy(18);
  const view<const double, 2> e(energy.data(), 2, 9);
  CHECK_THROWS_WITH(summary(exec::cpu(1), x.names, x.draws_view, {{}, {}, e, 10}), Contains("energy is (2, 9)"));
  summary_options options;
  options.superchain = {0, 1, 2};
  CHECK_THROWS_AS(summary(exec::cpu(1), x.names, x.draws_view, {}, options), shape_error);
  options.superchain = {0, 1};
  CHECK(std::isfinite(summary(exec::cpu(1), x.names, x.draws_view, {}, options).parameters[0].nested_rhat));
}

TEST_CASE("summary: no parameters, no draws", "[diagnostics][summary]") {
  const std::vector<std::string> none, one{"a"};
  CHECK(summary(exec::cpu(2), none, view<const double, 3>(nullptr, 2, 10, 0)).parameters.empty());
  const auto s = summary(exec::cpu(2), one, view<const double, 3>(nullptr, 2, 0, 1));
  CHECK(std::isnan(s.parameters[0].rhat));
  CHECK(std::isnan(s.parameters[0].mean));
}
