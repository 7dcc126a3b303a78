// SPDX-License-Identifier: BSD-3-Clause
#include "lane_run.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/samplers/dual_averaging.hpp"
#include "credence/samplers/hamiltonian.hpp"
#include "credence/samplers/many_chains.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace credence {

std::vector<std::string> statistic_names(const chees::options&) {
  return {"lp__", "accept_stat__", "stepsize__", "int_time__", "n_leapfrog__", "divergent__", "energy__"};
}

namespace {

/// Element i of the Halton sequence of base 2, between 0 and 1.
double halton(std::int64_t i) {
  double value = 0.0, share = 0.5;
  for (std::uint64_t rest = static_cast<std::uint64_t>(i) + 1; rest != 0; rest >>= 1, share *= 0.5) {
    if ((rest & 1) != 0) value += share;
  }
  return value;
}

/// The ascent of log trajectory length by Adam without momentum, and the average that is kept.
class length_adaptation {
 public:
  length_adaptation(double first, double rate) : log_length_(math::log(first)), average_(log_length_), rate_(rate) {}
  [[nodiscard]] double length() const { return math::exp(log_length_); }
  [[nodiscard]] double final() const { return math::exp(average_); }
  void update(double slope, double least, double most) {
    if (!std::isfinite(slope)) slope = 0.0;
    const auto t = static_cast<double>(++count_);
    second_ = decay * second_ + (1.0 - decay) * slope * slope;
    const double corrected = second_ / (1.0 - math::pow(decay, t));
    if (corrected > 0.0) log_length_ += rate_ * slope / std::sqrt(corrected);
    log_length_ = std::clamp(log_length_, math::log(least), math::log(most));
    const double weight = 1.0 / std::sqrt(t);  // older lengths fade slowly
    average_ = (1.0 - weight) * average_ + weight * log_length_;
  }

 private:
  static constexpr double decay = 0.95;
  double log_length_, average_, rate_, second_ = 0.0;
  std::int64_t count_ = 0;
};

/// Variances of all chains' positions over a window, by coordinate.
class pooled_moments {
 public:
  explicit pooled_moments(std::size_t dimension) : mean_(dimension), squares_(dimension) {}
  void add(const lanes<double>& positions) {
    for (std::int64_t lane = 0; lane < positions.count; ++lane) {
      const auto n = static_cast<double>(++count_);
      for (std::size_t d = 0; d < mean_.size(); ++d) {
        const double x = positions(static_cast<std::int64_t>(d), lane), before = x - mean_[d];
        mean_[d] += before / n;
        squares_[d] += before * (x - mean_[d]);
      }
    }
  }
  /// Standard deviations, shrunk towards 1e-3 (variances) with the weight of five draws; begins anew.
  std::vector<double> take() {
    std::vector<double> scale;
    const auto n = static_cast<double>(count_);
    for (const double s : squares_) {
      scale.push_back(std::sqrt(n / (n + 5.0) * (s / std::max(1.0, n - 1.0)) + 1e-3 * (5.0 / (n + 5.0))));
    }
    *this = pooled_moments(mean_.size());
    return scale;
  }

 private:
  std::vector<double> mean_, squares_;
  std::int64_t count_ = 0;
};

class chees_run {
 public:
  chees_run(detail::lane_recorder& recorder, const chees::options& opt)
      : recorder_(recorder),
        opt_(opt),
        run_(recorder.run()),
        dimension_(recorder.target().density.dimension()),
        now_(dimension_, run_.chains),
        scale_(static_cast<std::size_t>(dimension_), 1.0),
        moments_(scale_.size()) {}

  void operator()() {
    using clock = std::chrono::steady_clock;
    const auto seconds = [](clock::time_point from) {
      return std::chrono::duration<double>(clock::now() - from).count();
    };
    detail::find_starts(recorder_, now_.position);
    const auto start = clock::now();
    detail::evaluate_lanes(density_, now_);
    warm_up();
    const auto middle = clock::now();
    const double warmed = seconds(start) / static_cast<double>(run_.chains);  // each chain's share
    const metric shape{metric::shape::diagonal, scale_, {}, {}, {}};
    for (std::int64_t c = 0; c < run_.chains; ++c) recorder_.begin(c, step_size_, shape);
    draw();
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      chain_result& chain = recorder_.chain(c);
      chain.warmup_seconds = warmed;
      chain.sampling_seconds = seconds(middle) / static_cast<double>(run_.chains);
    }
  }

 private:
  /// One transition of all chains; the number of leapfrog steps, 0 when the run shall stop.
  std::int64_t transition(std::int64_t iteration, double length) {
    if (recorder_.stopped()) {
      for (std::int64_t c = 0; c < run_.chains; ++c) recorder_.chain(c).why = sampling_end::interrupted;
      return 0;
    }
    start_ = now_.position;
    jitter_ = halton(iteration);
    const double wanted = std::ceil(jitter_ * length / step_size_);
    const auto steps =
        wanted < static_cast<double>(opt_.max_steps) ? std::max<std::int64_t>(1, std::llround(wanted)) : opt_.max_steps;
    detail::step_lanes(recorder_.address(0, iteration), 0, density_,
                       {steps, {&step_size_, 1}, scale_, opt_.max_energy_error}, now_);
    return steps;
  }

  /// C / sum 1 / rate: what few bad chains do is not averaged away.
  [[nodiscard]] double harmonic_rate() const {
    double sum = 0.0;
    for (const double rate : now_.acceptance_rate) sum += 1.0 / std::max(rate, 1e-10);
    return static_cast<double>(run_.chains) / sum;
  }

  /// The derivative by log length of the expected change of squared distance from the mean, in units of the scales,
  /// over the chains by their acceptance rates.
  [[nodiscard]] double slope(double length) const {
    const double count = static_cast<double>(run_.chains);
    std::vector<double> change(now_.log_density.size()), along(change.size());
    for (std::int64_t d = 0; d < dimension_; ++d) {
      const double s = scale_[static_cast<std::size_t>(d)];
      double mean_before = 0.0, mean_after = 0.0, weights = 0.0;
      for (std::int64_t c = 0; c < run_.chains; ++c) {
        const double w = weight(c);
        mean_before += start_(d, c) / count;
        mean_after += w * (w > 0.0 ? now_.end_position(d, c) : 0.0);
        weights += w;
      }
      mean_after = weights > 0.0 ? mean_after / weights : mean_before;
      for (std::int64_t c = 0; c < run_.chains; ++c) {
        const auto lane = static_cast<std::size_t>(c);
        const double before = (start_(d, c) - mean_before) / s, after = (now_.end_position(d, c) - mean_after) / s;
        change[lane] += after * after - before * before;
        along[lane] += after * now_.end_velocity(d, c);
      }
    }
    double sum = 0.0, weights = 0.0;
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      const auto lane = static_cast<std::size_t>(c);
      const double w = weight(c);
      if (w == 0.0) continue;
      sum += w * change[lane] * along[lane];
      weights += w;
    }
    return weights > 0.0 ? length * jitter_ * sum / weights : 0.0;
  }
  [[nodiscard]] double weight(std::int64_t c) const {
    const auto lane = static_cast<std::size_t>(c);
    return now_.divergent[lane] != 0 ? 0.0 : now_.acceptance_rate[lane];
  }

  void search_step_size() {
    // The smallest of a few chains: one step size must do for all.
    double least = 1e7;
    const metric shape{metric::shape::diagonal, scale_, {}, {}, {}};
    std::vector<double> x(scale_.size());
    for (std::int64_t c = 0; c < std::min<std::int64_t>(8, run_.chains); ++c) {
      for (std::int64_t d = 0; d < dimension_; ++d) x[static_cast<std::size_t>(d)] = now_.position(d, c);
      least = std::min(least, hamiltonian::search_step_size(recorder_.address(c, iteration_),
                                                            recorder_.target().density, shape, step_size_, x));
    }
    step_size_ = least;
    step_ = dual_averaging::init(step_size_);
  }

  void warm_up() {
    if (run_.warmup == 0) return;
    const dual_averaging::options aim{.target_acceptance = opt_.target_acceptance};
    const auto when = windowed_adaptation::plan({.start = 20, .window = 20}, run_.warmup);
    std::size_t window = 0;
    search_step_size();
    length_adaptation lengths(step_size_, opt_.learning_rate);
    double rate_sum = 0.0, rates = 0.0;
    for (; iteration_ < run_.warmup; ++iteration_) {
      const double length = lengths.length();
      const std::int64_t steps = transition(iteration_, length);
      if (steps == 0) return;
      for (std::int64_t c = 0; c < run_.chains; ++c) recorder_.chain(c).warmup_gradients += steps;
      const double rate = harmonic_rate();
      rate_sum += rate;
      rates += 1.0;
      // Without the first few trajectories, which fall towards the bulk.
      if (iteration_ >= 10) {
        lengths.update(slope(length), step_size_, step_size_ * static_cast<double>(opt_.max_steps));
      }
      step_size_ = dual_averaging::update(aim, step_, rate);
      if (iteration_ >= when.start && window < when.window_ends.size()) moments_.add(now_.position);
      if (window < when.window_ends.size() && iteration_ == when.window_ends[window]) {
        ++window;
        const std::vector<double> before = scale_;
        scale_ = moments_.take();
        for (std::size_t d = 0; d < before.size(); ++d) {
          const double change = std::max(scale_[d] / before[d], before[d] / scale_[d]);
          if (window > 1) scale_change_ = d == 0 ? change : std::max(scale_change_, change);
        }
        search_step_size();
        rate_sum = rates = 0.0;
      }
      recorder_.meter().count();
    }
    if (step_.count > 0) step_size_ = dual_averaging::final(step_);
    length_ = std::max(step_size_, lengths.final());
    for (std::int64_t c = 0; c < run_.chains; ++c) {
      warmup_report& report = recorder_.chain(c).warmup;
      if (rates > 0.0) report.acceptance_rate = rate_sum / rates;
      report.scale_change = scale_change_;
      report.settled =
          !(scale_change_ > 3.0) && !(rates > 0.0 && std::abs(rate_sum / rates - opt_.target_acceptance) > 0.15);
    }
  }

  void draw() {
    std::vector<double> x(scale_.size());
    for (std::int64_t i = 0; i < run_.draws && recorder_.chain(0).why == sampling_end::completed; ++i, ++iteration_) {
      const std::int64_t steps = transition(iteration_, length_);
      if (steps == 0) return;
      for (std::int64_t c = 0; c < run_.chains; ++c) {
        recorder_.chain(c).sampling_gradients += steps;
        recorder_.meter().count();
        if (i % run_.thin != 0) continue;
        const auto lane = static_cast<std::size_t>(c);
        for (std::int64_t d = 0; d < dimension_; ++d) x[static_cast<std::size_t>(d)] = now_.position(d, c);
        const double statistics[] = {now_.acceptance_rate[lane],
                                     step_size_,
                                     step_size_ * static_cast<double>(steps),
                                     static_cast<double>(steps),
                                     static_cast<double>(now_.divergent[lane]),
                                     now_.energy[lane]};
        recorder_.keep(recorder_.address(c, iteration_), x, now_.log_density[lane], statistics);
      }
      if (recorder_.enough()) return;
    }
  }

  detail::lane_recorder& recorder_;
  const chees::options& opt_;
  const run_options& run_;
  std::int64_t dimension_;
  detail::lane_chains now_;
  lanes<double> start_;
  std::vector<double> scale_;
  pooled_moments moments_;
  dual_averaging::state step_{};
  double step_size_ = 1.0, length_ = 1.0, jitter_ = 0.5;
  double scale_change_ = std::numeric_limits<double>::quiet_NaN();
  std::int64_t iteration_ = 0;
  detail::lane_function density_ = [this](lanes_view<const double> x, std::span<double> value, lanes_view<double> g) {
    recorder_.target().density.evaluate(run_.context, x, value, g);
  };
};

}  // namespace

run_result sample(const sampling_target& target, const chees::options& sampler, const run_options& run) {
  if (!(sampler.target_acceptance > 0.0 && sampler.target_acceptance < 1.0)) {
    check::fail_domain("chees", "target_acceptance", sampler.target_acceptance, "between 0 and 1");
  }
  check::positive("chees", "learning_rate", sampler.learning_rate);
  check::at_least("chees", "max_steps", sampler.max_steps, 1);
  check::at_least("chees", "chains", run.chains, 2);
  detail::lane_recorder recorder(target, run, statistic_names(sampler));
  detail::guarded(recorder, 0, run.chains, [&] { chees_run(recorder, sampler)(); });
  return recorder.finish();
}

}  // namespace credence
