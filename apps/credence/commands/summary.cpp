// SPDX-License-Identifier: BSD-3-Clause
// `credence summary out_*.csv`: diagnostics of any Stan CSV files.
#include "credence/draws_report.hpp"

#include "credence/diagnostics/stan_csv.hpp"

namespace credence::app {
namespace {

struct options {
  std::vector<std::string> files;
};

document run(const options& given, session& now) {
  std::vector<stan_csv> files;
  for (const std::string& file : given.files) files.push_back(read_stan_csv(file));
  const chain_draws draws = join_chains(files);
  const sampler_statistics statistics{draws.statistic("divergent__"), draws.statistic("treedepth__"),
                                      draws.statistic("energy__"), draws.max_tree_depth};
  document result;
  describe(summary(now.context, draws.parameters, draws.view_of_draws(), statistics), now, result);
  for (const stan_csv& file : files) {
    if (file.draws - file.warmup_draws == draws.draws) continue;
    now.warn("the files have different numbers of draws: of each only the first " + std::to_string(draws.draws) +
             " after warm-up are used");
    break;
  }
  return result;
}

}  // namespace

void add_summary(program& all) {
  all.add(
      {.name = "summary",
       .summary = "means, quantiles and convergence diagnostics of Stan CSV files",
       .example = "credence summary output_1.csv output_2.csv output_3.csv output_4.csv",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("files", given.files, "Stan CSV files, one for each chain")->required()->option_text("FILE...");
      },
      run);
}

}  // namespace credence::app
