// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/tensor/loop_nest.hpp"

namespace credence::detail {

/// Terms of one block, see credence/tensor/reduce.hpp.
inline constexpr std::int64_t reduce_block = 32768;
/// Results of a row that one task takes.
inline constexpr std::int64_t reduce_chunk = 64;

/// What the kernels add up: the public operations, and two that take a number for each result.
enum class term_kind : std::uint8_t {
  sum,
  product,
  maximum,
  minimum,
  absolute_sum,
  absolute_maximum,
  squared_deviation,  ///< sum of (x - centre)^2
  scaled_square,      ///< sum of (x * centre)^2
  shifted_exp,        ///< sum of exp(x - centre), where an infinite centre counts as 0
};

struct reduce_nest {
  loop_nest<2> kept;     ///< operands: result, input
  loop_nest<1> reduced;  ///< operand: input
  std::int64_t results;  ///< the product of the kept sizes
  bool inner_is_kept;
};

/// Tasks begin..end-1 of block `block`: partial results of the terms block * reduce_block onwards, to out[result].
/// A task is one result, or one chunk of a row of results. `centre` has one number a result, or is null.
CREDENCE_SIMD_DECLARE(void, reduce_f64, const reduce_nest& nest, term_kind kind, std::int64_t block, double* out,
                      const double* in, const double* centre, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, reduce_f32, const reduce_nest& nest, term_kind kind, std::int64_t block, double* out,
                      const float* in, const double* centre, std::int64_t begin, std::int64_t end)

}  // namespace credence::detail
