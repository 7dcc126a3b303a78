// SPDX-License-Identifier: BSD-3-Clause
// Samplers that move many chains together.
#include "credence/samplers/many_chains.hpp"
#include "credence/base/errors.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "samplers/exact_target.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

run_options plan(std::int64_t chains, std::int64_t warmup, std::int64_t draws) {
  run_options run;
  run.chains = chains;
  run.warmup = warmup;
  run.draws = draws;
  run.seed = 12;
  run.context = exec::cpu(2);
  return run;
}

/// Means and sds within four of their standard errors.
void check_moments(const correlated_normal& target, const run_result& result) {
  const draws_summary s = summary(result);
  REQUIRE(s.parameters.size() == static_cast<std::size_t>(target.size));
  for (std::int64_t d = 0; d < target.size; ++d) {
    const parameter_summary& p = s.parameters[static_cast<std::size_t>(d)];
    CAPTURE(p.name, p.mean, p.mcse_mean, p.sd, p.mcse_sd, p.rhat, p.ess_bulk);
    CHECK_THAT(p.mean, WithinAbs(target.mean(d), 4.0 * p.mcse_mean));
    CHECK_THAT(p.sd, WithinAbs(target.sd(d), 4.0 * p.mcse_sd));
    CHECK(p.rhat < 1.02);
    CHECK(p.ess_bulk > 400.0);
  }
}

/// Two normals of sd 1/2 at (-4, -4) and (4, 4), three times as heavy; times exp(log_constant).
struct two_modes {
  double log_constant = 1.7;
  [[nodiscard]] std::int64_t dimension() const { return 2; }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
      double at[2];
      for (int mode = 0; mode < 2; ++mode) {
        const double centre = mode == 0 ? -4.0 : 4.0, a = x(0, lane) - centre, b = x(1, lane) - centre;
        at[mode] = std::log(mode == 0 ? 0.25 : 0.75) - std::log(2.0 * M_PI * 0.25) - 2.0 * (a * a + b * b);
      }
      const double high = std::max(at[0], at[1]);
      const double sum = std::exp(at[0] - high) + std::exp(at[1] - high);
      log_density[static_cast<std::size_t>(lane)] = log_constant + high + std::log(sum);
      if (gradient.empty()) continue;
      for (std::int64_t d = 0; d < 2; ++d) {
        gradient(d, lane) =
            (std::exp(at[0] - high) * -4.0 * (x(d, lane) + 4.0) + std::exp(at[1] - high) * -4.0 * (x(d, lane) - 4.0)) /
            sum;
      }
    }
  }
};

double share_right(const run_result& result) {
  double right = 0.0;
  const auto x = result.draws();
  for (std::int64_t c = 0; c < x.extent(0); ++c) {
    for (std::int64_t i = 0; i < x.extent(1); ++i) right += x(c, i, 0) > 0.0 ? 1.0 : 0.0;
  }
  return right / static_cast<double>(x.extent(0) * x.extent(1));
}

/// Mean of the chains' estimates, and its standard error.
std::pair<double, double> evidence(const run_result& result) {
  const auto n = static_cast<double>(result.log_evidence.size());
  double mean = 0.0, squares = 0.0;
  for (const double z : result.log_evidence) mean += z / n;
  for (const double z : result.log_evidence) squares += (z - mean) * (z - mean);
  return {mean, std::sqrt(squares / (n - 1.0) / n)};
}

}  // namespace

TEST_CASE("ensemble: a step leaves its target as it is", "[samplers][ensemble][invariance]") {
  // Ensembles of exact draws; after some steps the walkers must still be exact draws.
  const exact_target target;
  const density_ref density(target);
  constexpr std::int64_t walkers = 20, ensembles = 3000, bins = 6;
  std::vector<double> counts(bins * bins * bins);
  std::int64_t accepted = 0;
  for (std::int64_t e = 0; e < ensembles; ++e) {
    lanes<double> starts(3, walkers);
    for (std::int64_t w = 0; w < walkers; ++w) {
      const auto x = exact_target::draw({31, static_cast<std::uint64_t>(e * walkers + w)});
      for (std::int64_t d = 0; d < 3; ++d) starts(d, w) = x[static_cast<std::size_t>(d)];
    }
    ensemble::state now = ensemble::init(exec::cpu(1), density, {}, starts);
    for (std::uint64_t i = 0; i < 3; ++i) {
      ensemble::step(exec::cpu(1), {{32, static_cast<std::uint64_t>(e)}, 0, i}, density, {}, now);
      accepted += now.accepted;
    }
    for (std::int64_t w = 0; w < walkers; ++w) {
      const double x[] = {now.positions(0, w), now.positions(1, w), now.positions(2, w)};
      std::int64_t at = 0;
      for (const double u : exact_target::uniforms(x)) {
        at = at * bins + std::min(bins - 1, static_cast<std::int64_t>(u * static_cast<double>(bins)));
      }
      counts[static_cast<std::size_t>(at)] += 1.0;
    }
  }
  const double expected = static_cast<double>(walkers * ensembles) / static_cast<double>(counts.size());
  double chi_square = 0.0;
  for (const double count : counts) chi_square += (count - expected) * (count - expected) / expected;
  const boost::math::chi_squared distribution(static_cast<double>(counts.size()) - 1.0);
  CHECK(boost::math::cdf(boost::math::complement(distribution, chi_square)) > 1e-4);
  const double rate = static_cast<double>(accepted) / static_cast<double>(3 * walkers * ensembles);
  CHECK(rate > 0.2);
  CHECK(rate < 0.9);
}

TEST_CASE("ensemble, ChEES, MEADS, tempering, SMC: recover a correlated normal", "[samplers][many_chains]") {
  const correlated_normal target{4, 0.7};
  check_moments(target, sample(target, ensemble::options{}, plan(40, 500, 6000)));
  check_moments(target, sample(target, chees::options{}, plan(32, 400, 400)));
  check_moments(target, sample(target, meads::options{}, plan(16, 500, 6000)));
  check_moments(target, sample(target, tempering::options{.replicas = 5}, plan(4, 1000, 4000)));
  check_moments(target, sample(target, smc::options{}, plan(4, 0, 2000)));
}

TEST_CASE("ensemble, ChEES, MEADS, tempering, SMC: the same draws on 1 and 4 threads", "[samplers][many_chains]") {
  const funnel target{3};
  const auto check = [&](const auto& opt, std::int64_t chains) {
    run_options run = plan(chains, 40, 30);
    run.context = exec::cpu(1);
    const run_result one = sample(target, opt, run);
    run.context = exec::cpu(4);
    const run_result four = sample(target, opt, run);
    CHECK(one.why == sampling_end::completed);
    CHECK(one.values == four.values);
    CHECK(one.statistics == four.statistics);
    CHECK(one.log_evidence == four.log_evidence);
  };
  check(ensemble::options{}, 12);
  check(chees::options{}, 12);
  check(meads::options{}, 12);
  check(tempering::options{}, 3);
  check(smc::options{}, 3);
}

TEST_CASE("tempering and SMC: two modes and their constant, where NUTS sees one", "[samplers][many_chains]") {
  const two_modes target;
  run_options one_mode = plan(4, 500, 500);
  one_mode.initial_points = {{4.0, 4.0}};
  CHECK(share_right(sample(target, nuts::options{}, one_mode)) == 1.0);

  const run_result tempered = sample(target, tempering::options{.replicas = 12}, plan(8, 2000, 5000));
  const auto [log_z, error] = evidence(tempered);
  CAPTURE(log_z, error, tempered.log_evidence);
  CHECK_THAT(log_z, WithinAbs(target.log_constant, 3.0 * error));
  CHECK(error < 0.1);
  const draws_summary s = summary(tempered);
  // The share from the mean of x, 4 (2 share - 1); four standard errors of that.
  CHECK_THAT(s.parameters[0].mean, WithinAbs(2.0, 4.0 * s.parameters[0].mcse_mean));
  CHECK(s.parameters[0].mcse_mean < 0.4);
  CHECK(s.parameters[0].rhat < 1.05);

  const run_result particles = sample(target, smc::options{.reference_scale = 5.0}, plan(16, 0, 1000));
  const auto [smc_log_z, smc_error] = evidence(particles);
  CAPTURE(smc_log_z, smc_error, particles.log_evidence);
  CHECK_THAT(smc_log_z, WithinAbs(target.log_constant, 3.0 * smc_error));
  CHECK(smc_error < 0.1);
  CHECK_THAT(share_right(particles), WithinAbs(0.75, 0.05));
}

TEST_CASE("SMC: the constant of a normal target", "[samplers][many_chains]") {
  // The density is written without its constant, which is sqrt(det of 2 pi covariance).
  const correlated_normal target{5, 0.5};
  double log_z = 2.5 * std::log(2.0 * M_PI);
  for (std::int64_t d = 0; d < 5; ++d) log_z += std::log(target.sd(d));
  log_z += 0.5 * (4.0 * std::log(0.5) + std::log(1.0 + 4.0 * 0.5));  // of the correlation matrix
  const auto [mean, error] = evidence(sample(target, smc::options{}, plan(12, 0, 1000)));
  CAPTURE(mean, error);
  CHECK_THAT(mean, WithinAbs(log_z, 3.0 * error));
  CHECK(error < 0.1);
  const auto [tempered, tempered_error] = evidence(sample(target, tempering::options{}, plan(12, 800, 1500)));
  CAPTURE(tempered, tempered_error);
  CHECK_THAT(tempered, WithinAbs(log_z, 3.0 * tempered_error));
  CHECK(tempered_error < 0.1);
}

TEST_CASE("ChEES: finds a long trajectory where scales differ", "[samplers][many_chains]") {
  // Strong correlations make the longest axis 20 times the shortest one in units of the diagonal metric.
  const correlated_normal target{10, 0.97};
  const run_result result = sample(target, chees::options{}, plan(64, 500, 200));
  CHECK(result.statistic("n_leapfrog__")(0, 0) > 2.0);
  check_moments(target, result);
  CHECK(result.chains[0].warmup.settled);
  CHECK_THAT(result.chains[0].warmup.acceptance_rate, WithinAbs(0.651, 0.1));
}

TEST_CASE("MEADS: settles on short steps and long memory where one axis is long", "[samplers][many_chains]") {
  // As for ChEES. The widest axis has 10 * 0.97 + 0.03 times the variance of a coordinate, the shortest 0.03 times: the
  // step stays below the shortest sd, the velocity lasts for about the widest one.
  const correlated_normal target{10, 0.97};
  run_options run = plan(32, 1000, 20000);
  run.thin = 20;
  const run_result result = sample(target, meads::options{}, run);
  check_moments(target, result);
  const auto step = result.statistic("stepsize__"), damping = result.statistic("damping__");
  CHECK(step(0, 500) < std::sqrt(0.03));
  CHECK(step(0, 500) > 0.02);
  CHECK(damping(0, 500) < 0.2);
  CHECK(result.chains[0].warmup.settled);
  CHECK(result.chains[0].warmup.acceptance_rate > 0.9);
}

TEST_CASE("many chains: refuse what they cannot use", "[samplers][many_chains]") {
  const correlated_normal target{2, 0.0};
  CHECK_THROWS_WITH(sample(target, chees::options{}, plan(1, 10, 10)), Contains("chains is 1"));
  CHECK_THROWS_WITH(sample(target, meads::options{}, plan(7, 10, 10)), Contains("chains is 7"));
  CHECK_THROWS_WITH(sample(target, tempering::options{.replicas = 1}, plan(1, 10, 10)), Contains("replicas is 1"));
  CHECK_THROWS_WITH(sample(target, smc::options{.effective_share = 1.5}, plan(1, 10, 10)), Contains("effective_share"));
  run_options run = plan(4, 10, 10);
  run.checkpoint.path = std::string("x");
  CHECK_THROWS_WITH(sample(target, smc::options{}, run), Contains("checkpoints"));
  const run_result odd = sample(target, ensemble::options{}, plan(5, 10, 10));
  CHECK(odd.why == sampling_end::failed);
  CHECK_THAT(odd.chains[0].error, Contains("walkers is 5"));
}
