// SPDX-License-Identifier: BSD-3-Clause
// One chain from its start to its last draw.
#pragma once

#include "progress_meter.hpp"

#include "credence/samplers/run.hpp"

#include <cstdint>
#include <vector>

namespace credence::detail {

/// Where one chain puts its draws: (capacity, names) and (capacity, statistics); null when they are not kept.
struct chain_memory {
  double* values = nullptr;
  double* statistics = nullptr;
};

/// @param rows  which of the target's reported numbers are kept
chain_result run_chain(const sampling_target& target, const nuts::options& sampler, const run_options& run,
                       const std::vector<std::int64_t>& rows, std::int64_t chain, const chain_memory& memory,
                       progress_meter& meter);

}  // namespace credence::detail
