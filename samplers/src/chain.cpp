// SPDX-License-Identifier: BSD-3-Clause
#include "chain.hpp"

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

/// A chain while it runs.
class runner {
 public:
  runner(const sampling_target& target, const nuts::options& sampler, const run_options& run,
         const std::vector<std::int64_t>& rows, std::int64_t chain, const chain_memory& memory, progress_meter& meter)
      : target_(target), sampler_(sampler), run_(run), rows_(rows), memory_(memory), meter_(meter) {
    at_.key = rng_key{run.seed, 0};
    at_.chain = static_cast<std::uint64_t>(chain);
  }

  chain_result run() {
    result_.initial_point = find_start(target_.density, run_, static_cast<std::int64_t>(at_.chain));
    if (sampler_.inverse_metric.empty()) sampler_.inverse_metric.assign(result_.initial_point.size(), 1.0);
    chain_ = nuts::init(target_.density, sampler_, result_.initial_point);
    timed(result_.warmup_seconds, [this] { warm_up(); });
    result_.step_size = sampler_.step_size;
    result_.inverse_metric = sampler_.inverse_metric;
    if (result_.why == sampling_end::completed) timed(result_.sampling_seconds, [this] { draw(); });
    return std::move(result_);
  }

 private:
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
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  /// One transition; false when the chain was interrupted.
  bool transition(std::int64_t iteration, std::int64_t& gradients) {
    if (meter_.stopped() || (run_.interrupt != nullptr && run_.interrupt->requested())) {
      result_.why = sampling_end::interrupted;
      return false;
    }
    at_.iteration = static_cast<std::uint64_t>(iteration);
    info_ = nuts::step(at_, target_.density, sampler_, chain_);
    gradients += info_.leapfrogs;
    return true;
  }

  void search_step_size() {
    sampler_.step_size = hamiltonian::search_step_size(at_, target_.density, sampler_.inverse_metric,
                                                       sampler_.step_size, chain_.position);
  }

  void warm_up() {
    if (run_.warmup == 0) return;
    const windowed_adaptation::options opt{.adapt_metric = sampler_.adapt_metric,
                                           .step_size = {.target_acceptance = sampler_.target_acceptance}};
    search_step_size();
    auto adaptation = windowed_adaptation::init(opt, run_.warmup, sampler_.step_size, sampler_.inverse_metric);
    for (std::int64_t i = 0; i < run_.warmup; ++i) {
      if (!transition(i, result_.warmup_gradients)) return;
      const bool new_metric = windowed_adaptation::update(opt, adaptation, info_.acceptance_rate, chain_.position);
      sampler_.step_size = adaptation.step_size;
      if (new_metric) {
        sampler_.inverse_metric = adaptation.inverse_metric;
        search_step_size();
        windowed_adaptation::restart(adaptation, sampler_.step_size);
      }
      meter_.count();
    }
    sampler_.step_size = windowed_adaptation::final(opt, adaptation);
  }

  void draw() {
    const auto chain = static_cast<std::int64_t>(at_.chain);
    if (run_.sink.begin) run_.sink.begin({chain, sampler_.step_size, sampler_.inverse_metric});
    std::vector<double> reported(target_.names.size()), row(rows_.size());
    for (std::int64_t i = 0; i < run_.draws; ++i) {
      if (!transition(run_.warmup + i, result_.sampling_gradients)) return;
      if (i % run_.thin == 0) {
        target_.report(at_, chain_.position, reported);
        for (std::size_t k = 0; k < rows_.size(); ++k) row[k] = reported[static_cast<std::size_t>(rows_[k])];
        keep(chain, row);
      }
      meter_.count();
    }
  }

  void keep(std::int64_t chain, const std::vector<double>& row) {
    const double statistics[nuts_statistic::count] = {chain_.log_density,
                                                      info_.acceptance_rate,
                                                      sampler_.step_size,
                                                      static_cast<double>(info_.depth),
                                                      static_cast<double>(info_.leapfrogs),
                                                      info_.divergent ? 1.0 : 0.0,
                                                      info_.energy};
    if (memory_.values != nullptr) {
      std::copy(row.begin(), row.end(), memory_.values + result_.draws * static_cast<std::int64_t>(row.size()));
    }
    if (memory_.statistics != nullptr) {
      std::copy(std::begin(statistics), std::end(statistics),
                memory_.statistics + result_.draws * nuts_statistic::count);
    }
    if (run_.sink.draw) run_.sink.draw(chain, statistics, row);
    ++result_.draws;
  }

  const sampling_target& target_;
  nuts::options sampler_;
  const run_options& run_;
  const std::vector<std::int64_t>& rows_;
  const chain_memory memory_;
  progress_meter& meter_;
  step_address at_;
  nuts::state chain_;
  nuts::info info_;
  chain_result result_;
};

}  // namespace

chain_result run_chain(const sampling_target& target, const nuts::options& sampler, const run_options& run,
                       const std::vector<std::int64_t>& rows, std::int64_t chain, const chain_memory& memory,
                       progress_meter& meter) {
  return runner(target, sampler, run, rows, chain, memory, meter).run();
}

}  // namespace credence::detail
