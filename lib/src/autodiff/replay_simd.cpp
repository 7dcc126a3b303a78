// SPDX-License-Identifier: BSD-3-Clause
#include "replay.hpp"
#include "replay_entry.hpp"

namespace credence::detail::CREDENCE_ISA {

void replay_values(const list_view& list, frame<double>& f) { replay_forward(list, f); }

void replay_log_density(const list_view& list, frame<double>& f, double* value, bool gradient) {
  replay_density(list, f, value, gradient);
}

void replay_adjoints(const list_view& list, frame<double>& f) { replay_reverse(list, f); }

}  // namespace credence::detail::CREDENCE_ISA
