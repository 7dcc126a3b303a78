// SPDX-License-Identifier: BSD-3-Clause
// A sampler as the run loop sees it: a chain that can step, and what warm-up may tune.
#pragma once

#include "archive.hpp"
#include "checkpoint.hpp"

#include "credence/samplers/metric.hpp"
#include "credence/samplers/run.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace credence::detail {

/// What warm-up adapts.
struct tuning {
  metric_adaptation metric{};
  double target_acceptance = 0.0;  ///< 0: there is no step size
  bool search = false;             ///< a first step size is found by trying leapfrog steps
};

class chain_kernel {
 public:
  virtual ~chain_kernel() = default;
  [[nodiscard]] virtual std::unique_ptr<chain_kernel> copy() const = 0;
  [[nodiscard]] virtual tuning tunes() const = 0;
  /// Another sampler that warms up in its place; null where it does so itself.
  [[nodiscard]] virtual std::unique_ptr<chain_kernel> learner() const { return nullptr; }

  virtual void begin(const density_ref& target, std::span<const double> position) = 0;
  /// One transition; returns the acceptance rate.
  virtual double step(const step_address& at, const density_ref& target) = 0;
  [[nodiscard]] virtual std::int64_t evaluations() const = 0;  ///< of the last transition
  /// Statistics of the last transition behind lp__.
  virtual void statistics(double* out) const = 0;

  [[nodiscard]] virtual double step_size() const = 0;  ///< 0 where there is none
  virtual void set_step_size(double step_size) = 0;
  [[nodiscard]] virtual const credence::metric& metric() const = 0;
  virtual void set_metric(const credence::metric& metric, std::span<const double> location) = 0;

  /// The chain and what was learnt; a resumed one goes on with the same bits.
  virtual void save(archive_writer& to) const = 0;
  virtual void load(archive_reader& from) = 0;

  chain_state now;
};

/// One for each kind of sampler. `description` names the sampler and its options, for checkpoints.
struct sampler_kind {
  std::unique_ptr<chain_kernel> prototype;
  std::vector<std::string> statistic_names;
  std::string description;
  int max_depth = 10;
};

/// Runs all chains of a kind.
run_result run_chains(const sampling_target& target, const sampler_kind& sampler, const run_options& run);

}  // namespace credence::detail
