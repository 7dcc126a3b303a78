// SPDX-License-Identifier: BSD-3-Clause
#include "annealed.hpp"
#include "lane_run.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"
#include "credence/samplers/dual_averaging.hpp"
#include "credence/samplers/many_chains.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace credence {

std::vector<std::string> statistic_names(const tempering::options&) {
  return {"lp__", "accept_stat__", "stepsize__", "swap_stat__"};
}

namespace {

/// log of the mean of exp(x), one x after the other.
class running_log_mean {
 public:
  void add(double x) {
    if (!(x > -HUGE_VAL)) {
      ++count_;
      return;
    }
    if (x > offset_) {
      sum_ = offset_ > -HUGE_VAL ? sum_ * math::exp(offset_ - x) : 0.0;
      offset_ = x;
    }
    sum_ += math::exp(x - offset_);
    ++count_;
  }
  [[nodiscard]] double value() const { return offset_ + math::log(sum_ / static_cast<double>(count_)); }

 private:
  double offset_ = -HUGE_VAL, sum_ = 0.0;
  std::int64_t count_ = 0;
};

/// Mean and variance of each replica's coordinates.
struct replica_moments {
  replica_moments(std::int64_t dimension, std::int64_t replicas)
      : mean(dimension, replicas), squares(dimension, replicas) {}
  lanes<double> mean, squares;
  std::int64_t count = 0;
  void add(const lanes<double>& x) {
    const auto n = static_cast<double>(++count);
    for (std::size_t k = 0; k < x.values.size(); ++k) {
      const double before = x.values[k] - mean.values[k];
      mean.values[k] += before / n;
      squares.values[k] += before * (x.values[k] - mean.values[k]);
    }
  }
  /// Shrunk towards 1e-3 with the weight of five draws.
  [[nodiscard]] double variance(std::int64_t d, std::int64_t replica) const {
    const auto n = static_cast<double>(count);
    return n / (n + 5.0) * (squares(d, replica) / std::max(1.0, n - 1.0)) + 1e-3 * (5.0 / (n + 5.0));
  }
};

class ladder {
 public:
  ladder(detail::lane_recorder& recorder, const tempering::options& opt, std::int64_t chain)
      : recorder_(recorder),
        opt_(opt),
        chain_(chain),
        dimension_(recorder.target().density.dimension()),
        replicas_(recorder.target().density, opt.replicas),
        scale_(dimension_, opt.replicas),
        step_size_(static_cast<std::size_t>(opt.replicas), 0.3),
        steps_(static_cast<std::size_t>(opt.replicas)),
        rejections_(static_cast<std::size_t>(opt.replicas - 1)),
        moments_(dimension_, opt.replicas) {}

  void operator()() {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    begin();
    chain_result& of = recorder_.chain(chain_);
    const run_options& run = recorder_.run();
    std::int64_t round_end = std::max<std::int64_t>(1, run.warmup / 16), i = 0;
    for (; i < run.warmup; ++i) {
      if (!scan(i, of.warmup_gradients)) return;
      adapt_step_sizes();
      if (i + 1 == round_end || i + 1 == run.warmup) {
        end_round();
        round_end *= 2;
      }
      recorder_.meter().count();
    }
    settle_step_sizes();
    of.warmup_seconds = std::chrono::duration<double>(clock::now() - start).count();
    draw(i, of);
    of.sampling_seconds = std::chrono::duration<double>(clock::now() - start).count() - of.warmup_seconds;
  }

 private:
  void begin() {
    std::fill(replicas_.reference.scale.begin(), replicas_.reference.scale.end(), opt_.reference_scale);
    std::fill(scale_.values.begin(), scale_.values.end(), opt_.reference_scale);
    for (std::int64_t r = 0; r < opt_.replicas; ++r) {
      // Denser near the reference, where the ratio varies the most at first.
      const double share = static_cast<double>(r) / static_cast<double>(opt_.replicas - 1);
      replicas_.power[static_cast<std::size_t>(r)] = share * share * share;
    }
    replicas_.draw(recorder_.address(chain_, 0), first_chain());
    restart_step_sizes();
  }

  [[nodiscard]] std::uint64_t first_chain() const {
    return static_cast<std::uint64_t>(chain_) * detail::lanes_of_chain;
  }
  [[nodiscard]] std::int64_t last() const { return opt_.replicas - 1; }

  /// Every replica moves, then neighbours may swap: even pairs and odd pairs in turn, so that a draw of the reference
  /// travels straight to the target. False when the run shall stop.
  bool scan(std::int64_t iteration, std::int64_t& gradients) {
    if (recorder_.stopped()) {
      recorder_.chain(chain_).why = sampling_end::interrupted;
      return false;
    }
    const step_address at = recorder_.address(chain_, iteration);
    const double u = random::uniform<double>(at.key.split(purpose::trajectory, first_chain(), at.iteration), 0);
    // As many steps for all as the replica with the smallest step size needs; the others go further.
    const double time = opt_.integration_time * (0.5 + u);
    const double smallest = *std::min_element(step_size_.begin(), step_size_.end());
    const double wanted = std::round(time / smallest);
    const std::int64_t steps = std::clamp<std::int64_t>(
        wanted < static_cast<double>(opt_.max_steps) ? std::llround(wanted) : opt_.max_steps, 1, opt_.max_steps);
    replicas_.step(at, first_chain(), {steps, step_size_, scale_.values});
    gradients += steps * opt_.replicas;
    swap_neighbours(at);
    return true;
  }

  void swap_neighbours(const step_address& at) {
    swap_rate_ = 0.0;
    std::int64_t pairs = 0;
    const rng_key key = at.key.split(purpose::acceptance, first_chain(), at.iteration, 1);
    std::vector<double> ratio(static_cast<std::size_t>(opt_.replicas));
    for (std::int64_t r = 0; r < opt_.replicas; ++r) ratio[static_cast<std::size_t>(r)] = replicas_.log_ratio(r);
    for (std::int64_t r = 0; r < last(); ++r) {
      const auto k = static_cast<std::size_t>(r);
      const double gap = replicas_.power[k + 1] - replicas_.power[k];
      const double log_rate = gap * (ratio[k] - ratio[k + 1]);
      const double rate = log_rate >= 0.0 ? 1.0 : (log_rate == log_rate ? math::exp(log_rate) : 0.0);
      rejections_[k] += 1.0 - rate;
      up_[k].add(gap * ratio[k]);
      down_[k].add(-gap * ratio[k + 1]);
      if (r % 2 != static_cast<std::int64_t>(at.iteration % 2)) continue;
      swap_rate_ += rate;
      ++pairs;
      if (random::uniform<double>(key, k) < rate) replicas_.swap(r, r + 1);
    }
    if (pairs > 0) swap_rate_ /= static_cast<double>(pairs);
    ++scans_;
    replicas_.recombine();
    moments_.add(replicas_.chains.position);
  }

  void restart_step_sizes() {
    for (std::size_t r = 0; r < steps_.size(); ++r) steps_[r] = dual_averaging::init(step_size_[r]);
  }
  void adapt_step_sizes() {
    const dual_averaging::options aim{.target_acceptance = opt_.target_acceptance};
    for (std::size_t r = 0; r < steps_.size(); ++r) {
      step_size_[r] = std::min(2.0, dual_averaging::update(aim, steps_[r], replicas_.chains.acceptance_rate[r]));
    }
  }
  void settle_step_sizes() {
    for (std::size_t r = 0; r < steps_.size(); ++r) {
      if (steps_[r].count > 0) step_size_[r] = std::min(2.0, dual_averaging::final(steps_[r]));
    }
  }

  /// Learns from the scans of a round: scales of the replicas, the ladder, the reference.
  void end_round() {
    settle_step_sizes();
    if (moments_.count >= 10) {
      for (std::int64_t r = 0; r < opt_.replicas; ++r) {
        for (std::int64_t d = 0; d < dimension_; ++d) scale_(d, r) = std::sqrt(moments_.variance(d, r));
      }
    }
    even_out_ladder();
    if (opt_.adapt_reference && moments_.count >= 20) {
      // The moments of an even mixture of the first reference and the target's draws. Those of the draws alone would
      // shut out modes that have not been seen yet.
      const double first = opt_.reference_scale * opt_.reference_scale;
      for (std::int64_t d = 0; d < dimension_; ++d) {
        const auto k = static_cast<std::size_t>(d);
        const double half = 0.5 * moments_.mean(d, last());
        replicas_.reference.location[k] = half;
        replicas_.reference.scale[k] = std::sqrt(0.5 * (first + moments_.variance(d, last())) + half * half);
      }
    }
    replicas_.recombine();
    restart_step_sizes();
    moments_ = replica_moments(dimension_, opt_.replicas);
    reset_estimates();
  }

  /// Powers between which swaps are refused equally often: the refusals add up to a barrier that rises with the power,
  /// and the new powers cut it into equal parts.
  void even_out_ladder() {
    std::vector<double> barrier{0.0};
    for (const double refused : rejections_) {
      barrier.push_back(barrier.back() +
                        std::max(1e-6, refused / static_cast<double>(std::max<std::int64_t>(1, scans_))));
    }
    const std::vector<double> before = replicas_.power;
    std::size_t below = 0;
    for (std::int64_t r = 1; r < last(); ++r) {
      const double level = barrier.back() * static_cast<double>(r) / static_cast<double>(last());
      while (barrier[below + 1] < level) ++below;
      const double share = (level - barrier[below]) / (barrier[below + 1] - barrier[below]);
      replicas_.power[static_cast<std::size_t>(r)] = before[below] + share * (before[below + 1] - before[below]);
    }
  }

  void reset_estimates() {
    std::fill(rejections_.begin(), rejections_.end(), 0.0);
    scans_ = 0;
    up_.assign(rejections_.size(), {});
    down_.assign(rejections_.size(), {});
  }

  void draw(std::int64_t first, chain_result& of) {
    reset_estimates();
    std::vector<double> x(static_cast<std::size_t>(dimension_)), scale(x.size());
    for (std::size_t d = 0; d < scale.size(); ++d) scale[d] = scale_(static_cast<std::int64_t>(d), last());
    recorder_.begin(chain_, step_size_.back(), {metric::shape::diagonal, scale, {}, {}, {}});
    const run_options& run = recorder_.run();
    for (std::int64_t i = 0; i < run.draws; ++i) {
      if (!scan(first + i, of.sampling_gradients)) return;
      recorder_.meter().count();
      if (i % run.thin != 0) continue;
      for (std::size_t d = 0; d < x.size(); ++d) x[d] = replicas_.chains.position(static_cast<std::int64_t>(d), last());
      const double statistics[] = {replicas_.chains.acceptance_rate.back(), step_size_.back(), swap_rate_};
      recorder_.keep(recorder_.address(chain_, first + i), x, replicas_.target_log_density.back(), statistics);
    }
    // Of each ratio of constants, the estimates from below and from above: their mean has the smaller bias.
    double log_evidence = 0.0;
    for (std::size_t k = 0; k < up_.size(); ++k) log_evidence += 0.5 * (up_[k].value() - down_[k].value());
    recorder_.log_evidence()[static_cast<std::size_t>(chain_)] = log_evidence;
  }

  detail::lane_recorder& recorder_;
  const tempering::options& opt_;
  const std::int64_t chain_, dimension_;
  detail::annealed_lanes replicas_;
  lanes<double> scale_;
  std::vector<double> step_size_;
  std::vector<dual_averaging::state> steps_;
  std::vector<double> rejections_;
  replica_moments moments_;
  std::vector<running_log_mean> up_ = std::vector<running_log_mean>(rejections_.size());
  std::vector<running_log_mean> down_ = std::vector<running_log_mean>(rejections_.size());
  double swap_rate_ = 0.0;
  std::int64_t scans_ = 0;
};

}  // namespace

run_result sample(const sampling_target& target, const tempering::options& sampler, const run_options& run) {
  check::at_least("tempering", "replicas", sampler.replicas, 2);
  check::positive("tempering", "reference_scale", sampler.reference_scale);
  check::positive("tempering", "integration_time", sampler.integration_time);
  check::at_least("tempering", "max_steps", sampler.max_steps, 1);
  if (!(sampler.target_acceptance > 0.0 && sampler.target_acceptance < 1.0)) {
    check::fail_domain("tempering", "target_acceptance", sampler.target_acceptance, "between 0 and 1");
  }
  if (run.target_ess > 0.0) check::fail_domain("tempering", "target_ess", run.target_ess, "0: its draws come together");
  if (run.target_ess > 0.0) check::fail_domain("tempering", "target_ess", run.target_ess, "0: its draws come together");
  detail::lane_recorder recorder(target, run, statistic_names(sampler));
  recorder.log_evidence().assign(static_cast<std::size_t>(run.chains), NAN);
  exec::for_each_task(run.context, run.chains, [&](std::int64_t chain) {
    detail::guarded(recorder, chain, 1, [&] { ladder(recorder, sampler, chain)(); });
  });
  return recorder.finish();
}

}  // namespace credence
