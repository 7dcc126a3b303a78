// SPDX-License-Identifier: BSD-3-Clause
// Simulation-based calibration of whole runs, warm-up included, on a conjugate model: parameters from the prior, data
// from the parameters, and the rank of the parameters among draws from the posterior must be uniform.
#include "credence/diagnostics/psis.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "credence/samplers/many_chains.hpp"
#include "credence/samplers/run.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;

namespace {

/// rate ~ gamma(2, 1), three counts ~ poisson(rate), sampled as log rate; mean ~ normal(0, 1), one observation of it
/// with standard deviation 1/2.
struct conjugate_posterior {
  double count_sum = 0.0, observation = 0.0;
  [[nodiscard]] std::int64_t dimension() const { return 2; }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
      const double rate = std::exp(x(0, lane)), mean = x(1, lane), off = observation - mean;
      log_density[static_cast<std::size_t>(lane)] =
          (2.0 + count_sum) * x(0, lane) - 4.0 * rate - 0.5 * mean * mean - 2.0 * off * off;
      if (gradient.empty()) continue;
      gradient(0, lane) = 2.0 + count_sum - 4.0 * rate;
      gradient(1, lane) = -mean + 4.0 * off;
    }
  }
};

constexpr std::int64_t replicates = 800, kept = 99, bins = 20;

/// The p values of the two parameters' ranks.
template <class Options>
std::array<double, 2> calibrate(const Options& opt, std::int64_t warmup, std::int64_t thin, std::int64_t chains) {
  std::vector<std::int64_t> ranks[2];
  for (auto& r : ranks) r.resize(replicates);
  exec::for_each_task(exec::cpu(2), replicates, [&](std::int64_t replicate) {
    const rng_key key = rng_key{4, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(replicate));
    const double rate = random::gamma(key.split(purpose::test, 0), 0, 2.0);
    const double mean = random::normal<double>(key.split(purpose::test, 1), 0);
    conjugate_posterior target;
    for (std::uint64_t k = 0; k < 3; ++k) {
      target.count_sum += static_cast<double>(random::poisson(key.split(purpose::test, 2), k, rate));
    }
    target.observation = mean + 0.5 * random::normal<double>(key.split(purpose::test, 3), 0);
    run_options run;
    run.chains = chains;
    run.warmup = warmup;
    run.draws = kept * thin;
    run.thin = thin;
    run.seed = 1000 + static_cast<std::uint64_t>(replicate);
    run.context = exec::cpu(1);
    const run_result result = sample(target, opt, run);
    const double truth[] = {std::log(rate), mean};
    for (std::int64_t p = 0; p < 2; ++p) {
      std::vector<double> draws;
      for (std::int64_t i = 0; i < kept; ++i) draws.push_back(result.draws()(0, i, p));
      ranks[p][static_cast<std::size_t>(replicate)] = sbc_rank(truth[p], draws);
    }
  });
  return {test_uniform_ranks(ranks[0], kept, bins).p_value, test_uniform_ranks(ranks[1], kept, bins).p_value};
}

template <class Options>
void check(const char* name, const Options& opt, std::int64_t warmup, std::int64_t thin, std::int64_t chains = 1) {
  const auto p = calibrate(opt, warmup, thin, chains);
  CAPTURE(name, p[0], p[1]);
  CHECK(p[0] > 1e-4);
  CHECK(p[1] > 1e-4);
}

}  // namespace

// Thinned until neighbouring draws are nearly independent, which uniform ranks need.
TEST_CASE("calibration: ranks of the truth are uniform for every sampler", "[samplers][calibration]") {
  check("nuts", nuts::options{}, 200, 3);
  check("nuts, dense", nuts::options{.adaptation = {metric::shape::dense}}, 200, 3);
  check("nuts, low rank", nuts::options{.adaptation = {metric::shape::low_rank, metric_estimator::fisher}}, 200, 3);
  check("nuts, fisher", nuts::options{.adaptation = {metric::shape::diagonal, metric_estimator::fisher}}, 200, 3);
  check("hmc", hmc::options{}, 200, 3);
  check("mala", mala::options{}, 200, 8);
  check("barker", barker::options{}, 200, 12);
  check("random walk", random_walk::options{}, 400, 30);
  check("independence", independence_metropolis::options{}, 400, 6);
  check("slice", slice_sampling::options{}, 200, 3);
  check("elliptical slice", elliptical_slice::options{}, 200, 6);
  // The draws of one of many chains.
  check("ensemble", ensemble::options{}, 300, 12, 8);
  check("chees", chees::options{}, 200, 3, 8);
  check("meads", meads::options{}, 200, 16, 16);
  check("tempering", tempering::options{.replicas = 4}, 200, 3);
  check("smc", smc::options{}, 0, 3);
}

TEST_CASE("calibration: a posterior of other data is found out", "[samplers][calibration]") {
  // The same ranks against draws whose spread is a quarter too small.
  std::vector<std::int64_t> ranks;
  for (std::uint64_t r = 0; r < replicates; ++r) {
    std::vector<double> draws(kept);
    for (std::uint64_t i = 0; i < kept; ++i) draws[i] = 0.75 * random::normal<double>({r, 1}, i);
    ranks.push_back(sbc_rank(random::normal<double>({r, 2}, 0), draws));
  }
  CHECK(test_uniform_ranks(ranks, kept, bins).p_value < 1e-4);
}
