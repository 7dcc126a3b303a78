// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/optim/lbfgs.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <vector>

namespace credence {

/// What several starts found.
struct multi_start_result {
  std::vector<optim_result> runs;   ///< in the order of the starts
  std::int64_t best = -1;           ///< the run of least value among the finite ones; -1 when there is none
  std::vector<std::int64_t> basin;  ///< for each run the first run that ended at the same place; -1 when not finite
  std::int64_t distinct = 0;        ///< different places found
};

/// L-BFGS from every row of `starts`, in parallel; the objective is called from several threads at once.
/// For a recorded program use lbfgs_minimize_lanes, which evaluates all starts together, and `gather_runs`.
/// @param starts  (starts, dimension)
multi_start_result minimize_from_many(const exec::context& ctx, const objective& f, view<const double, 2> starts,
                                      const lbfgs_options& options = {});

/// Which runs ended at one place: points within `tolerance` (relative above 1) of each other with values alike.
multi_start_result gather_runs(std::vector<optim_result> runs, double tolerance = 1e-4);

}  // namespace credence
