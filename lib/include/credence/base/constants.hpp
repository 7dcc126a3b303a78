// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Mathematical constants that C++20's <numbers> lacks, and those used in kernels of both compilers.
namespace credence::constants {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double two_pi = 6.28318530717958647693;
inline constexpr double half_log_two_pi = 0.91893853320467274178;  ///< log(2 pi) / 2
inline constexpr double log_pi = 1.14472988584940017414;
inline constexpr double log_two = 0.69314718055994530942;
inline constexpr double sqrt_two = 1.41421356237309504880;
inline constexpr double inv_sqrt_two = 0.70710678118654752440;
inline constexpr double sqrt_two_pi = 2.50662827463100050242;
inline constexpr double euler_gamma = 0.57721566490153286061;

}  // namespace credence::constants
