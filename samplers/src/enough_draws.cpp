// SPDX-License-Identifier: BSD-3-Clause
#include "run_parts.hpp"

#include "credence/diagnostics/convergence.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cmath>

namespace credence::detail {

std::int64_t next_look(std::int64_t draws, std::int64_t capacity) {
  std::int64_t look = 100;
  while (look <= draws) look += look / 2;
  return std::min(look, capacity);
}

bool enough_draws(const run_result& result, std::int64_t draws, const run_options& run) {
  std::vector<std::int64_t> chains;
  for (std::size_t c = 0; c < result.chains.size(); ++c) {
    if (result.chains[c].why != sampling_end::failed) chains.push_back(static_cast<std::int64_t>(c));
  }
  if (chains.empty()) return false;
  const auto names = static_cast<std::int64_t>(result.names.size());
  std::vector<std::uint8_t> enough(result.names.size());
  exec::for_each_task(run.context, names, [&](std::int64_t name) {
    std::vector<double> one;
    one.reserve(chains.size() * static_cast<std::size_t>(draws));
    for (const std::int64_t c : chains) {
      const double* const first = result.values.data() + c * result.capacity * names + name;
      for (std::int64_t i = 0; i < draws; ++i) one.push_back(first[i * names]);
    }
    const view<const double, 2> shaped(one.data(), std::ssize(chains), draws);
    const double least = std::min(ess_bulk(shaped), ess_tail(shaped));
    const bool constant = std::adjacent_find(one.begin(), one.end(), std::not_equal_to<>()) == one.end();
    enough[static_cast<std::size_t>(name)] = constant || least >= run.target_ess ? 1 : 0;
  });
  return std::all_of(enough.begin(), enough.end(), [](std::uint8_t yes) { return yes != 0; });
}

}  // namespace credence::detail
