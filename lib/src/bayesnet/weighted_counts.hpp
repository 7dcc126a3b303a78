// SPDX-License-Identifier: BSD-3-Clause
// What samplers with weights share: counts that do not overflow, and posteriors with standard errors out of them.
#pragma once

#include "credence/bayesnet/sampling.hpp"

#include <limits>

namespace credence::bayesnet::detail {

/// Weighted counts of some rows, as multiples of exp(largest).
struct weighted_counts {
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0.0, squares = 0.0;
  std::vector<double> state_sum, state_squares;  ///< one after the other for each target's states

  void rescale(double to);
  void add(weighted_counts other);
};

/// @param states  of the drawn rows, column by column: states[node * count + i]
weighted_counts count_block(const network& net, const std::vector<node_id>& targets, std::int64_t width,
                            const std::vector<std::int32_t>& states, std::int64_t count,
                            const std::vector<double>& log_weight);

/// Adds the parts up in their order and fills everything of `result` but its nodes.
/// @throws domain_error  when all weights are zero
void finish(std::string_view where, std::vector<weighted_counts>& parts, std::int64_t samples,
            weighted_posteriors& result);

}  // namespace credence::bayesnet::detail
