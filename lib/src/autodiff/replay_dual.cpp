// SPDX-License-Identifier: BSD-3-Clause
// Forward over reverse: the same replay on values with tangents.
#include "replay.hpp"
#include "replay_entry.hpp"

namespace credence::detail {

void replay_values_dual(const list_view& list, frame<dual<double>>& f) { CREDENCE_ISA::replay_forward(list, f); }

void replay_log_density_dual(const list_view& list, frame<dual<double>>& f, dual<double>* value, bool gradient) {
  CREDENCE_ISA::replay_density(list, f, value, gradient);
}

}  // namespace credence::detail
