// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/matrix_chain.hpp"

#include "credence/base/check.hpp"

namespace credence {

namespace {

void check_sizes(const char* where, std::span<const std::int64_t> sizes) {
  if (sizes.size() < 2) check::fail_shape(where, "sizes has fewer than two elements, but one matrix has two");
  for (const std::int64_t size : sizes) check::at_least(where, "a size", size, 1);
}

std::string bracket(const std::vector<std::vector<int>>& split, std::size_t i, std::size_t j) {
  if (i == j) return "A" + std::to_string(i);
  const auto middle = static_cast<std::size_t>(split[i][j]);
  return "(" + bracket(split, i, middle) + " " + bracket(split, middle + 1, j) + ")";
}

}  // namespace

matrix_chain_plan matrix_chain_order(std::span<const std::int64_t> sizes) {
  check_sizes("matrix_chain_order", sizes);
  const std::size_t n = sizes.size() - 1;
  std::vector<std::vector<std::int64_t>> cost(n, std::vector<std::int64_t>(n, 0));
  matrix_chain_plan plan;
  plan.split.assign(n, std::vector<int>(n, 0));
  for (std::size_t length = 2; length <= n; ++length) {
    for (std::size_t i = 0; i + length <= n; ++i) {
      const std::size_t j = i + length - 1;
      for (std::size_t k = i; k < j; ++k) {
        const std::int64_t now = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
        if (k > i && now >= cost[i][j]) continue;
        cost[i][j] = now;
        plan.split[i][j] = static_cast<int>(k);
      }
    }
  }
  plan.multiplications = cost[0][n - 1];
  plan.bracketing = bracket(plan.split, 0, n - 1);
  return plan;
}

std::int64_t left_to_right_multiplications(std::span<const std::int64_t> sizes) {
  check_sizes("left_to_right_multiplications", sizes);
  std::int64_t total = 0;
  for (std::size_t i = 2; i < sizes.size(); ++i) total += sizes[0] * sizes[i - 1] * sizes[i];
  return total;
}

}  // namespace credence
