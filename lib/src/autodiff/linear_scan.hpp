// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "graph.hpp"

namespace credence::detail {

/// Where the body of a scan is linear in a scalar state, state' = a * state + b with a and b free of it (ARMA, GARCH,
/// exponential smoothing), records a and b for all steps at once and returns one linear recurrence; else an empty
/// variable. The body's own nodes then have no use and cost nothing.
/// @param body  the body's nodes carry this mark
var linear_scan(graph& g, std::int32_t body, const var& state, const var& next, const var& initial,
                const std::vector<var>& inputs, std::int64_t steps);

}  // namespace credence::detail
