// SPDX-License-Identifier: BSD-3-Clause
// Fresh noise of a replay: r.normal_noise and r.uniform_noise.
#pragma once

#include "compile.hpp"
#include "replay_frame.hpp"
#include "tiles.hpp"

#include "credence/autodiff/program.hpp"

namespace credence::detail {

/// Fills the noise slots of a tile. A lane's noise depends on its number, the replay and the call, not on the tile.
void fill_noise(const std::vector<noise_slot>& slots, const tile& t, const evaluation_options& options,
                frame<double>& f);

/// @throws domain_error  where derivatives of a program with noise are asked for that take no key
void refuse_noise(const char* where, const std::vector<noise_slot>& slots);

}  // namespace credence::detail
