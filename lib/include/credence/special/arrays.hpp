// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

/// The branch-free special functions over arrays: out[i] = f(in[i]), vectorised, each element with the same bits as the
/// scalar function. `out` may be the same memory as `in`, but not overlap it otherwise.
/// @throws shape_error  when the sizes differ
namespace credence::array {

void lgamma(std::span<const double> in, std::span<double> out);
void digamma(std::span<const double> in, std::span<double> out);
void trigamma(std::span<const double> in, std::span<double> out);
void tetragamma(std::span<const double> in, std::span<double> out);
void erf(std::span<const double> in, std::span<double> out);
void erfc(std::span<const double> in, std::span<double> out);
void erfcx(std::span<const double> in, std::span<double> out);
void log_erfc(std::span<const double> in, std::span<double> out);
void normal_cdf(std::span<const double> in, std::span<double> out);
void log_normal_cdf(std::span<const double> in, std::span<double> out);
void bessel_i0(std::span<const double> in, std::span<double> out);
void bessel_i1(std::span<const double> in, std::span<double> out);
void bessel_i0_scaled(std::span<const double> in, std::span<double> out);
void bessel_i1_scaled(std::span<const double> in, std::span<double> out);
void log_bessel_i0(std::span<const double> in, std::span<double> out);
void bessel_ratio(std::span<const double> in, std::span<double> out);

}  // namespace credence::array
