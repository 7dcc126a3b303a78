// SPDX-License-Identifier: BSD-3-Clause
// Data to learn from, and plain counting: the slow twin of everything that counts.
#pragma once

#include "credence/bayesnet/discrete_data.hpp"
#include "credence/bayesnet/sampling.hpp"

#include <cmath>
#include <map>
#include <random>

namespace credence::test {

inline bayesnet::discrete_data made_up_data(std::int64_t columns, std::int64_t rows, int most_states,
                                            std::mt19937_64& engine) {
  std::vector<bayesnet::variable> variables;
  std::vector<std::vector<std::int32_t>> codes;
  for (std::int64_t v = 0; v < columns; ++v) {
    bayesnet::variable made{std::string("v").append(std::to_string(v)), {}, {}};
    const int states = 1 + static_cast<int>(engine() % static_cast<unsigned>(most_states));
    for (int s = 0; s < states; ++s) made.states.push_back(std::to_string(s));
    auto& column = codes.emplace_back();
    for (std::int64_t row = 0; row < rows; ++row) {
      // Every second column follows the one before, so that there is something to learn.
      const bool follows = v % 2 == 1 && engine() % 4 != 0;
      column.push_back(follows ? codes[static_cast<std::size_t>(v - 1)][static_cast<std::size_t>(row)] % states
                               : static_cast<std::int32_t>(engine() % static_cast<unsigned>(states)));
    }
    variables.push_back(std::move(made));
  }
  return {std::move(variables), codes};
}

inline bayesnet::discrete_data sampled(const bayesnet::network& net, std::int64_t rows, std::uint64_t seed) {
  const bayesnet::sample_table drawn = bayesnet::forward_sample(exec::cpu(1), net, rows, {seed, 0});
  std::vector<std::vector<std::int32_t>> codes;
  for (node_id v = 0; v < net.size(); ++v) codes.emplace_back(drawn.column(v).begin(), drawn.column(v).end());
  return {net.variables(), codes};
}

/// How often each configuration occurs.
inline std::map<std::vector<int>, std::int64_t> counted(const bayesnet::discrete_data& data,
                                                        const std::vector<node_id>& nodes) {
  std::map<std::vector<int>, std::int64_t> counts;
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    std::vector<int> key;
    for (const node_id v : nodes) key.push_back(data.codes(v)[static_cast<std::size_t>(row)]);
    ++counts[key];
  }
  return counts;
}

}  // namespace credence::test
