// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/diagnostics/summary.hpp"
#include "credence/random/fill.hpp"

#include <memory>
#include <vector>

namespace credence::peers {

void add_diagnostics_rows(rows& all) {
  all.add("summary of 4 x 1000 x 100 draws", [] {
    const std::int64_t chains = 4, draws = 1000, parameters = 100;
    const auto values = std::make_shared<std::vector<double>>(static_cast<std::size_t>(chains * draws * parameters));
    random::fill_normal(rng_key{1, 0}, std::span<double>(*values));
    const auto names = std::make_shared<std::vector<std::string>>();
    for (std::int64_t p = 0; p < parameters; ++p) names->push_back("x" + std::to_string(p));
    return row{static_cast<double>(parameters), [=] {
                 const view<const double, 3> all_draws(values->data(), chains, draws, parameters);
                 keep(summary(exec::cpu(1), *names, all_draws));
               }};
  });
}

}  // namespace credence::peers
