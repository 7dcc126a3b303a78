// SPDX-License-Identifier: BSD-3-Clause
#include "annealed.hpp"
#include "lane_run.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"
#include "credence/samplers/many_chains.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace credence {

std::vector<std::string> statistic_names(const smc::options&) { return {"lp__", "accept_stat__", "stepsize__"}; }

namespace {

/// What weights exp(share * log_ratio) give: their mean and effective number.
struct reweighting {
  double log_mean = 0.0;
  double effective = 0.0;
};

reweighting weigh(std::span<const double> log_ratios, double share, std::vector<double>& weights) {
  const double highest = *std::max_element(log_ratios.begin(), log_ratios.end());
  double sum = 0.0, squares = 0.0;
  for (std::size_t k = 0; k < log_ratios.size(); ++k) {
    // A particle outside the target's support has log ratio -infinity, and one whose density is NaN counts as that.
    const double w = log_ratios[k] > -HUGE_VAL ? math::exp(share * (log_ratios[k] - highest)) : 0.0;
    weights[k] = w;
    sum += w;
    squares += w * w;
  }
  return {share * highest + math::log(sum / static_cast<double>(log_ratios.size())), sum * sum / squares};
}

/// The largest power up to 1 that keeps enough effective particles.
double next_power(std::span<const double> log_ratios, double power, double wanted, std::vector<double>& weights) {
  if (weigh(log_ratios, 1.0 - power, weights).effective >= wanted) return 1.0;
  double low = power, high = 1.0;
  for (int k = 0; k < 60; ++k) {
    const double middle = 0.5 * (low + high);
    (weigh(log_ratios, middle - power, weights).effective >= wanted ? low : high) = middle;
  }
  return low;
}

/// Systematic resampling: one uniform number for all.
std::vector<std::int64_t> resampled(std::span<const double> weights, double u) {
  double sum = 0.0;
  for (const double w : weights) sum += w;
  std::vector<std::int64_t> from;
  const auto n = static_cast<double>(weights.size());
  double up_to = weights[0];
  std::size_t k = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double at = (static_cast<double>(i) + u) / n * sum;
    while (up_to < at && k + 1 < weights.size()) up_to += weights[++k];
    from.push_back(static_cast<std::int64_t>(k));
  }
  return from;
}

class smc_run {
 public:
  smc_run(detail::lane_recorder& recorder, const smc::options& opt, std::int64_t chain)
      : recorder_(recorder),
        opt_(opt),
        chain_(chain),
        count_(recorder.run().draws),
        particles_(recorder.target().density, count_),
        scale_(static_cast<std::size_t>(recorder.target().density.dimension())) {}

  void operator()() {
    const auto start = std::chrono::steady_clock::now();
    std::fill(particles_.reference.scale.begin(), particles_.reference.scale.end(), opt_.reference_scale);
    std::fill(particles_.power.begin(), particles_.power.end(), 0.0);
    particles_.draw(recorder_.address(chain_, 0), first_chain());
    double power = 0.0;
    while (power < 1.0) {
      if (recorder_.stopped()) {
        recorder_.chain(chain_).why = sampling_end::interrupted;
        return;
      }
      if (++level_ > opt_.max_levels) {
        throw domain_error("smc: max_levels is " + std::to_string(opt_.max_levels) +
                           ", but the weights do not even out: the density may be improper");
      }
      power = raise(power);
      move();
    }
    recorder_.log_evidence()[static_cast<std::size_t>(chain_)] = log_evidence_;
    chain_result& of = recorder_.chain(chain_);
    of.warmup_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    hand_over();
  }

 private:
  [[nodiscard]] std::uint64_t first_chain() const {
    return static_cast<std::uint64_t>(chain_) * detail::lanes_of_chain;
  }

  double raise(double power) {
    std::vector<double> log_ratios(static_cast<std::size_t>(count_)), weights(log_ratios.size());
    for (std::int64_t k = 0; k < count_; ++k) {
      const double ratio = particles_.log_ratio(k);
      log_ratios[static_cast<std::size_t>(k)] = ratio == ratio ? ratio : -HUGE_VAL;
    }
    if (!(*std::max_element(log_ratios.begin(), log_ratios.end()) > -HUGE_VAL)) {
      throw domain_error("smc: the log density is finite at no particle of the reference");
    }
    const double next = next_power(log_ratios, power, opt_.effective_share * static_cast<double>(count_), weights);
    log_evidence_ += weigh(log_ratios, next - power, weights).log_mean;
    const double u = random::uniform<double>(
        recorder_.address(chain_, level_)
            .key.split(purpose::resampling, static_cast<std::uint64_t>(chain_), static_cast<std::uint64_t>(level_)),
        0);
    particles_.resample(resampled(weights, u));
    std::fill(particles_.power.begin(), particles_.power.end(), next);
    particles_.recombine();
    return next;
  }

  void move() {
    for (std::size_t d = 0; d < scale_.size(); ++d) {
      double mean = 0.0, squares = 0.0;
      const double* x = particles_.chains.position.values.data() + static_cast<std::int64_t>(d) * count_;
      for (std::int64_t k = 0; k < count_; ++k) mean += x[k] / static_cast<double>(count_);
      for (std::int64_t k = 0; k < count_; ++k) squares += (x[k] - mean) * (x[k] - mean) / static_cast<double>(count_);
      scale_[d] = std::sqrt(squares + 1e-20);
    }
    for (std::int64_t m = 0; m < opt_.moves; ++m) {
      const step_address at = recorder_.address(chain_, level_ * opt_.moves + m);
      // Lengths between a half and one and a half of the time asked for.
      const double u = random::uniform<double>(at.key.split(purpose::trajectory, first_chain(), at.iteration), 0);
      const double wanted = std::round(opt_.integration_time * (0.5 + u) / step_size_);
      const std::int64_t steps = std::clamp<std::int64_t>(
          wanted < static_cast<double>(opt_.max_steps) ? std::llround(wanted) : opt_.max_steps, 1, opt_.max_steps);
      particles_.step(at, first_chain(), {steps, {&step_size_, 1}, scale_});
      double rate = 0.0;
      for (const double one : particles_.chains.acceptance_rate) rate += one / static_cast<double>(count_);
      // Towards the rate asked for, from one move to the next. The particles are so many that this hardly looks at any
      // single one.
      step_size_ *= math::exp(std::clamp(rate - opt_.target_acceptance, -0.5, 0.5));
      recorder_.chain(chain_).sampling_gradients += steps * count_;
    }
  }

  void hand_over() {
    recorder_.begin(chain_, step_size_, {metric::shape::diagonal, scale_, {}, {}, {}});
    std::vector<double> x(scale_.size());
    const run_options& run = recorder_.run();
    // In an order of chance: neighbours would be copies of one particle.
    std::vector<std::int64_t> order(static_cast<std::size_t>(count_));
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<std::int64_t>(k);
    const rng_key key =
        recorder_.address(chain_, 0).key.split(purpose::resampling, static_cast<std::uint64_t>(chain_), 0, 1);
    for (std::size_t k = order.size(); k > 1; --k) {
      const auto other = static_cast<std::size_t>(random::uniform<double>(key, k) * static_cast<double>(k));
      std::swap(order[k - 1], order[other]);
    }
    for (std::int64_t i = 0; i < count_; ++i) {
      recorder_.meter().count();
      if (i % run.thin != 0) continue;
      const std::int64_t lane = order[static_cast<std::size_t>(i)];
      const auto k = static_cast<std::size_t>(lane);
      for (std::size_t d = 0; d < x.size(); ++d) x[d] = particles_.chains.position(static_cast<std::int64_t>(d), lane);
      const double statistics[] = {particles_.chains.acceptance_rate[k], step_size_};
      recorder_.keep(recorder_.address(chain_, i), x, particles_.target_log_density[k], statistics);
    }
  }

  detail::lane_recorder& recorder_;
  const smc::options& opt_;
  const std::int64_t chain_, count_;
  detail::annealed_lanes particles_;
  std::vector<double> scale_;
  double step_size_ = 0.5, log_evidence_ = 0.0;
  std::int64_t level_ = 0;
};

}  // namespace

run_result sample(const sampling_target& target, const smc::options& sampler, const run_options& run) {
  if (!(sampler.effective_share > 0.0 && sampler.effective_share < 1.0)) {
    check::fail_domain("smc", "effective_share", sampler.effective_share, "between 0 and 1");
  }
  if (!(sampler.target_acceptance > 0.0 && sampler.target_acceptance < 1.0)) {
    check::fail_domain("smc", "target_acceptance", sampler.target_acceptance, "between 0 and 1");
  }
  if (run.target_ess > 0.0) check::fail_domain("smc", "target_ess", run.target_ess, "0: its draws come together");
  check::at_least("smc", "moves", sampler.moves, 1);
  check::at_least("smc", "max_steps", sampler.max_steps, 1);
  check::positive("smc", "reference_scale", sampler.reference_scale);
  check::positive("smc", "integration_time", sampler.integration_time);
  check::at_least("smc", "draws", run.draws, 2);
  run_options own = run;
  own.warmup = 0;
  detail::lane_recorder recorder(target, own, statistic_names(sampler));
  recorder.log_evidence().assign(static_cast<std::size_t>(run.chains), NAN);
  exec::for_each_task(run.context, run.chains, [&](std::int64_t chain) {
    detail::guarded(recorder, chain, 1, [&] { smc_run(recorder, sampler, chain)(); });
  });
  return recorder.finish();
}

}  // namespace credence
