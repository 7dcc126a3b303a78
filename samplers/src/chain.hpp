// SPDX-License-Identifier: BSD-3-Clause
// One chain from its start to its last draw.
#pragma once

#include "chain_kernel.hpp"
#include "checkpoint.hpp"
#include "progress_meter.hpp"

#include "credence/samplers/run.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace credence::detail {

/// Where one chain puts its draws: (capacity, names) and (capacity, statistics); null when they are not kept.
struct chain_memory {
  double* values = nullptr;
  double* statistics = nullptr;
};

/// What the chains of one run have in common.
struct shared_run {
  const sampling_target& target;
  const sampler_kind& sampler;
  const run_options& run;
  const std::vector<std::int64_t>& rows;  ///< which of the target's reported numbers are kept
  progress_meter& meter;
  checkpoint_book& book;
};

class runner;

/// A chain that runs in pieces.
class running_chain {
 public:
  running_chain(const shared_run& shared, std::int64_t chain, const chain_memory& memory);
  ~running_chain();
  running_chain(running_chain&&) noexcept;
  running_chain& operator=(running_chain&&) = delete;
  running_chain(const running_chain&) = delete;
  running_chain& operator=(const running_chain&) = delete;

  /// Warms up, the first time, and draws until `draws` are kept in all, or the chain ends.
  void run_until(std::int64_t draws);
  [[nodiscard]] const chain_result& result() const;

 private:
  std::unique_ptr<runner> runner_;
};

}  // namespace credence::detail
