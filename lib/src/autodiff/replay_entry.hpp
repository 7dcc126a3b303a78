// SPDX-License-Identifier: BSD-3-Clause
// The entry points of the replay loops, one copy for each instruction set (double) and one for forward over reverse.
#pragma once

#include "replay_frame.hpp"

#include "credence/base/dual.hpp"
#include "credence/base/simd.hpp"

namespace credence::detail {

CREDENCE_SIMD_DECLARE(void, replay_values, const list_view& list, frame<double>& f)
CREDENCE_SIMD_DECLARE(void, replay_log_density, const list_view& list, frame<double>& f, double* value, bool gradient)
CREDENCE_SIMD_DECLARE(void, replay_adjoints, const list_view& list, frame<double>& f)

void replay_values_dual(const list_view& list, frame<dual<double>>& f);
void replay_log_density_dual(const list_view& list, frame<dual<double>>& f, dual<double>* value, bool gradient);

}  // namespace credence::detail
