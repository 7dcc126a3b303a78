// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/fit.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/optim/least_squares.hpp"
#include "credence/optim/newton.hpp"
#include "credence/tensor/linalg.hpp"
#include "estimate/fit_search.hpp"
#include "estimate/names.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

using namespace estimate_detail;

namespace {

constexpr const char* who = "fit_distribution";
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::string spoken(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t k = 0; k < names.size(); ++k)
    out += (k == 0 ? "" : k + 1 == names.size() ? " and " : ", ") + names[k];
  return out;
}

/// Refuses data outside the support, naming the row. The support is that of any parameters of the family.
void check_support(const family_entry& entry, const fit_data& data, const std::vector<double>& start) {
  support_interval where = entry.support(start.data());
  const std::string family = entry.name;
  // Ends that the parameters move are found by the fit itself.
  if (family == "uniform" || family == "pareto" || family == "generalized_extreme_value") {
    where.lower = family == "pareto" ? 0.0 : -HUGE_VAL;
    where.upper = HUGE_VAL;
    where.lower_closed = false;
  }
  if (family == "generalized_pareto") where.upper = HUGE_VAL;
  const bool angle = family == "von_mises";
  if (angle) return;
  const std::string range = std::string(where.discrete ? "a whole number " : "") + "within the support of " +
                            entry.name + ", " + (where.lower_closed ? "[" : "(") + check::to_text(where.lower) + ", " +
                            check::to_text(where.upper) + (where.upper_closed ? "]" : ")");
  if (!where.discrete && !data.values.empty() && data.weights.empty()) {
    // When the extremes are inside, all are.
    double least[4], most[4];
    std::fill_n(least, 4, HUGE_VAL);
    std::fill_n(most, 4, -HUGE_VAL);
    const std::size_t n = data.values.size();
    for (std::size_t i = 0; i < n; i += 4) {
      for (std::size_t k = 0; k < std::min<std::size_t>(4, n - i); ++k) {
        const double v = data.values[i + k];
        least[k] = v < least[k] ? v : least[k];
        most[k] = v > most[k] ? v : most[k];
      }
    }
    const double bottom = *std::min_element(least, least + 4), top = *std::max_element(most, most + 4);
    if (bottom > where.lower && top < where.upper && bottom >= data.truncated_below && top <= data.truncated_above)
      return;
  }
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    const double x = data.values[i];
    if (!data.weights.empty() && data.weights[i] == 0.0) continue;
    const bool low = where.lower_closed ? x >= where.lower : x > where.lower;
    const bool high = where.upper_closed ? x <= where.upper : x < where.upper;
    const bool whole = !where.discrete || x == std::floor(x);
    if (!low || !high || !whole) check::fail_domain(who, "value of row " + std::to_string(i), x, range);
    if (x < data.truncated_below || x > data.truncated_above) {
      check::fail_domain(who, "value of row " + std::to_string(i), x, "within the truncation");
    }
  }
  for (std::size_t i = 0; i < data.lower.size(); ++i) {
    const double low = data.lower[i], high = data.upper[i];
    if (low == high && (low < where.lower || low > where.upper || (where.discrete && low != std::floor(low)))) {
      check::fail_domain(who, "value of row " + std::to_string(i), low, range);
    }
    if (high < where.lower || low > where.upper) {
      check::fail_domain(who, "interval of row " + std::to_string(i), high < where.lower ? high : low, range);
    }
  }
}

bool constant_data(const fit_data& data) {
  if (data.values.empty()) return false;
  double first = not_a_number;
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    if (!data.weights.empty() && data.weights[i] == 0.0) continue;
    if (first != first) first = data.values[i];
    if (data.values[i] != first) return false;
  }
  return true;
}

/// Maxima on the border: uniform, Pareto's minimum, Laplace's kink. @return false for other families
bool fit_on_border(const fit_likelihood& likelihood, fitted_distribution& out) {
  const std::string family = likelihood.family().name;
  const fit_data& data = likelihood.data();
  if (family != "uniform" && family != "pareto" && family != "laplace") return false;
  const bool plain_data = likelihood.exact() && !std::isfinite(data.truncated_below) &&
                          !std::isfinite(data.truncated_above) &&
                          likelihood.options().method == fit_method::maximum_likelihood &&
                          likelihood.free().size() == likelihood.held().size();
  if (!plain_data) {
    if (family == "laplace") return false;
    check::fail_domain(who, "data or options for " + family, "censored, truncated, fixed or with priors",
                       "exact, all parameters free");
  }
  std::vector<std::pair<double, double>> sorted;
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    const double w = data.weights.empty() ? 1.0 : data.weights[i];
    if (w > 0.0) sorted.emplace_back(data.values[i], w);
  }
  std::sort(sorted.begin(), sorted.end());
  const double n = likelihood.total_weight(), low = sorted.front().first, high = sorted.back().first;
  out.std_errors.assign(2, not_a_number);
  out.covariance.assign(4, not_a_number);
  if (family == "uniform") {
    out.estimates = {low, high};
    out.findings.push_back(
        {fit_problem::boundary, "the ends are the smallest and the largest observation: no standard error there"});
  } else if (family == "pareto") {
    double sum = 0.0;
    for (const auto& [x, w] : sorted) sum += w * std::log(x / low);
    out.estimates = {low, n / sum};
    out.std_errors[1] = n / sum / std::sqrt(n);
    out.covariance[3] = out.std_errors[1] * out.std_errors[1];
    out.findings.push_back({fit_problem::boundary, "minimum is the smallest observation: no standard error there"});
  } else {
    // The weighted median: the first value with half of the weight at or below it, and the next when it is exactly
    // half.
    double below = 0.0;
    std::size_t at = 0;
    while (at + 1 < sorted.size() && below + sorted[at].second < 0.5 * n) below += sorted[at++].second;
    double location = sorted[at].first;
    if (below + sorted[at].second == 0.5 * n && at + 1 < sorted.size() && sorted[at + 1].first > location) {
      out.findings.push_back({fit_problem::flat, "every location from " + check::to_text(location) + " to " +
                                                     check::to_text(sorted[at + 1].first) +
                                                     " is a maximum; the middle is shown"});
      location = 0.5 * (location + sorted[at + 1].first);
    }
    double sum = 0.0;
    for (const auto& [x, w] : sorted) sum += w * std::fabs(x - location);
    out.estimates = {location, sum / n};
    // The likelihood has a kink at the observations: errors are those of the expected information, n / scale^2.
    out.std_errors = {sum / n / std::sqrt(n), sum / n / std::sqrt(n)};
    out.covariance = {out.std_errors[0] * out.std_errors[0], 0.0, 0.0, out.std_errors[1] * out.std_errors[1]};
  }
  out.why = stop_reason::gradient_small;
  out.converged = true;
  out.log_likelihood = likelihood.natural(out.estimates.data(), nullptr);
  return true;
}

/// Mean and variance of the distribution equal to those of the data.
void fit_moments(const fit_likelihood& likelihood, fitted_distribution& out) {
  const fit_data& data = likelihood.data();
  if (!likelihood.exact()) check::fail_domain(who, "method for censored data", "moments", "mle or map");
  const std::size_t k = likelihood.free().size();
  double n = 0.0, mean = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    const double w = data.weights.empty() ? 1.0 : data.weights[i];
    if (w == 0.0) continue;
    n += w;
    const double gap = data.values[i] - mean;
    mean += w / n * gap;
    squares += w * gap * (data.values[i] - mean);
  }
  const double variance = squares / n;
  if (k < 1 || k > 2) {
    check::fail_domain(who, "number of free parameters for moments", static_cast<std::int64_t>(k), "1 or 2");
  }
  const family_entry& entry = likelihood.family();
  const auto equations = [&](std::span<const double> u, std::span<double> r, std::span<double> jacobian) {
    const auto values = [&](std::span<const double> at, double* to) {
      const std::vector<double> p = likelihood.natural_of(at);
      to[0] = (entry.mean(p.data()) - mean) / std::sqrt(variance);
      if (k == 2) to[1] = std::log(entry.variance(p.data()) / variance);
    };
    values(u, r.data());
    std::vector<double> at(u.begin(), u.end());
    for (std::size_t j = 0; !jacobian.empty() && j < k; ++j) {
      const double h = 1e-5 * std::fmax(1.0, std::fabs(u[j]));
      double above[2], below[2];
      at[j] = u[j] + h;
      values(at, above);
      at[j] = u[j] - h;
      values(at, below);
      at[j] = u[j];
      for (std::size_t i = 0; i < k; ++i) jacobian[i * k + j] = (above[i] - below[i]) / (2.0 * h);
    }
  };
  const data_summary s = summary_of(data);
  for (const std::vector<double>& start : starts_of(entry.name, s, likelihood.held())) {
    std::vector<double> first = start;
    for (std::size_t j = 0; j < first.size(); ++j) {
      if (likelihood.held()[j] == likelihood.held()[j]) first[j] = likelihood.held()[j];
    }
    const auto found = least_squares_minimize(equations, static_cast<std::int64_t>(k), likelihood.free_of(first));
    if (found.why == stop_reason::not_finite || found.sum_of_squares > 1e-16) continue;
    out.estimates = likelihood.natural_of(found.x);
    out.iterations = found.iterations;
    out.converged = true;
    break;
  }
  if (out.estimates.empty()) {
    check::fail_domain(who, std::string("moments for ") + entry.name,
                       "mean " + check::to_text(mean) + ", variance " + check::to_text(variance),
                       "ones that the family can have");
  }
  out.std_errors.assign(out.estimates.size(), not_a_number);
  out.covariance.assign(out.estimates.size() * out.estimates.size(), not_a_number);
  out.log_likelihood = likelihood.natural(out.estimates.data(), nullptr);
}

void describe_summary(const fit_likelihood& likelihood, fitted_distribution& out) {
  const std::size_t k = out.estimates.size();
  const auto& parameters = likelihood.family().parameters;
  const double reach = quantile(normal(0.0, 1.0), 0.5 + 0.5 * likelihood.options().level);
  for (std::size_t j = 0; j < k; ++j) {
    out.unconstrained.push_back(to_unconstrained(parameters[j].domain, out.estimates[j]));
    const double slope = natural_slope(parameters[j].domain, out.unconstrained[j]);
    out.unconstrained_std_errors.push_back(out.std_errors[j] / slope);
    out.lower.push_back(out.estimates[j] - reach * out.std_errors[j]);
    out.upper.push_back(out.estimates[j] + reach * out.std_errors[j]);
  }
  out.observations = likelihood.total_weight();
  const auto free = static_cast<double>(out.free_parameters);
  out.aic = 2.0 * free - 2.0 * out.log_likelihood;
  out.aicc = out.aic + 2.0 * free * (free + 1.0) / (out.observations - free - 1.0);
  out.bic = std::log(out.observations) * free - 2.0 * out.log_likelihood;
  const bool plain_data = likelihood.exact() && likelihood.data().weights.empty();
  if (!likelihood.options().goodness_of_fit || !plain_data || !std::isfinite(out.log_likelihood)) return;
  kolmogorov_smirnov(likelihood, out);
}

}  // namespace

const char* to_string(fit_problem kind) {
  switch (kind) {
    case fit_problem::boundary:
      return "boundary";
    case fit_problem::unbounded:
      return "unbounded";
    case fit_problem::flat:
      return "flat";
    case fit_problem::not_converged:
      return "not_converged";
  }
  return "";
}

double fitted_distribution::estimate(std::string_view parameter) const {
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (names[j] == parameter) return estimates[j];
  }
  check::fail_domain("fitted_distribution", "parameter", parameter, one_of(parameter, names));
}
bool fitted_distribution::has(fit_problem kind) const {
  return std::any_of(findings.begin(), findings.end(), [&](const fit_finding& f) { return f.kind == kind; });
}

std::vector<std::string> fit_families() {
  std::vector<std::string> out;
  for (const family_entry& e : family_entries()) out.emplace_back(e.name);
  std::sort(out.begin(), out.end());
  return out;
}

fitted_distribution fit_distribution(std::string_view family, const fit_data& data, const fit_options& options) {
  const family_entry* entry = find_family(std::string(family));
  if (entry == nullptr) {
    const auto near = nearest_names(family, fit_families());
    check::fail_domain(who, "family", family, "a known one; the nearest are " + spoken(near));
  }
  const fit_likelihood likelihood(*entry, data, options);
  fitted_distribution out;
  out.family = entry->name;
  for (std::size_t j = 0; j < entry->parameters.size(); ++j) {
    out.names.emplace_back(entry->parameters[j].name);
    const bool held = likelihood.held()[j] == likelihood.held()[j];
    out.fixed.push_back(held ? 1 : 0);
    if (!held) ++out.free_parameters;
  }
  std::vector<std::vector<double>> starts = starts_of(entry->name, summary_of(data), likelihood.held());
  for (auto& start : starts) {
    for (std::size_t j = 0; j < start.size(); ++j) {
      if (out.fixed[j] != 0) start[j] = likelihood.held()[j];
    }
  }
  check_support(*entry, data, starts.empty() ? std::vector<double>(out.names.size(), 1.0) : starts[0]);
  const bool discrete = !starts.empty() && entry->support(starts[0].data()).discrete;
  if (!discrete && out.free_parameters >= 2 && constant_data(data) &&
      options.method != fit_method::maximum_a_posteriori) {
    const std::size_t k = out.names.size();
    out.estimates.assign(k, not_a_number);
    out.std_errors = out.lower = out.upper = out.unconstrained = out.unconstrained_std_errors = out.estimates;
    out.covariance.assign(k * k, not_a_number);
    out.log_likelihood = HUGE_VAL;
    out.aic = out.aicc = out.bic = -HUGE_VAL;
    out.observations = likelihood.total_weight();
    out.why = stop_reason::unbounded;
    out.findings.push_back(
        {fit_problem::unbounded, "every observation is " + check::to_text(data.values[0]) +
                                     ": the likelihood grows without end as the distribution narrows"});
    return out;
  }
  if (options.method == fit_method::moments) {
    fit_moments(likelihood, out);
  } else if (!fit_on_border(likelihood, out)) {
    search_maximum(likelihood, starts, out);
  }
  describe_summary(likelihood, out);
  return out;
}

std::vector<fitted_distribution> fit_best(const fit_data& data, const fit_options& options) {
  std::vector<fitted_distribution> out;
  for (const family_entry& e : family_entries()) {
    try {
      fitted_distribution one = fit_distribution(e.name, data, options);
      if (std::isfinite(one.aic) && !one.has(fit_problem::unbounded)) out.push_back(std::move(one));
    } catch (const domain_error&) {
      // data outside its support, or a parameter that has to be given
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.aic < b.aic; });
  return out;
}

}  // namespace credence
