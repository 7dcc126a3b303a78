// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace credence {

/// How to bracket a product of matrices: the products in the order they are taken.
struct matrix_chain_plan {
  std::int64_t multiplications = 0;  ///< of numbers, with the plain algorithm
  std::string bracketing;            ///< "(A0 (A1 A2))"
  /// split[i][j] is the last matrix of the left part of the product of matrices i..j, for i < j.
  std::vector<std::vector<int>> split;
};

/// The bracketing of A0 A1 .. with the fewest multiplications of numbers; among equals the earliest split.
/// @param sizes  n + 1 numbers for n matrices: matrix i is sizes[i] by sizes[i + 1]
/// @throws shape_error   when there are fewer than two sizes
/// @throws domain_error  when a size is below 1
/// @complexity O(n^3)
/// @source Cormen, Leiserson, Rivest, Stein, "Introduction to Algorithms", section 15.2
matrix_chain_plan matrix_chain_order(std::span<const std::int64_t> sizes);

/// Multiplications when the product is taken from the left: ((A0 A1) A2) ..
std::int64_t left_to_right_multiplications(std::span<const std::int64_t> sizes);

}  // namespace credence
