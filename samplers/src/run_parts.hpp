// SPDX-License-Identifier: BSD-3-Clause
// What all run loops share.
#pragma once

#include "credence/samplers/run.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace credence::detail {

void check_run(const sampling_target& target, const run_options& run);

/// Rows of what the target reports that the run keeps.
std::vector<std::int64_t> chosen_rows(const sampling_target& target, const std::vector<std::string>& variables);

/// A result with room for all draws.
run_result empty_result(const sampling_target& target, std::vector<std::string> statistic_names,
                        const std::vector<std::int64_t>& rows, const run_options& run);

/// How many kept draws of each chain the next look at `target_ess` is after: 100, 150, 225, ...; at most all of them.
std::int64_t next_look(std::int64_t draws, std::int64_t capacity);

/// Whether the first `draws` of the chains that have not failed are effective enough. Numbers that never change, whose
/// effective size is not defined, are left out.
bool enough_draws(const run_result& result, std::int64_t draws, const run_options& run);

/// Chooses what the views show, once all chains have ended.
void show_largest_rectangle(run_result& result);

/// The start of a chain: given, or drawn until log density and gradient are finite there.
/// @throws domain_error  after 100 tries
std::vector<double> find_start(const density_ref& density, const run_options& run, std::int64_t chain);

}  // namespace credence::detail
