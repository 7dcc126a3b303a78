// SPDX-License-Identifier: BSD-3-Clause
// How discrete data lie in memory.
#pragma once

#include "credence/bayesnet/discrete_data.hpp"

namespace credence::bayesnet {

struct discrete_data::columns {
  std::vector<variable> variables;
  std::int64_t rows = 0, words = 0;
  std::vector<std::vector<std::uint16_t>> codes;
  std::vector<std::vector<std::uint64_t>> bits;       ///< of each state `words` words; empty where cells are missing
  std::vector<std::vector<std::int64_t>> state_rows;  ///< rows in each state, beside the bits
  std::vector<std::int64_t> first_missing;            ///< -1 when nothing is
  std::vector<double> n_log_n;                        ///< for counts 0 ... rows, while that is short
};

}  // namespace credence::bayesnet
