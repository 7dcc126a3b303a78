// SPDX-License-Identifier: BSD-3-Clause
// Replays an instruction list for one lane: what a CUDA thread runs. Operations and families are the functors of the
// CPU rows, sums are taken in the same order, so a lane's bits are those of the CPU replay. On the host it runs in the
// tests.
//
// Lane functions (factorisations, constrained matrices) are not interpreted here: programs that have them stay on the
// CPU.
#pragma once

#include "lane_densities.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace lanewise {

template <class T>
CREDENCE_HD CREDENCE_NOINLINE void forward_one(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  if (i.code >= opcode::negate && i.code <= opcode::select) return run_operation(false, i, f, ops::all{});
  if (i.code == opcode::density) return (void)run_family_of(family_task::forward, i, f);
  if (i.code == opcode::prepare_parameters) return (void)run_family_of(family_task::prepare_parameters, i, f);
  if (i.code == opcode::prepare_variate) return (void)run_family_of(family_task::prepare_variate, i, f);
  forward_other(i, f);
}

template <class T>
CREDENCE_HD CREDENCE_NOINLINE void reverse_one(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  if (i.code >= opcode::negate && i.code <= opcode::select) return run_operation(true, i, f, ops::all{});
  if (i.code == opcode::density) return (void)run_family_of(family_task::reverse, i, f);
  reverse_other(i, f);
}

/// Log density of one lane, and with `gradient` the adjoints of all its slots (zeroed by the caller).
template <class T>
CREDENCE_HD T replay(const detail::instruction* forward, std::int64_t count, const detail::sink* sinks,
                     std::int64_t sink_count, lane_frame<T>& f, bool gradient) {
  using detail::opcode;
  for (std::int64_t k = 0; k < count; ++k) {
    const detail::instruction& i = forward[k];
    if (i.code != opcode::scan) {
      forward_one(i, f);
      continue;
    }
    for (f.step = 0; f.step < i.extra[2]; ++f.step) {
      for (std::int64_t b = 0; b < i.extra[1]; ++b) forward_one(f.bodies[i.extra[0] + b], f);
    }
    f.step = 0;
  }
  T value(0);
  for (std::int64_t k = 0; k < sink_count; ++k) {
    const detail::sink& s = sinks[k];
    const int which = static_cast<int>(s.of);
    if ((f.skipped_parts >> which & 1U) != 0) continue;
    const T weight = f.weights[which];
    if (s.what.code == opcode::density || s.what.code == opcode::linear_density) {
      value += run_family_of(family_task::term, s.what, f, weight, gradient);
      continue;
    }
    partial_sums<T> sums;
    for (std::int64_t e = 0; e < s.what.in[0].size; ++e) {
      sums.add(e, f.get(s.what.in[0], e));
      if (gradient && s.what.in[0].lane) f.adjoint(s.what.in[0], e) += weight;
    }
    value += weight * sums.total();
  }
  if (!gradient) return value;
  for (std::int64_t k = count - 1; k >= 0; --k) {
    const detail::instruction& i = forward[k];
    if (i.code != opcode::scan) {
      reverse_one(i, f);
      continue;
    }
    for (f.step = i.extra[2] - 1; f.step >= 0; --f.step) {
      for (std::int64_t b = i.extra[1] - 1; b >= 0; --b) reverse_one(f.bodies[i.extra[0] + b], f);
    }
    f.step = 0;
  }
  return value;
}

}  // namespace lanewise
}  // namespace CREDENCE_ISA
}  // namespace credence
