// SPDX-License-Identifier: BSD-3-Clause
// The flat form of a recorded program: what the replay loops read. Plain data only, so that the CUDA interpreter can
// keep the list in constant memory.
#pragma once

#include <cstdint>
#include <vector>

namespace credence::detail {

enum class opcode : std::uint16_t {
  // Sources: a slot that somebody else fills.
  constant,
  data,
  parameter,
  step_input,
  normal_noise,
  uniform_noise,
  // Elementwise with one, two and three inputs. The order is that of the functor list in elementwise.hpp.
  negate,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  square,
  reciprocal,
  inv_logit,
  log_inv_logit,
  log1p_exp,
  tanh,
  sin,
  cos,
  abs,
  atan,
  sinh,
  cosh,
  lgamma,
  digamma,
  erf,
  erfc,
  normal_cdf,
  log_normal_cdf,
  add,
  subtract,
  multiply,
  divide,
  pow,
  minimum,
  maximum,
  less,
  less_equal,
  multiply_add,
  select,
  // Log densities, elementwise in the variate and the parameters, and what is prepared for them.
  density,
  prepare_parameters,
  prepare_variate,
  // All elements of a slot to one.
  sum,
  dot,
  log_sum_exp,
  // Moving elements.
  gather,
  concat,
  slice,
  // Matrix products; log densities of linear models fused with theirs (docs/design/autodiff.md).
  data_matrix_vector,
  matrix_product,
  linear_density,
  // Recurrences.
  linear_recurrence,
  scan,
  // A function called once a lane on contiguous copies: transforms, factorisations.
  lane_function,
};

/// Which partial derivatives of a density lanes ask for: rows.hpp has a loop for each of the common cases.
enum class wanted_partials : std::uint8_t { all, variate, first_parameter };

/// Where an instruction finds an operand: an offset in elements into the lane arena (times the tile width) or into the
/// data that all lanes share. Inside the body of a scan the offset moves by `step` elements from one step to the next.
struct operand {
  std::int64_t offset = 0;
  std::int64_t size = 0;
  std::int64_t step = 0;
  bool lane = false;
};

inline constexpr int max_inputs = 16;

struct instruction {
  opcode code{};
  std::uint16_t family = 0;  ///< index into univariate_kernels or into the lane functions
  std::int32_t inputs = 0;
  wanted_partials wanted = wanted_partials::all;
  bool single_row = false;        ///< in the list for one lane: all operands are full and fit one row
  bool single_spread = false;     ///< likewise, but some operands are scalars to be spread over the row
  bool single_precision = false;  ///< the products with a data matrix run in f32
  operand out{};
  operand in[max_inputs] = {};
  std::int64_t extra[6] = {};  ///< sizes and offsets of tables; see each kernel
};

/// The part of a log density that a term belongs to.
enum class part : std::uint8_t { prior, likelihood, jacobian };

/// A term of the log density. Its adjoint is known beforehand (the weight of its part), so that its value and its
/// contribution to the adjoints of its inputs are made in one pass.
struct sink {
  instruction what;  ///< a density, a GLM, or any slot (code `sum`) whose elements are added up
  part of = part::prior;
  std::int64_t pointwise = -1;  ///< first row of the pointwise likelihood that this term fills
};

/// Everything a replay needs, apart from data.
struct instruction_list {
  std::vector<instruction> forward;  ///< run backwards in the reverse sweep
  std::vector<instruction> bodies;   ///< bodies of scans; scan.extra = {first, count, steps, size of the state}
  std::vector<sink> sinks;
  std::vector<std::int64_t> indices;  ///< tables of gather
  std::int64_t arena = 0;             ///< elements of the lane arena, values; adjoints take as many again
  std::int64_t scratch = 0;           ///< elements of scratch a lane needs for lane functions
};

}  // namespace credence::detail
