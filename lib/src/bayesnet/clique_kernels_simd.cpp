// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/clique_kernels.hpp"

#include "credence/base/config.hpp"

namespace credence::detail::CREDENCE_ISA {

void walk_multiply(double* out, const double* big, const double* small, const walk_view& walk) {
  for (std::int64_t run = 0; run < walk.runs; ++run) {
    const double* const factor = small + walk.offset[run];
    const std::int64_t begin = run * walk.length;
    if (walk.shared) {
      for (std::int64_t i = 0; i < walk.length; ++i) out[begin + i] = big[begin + i] * factor[i];
    } else {
      const double one = *factor;
      for (std::int64_t i = 0; i < walk.length; ++i) out[begin + i] = big[begin + i] * one;
    }
  }
}

void walk_sum(double* CREDENCE_RESTRICT small, const double* CREDENCE_RESTRICT big, const walk_view& walk) {
  for (std::int64_t run = 0; run < walk.runs; ++run) {
    double* const to = small + walk.offset[run];
    const double* const from = big + run * walk.length;
    if (walk.shared) {
      for (std::int64_t i = 0; i < walk.length; ++i) to[i] += from[i];
    } else if (walk.length < 16) {
      double sum = 0.0;
      for (std::int64_t i = 0; i < walk.length; ++i) sum += from[i];
      *to += sum;
    } else {
      double part[8] = {};
      std::int64_t i = 0;
      for (; i + 8 <= walk.length; i += 8) {
        for (int k = 0; k < 8; ++k) part[k] += from[i + k];
      }
      for (int k = 0; i + k < walk.length; ++k) part[k] += from[i + k];
      *to += ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    }
  }
}

double largest_of(const double* values, std::int64_t n) {
  double part[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int k = 0; k < 8; ++k) part[k] = values[i + k] > part[k] ? values[i + k] : part[k];
  }
  for (int k = 0; i + k < n; ++k) part[k] = values[i + k] > part[k] ? values[i + k] : part[k];
  double largest = 0.0;
  for (const double x : part) largest = x > largest ? x : largest;
  return largest;
}

}  // namespace credence::detail::CREDENCE_ISA
