// SPDX-License-Identifier: BSD-3-Clause
// What the `approximate` commands share: numbers from standard input or a file, and the shown interval.
#pragma once

#include "credence/command.hpp"

#include "credence/optim/schedule.hpp"
#include "credence/optim/stochastic_approximation.hpp"

#include <string>

namespace credence::app {

/// Calls `take` with every number of the input, one a line; empty lines are skipped. "-" is standard input. Running
/// lines go to standard error when it is a terminal.
/// @throws parse_error  with line and column for what is no number; io_error
void read_number_stream(const std::string& path, const std::function<void(double)>& take);

/// A gain a n^-b that meets the conditions of Robbins and Monro. @throws usage_error  with what it misses
step_schedule checked_gain(const std::string& command, double gain, double exponent);

/// estimate, std_error, lower, upper, steps: numbers for one dimension, lists for more.
document interval_document(const interval_estimate& result);

}  // namespace credence::app
