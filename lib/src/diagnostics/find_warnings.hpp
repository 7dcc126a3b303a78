// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/diagnostics/summary.hpp"

#include <vector>

namespace credence::detail {

/// What in a finished summary needs a person's attention, the gravest first.
std::vector<sampling_warning> find_warnings(const draws_summary& result, view<const double, 3> draws,
                                            const sampler_statistics& statistics, const summary_options& options);

}  // namespace credence::detail
