// SPDX-License-Identifier: BSD-3-Clause
// How the commands that have draws show their summary: `sample` and `summary` alike.
#pragma once

#include "credence/command.hpp"

#include "credence/diagnostics/summary.hpp"

namespace credence::app {

/// Adds the keys `parameters` and `sampler` and the table for people; warnings go to the session.
void describe(const draws_summary& result, session& now, document& shown);

}  // namespace credence::app
