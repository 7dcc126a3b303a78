// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

/// Names of the operations on elements.
namespace credence {

enum class unary_op : std::uint8_t {
  negate,
  absolute,
  sign,
  square,
  reciprocal,
  sqrt,
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tanh,
  floor,
  inv_logit,  ///< 1 / (1 + exp(-x))
  log1p_exp,  ///< log(1 + exp(x))
};

/// `maximum` and `minimum` give NaN when either operand is NaN.
enum class binary_op : std::uint8_t { add, subtract, multiply, divide, maximum, minimum, pow };

/// `where`: the second operand where the first is not zero, else the third; the operand not taken never matters.
/// `clamp`: the first kept between the second and the third. `fma`: first * second + third, rounded once.
enum class ternary_op : std::uint8_t { where, clamp, fma };

enum class compare_op : std::uint8_t { less, less_equal, equal, not_equal, greater, greater_equal };

}  // namespace credence
