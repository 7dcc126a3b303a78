// SPDX-License-Identifier: BSD-3-Clause
// The run loop of samplers that move many lanes together: where their draws go.
#pragma once

#include "lane_hmc.hpp"
#include "progress_meter.hpp"
#include "run_parts.hpp"

#include "credence/base/errors.hpp"
#include "credence/samplers/run.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace credence::detail {

class lane_recorder {
 public:
  /// @throws domain_error  for options outside their range, and when a checkpoint is asked for
  lane_recorder(const sampling_target& target, const run_options& run, std::vector<std::string> statistic_names);

  [[nodiscard]] const sampling_target& target() const { return target_; }
  [[nodiscard]] const run_options& run() const { return run_; }
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] step_address address(std::int64_t chain, std::int64_t iteration) const;
  progress_meter& meter() { return meter_; }

  /// A chain has warmed up.
  void begin(std::int64_t chain, double step_size, const metric& shape);
  /// Keeps one draw, with its statistics behind lp__. Different chains may call at the same time.
  void keep(const step_address& at, std::span<const double> position, double log_density,
            std::span<const double> statistics);
  /// Whether the draws kept so far are enough for run_options::target_ess.
  bool enough();
  chain_result& chain(std::int64_t chain) { return result_.chains[static_cast<std::size_t>(chain)]; }
  run_result finish();
  std::vector<double>& log_evidence() { return result_.log_evidence; }

 private:
  const sampling_target& target_;
  const run_options& run_;
  std::vector<std::int64_t> rows_;
  run_result result_;
  std::int64_t look_ = 0;  // draws of each chain after which the next look is
  progress_meter meter_;
};

/// Starts of all chains as lanes.
void find_starts(lane_recorder& recorder, lanes<double>& positions);

/// Runs body, which moves chains `first` .. `first + count - 1`; errors of the density end these chains.
template <class Body>
void guarded(lane_recorder& recorder, std::int64_t first, std::int64_t count, const Body& body) {
  try {
    body();
  } catch (const io_error&) {
    recorder.meter().stop();
    throw;
  } catch (const error& failure) {
    for (std::int64_t c = first; c < first + count; ++c) {
      recorder.chain(c).why = sampling_end::failed;
      recorder.chain(c).error = failure.what();
    }
  }
}

}  // namespace credence::detail
