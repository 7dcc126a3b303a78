// SPDX-License-Identifier: BSD-3-Clause
#include "diagnostics/find_warnings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace credence::detail {

namespace {

using kind = sampling_warning::kind;

/// A few digits, for sentences.
std::string brief(double value, const char* format) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

/// How many parameters are bad, and the worst.
struct worst_parameter {
  std::int64_t count = 0;
  const parameter_summary* worst = nullptr;
};

template <class IsBad, class IsWorse>
worst_parameter find_worst(const draws_summary& result, const IsBad& is_bad, const IsWorse& is_worse) {
  worst_parameter found;
  for (const parameter_summary& p : result.parameters) {
    if (!is_bad(p)) continue;
    ++found.count;
    if (found.worst == nullptr || is_worse(p, *found.worst)) found.worst = &p;
  }
  return found;
}

std::string of_all(std::int64_t count, std::size_t all) {
  return std::to_string(count) + " of " + std::to_string(all) + (all == 1 ? " parameter" : " parameters");
}

/// Where divergent draws lie apart from the rest: the parameter whose mean over them is furthest off, in sds.
std::string where_divergent(const draws_summary& result, view<const double, 3> draws, view<const double, 2> divergent,
                            std::string& parameter) {
  std::vector<std::pair<std::int64_t, std::int64_t>> places;
  for (std::int64_t c = 0; c < draws.extent(0); ++c) {
    for (std::int64_t d = 0; d < draws.extent(1); ++d) {
      if (divergent(c, d) != 0.0) places.emplace_back(c, d);
    }
  }
  double furthest = 0.0;
  std::int64_t at = -1;
  for (std::int64_t p = 0; p < draws.extent(2); ++p) {
    const parameter_summary& s = result.parameters[static_cast<std::size_t>(p)];
    double sum = 0.0;
    for (const auto& [c, d] : places) sum += draws(c, d, p);
    const double shift = (sum / static_cast<double>(places.size()) - s.mean) / s.sd;
    if (std::abs(shift) > std::abs(furthest)) furthest = shift, at = p;
  }
  if (at < 0) return {};
  parameter = result.parameters[static_cast<std::size_t>(at)].name;
  return "; they gather where " + parameter + " is " + (furthest < 0.0 ? "small" : "large") + " (" +
         brief(std::abs(furthest), "%.1f") + " sd from its mean)";
}

void warn_of_parameters(const draws_summary& result, const summary_options& options,
                        std::vector<sampling_warning>& out) {
  const std::size_t all = result.parameters.size();
  const auto first = [](const auto&, const auto&) { return false; };
  const auto broken = find_worst(
      result, [](const auto& p) { return std::isnan(p.q50); }, first);
  if (broken.count > 0) {
    out.push_back({kind::not_finite, broken.worst->name, static_cast<double>(broken.count),
                   of_all(broken.count, all) + " have draws that are NaN or infinite, the first is " +
                       broken.worst->name + ": look for log or division of values that reach 0, or for overflow"});
  }
  const auto fixed = find_worst(
      result, [](const auto& p) { return !std::isnan(p.q50) && std::isnan(p.rhat) && p.sd < 1e-15; }, first);
  if (fixed.count > 0 && result.draws >= 6) {
    out.push_back({kind::constant, fixed.worst->name, static_cast<double>(fixed.count),
                   of_all(fixed.count, all) + " never changed, the first is " + fixed.worst->name +
                       ": fine for a quantity fixed by the model; otherwise the chains are stuck"});
  }
  const auto high = find_worst(
      result, [&](const auto& p) { return p.rhat > options.rhat_threshold; },
      [](const auto& a, const auto& b) { return a.rhat > b.rhat; });
  if (high.count > 0) {
    out.push_back({kind::rhat, high.worst->name, high.worst->rhat,
                   "R-hat is above " + brief(options.rhat_threshold, "%g") + " for " + of_all(high.count, all) +
                       ", worst " + brief(high.worst->rhat, "%.3f") + " for " + high.worst->name +
                       ": the chains disagree; run a longer warm-up, reparameterise, or look for several modes"});
  }
  const double enough = options.ess_per_chain * static_cast<double>(result.chains);
  const auto warn_of_size = [&](kind what, double parameter_summary::*size, const char* label, const char* remedy) {
    const auto low = find_worst(
        result, [&](const auto& p) { return p.*size < enough; },
        [&](const auto& a, const auto& b) { return a.*size < b.*size; });
    if (low.count == 0) return;
    const double value = low.worst->*size;
    out.push_back({what, low.worst->name, value,
                   std::string(label) + " ESS is below " + brief(enough, "%g") + " for " + of_all(low.count, all) +
                       ", worst " + brief(value, "%.0f") + " for " + low.worst->name + ": " + remedy});
  };
  warn_of_size(kind::ess_bulk, &parameter_summary::ess_bulk, "bulk",
               "means and medians are imprecise; draw more, or reparameterise what is strongly correlated");
  warn_of_size(kind::ess_tail, &parameter_summary::ess_tail, "tail",
               "5 % and 95 % quantiles are imprecise; draw more, or check for heavy tails");
}

void warn_of_sampler(const draws_summary& result, view<const double, 3> draws, const sampler_statistics& statistics,
                     const summary_options& options, std::vector<sampling_warning>& out) {
  const double all_draws = static_cast<double>(result.chains * result.draws);
  const sampler_summary& sampler = result.sampler;
  if (sampler.divergences > 0) {
    sampling_warning w{kind::divergences, {}, static_cast<double>(sampler.divergences), {}};
    const std::string where = where_divergent(result, draws, statistics.divergent, w.parameter);
    w.text =
        std::to_string(sampler.divergences) + (sampler.divergences == 1 ? " transition" : " transitions") +
        " diverged (" + brief(100.0 * w.value / all_draws, "%.2g") + " % of draws)" + where +
        ": parts of the distribution may be missing; raise the target acceptance (0.95, 0.99); if that does not help, "
        "tighten priors of scales or write hierarchies the other way (non-centred where groups have few data, "
        "centred where they have many)";
    out.push_back(std::move(w));
  }
  if (sampler.max_depth_hits > 0) {
    const double hits = static_cast<double>(sampler.max_depth_hits);
    out.push_back({kind::max_depth,
                   {},
                   hits,
                   std::to_string(sampler.max_depth_hits) + " transitions (" + brief(100.0 * hits / all_draws, "%.2g") +
                       " %) stopped at the maximum tree depth of " + std::to_string(statistics.max_tree_depth) +
                       ": slow, not wrong; raise the depth, use a dense metric, or rescale parameters"});
  }
  std::int64_t low = 0, lowest = -1;
  for (std::size_t c = 0; c < sampler.ebfmi.size(); ++c) {
    if (!(sampler.ebfmi[c] < options.ebfmi_threshold)) continue;
    ++low;
    if (lowest < 0 || sampler.ebfmi[c] < sampler.ebfmi[static_cast<std::size_t>(lowest)]) {
      lowest = static_cast<std::int64_t>(c);
    }
  }
  if (low > 0) {
    const double value = sampler.ebfmi[static_cast<std::size_t>(lowest)];
    out.push_back({kind::ebfmi,
                   {},
                   value,
                   "E-BFMI is below " + brief(options.ebfmi_threshold, "%g") + " in " + std::to_string(low) + " of " +
                       std::to_string(sampler.ebfmi.size()) + " chains, worst " + brief(value, "%.2f") + " in chain " +
                       std::to_string(lowest + 1) +
                       ": energies are explored slowly; reparameterise heavy tails or hierarchical scales"});
  }
}

}  // namespace

std::vector<sampling_warning> find_warnings(const draws_summary& result, view<const double, 3> draws,
                                            const sampler_statistics& statistics, const summary_options& options) {
  std::vector<sampling_warning> out;
  warn_of_sampler(result, draws, statistics, options, out);
  warn_of_parameters(result, options, out);
  return out;
}

}  // namespace credence::detail

namespace credence {

namespace {

/// Columns of the table; names on the left, numbers flush right.
std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string space(text.size() < width ? width - text.size() : 0, ' ');
  return left ? text + space : space + text;
}

std::string number(double value, const char* format) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

}  // namespace

std::string to_text(const draws_summary& result) {
  std::size_t name_width = 9;
  for (const auto& p : result.parameters) name_width = std::max(name_width, p.name.size());
  std::string text = padded("parameter", name_width, true);
  for (const char* heading : {"mean", "mcse", "sd", "mad", "q5", "q50", "q95"}) text += padded(heading, 11, false);
  text += padded("ess_bulk", 10, false) + padded("ess_tail", 10, false) + padded("rhat", 8, false) + "\n";
  for (const auto& p : result.parameters) {
    text += padded(p.name, name_width, true);
    for (const double value : {p.mean, p.mcse_mean, p.sd, p.mad, p.q5, p.q50, p.q95}) {
      text += padded(number(value, "%.4g"), 11, false);
    }
    text += padded(number(p.ess_bulk, "%.0f"), 10, false) + padded(number(p.ess_tail, "%.0f"), 10, false) +
            padded(number(p.rhat, "%.4f"), 8, false) + "\n";
  }
  text += std::to_string(result.chains) + " chains, " + std::to_string(result.draws) + " draws each\n";
  for (const auto& w : result.warnings) text += "warning: " + w.text + "\n";
  return text;
}

}  // namespace credence
