// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/design.hpp"

#include "credence/base/check.hpp"
#include "credence/table/encoders.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

namespace {

const char* const who = "formula";

std::vector<std::string> levels_of(const column& data, const design_options& options) {
  const std::vector<std::string> seen = fit_categories(data).levels;
  const auto given = options.levels.find(data.name);
  if (given == options.levels.end()) return seen;
  for (const std::string& level : seen) {
    if (std::find(given->second.begin(), given->second.end(), level) == given->second.end()) {
      check::fail_domain(who, "level of " + data.name, level, "among the levels given for it");
    }
  }
  for (const std::string& level : given->second) {
    if (std::find(seen.begin(), seen.end(), level) == seen.end()) {
      check::fail_domain(who, "level given for " + data.name, level, "in the data");
    }
  }
  return given->second;
}

/// One variable of the formula on the rows of a table.
struct variable_values {
  std::vector<double> numbers;      // of numeric ones
  std::vector<std::int32_t> codes;  // of factors
};

/// Marks the rows that use a missing cell of any of these columns.
void mark_missing(const table& data, const std::vector<std::string>& names, std::vector<std::uint8_t>& missing) {
  for (const std::string& name : names) {
    const column& one = data.at(name);
    const bool real = one.type() == column_type::real;
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      const bool gone = one.is_missing(row) || (real && std::isnan(one.reals()[static_cast<std::size_t>(row)]));
      if (gone) missing[static_cast<std::size_t>(row)] = 1;
    }
  }
}

void check_finite(const std::vector<double>& values, const std::vector<std::uint8_t>& missing,
                  const std::string& text) {
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (missing[row] == 0 && !std::isfinite(values[row])) {
      check::fail_domain(who, text + " in row " + std::to_string(row), values[row], "finite");
    }
  }
}

std::vector<double> kept_of(const std::vector<double>& values, const std::vector<std::int64_t>& kept) {
  std::vector<double> out;
  out.reserve(kept.size());
  for (const std::int64_t row : kept) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

}  // namespace

design_recipe::design_recipe(model_formula formula, const table& data, const design_options& options)
    : formula_(std::move(formula)) {
  for (const model_variable& v : formula_.variables) {
    for (const std::string& name : v.value.names()) static_cast<void>(data.at(name));
    const bool text = !v.column.empty() && data.at(v.column).type() == column_type::text;
    levels_.push_back(v.factor || text ? levels_of(data.at(v.column), options) : std::vector<std::string>());
    coding_.push_back(v.coding_given ? v.coding : options.coding);
    if ((v.factor || text) && levels_.back().size() < 2) {
      check::fail_domain(who, "number of levels of " + v.column, static_cast<std::int64_t>(levels_.back().size()),
                         "at least 2");
    }
  }
  for (const auto& [name, levels] : options.levels) {
    if (data.at(name).type() != column_type::text && levels.empty()) {
      check::fail_domain(who, "levels of " + name, "empty", "a list of levels");
    }
  }
  // Which terms are there decides how factors are coded; without an intercept the first factor takes its place.
  bool constant = formula_.intercept;
  for (const auto& term : formula_.terms) {
    std::vector<bool> full;
    for (std::size_t k = 0; k < term.size(); ++k) {
      std::vector<int> rest = term;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
      const bool is_factor = !levels_[static_cast<std::size_t>(term[k])].empty();
      const bool there = rest.empty()
                             ? constant
                             : std::find(formula_.terms.begin(), formula_.terms.end(), rest) != formula_.terms.end();
      full.push_back(is_factor && !there);
      if (is_factor && rest.empty() && !there) constant = true;
    }
    full_.push_back(std::move(full));
  }
  if (formula_.response.size() == 1 && formula_.response[0].nodes().size() == 1) {
    const auto names = formula_.response[0].names();
    if (!names.empty() && data.at(names[0]).type() == column_type::text) {
      response_column_ = names[0];
      response_levels_ = levels_of(data.at(names[0]), options);
      if (response_levels_.size() != 2) {
        check::fail_domain(who, "number of levels of the response " + names[0],
                           static_cast<std::int64_t>(response_levels_.size()), "2");
      }
    }
  }
}

design_matrix design_recipe::apply(const table& data, std::span<const std::string> extra) const {
  return build(data, extra, true);
}
design_matrix design_recipe::apply_without_response(const table& data) const { return build(data, {}, false); }

design_matrix design_recipe::build(const table& data, std::span<const std::string> extra, bool with_response) const {
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<std::uint8_t> missing(rows, 0);
  mark_missing(data, {extra.begin(), extra.end()}, missing);
  for (const model_variable& v : formula_.variables) mark_missing(data, v.value.names(), missing);
  for (const expression& e : formula_.offsets) mark_missing(data, e.names(), missing);
  if (with_response) {
    for (const expression& e : formula_.response) mark_missing(data, e.names(), missing);
  }
  design_matrix out;
  for (std::size_t row = 0; row < rows; ++row) {
    if (missing[row] == 0) out.kept.push_back(static_cast<std::int64_t>(row));
  }
  out.rows = static_cast<std::int64_t>(out.kept.size());
  if (out.rows == 0) check::fail_domain(who, "number of complete rows", std::int64_t{0}, "at least 1");

  std::vector<variable_values> values(formula_.variables.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    const model_variable& v = formula_.variables[k];
    if (levels_[k].empty()) {
      const std::vector<double> all = v.value.evaluate(data);
      check_finite(all, missing, v.text);
      values[k].numbers = kept_of(all, out.kept);
      continue;
    }
    const category_encoder encoder{v.column, levels_[k], unseen_policy::error};
    const std::vector<std::int32_t> all = encoder.codes(data.at(v.column));
    for (const std::int64_t row : out.kept) values[k].codes.push_back(all[static_cast<std::size_t>(row)]);
  }

  // A term is the product of what its variables offer: the last variable varies slowest, as in R.
  const auto n = static_cast<std::size_t>(out.rows);
  const auto begin_column = [&](const std::string& name, std::int64_t term) {
    out.names.push_back(name);
    out.term_of.push_back(term);
  };
  if (formula_.intercept) {
    begin_column("(Intercept)", -1);
    out.x.insert(out.x.end(), n, 1.0);
  }
  for (std::size_t t = 0; t < formula_.terms.size(); ++t) {
    out.terms.push_back(formula_.term_text(t));
    std::vector<std::string> names{""};
    std::vector<double> block(n, 1.0);
    for (std::size_t k = 0; k < formula_.terms[t].size(); ++k) {
      const auto variable = static_cast<std::size_t>(formula_.terms[t][k]);
      const std::string& text = formula_.variables[variable].text;
      const auto& levels = levels_[variable];
      const bool full = full_[t][k], sum = coding_[variable] == factor_coding::sum;
      const std::size_t offered = levels.empty() ? 1 : levels.size() - (full ? 0 : 1);
      std::vector<std::string> next_names;
      std::vector<double> next;
      next.reserve(offered * block.size());
      for (std::size_t c = 0; c < offered; ++c) {
        // Treatment columns skip the base, which is level 0.
        const std::size_t level = full || sum ? c : c + 1;
        const std::string own = levels.empty() ? text
                                : !full && sum ? text + std::to_string(c + 1)
                                               : text + levels[level];
        for (std::size_t b = 0; b < names.size(); ++b) {
          next_names.push_back(names[b].empty() ? own : names[b] + ":" + own);
          for (std::size_t i = 0; i < n; ++i) {
            double value;
            if (levels.empty()) {
              value = values[variable].numbers[i];
            } else {
              const auto code = static_cast<std::size_t>(values[variable].codes[i]);
              value = code == level ? 1.0 : !full && sum && code + 1 == levels.size() ? -1.0 : 0.0;
            }
            next.push_back(block[b * n + i] * value);
          }
        }
      }
      names = std::move(next_names);
      block = std::move(next);
    }
    for (const std::string& name : names) begin_column(name, static_cast<std::int64_t>(t));
    out.x.insert(out.x.end(), block.begin(), block.end());
  }

  for (const expression& e : formula_.offsets) {
    const std::vector<double> all = e.evaluate(data);
    check_finite(all, missing, "offset(" + e.text() + ")");
    const std::vector<double> kept = kept_of(all, out.kept);
    if (out.offset.empty()) out.offset.assign(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) out.offset[i] += kept[i];
  }
  if (!with_response || formula_.response.empty()) return out;
  if (!response_column_.empty()) {
    const category_encoder encoder{response_column_, response_levels_, unseen_policy::error};
    const std::vector<std::int32_t> codes = encoder.codes(data.at(response_column_));
    for (const std::int64_t row : out.kept) {
      out.response.push_back(static_cast<double>(codes[static_cast<std::size_t>(row)]));
    }
    out.response_level = response_levels_[1];
    return out;
  }
  const std::vector<double> first = formula_.response[0].evaluate(data);
  check_finite(first, missing, formula_.response[0].text());
  out.response = kept_of(first, out.kept);
  if (formula_.response.size() == 2) {
    const std::vector<double> second = formula_.response[1].evaluate(data);
    check_finite(second, missing, formula_.response[1].text());
    const std::vector<double> failures = kept_of(second, out.kept);
    out.trials.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      if (out.response[i] < 0.0 || failures[i] < 0.0) {
        check::fail_domain(who, "cbind in row " + std::to_string(out.kept[i]), std::fmin(out.response[i], failures[i]),
                           "two counts, zero or above");
      }
      out.trials[i] = out.response[i] + failures[i];
      out.response[i] = out.trials[i] > 0.0 ? out.response[i] / out.trials[i] : 0.0;
    }
  }
  return out;
}

}  // namespace credence
