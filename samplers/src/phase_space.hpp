// SPDX-License-Identifier: BSD-3-Clause
// What the kernels of Hamiltonian samplers share: vectors padded with zeros to whole blocks of eight, one leapfrog
// step, and sums in eight interleaved parts (docs/design/kernels.md), so that every instruction set gives the same
// bits.
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>

namespace credence::detail {
inline namespace CREDENCE_ISA {

inline constexpr std::int64_t block = 8;

typedef double wide __attribute__((vector_size(64)));
typedef double wide_unaligned __attribute__((vector_size(64), aligned(8), may_alias));

/// Eight numbers in memory.
CREDENCE_INLINE wide_unaligned& at(double* p) { return *reinterpret_cast<wide_unaligned*>(p); }
CREDENCE_INLINE const wide_unaligned& at(const double* p) { return *reinterpret_cast<const wide_unaligned*>(p); }

CREDENCE_INLINE double total(const wide& s) {
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/// A log density at one point.
struct density_call {
  const void* object;
  double (*call)(const void* object, const double* x, double* gradient);
};

/// A point of phase space with memory for whole blocks; elements beyond the dimension are 0.
struct kernel_point {
  double* position;
  double* momentum;
  double* gradient;
  double log_density;
};

/// One leapfrog step; returns the energy there, +infinity where it is not a number.
CREDENCE_INLINE double leapfrog_step(const density_call& density, const double* scale, double step, std::int64_t padded,
                                     kernel_point& z) {
  const double half = 0.5 * step;
  for (std::int64_t i = 0; i < padded; i += block) {
    const wide s = at(scale + i);
    const wide p = at(z.momentum + i) + half * (s * at(z.gradient + i));
    at(z.momentum + i) = p;
    at(z.position + i) = at(z.position + i) + step * (s * p);
  }
  z.log_density = density.call(density.object, z.position, z.gradient);
  wide sum{};
  for (std::int64_t i = 0; i < padded; i += block) {
    const wide p = at(z.momentum + i) + half * (at(scale + i) * at(z.gradient + i));
    at(z.momentum + i) = p;
    sum += p * p;
  }
  const double energy = 0.5 * total(sum) - z.log_density;
  return energy == energy ? energy : __builtin_inf();
}

CREDENCE_INLINE void copy(const double* from, double* to, std::int64_t padded) {
  for (std::int64_t i = 0; i < padded; i += block) at(to + i) = at(from + i);
}

}  // namespace CREDENCE_ISA
}  // namespace credence::detail
