// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/program.hpp"

#include <span>

namespace credence {

/// The replay that a CUDA thread runs for its lane, run on the host for one lane after the other. Slower than
/// program::evaluate and equal to it bit for bit: the twin that both are tested against.
/// @throws not_built_error  when the program has what this replay leaves to the CPU (device_obstacle)
void evaluate_lane_by_lane(const program& p, lanes_view<const double> x, std::span<double> log_density,
                           lanes_view<double> gradient, const evaluation_options& options = {});

/// Why a program cannot be replayed on a device; empty when it can.
std::string device_obstacle(const program& p);

}  // namespace credence
