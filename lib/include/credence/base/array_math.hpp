// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

/// The portable functions over arrays: out[i] = f(in[i]), vectorised for this processor, each element with the same
/// bits as the scalar function of credence/base/portable_math.hpp. `out` may be the same memory as `in`, but not
/// overlap it otherwise.
/// @throws shape_error  when the sizes differ
namespace credence::array {

#define CREDENCE_ARRAY_UNARY(name)                              \
  void name(std::span<const double> in, std::span<double> out); \
  void name(std::span<const float> in, std::span<float> out)

CREDENCE_ARRAY_UNARY(exp);
CREDENCE_ARRAY_UNARY(expm1);
CREDENCE_ARRAY_UNARY(exp2);
CREDENCE_ARRAY_UNARY(log);
CREDENCE_ARRAY_UNARY(log1p);
CREDENCE_ARRAY_UNARY(log2);
CREDENCE_ARRAY_UNARY(sin);
CREDENCE_ARRAY_UNARY(cos);
CREDENCE_ARRAY_UNARY(tan);
CREDENCE_ARRAY_UNARY(atan);
CREDENCE_ARRAY_UNARY(asin);
CREDENCE_ARRAY_UNARY(acos);
CREDENCE_ARRAY_UNARY(sinh);
CREDENCE_ARRAY_UNARY(cosh);
CREDENCE_ARRAY_UNARY(tanh);
CREDENCE_ARRAY_UNARY(log_factorial);
CREDENCE_ARRAY_UNARY(inv_logit);
CREDENCE_ARRAY_UNARY(log1p_exp);
CREDENCE_ARRAY_UNARY(log1m_exp);
#undef CREDENCE_ARRAY_UNARY

/// out[i] = base[i]^exponent[i]; `out` may be the memory of either.
void pow(std::span<const double> base, std::span<const double> exponent, std::span<double> out);
void pow(std::span<const float> base, std::span<const float> exponent, std::span<float> out);

/// sine[i] = sin(in[i]), cosine[i] = cos(in[i]).
void sincos(std::span<const double> in, std::span<double> sine, std::span<double> cosine);
void sincos(std::span<const float> in, std::span<float> sine, std::span<float> cosine);
/// sine[i] = sin(pi in[i]), cosine[i] = cos(pi in[i]).
void sincos_pi(std::span<const double> in, std::span<double> sine, std::span<double> cosine);
void sincos_pi(std::span<const float> in, std::span<float> sine, std::span<float> cosine);

}  // namespace credence::array
