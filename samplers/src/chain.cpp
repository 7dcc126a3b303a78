// SPDX-License-Identifier: BSD-3-Clause
#include "chain.hpp"
#include "run_parts.hpp"

#include "metric_estimate.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/random/fill.hpp"
#include "credence/samplers/hamiltonian.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace credence::detail {

namespace {

constexpr int start_attempts = 100;

bool finite_at(const density_ref& density, const std::vector<double>& x, std::vector<double>& gradient) {
  if (!std::isfinite(density(x.data(), gradient.data()))) return false;
  return std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); });
}

}  // namespace

std::vector<double> find_start(const density_ref& density, const run_options& run, std::int64_t chain) {
  const auto d = static_cast<std::size_t>(density.dimension());
  std::vector<double> gradient(d);
  if (!run.initial_points.empty()) {
    const std::size_t which = run.initial_points.size() == 1 ? 0 : static_cast<std::size_t>(chain);
    std::vector<double> x = run.initial_points[which];
    if (finite_at(density, x, gradient)) return x;
    throw domain_error("sample: the log density or its gradient is not finite at the given start of chain " +
                       std::to_string(chain + 1));
  }
  std::vector<double> x(d);
  const int attempts = run.initial_radius == 0.0 ? 1 : start_attempts;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    random::fill_uniform(rng_key{run.seed, 0}.split(purpose::initial_point, static_cast<std::uint64_t>(chain),
                                                    static_cast<std::uint64_t>(attempt)),
                         x);
    for (double& coordinate : x) coordinate = run.initial_radius * (2.0 * coordinate - 1.0);
    if (finite_at(density, x, gradient)) return x;
  }
  throw domain_error("sample: chain " + std::to_string(chain + 1) + " found no start in " + std::to_string(attempts) +
                     " tries: the log density or its gradient is not finite within " +
                     check::to_text(run.initial_radius) + " of 0 on the unconstrained scale");
}

namespace {

/// Where gradients are the only news: variances that a normal target of such slopes might have.
metric metric_from_start(std::span<const double> gradient) {
  std::vector<double> variances;
  for (const double g : gradient) variances.push_back(std::clamp(1.0 / std::abs(g), 1e-5, 1e5));
  return diagonal_metric(variances);
}

}  // namespace

/// A chain while it runs.
class runner {
 public:
  runner(const shared_run& shared, std::int64_t chain, const chain_memory& memory)
      : target_(shared.target),
        run_(shared.run),
        rows_(shared.rows),
        memory_(memory),
        meter_(shared.meter),
        book_(shared.book),
        chain_(chain),
        statistics_(shared.sampler.statistic_names.size()),
        kernel_(shared.sampler.prototype->copy()) {
    at_.key = rng_key{run_.seed, 0};
    at_.chain = static_cast<std::uint64_t>(chain);
    if (run_.warmup > 0) learner_ = kernel_->learner();
  }

  void run_until(std::int64_t draws) {
    if (!begun_) {
      begun_ = true;
      if (book_.entry(chain_).empty()) {
        begin();
      } else {
        resume(book_.entry(chain_));
      }
      timed(result_.warmup_seconds, [this] { warm_up(); });
      result_.step_size = kernel_->step_size();
      result_.metric = kernel_->metric();
    }
    if (result_.why == sampling_end::completed) timed(result_.sampling_seconds, [&] { draw(draws); });
  }
  [[nodiscard]] const chain_result& result() const { return result_; }

 private:
  [[nodiscard]] chain_kernel& active() const { return learner_ ? *learner_ : *kernel_; }

  /// Runs a phase. An error of the density ends the chain; one of writing draws ends the run.
  template <class Phase>
  void timed(double& seconds, const Phase& phase) {
    const auto start = std::chrono::steady_clock::now();
    try {
      phase();
    } catch (const io_error&) {
      meter_.stop();
      throw;
    } catch (const error& failure) {
      result_.why = sampling_end::failed;
      result_.error = failure.what();
    }
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  void begin() {
    result_.initial_point = find_start(target_.density, run_, chain_);
    active().begin(target_.density, result_.initial_point);
    plan_adaptation();
  }

  /// What comes before the first iteration of warm-up.
  void prepare() {
    if (options_.adapt_metric && options_.estimator == metric_estimator::fisher) {
      if (active().now.gradient.empty()) {
        throw domain_error("sample: the estimator is fisher, but this sampler uses no gradients");
      }
      if (active().metric().what == metric::shape::unit) {
        active().set_metric(metric_from_start(active().now.gradient), {});
      }
    }
    first_step_size_ = active().step_size();
    find_step_size();
    adaptation_ = windowed_adaptation::init(options_, run_.warmup, target_.density.dimension(), active().step_size(),
                                            active().metric());
  }

  void plan_adaptation() {
    const tuning tunes = active().tunes();
    search_ = tunes.search;
    options_.shape = tunes.metric.shape;
    options_.estimator = tunes.metric.estimator;
    options_.adapt_metric = tunes.metric.shape != metric::shape::unit;
    options_.adapt_step_size = tunes.target_acceptance > 0.0;
    if (options_.adapt_step_size) options_.step_size.target_acceptance = tunes.target_acceptance;
    if (options_.estimator == metric_estimator::fisher) {
      options_.start = 20;  // gradients tell enough early
      options_.window = 20;
    }
    if (active().now.gradient.empty()) {
      // Neighbouring draws are much alike: a window has to be long to see every direction.
      const std::int64_t d = target_.density.dimension();
      options_.window = std::clamp<std::int64_t>(10 * d, 25, std::max<std::int64_t>(25, run_.warmup / 4));
      options_.diagonal_weight = 5.0 * static_cast<double>(d);
    }
  }

  void find_step_size() {
    if (!options_.adapt_step_size) return;
    active().set_step_size(search_ ? hamiltonian::search_step_size(at_, target_.density, active().metric(),
                                                                   active().step_size(), active().now.position)
                                   : first_step_size_);
  }

  /// One transition; false when the chain shall stop.
  bool transition(std::int64_t& evaluations) {
    if (meter_.stopped() || (run_.interrupt != nullptr && run_.interrupt->requested())) {
      result_.why = sampling_end::interrupted;
      leave_state();
      return false;
    }
    at_.iteration = static_cast<std::uint64_t>(iteration_);
    rate_ = active().step(at_, target_.density);
    evaluations += active().evaluations();
    return true;
  }

  void end_iteration() {
    ++iteration_;
    meter_.count();
    if (book_.due(chain_)) leave_state();
  }

  void warm_up() {
    if (iteration_ >= run_.warmup) return;
    if (iteration_ == 0) prepare();
    while (iteration_ < run_.warmup) {
      if (!transition(result_.warmup_gradients)) return;
      const bool new_metric =
          windowed_adaptation::update(options_, adaptation_, rate_, active().now.position, active().now.gradient);
      if (options_.adapt_step_size) active().set_step_size(adaptation_.step_size);
      rate_sum_ += rate_;
      ++rates_;
      if (new_metric) take_metric();
      if (iteration_ + 1 == run_.warmup) finish_warm_up();
      end_iteration();
    }
  }

  void take_metric() {
    const std::int64_t d = target_.density.dimension();
    const std::vector<double> before = variances(active().metric(), d), after = variances(adaptation_.estimate, d);
    double change = 1.0;
    for (std::size_t k = 0; k < before.size(); ++k) {
      change = std::max(change, std::sqrt(std::max(after[k] / before[k], before[k] / after[k])));
    }
    if (adaptation_.window > 1) result_.warmup.scale_change = change;
    active().set_metric(adaptation_.estimate, adaptation_.location);
    find_step_size();
    windowed_adaptation::restart(adaptation_, active().step_size());
    rate_sum_ = 0.0;
    rates_ = 0;
  }

  void finish_warm_up() {
    if (options_.adapt_step_size) active().set_step_size(windowed_adaptation::final(options_, adaptation_));
    warmup_report& report = result_.warmup;
    if (rates_ > 0) report.acceptance_rate = rate_sum_ / static_cast<double>(rates_);
    const double target = options_.step_size.target_acceptance;
    report.settled =
        !(report.scale_change > 3.0) && !(options_.adapt_step_size && std::abs(report.acceptance_rate - target) > 0.15);
    if (!learner_) return;
    kernel_->set_metric(learner_->metric(), adaptation_.location);
    kernel_->begin(target_.density, learner_->now.position);
    learner_.reset();
  }

  void draw(std::int64_t until) {
    const std::int64_t capacity = (run_.draws + run_.thin - 1) / run_.thin;
    if (run_.sink.begin && result_.draws == 0)
      run_.sink.begin({chain_, kernel_->step_size(), target_.density.dimension(), &kernel_->metric()});
    std::vector<double> reported(target_.names.size()), row(rows_.size());
    while (iteration_ < run_.warmup + run_.draws && (result_.draws < until || until >= capacity)) {
      if (!transition(result_.sampling_gradients)) return;
      if ((iteration_ - run_.warmup) % run_.thin == 0) {
        target_.report(at_, kernel_->now.position, reported);
        for (std::size_t k = 0; k < rows_.size(); ++k) row[k] = reported[static_cast<std::size_t>(rows_[k])];
        keep(row);
      }
      end_iteration();
    }
    leave_state();
  }

  void keep(const std::vector<double>& row) {
    statistics_[0] = kernel_->now.log_density;
    kernel_->statistics(statistics_.data() + 1);
    copy_to_memory(statistics_, row, result_.draws);
    if (run_.sink.draw) run_.sink.draw(chain_, statistics_, row);
    ++result_.draws;
  }

  /// Rows of draws behind the first `before`.
  void copy_to_memory(const std::vector<double>& statistics, const std::vector<double>& values,
                      std::int64_t before) const {
    const auto copy = [before](const std::vector<double>& from, double* to, std::size_t columns) {
      if (to != nullptr) std::copy(from.begin(), from.end(), to + before * static_cast<std::int64_t>(columns));
    };
    copy(values, memory_.values, rows_.size());
    copy(statistics, memory_.statistics, statistics_.size());
  }

  /// What a resumed chain needs, in one order for both ways.
  template <class Archive, class Result>
  void transfer_counts(Archive& archive, Result& result) {
    archive(iteration_);
    archive(first_step_size_);
    archive(rate_sum_);
    archive(rates_);
    archive(result.draws);
    archive(result.initial_point);
    archive(result.warmup_gradients);
    archive(result.sampling_gradients);
    archive(result.warmup_seconds);
    archive(result.sampling_seconds);
    archive(result.warmup.acceptance_rate);
    archive(result.warmup.scale_change);
    archive(result.warmup.settled);
  }

  void leave_state() {
    if (run_.checkpoint.path.empty() || iteration_ == 0) return;
    if (run_.sink.flush) run_.sink.flush(chain_);
    archive_writer to;
    transfer_counts(to, result_);
    to(static_cast<std::uint8_t>(active().now.gradient.empty() ? 0 : 1));
    if (iteration_ > 0 && iteration_ < run_.warmup) transfer_adaptation(to, adaptation_);
    active().save(to);
    if (!run_.sink.restore) {
      const auto rows = [&](const double* from, std::size_t columns) {
        if (from == nullptr) return std::vector<double>();
        return std::vector<double>(from, from + result_.draws * static_cast<std::int64_t>(columns));
      };
      to(rows(memory_.values, rows_.size()));
      to(rows(memory_.statistics, statistics_.size()));
    }
    book_.put(chain_, to.bytes());
  }

  void resume(const std::string& entry) {
    archive_reader from(entry);
    transfer_counts(from, result_);
    std::uint8_t uses_gradient = 0;
    from(uses_gradient);
    if (iteration_ >= run_.warmup) learner_.reset();
    active().now.position.resize(static_cast<std::size_t>(target_.density.dimension()));
    if (uses_gradient != 0) active().now.gradient.resize(active().now.position.size());
    plan_adaptation();
    if (iteration_ > 0 && iteration_ < run_.warmup) {
      adaptation_.when = windowed_adaptation::plan(options_, run_.warmup);
      transfer_adaptation(from, adaptation_);
    }
    active().load(from);
    std::vector<double> values, statistics;
    if (run_.sink.restore) {
      run_.sink.restore(chain_, result_.draws, statistics, values);
    } else {
      from(values);
      from(statistics);
    }
    copy_to_memory(statistics, values, 0);
    meter_.skip(iteration_);
  }

  const sampling_target& target_;
  const run_options& run_;
  const std::vector<std::int64_t>& rows_;
  const chain_memory memory_;
  progress_meter& meter_;
  checkpoint_book& book_;
  const std::int64_t chain_;
  step_address at_;
  std::vector<double> statistics_;
  std::unique_ptr<chain_kernel> kernel_, learner_;
  bool search_ = false;
  windowed_adaptation::options options_;
  windowed_adaptation::state adaptation_;
  double first_step_size_ = 0.0;
  double rate_ = 0.0;      // of the last transition
  double rate_sum_ = 0.0;  // since the metric changed
  std::int64_t rates_ = 0;
  std::int64_t iteration_ = 0;
  bool begun_ = false;
  chain_result result_;
};

running_chain::running_chain(const shared_run& shared, std::int64_t chain, const chain_memory& memory)
    : runner_(std::make_unique<runner>(shared, chain, memory)) {}
running_chain::~running_chain() = default;
running_chain::running_chain(running_chain&&) noexcept = default;
void running_chain::run_until(std::int64_t draws) { runner_->run_until(draws); }
const chain_result& running_chain::result() const { return runner_->result(); }

}  // namespace credence::detail
