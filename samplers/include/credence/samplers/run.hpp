// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/program.hpp"
#include "credence/base/progress.hpp"
#include "credence/diagnostics/summary.hpp"
#include "credence/samplers/checkpoint.hpp"
#include "credence/samplers/hmc.hpp"
#include "credence/samplers/langevin.hpp"
#include "credence/samplers/metropolis.hpp"
#include "credence/samplers/nuts.hpp"
#include "credence/samplers/slice.hpp"
#include "credence/samplers/target.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The loop around the samplers: chains in parallel, warm-up, storage, progress, interruption.
namespace credence {

/// What is sampled, and what is reported of each draw.
struct sampling_target {
  density_ref density;
  std::vector<std::string> names;  ///< of the reported numbers, `theta[1]`, ...
  /// Writes the reported numbers of one position.
  std::function<void(const step_address& at, std::span<const double> position, std::span<double> out)> report;
  /// Gives the names of vectors without their indices: `theta`, for choosing variables. Empty: each name is its own.
  std::vector<std::string> variables{};

  /// A recorded model: constrained parameters and generated quantities. The program must outlive the target.
  sampling_target(const program& model);
  /// Any log density: its position, as x[1], x[2], ... It must outlive the target.
  template <lane_density F>
  requires(!std::is_same_v<F, program>) sampling_target(const F& density_function)
      : sampling_target(density_ref(density_function)) {}
  explicit sampling_target(density_ref of);
};

/// Why a chain, or a run, ended.
enum class sampling_end : std::uint8_t {
  completed,
  interrupted,  ///< the flag was set; finished draws are kept
  failed,       ///< the density threw an error; the chain's finished draws and the other chains are kept
};

/// Columns of the statistics of NUTS, as CmdStan names and orders them. Those of other samplers are found by name.
struct nuts_statistic {
  enum column : std::int64_t { log_density, acceptance_rate, step_size, depth, leapfrogs, divergent, energy, count };
};

/// The setting of one chain after warm-up, known before its first draw.
struct chain_setting {
  std::int64_t chain = 0;
  double step_size = 0.0;  ///< 0 where the sampler has none
  std::int64_t dimension = 0;
  const credence::metric* metric = nullptr;
};

/// Receives draws while chains run, for writing them to files. Each chain calls from one thread at a time, different
/// chains at the same time.
struct draw_sink {
  std::function<void(const chain_setting& setting)> begin;
  /// Statistics in the order of `statistic_names` of the sampler, then the reported numbers.
  std::function<void(std::int64_t chain, std::span<const double> statistics, std::span<const double> reported)> draw;
  /// Called before a checkpoint counts on the draws handed over so far.
  std::function<void(std::int64_t chain)> flush{};
  /// Called when a run is resumed, for each chain that had draws: keep the first `draws` of them, forget later ones,
  /// and give them back, (draws, statistics) and (draws, reported). Without it the draws are part of the checkpoint.
  std::function<void(std::int64_t chain, std::int64_t draws, std::vector<double>& statistics,
                     std::vector<double>& reported)>
      restore{};
};

struct run_options {
  std::int64_t chains = 4;
  std::int64_t warmup = 1000;  ///< iterations of adaptation, not kept
  std::int64_t draws = 1000;   ///< iterations after warm-up
  std::int64_t thin = 1;       ///< keeps iterations 0, thin, 2 thin, ...
  std::uint64_t seed = 1;
  /// Stop when every reported number has this many effective draws, bulk and tail, judged after 100, 150, 225, ... kept
  /// draws of each chain; `draws` is the most. 0: all of them. Needs kept draws; not for tempering and SMC.
  double target_ess = 0.0;
  double initial_radius = 2.0;  ///< starts are uniform on (-radius, radius), unconstrained
  /// Unconstrained starts: one for each chain, or one for all; empty draws them.
  std::vector<std::vector<double>> initial_points{};
  std::vector<std::string> variables{};  ///< what to report, in this order; empty is everything
  bool keep_draws = true;                ///< false: only the sink sees them
  exec::context context = exec::cpu();
  progress_callback progress{};
  const interrupt_flag* interrupt = nullptr;
  draw_sink sink{};
  checkpoint_options checkpoint{};
};

/// Whether warm-up came to rest. NaN where there was nothing to compare.
struct warmup_report {
  double acceptance_rate = std::numeric_limits<double>::quiet_NaN();  ///< mean after the last change of the metric
  /// Largest factor between the standard deviations of a coordinate in the last two metrics.
  double scale_change = std::numeric_limits<double>::quiet_NaN();
  bool settled = true;  ///< the factor is below 3, the rate within 0.15 of its target
};

struct chain_result {
  sampling_end why = sampling_end::completed;
  std::string error{};     ///< of a failed chain
  std::int64_t draws = 0;  ///< finished and kept
  double step_size = 0.0;  ///< 0 where the sampler has none
  credence::metric metric;
  std::vector<double> location{};     ///< of the proposal or reference of those samplers that have one
  std::vector<double> initial_point;  ///< unconstrained
  std::int64_t warmup_gradients = 0, sampling_gradients = 0;  ///< evaluations of the density, with gradient or without
  warmup_report warmup{};
  double warmup_seconds = 0.0, sampling_seconds = 0.0;
};

/// Draws of all chains. When chains ended early, the views show the largest full rectangle: those chains, and as many
/// draws of each, that together have the most draws.
struct run_result {
  sampling_end why = sampling_end::completed;
  std::vector<std::string> names;
  std::vector<std::string> statistic_names;  ///< lp__, accept_stat__, ...
  std::vector<chain_result> chains;
  bool reached_target = false;           ///< draws were enough for run_options::target_ess
  int max_depth = 10;                    ///< of NUTS
  std::vector<double> log_evidence{};    ///< of tempering and SMC: an estimate from each chain
  std::int64_t capacity = 0;             ///< draws of a complete chain
  std::vector<std::int64_t> row_chains;  ///< which chain each row of `values` and `statistics` belongs to
  std::int64_t shown_chains = 0;         ///< rows in the views
  std::int64_t shown_draws = 0;          ///< draws of each of them in the views
  std::vector<double> values;            ///< (rows, capacity, names); empty when draws were not kept
  std::vector<double> statistics;        ///< (rows, capacity, statistic_names)

  /// (shown chains, shown draws, names)
  [[nodiscard]] view<const double, 3> draws() const;
  /// (shown chains, shown draws) of one statistic of NUTS
  [[nodiscard]] view<const double, 2> statistic(nuts_statistic::column which) const;
  /// (shown chains, shown draws) of the statistic of that name; a view without data where the sampler has none such
  [[nodiscard]] view<const double, 2> statistic(std::string_view name) const;
  /// (shown chains, shown draws) of one reported number
  /// @throws domain_error  when there is no such name
  [[nodiscard]] view<const double, 2> draws_of(std::string_view name) const;
};

/// Samples with windowed warm-up. Draws depend on target, options and seed only: not on threads, nor on how many other
/// chains run.
/// @throws domain_error  when an option is outside its range, a chain finds no start with finite log density and
///                       gradient in 100 tries, no variable has a chosen name, or a checkpoint is of another run
/// @throws io_error      when a checkpoint cannot be read or written; and what the sink throws
run_result sample(const sampling_target& target, const nuts::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const hmc::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const mala::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const barker::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const random_walk::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const independence_metropolis::options& sampler,
                  const run_options& run = {});
run_result sample(const sampling_target& target, const slice_sampling::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const elliptical_slice::options& sampler, const run_options& run = {});

/// The statistics that a sampler gives with each draw, as columns of Stan CSV files are named.
std::vector<std::string> statistic_names(const nuts::options& sampler);
std::vector<std::string> statistic_names(const hmc::options& sampler);
std::vector<std::string> statistic_names(const mala::options& sampler);
std::vector<std::string> statistic_names(const barker::options& sampler);
std::vector<std::string> statistic_names(const random_walk::options& sampler);
std::vector<std::string> statistic_names(const independence_metropolis::options& sampler);
std::vector<std::string> statistic_names(const slice_sampling::options& sampler);
std::vector<std::string> statistic_names(const elliptical_slice::options& sampler);

/// Diagnostics of the draws in the views, with the sampler's own. Without any draw there are no parameters in it.
draws_summary summary(const run_result& run, const exec::context& ctx = exec::cpu(),
                      const summary_options& options = {});

}  // namespace credence
