// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/lane_kernels.hpp"

#include "credence/base/config.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

constexpr std::int64_t W = tree_lanes;

template <bool BigLanes, bool SmallLanes>
void multiply(double* out, const double* big, const double* small, const walk_view& walk) {
  const std::int64_t big_step = BigLanes ? W : 1, small_step = walk.shared ? (SmallLanes ? W : 1) : 0;
  for (std::int64_t run = 0; run < walk.runs; ++run) {
    const double* factor = small + walk.offset[run] * (SmallLanes ? W : 1);
    const double* from = big + run * walk.length * big_step;
    double* to = out + run * walk.length * W;
    for (std::int64_t i = 0; i < walk.length; ++i) {
      for (std::int64_t k = 0; k < W; ++k) to[k] = from[BigLanes ? k : 0] * factor[SmallLanes ? k : 0];
      to += W;
      from += big_step;
      factor += small_step;
    }
  }
}

}  // namespace

void lanes_multiply(double* out, const lane_table& big, const lane_table& small, const walk_view& walk) {
  if (big.has_lanes)
    small.has_lanes ? multiply<true, true>(out, big.values, small.values, walk)
                    : multiply<true, false>(out, big.values, small.values, walk);
  else
    small.has_lanes ? multiply<false, true>(out, big.values, small.values, walk)
                    : multiply<false, false>(out, big.values, small.values, walk);
}

void lanes_sum(double* CREDENCE_RESTRICT small, const double* CREDENCE_RESTRICT big, const walk_view& walk) {
  for (std::int64_t run = 0; run < walk.runs; ++run) {
    double* const to = small + walk.offset[run] * W;
    const double* const from = big + run * walk.length * W;
    if (walk.shared) {
      for (std::int64_t i = 0; i < walk.length * W; ++i) to[i] += from[i];
      continue;
    }
    double part[2][W] = {};
    std::int64_t i = 0;
    for (; i + 2 <= walk.length; i += 2) {
      for (std::int64_t k = 0; k < W; ++k) {
        part[0][k] += from[i * W + k];
        part[1][k] += from[(i + 1) * W + k];
      }
    }
    if (i < walk.length) {
      for (std::int64_t k = 0; k < W; ++k) part[0][k] += from[i * W + k];
    }
    for (std::int64_t k = 0; k < W; ++k) to[k] += part[0][k] + part[1][k];
  }
}

void lanes_largest(double* most, const double* values, std::int64_t n) {
  double best[W] = {};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < W; ++k) best[k] = values[i * W + k] > best[k] ? values[i * W + k] : best[k];
  }
  for (std::int64_t k = 0; k < W; ++k) most[k] = best[k];
}

void lanes_scale(double* values, const double* factor, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < W; ++k) values[i * W + k] *= factor[k];
  }
}

void lanes_divide(double* above, const lane_table& below, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < W; ++k) {
      const double by = below.values[below.has_lanes ? i * W + k : i];
      const double quotient = above[i * W + k] / (by > 0.0 ? by : 1.0);
      above[i * W + k] = by > 0.0 ? quotient : 0.0;
    }
  }
}

}  // namespace credence::detail::CREDENCE_ISA
