// SPDX-License-Identifier: BSD-3-Clause
#include "credence/draws_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace credence::app {

namespace {

/// Effective sample sizes are counts to people; NaN stays.
table_text::cell whole(double value) {
  if (std::isfinite(value)) return static_cast<std::int64_t>(std::llround(value));
  return value;
}

json to_json(const parameter_summary& p) {
  json out{{"mean", p.mean},
           {"mcse_mean", p.mcse_mean},
           {"sd", p.sd},
           {"mcse_sd", p.mcse_sd},
           {"mad", p.mad},
           {"q5", p.q5},
           {"q50", p.q50},
           {"q95", p.q95},
           {"ess_bulk", p.ess_bulk},
           {"ess_tail", p.ess_tail},
           {"rhat", p.rhat}};
  if (!std::isnan(p.nested_rhat)) out["nested_rhat"] = p.nested_rhat;
  return out;
}

std::string sampler_line(const sampler_summary& sampler) {
  std::string line = fmt::format("{} divergent transitions, {} at the maximum tree depth", sampler.divergences,
                                 sampler.max_depth_hits);
  if (!sampler.ebfmi.empty()) {
    line += fmt::format(", lowest E-BFMI {:.2f}", *std::min_element(sampler.ebfmi.begin(), sampler.ebfmi.end()));
  }
  return line;
}

}  // namespace

void describe(const draws_summary& result, session& now, document& shown) {
  json parameters = json::object();
  table_text table{
      "", {"parameter", "mean", "mcse", "sd", "mad", "q5", "q50", "q95", "ess_bulk", "ess_tail", "rhat"}, {}};
  for (const parameter_summary& p : result.parameters) {
    parameters[p.name] = to_json(p);
    table.rows.push_back(
        {p.name, p.mean, p.mcse_mean, p.sd, p.mad, p.q5, p.q50, p.q95, whole(p.ess_bulk), whole(p.ess_tail), p.rhat});
  }
  shown.data["parameters"] = std::move(parameters);
  shown.data["sampler"] = {{"divergences", result.sampler.divergences},
                           {"max_depth_hits", result.sampler.max_depth_hits},
                           {"divergences_per_chain", result.sampler.divergences_per_chain},
                           {"ebfmi", result.sampler.ebfmi}};
  shown.data["chains"] = result.chains;
  shown.data["draws"] = result.draws;
  shown.tables.push_back(std::move(table));
  shown.notes.push_back(
      fmt::format("\n{} chain{} of {} draws", result.chains, result.chains == 1 ? "" : "s", result.draws));
  if (!result.sampler.divergences_per_chain.empty()) shown.notes.push_back(sampler_line(result.sampler));
  for (const sampling_warning& warning : result.warnings) now.warn(warning.text);
}

}  // namespace credence::app
