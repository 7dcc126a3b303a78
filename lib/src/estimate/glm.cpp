// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/glm.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/exec/reduce.hpp"
#include "estimate/glm_fisher.hpp"
#include "estimate/glm_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::glm {

using namespace estimate_detail;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void check_problem(const problem& data, const options& how, enum link chosen) {
  const std::int64_t n = data.x.extents[0], p = data.x.extents[1];
  check::same_size("glm", "y", static_cast<std::int64_t>(data.y.size()), "rows of x", n);
  if (n == 0) check::fail_domain("glm", "number of rows", n, "at least 1");
  if (!data.weights.empty()) {
    check::same_size("glm", "weights", static_cast<std::int64_t>(data.weights.size()), "rows of x", n);
  }
  if (!data.offset.empty()) {
    check::same_size("glm", "offset", static_cast<std::int64_t>(data.offset.size()), "rows of x", n);
  }
  if (!data.names.empty()) {
    check::same_size("glm", "names", static_cast<std::int64_t>(data.names.size()), "columns of x", p);
  }
  if (!goes_with(how.family, chosen)) {
    check::fail_domain("glm", "link", to_string(chosen), std::string("one that goes with ") + to_string(how.family));
  }
  if (how.bias_reduction && (how.family != family::binomial || chosen != link::logit)) {
    check::fail_domain("glm", "bias_reduction with", to_string(how.family), "binomial with the logit link");
  }
  if (!(how.theta >= 0.0)) check::fail_domain("glm", "theta", how.theta, "positive, or 0 to estimate it");
  double total = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double y = data.y[at], w = data.weights.empty() ? 1.0 : data.weights[at];
    if (!(w >= 0.0) || !std::isfinite(w)) {
      check::fail_domain("glm", "weight of row " + std::to_string(i), w, "finite, zero or above");
    }
    total += w;
    const std::string name = "response in row " + std::to_string(i);
    switch (how.family) {
      case family::gaussian:
        if (!std::isfinite(y)) check::fail_domain("glm", name, y, "finite");
        break;
      case family::binomial:
        if (!(y >= 0.0 && y <= 1.0)) check::fail_domain("glm", name, y, "a proportion from 0 to 1");
        break;
      case family::poisson:
      case family::negative_binomial:
        if (!(y >= 0.0) || !std::isfinite(y)) check::fail_domain("glm", name, y, "a count, zero or above");
        break;
      default:
        if (!(y > 0.0) || !std::isfinite(y)) check::fail_domain("glm", name, y, "positive");
    }
    if (!data.offset.empty() && !std::isfinite(data.offset[at])) {
      check::fail_domain("glm", "offset of row " + std::to_string(i), data.offset[at], "finite");
    }
  }
  if (!(total > 0.0)) check::fail_domain("glm", "sum of the weights", total, "positive");
  for (std::int64_t j = 0; j < p; ++j) {
    // A sum is finite when all its terms are, but for overflow: then each is looked at.
    const bool clean = std::isfinite(exec::transform_reduce(
        how.context, n, 0.0, [&](std::int64_t i) { return data.x(i, j) * 0x1p-64; }, std::plus<>()));
    for (std::int64_t i = 0; !clean && i < n; ++i) {
      if (std::isfinite(data.x(i, j))) continue;
      check::fail_domain("glm", "column " + std::to_string(j) + " of x in row " + std::to_string(i), data.x(i, j),
                         "finite");
    }
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t k = 0; k < names.size(); ++k) out += (k == 0 ? "" : ", ") + names[k];
  return out;
}

std::vector<finding> alias_findings(const rank_answer& rank, const std::vector<std::string>& names,
                                    std::span<const std::int64_t> considered) {
  std::vector<finding> out;
  for (const auto& alias : rank.aliases) {
    const std::string& name = names[static_cast<std::size_t>(considered[static_cast<std::size_t>(alias.column)])];
    std::vector<std::string> parts;
    double most = 0.0;
    for (const double c : alias.combination) most = std::fmax(most, std::fabs(c));
    for (std::size_t k = 0; k < alias.combination.size(); ++k) {
      if (std::fabs(alias.combination[k]) <= 1e-8 * most) continue;
      parts.push_back(names[static_cast<std::size_t>(considered[static_cast<std::size_t>(rank.kept[k])])]);
    }
    const std::string text = parts.empty() ? name + " is zero in every row: it has no coefficient"
                                           : name + " is aliased: a combination of " + joined(parts);
    out.push_back({problem_kind::aliased, text, {name}});
  }
  return out;
}

/// The deviance of the model without columns: a constant where there is an intercept, else the offset alone.
double null_deviance_of(const problem& data, const options& how, enum link chosen, const glm_rows& rows) {
  if (data.intercept && !data.offset.empty()) {
    const std::vector<double> ones(static_cast<std::size_t>(rows.rows()), 1.0);
    problem constant = data;
    constant.x = view<const double, 2>(ones.data(), rows.rows(), std::int64_t{1});
    glm_rows alone(constant, how, chosen);
    alone.theta = rows.theta;
    return fisher_scoring(alone, how).sums.deviance;
  }
  double mean = 0.0, total = 0.0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    mean += rows.weight(i) * rows.y(i);
    total += rows.weight(i);
  }
  mean /= total;
  if (rows.bernoulli() && data.intercept) {
    const auto part = [&](double share) { return share > 0.0 ? share * std::log(share) : 0.0; };
    return -2.0 * total * (part(mean) + part(1.0 - mean));
  }
  return exec::transform_reduce(
      how.context, rows.rows(), 0.0,
      [&](std::int64_t i) {
        const double mu = data.intercept ? mean : inverse_link(chosen, rows.offset(i));
        return rows.weight(i) == 0.0 ? 0.0 : rows.weight(i) * unit_deviance(how.family, rows.y(i), mu, rows.theta);
      },
      std::plus<>());
}

/// Estimates theta and the coefficients in turn until both stand still.
fisher_answer fit_negative_binomial(glm_rows& rows, const options& how, fitted& out) {
  rows.theta = infinity;
  fisher_answer answer = fisher_scoring(rows, how);
  out.theta_estimated = true;
  double theta = 0.0;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> means = rows.predictor(answer.coefficients);
    for (double& m : means) m = inverse_link(rows.link(), m);
    const theta_answer found = estimate_theta(rows, means, round == 0 ? 0.0 : theta);
    out.theta_std_error = found.std_error;
    if (!found.bounded) {
      rows.theta = infinity;
      out.findings.push_back({problem_kind::theta_unbounded,
                              "the counts are not overdispersed: theta is infinite and the fit that of a Poisson",
                              {}});
      return fisher_scoring(rows, how);
    }
    const bool settled = std::fabs(found.theta - theta) <= 1e-13 * theta;
    theta = rows.theta = found.theta;
    answer = fisher_scoring(rows, how, answer.coefficients);
    if (settled) break;
  }
  return answer;
}

}  // namespace

const char* to_string(problem_kind kind) {
  switch (kind) {
    case problem_kind::aliased:
      return "aliased";
    case problem_kind::separated:
      return "separated";
    case problem_kind::quasi_separated:
      return "quasi_separated";
    case problem_kind::not_converged:
      return "not_converged";
    case problem_kind::no_residuals:
      return "no_residuals";
    case problem_kind::theta_unbounded:
      return "theta_unbounded";
  }
  return "";
}

fitted fit(const problem& data, const options& how) {
  fitted out;
  out.family = how.family;
  out.link = how.link == link::canonical ? canonical_link(how.family) : how.link;
  check_problem(data, how, out.link);
  const std::int64_t p = data.x.extents[1];
  out.names.assign(data.names.begin(), data.names.end());
  for (std::int64_t j = static_cast<std::int64_t>(out.names.size()); j < p; ++j) {
    out.names.push_back("x" + std::to_string(j + 1));
  }
  glm_rows rows(data, how, out.link);
  const bool negative_binomial = how.family == family::negative_binomial;
  rows.theta = negative_binomial && how.theta > 0.0 ? how.theta : negative_binomial ? infinity : 1.0;

  // What stands on its own is decided by the unweighted directions of the start, before any iteration.
  const std::vector<std::int64_t> all = rows.columns;
  if (p > 0) {
    const pass_sums start = rows.start();
    const rank_answer rank = rank_of(start.triangle, p, how.rank_tolerance);
    out.findings = alias_findings(rank, out.names, all);
    rows.columns = rank.kept;
  }
  fisher_answer answer = negative_binomial && how.theta == 0.0 ? fit_negative_binomial(rows, how, out)
                         : how.bias_reduction                  ? firth_scoring(rows, how)
                                                               : fisher_scoring(rows, how);
  out.estimable = rows.columns;
  out.rank = static_cast<std::int64_t>(rows.columns.size());
  out.factor = answer.sums.triangle;
  out.iterations = answer.iterations;
  out.converged = answer.converged;
  out.deviance = answer.sums.deviance;
  out.condition = condition_of(out.factor, out.rank);
  if (negative_binomial) out.theta = rows.theta;

  std::vector<bool> diverges(static_cast<std::size_t>(out.rank), false);
  if (!answer.recession.empty()) {
    finding why = describe_separation(rows, data, answer.recession, out.names);
    for (std::size_t k = 0; k < rows.columns.size(); ++k) {
      const std::string& name = out.names[static_cast<std::size_t>(rows.columns[k])];
      diverges[k] = std::find(why.names.begin(), why.names.end(), name) != why.names.end();
    }
    out.findings.push_back(std::move(why));
    out.converged = false;
  } else if (!out.converged) {
    out.findings.push_back(
        {problem_kind::not_converged, "no convergence after " + std::to_string(out.iterations) + " iterations", {}});
  }

  for (std::int64_t i = 0; i < rows.rows(); ++i) out.observations += rows.weight(i) > 0.0 ? 1 : 0;
  out.df_residual = out.observations - out.rank;
  out.df_null = out.observations - (data.intercept ? 1 : 0);
  out.null_deviance = null_deviance_of(data, how, out.link, rows);
  describe_likelihood(rows, answer.coefficients, out);

  const bool estimate = how.dispersion == dispersion_rule::pearson ||
                        (how.dispersion == dispersion_rule::by_family && how.family != family::binomial &&
                         how.family != family::poisson && !negative_binomial);
  out.dispersion_estimated = estimate;
  if (estimate) {
    out.dispersion = out.df_residual > 0 ? out.pearson / static_cast<double>(out.df_residual) : not_a_number;
    if (out.df_residual <= 0) {
      out.findings.push_back({problem_kind::no_residuals,
                              "as many coefficients as observations: no dispersion and no errors can be estimated",
                              {}});
    }
  }

  const auto wide = static_cast<std::size_t>(p);
  out.coefficients.assign(wide, not_a_number);
  out.std_errors.assign(wide, not_a_number);
  out.covariance.assign(wide * wide, not_a_number);
  const std::vector<double> inverse = inverse_normal(out.factor, out.rank);
  for (std::size_t k = 0; k < rows.columns.size(); ++k) {
    const auto j = static_cast<std::size_t>(rows.columns[k]);
    out.coefficients[j] = diverges[k] ? std::copysign(infinity, answer.recession[k]) : answer.coefficients[k];
    for (std::size_t l = 0; l < rows.columns.size(); ++l) {
      const auto i = static_cast<std::size_t>(rows.columns[l]);
      const bool lost = diverges[k] || diverges[l];
      out.covariance[j * wide + i] =
          lost ? (k == l ? infinity : not_a_number) : out.dispersion * inverse[k * rows.columns.size() + l];
    }
    out.std_errors[j] = std::sqrt(out.covariance[j * wide + j]);
  }
  return out;
}

std::vector<double> fitted::statistics() const {
  std::vector<double> out;
  for (std::size_t j = 0; j < coefficients.size(); ++j) out.push_back(coefficients[j] / std_errors[j]);
  return out;
}

std::vector<double> fitted::p_values() const {
  std::vector<double> out = statistics();
  for (double& s : out) {
    if (!std::isfinite(s)) {
      s = s == s ? 0.0 : s;
      continue;
    }
    s = 2.0 * (dispersion_estimated ? ccdf(student_t(static_cast<double>(df_residual), 0.0, 1.0), std::fabs(s))
                                    : ccdf(normal(0.0, 1.0), std::fabs(s)));
  }
  return out;
}

bool fitted::has(problem_kind kind) const {
  return std::any_of(findings.begin(), findings.end(), [&](const finding& f) { return f.kind == kind; });
}

problem model::data() const {
  problem out;
  out.x = design.matrix();
  out.y = design.response;
  out.weights = weights;
  out.offset = design.offset;
  out.names = design.names;
  out.intercept = recipe.formula().intercept;
  return out;
}

model fit(const table& data, std::string_view formula, const options& how, const table_options& columns) {
  const std::vector<std::string> names = data.names();
  model_formula parsed = model_formula::parse(formula, names);
  if (parsed.response.empty()) check::fail_domain("glm", "formula", formula, "one with a response before the ~");
  if (!columns.offset.empty()) parsed.offsets.push_back(expression::parse("`" + columns.offset + "`"));
  std::vector<std::string> extra;
  if (!columns.weights.empty()) extra.push_back(columns.weights);
  design_recipe recipe(std::move(parsed), data, columns.design);
  design_matrix design = recipe.apply(data, extra);
  if (!design.trials.empty() && how.family != family::binomial) {
    check::fail_domain("glm", "family for cbind", to_string(how.family), "binomial");
  }
  model out{{}, std::move(recipe), std::move(design), {}, how};
  out.weights = out.design.trials;
  if (!columns.weights.empty()) {
    const std::vector<double> given = data.at(columns.weights).numbers();
    if (out.weights.empty()) out.weights.assign(out.design.kept.size(), 1.0);
    for (std::size_t i = 0; i < out.design.kept.size(); ++i) {
      const double w = given[static_cast<std::size_t>(out.design.kept[i])];
      if (!(w >= 0.0)) {
        check::fail_domain("glm", "weight of row " + std::to_string(out.design.kept[i]), w, "zero or above");
      }
      out.weights[i] *= w;
    }
  }
  out.result = fit(out.data(), how);
  return out;
}

}  // namespace credence::glm
