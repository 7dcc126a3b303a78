// SPDX-License-Identifier: BSD-3-Clause
// credence fit: a distribution fitted to a column.
#include "credence/estimate_common.hpp"

#include "credence/estimate/fit.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>

namespace credence::app {

namespace {

struct options {
  std::string family;
  std::string data;
  std::string column;
  std::string right_censored;
  std::string left_censored;
  std::string interval;
  std::string weights;
  std::string truncate;
  std::string method = "mle";
  std::string scale = "natural";
  std::vector<std::string> priors;
  std::vector<std::string> fixed;
  double level = 0.95;
  bool profile = false;
  std::int64_t bootstrap = 0;
};

/// The columns of the data, which views look at.
struct columns {
  std::vector<double> values, lower, upper, weights;
  std::vector<std::string> warnings;
};

double limit_of(const std::string& text, double open) {
  if (text.empty()) return open;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0' || value != value) throw usage_error("fit: --truncate is " + text + ", but must be LOW,HIGH");
  return value;
}

/// Leaves out rows where something needed is missing; their number is a warning.
fit_data read_data(const options& given, session& now, columns& kept) {
  const table data = read_table(now, given.data);
  fit_data out;
  std::vector<double> x, low, high, weights;
  const auto n = static_cast<std::size_t>(data.rows());
  if (!given.weights.empty()) weights = number_column(data, given.data, given.weights);
  std::size_t lost = 0;
  const auto keep_weight = [&](std::size_t i) {
    if (!weights.empty()) kept.weights.push_back(weights[i]);
  };
  const auto weight_missing = [&](std::size_t i) { return !weights.empty() && weights[i] != weights[i]; };
  if (!given.interval.empty()) {
    const std::size_t comma = given.interval.find(',');
    if (comma == std::string::npos)
      throw usage_error("fit: --interval is " + given.interval + ", but must be LEFT,RIGHT");
    low = number_column(data, given.data, given.interval.substr(0, comma));
    high = number_column(data, given.data, given.interval.substr(comma + 1));
    for (std::size_t i = 0; i < n; ++i) {
      if (weight_missing(i)) {
        ++lost;
        continue;
      }
      kept.lower.push_back(low[i]);
      kept.upper.push_back(high[i]);
      keep_weight(i);
    }
  } else {
    std::string name = given.column;
    if (name.empty()) {
      for (const column& one : data.columns()) {
        if (one.type() == column_type::text || one.name == given.weights) continue;
        if (!name.empty())
          throw usage_error("fit: --column is required where the table has several columns of numbers");
        name = one.name;
      }
      if (name.empty()) throw usage_error("fit: the table has no column of numbers");
    }
    x = number_column(data, given.data, name);
    const bool censored = !given.right_censored.empty() || !given.left_censored.empty();
    std::vector<double> right(n, 0.0), left(n, 0.0);
    if (!given.right_censored.empty()) right = number_column(data, given.data, given.right_censored);
    if (!given.left_censored.empty()) left = number_column(data, given.data, given.left_censored);
    for (std::size_t i = 0; i < n; ++i) {
      if (x[i] != x[i] || right[i] != right[i] || left[i] != left[i] || weight_missing(i)) {
        ++lost;
        continue;
      }
      if (censored) {
        kept.lower.push_back(left[i] != 0.0 ? -HUGE_VAL : x[i]);
        kept.upper.push_back(right[i] != 0.0 ? HUGE_VAL : x[i]);
      } else {
        kept.values.push_back(x[i]);
      }
      keep_weight(i);
    }
  }
  if (lost > 0) now.warn(fmt::format("{} of {} rows have missing cells and were left out", lost, n));
  out.values = kept.values;
  out.lower = kept.lower;
  out.upper = kept.upper;
  out.weights = kept.weights;
  if (!given.truncate.empty()) {
    const std::size_t comma = given.truncate.find(',');
    if (comma == std::string::npos)
      throw usage_error("fit: --truncate is " + given.truncate + ", but must be LOW,HIGH");
    out.truncated_below = limit_of(given.truncate.substr(0, comma), -HUGE_VAL);
    out.truncated_above = limit_of(given.truncate.substr(comma + 1), HUGE_VAL);
  }
  return out;
}

void add_parameters(const fitted_distribution& fit, json& to, table_text& shown) {
  for (std::size_t j = 0; j < fit.names.size(); ++j) {
    to[fit.names[j]] = {{"estimate", fit.estimates[j]},
                        {"std_error", fit.std_errors[j]},
                        {"lower", fit.lower[j]},
                        {"upper", fit.upper[j]}};
    if (fit.fixed[j] != 0) to[fit.names[j]]["fixed"] = true;
    shown.rows.push_back({fit.names[j], fit.estimates[j], fit.std_errors[j], fit.lower[j], fit.upper[j]});
  }
}

document run_auto(const fit_data& data, const fit_options& how, session&) {
  document out;
  table_text shown{"", {"family", "aic", "bic", "log_likelihood", "ks"}, {}, 6};
  const auto ranked = fit_best(data, how);
  if (ranked.empty()) throw domain_error("fit: no family fits these data");
  out.data["families"] = json::array();
  for (const auto& fit : ranked) {
    json parameters = json::object();
    table_text unused;
    add_parameters(fit, parameters, unused);
    out.data["families"].push_back({{"family", fit.family},
                                    {"parameters", std::move(parameters)},
                                    {"log_likelihood", fit.log_likelihood},
                                    {"aic", fit.aic},
                                    {"bic", fit.bic},
                                    {"ks", fit.ks}});
    shown.rows.push_back({fit.family, fit.aic, fit.bic, fit.log_likelihood, fit.ks});
  }
  const json best = out.data["families"][0];
  for (const char* key : {"family", "parameters", "log_likelihood", "aic", "bic", "ks"}) out.data[key] = best[key];
  out.tables.push_back(std::move(shown));
  return out;
}

document run(const options& given, session& now) {
  fit_options how;
  how.level = given.level;
  how.context = now.context;
  how.method = given.method == "mle"   ? fit_method::maximum_likelihood
               : given.method == "map" ? fit_method::maximum_a_posteriori
                                       : fit_method::moments;
  how.scale = given.scale == "natural" ? mode_scale::natural : mode_scale::unconstrained;
  for (const std::string& text : given.priors) {
    auto one = named_numbers("fit: --prior", text);
    if (one.family.empty()) throw usage_error("fit: --prior is " + text + ", but must be parameter=family:args");
    how.priors.push_back({one.name, one.family, one.arguments});
  }
  if (!how.priors.empty() && given.method != "map") throw usage_error("fit: --prior goes with --method map");
  for (const std::string& text : given.fixed) {
    const auto one = named_numbers("fit: --fix", text);
    if (!one.family.empty()) throw usage_error("fit: --fix is " + text + ", but must be parameter=number");
    how.fixed.emplace_back(one.name, one.arguments[0]);
  }
  if (given.family != "auto") {  // an unknown family is wrong use, whatever the data are
    const std::vector<double> one{1.0};
    try {
      static_cast<void>(fit_distribution(given.family, {.values = one}, {.goodness_of_fit = false}));
    } catch (const domain_error& failure) {
      const std::string text = failure.what();
      if (text.find("family is") != std::string::npos) throw usage_error(text);
    }
  }
  columns kept;
  const fit_data data = read_data(given, now, kept);
  if (given.family == "auto") return run_auto(data, how, now);
  const fitted_distribution fit = fit_distribution(given.family, data, how);
  for (const auto& finding : fit.findings) now.warn(finding.text);
  document out;
  table_text shown{"", {"parameter", "estimate", "std_error", "lower", "upper"}, {}, 6};
  json parameters = json::object();
  add_parameters(fit, parameters, shown);
  if (given.profile && std::isfinite(fit.log_likelihood)) {
    for (std::size_t j = 0; j < fit.names.size(); ++j) {
      if (fit.fixed[j] != 0) continue;
      const auto interval = profile_interval(fit, data, fit.names[j], how);
      parameters[fit.names[j]]["lower"] = interval.lower;
      parameters[fit.names[j]]["upper"] = interval.upper;
      shown.rows[j][3] = interval.lower;
      shown.rows[j][4] = interval.upper;
    }
  }
  if (given.bootstrap > 0 && std::isfinite(fit.log_likelihood)) {
    const auto drawn = bootstrap(fit, data, given.bootstrap, now.seed, how);
    for (std::size_t j = 0; j < fit.names.size(); ++j) {
      parameters[fit.names[j]]["bootstrap_std_error"] = drawn.std_errors[j];
      parameters[fit.names[j]]["bootstrap_lower"] = drawn.percentile[j].lower;
      parameters[fit.names[j]]["bootstrap_upper"] = drawn.percentile[j].upper;
    }
    if (drawn.failed > 0) now.warn(fmt::format("{} of {} replicates had no fit", drawn.failed, given.bootstrap));
  }
  out.data["family"] = fit.family;
  out.data["parameters"] = std::move(parameters);
  out.data["log_likelihood"] = fit.log_likelihood;
  if (how.method == fit_method::maximum_a_posteriori) out.data["log_posterior"] = fit.log_posterior;
  out.data["aic"] = fit.aic;
  out.data["aicc"] = fit.aicc;
  out.data["bic"] = fit.bic;
  out.data["ks"] = fit.ks;
  out.data["ks_p"] = fit.ks_p;
  out.data["observations"] = fit.observations;
  out.data["iterations"] = fit.iterations;
  out.data["status"] = fit.converged ? "converged" : to_string(fit.why);
  out.tables.push_back(std::move(shown));
  out.notes.push_back(fmt::format("{}: log likelihood {:.8g}, AIC {:.6g}, BIC {:.6g}", fit.family, fit.log_likelihood,
                                  fit.aic, fit.bic));
  if (fit.ks == fit.ks) out.notes.push_back(fmt::format("Kolmogorov-Smirnov distance {:.4g}", fit.ks));
  return out;
}

void declare(CLI::App& app, options& given) {
  app.add_option("distribution", given.family, "a family (normal, gamma, weibull, gev, ...); auto ranks all by AIC")
      ->required()
      ->option_text("DISTRIBUTION");
  app.add_option("data", given.data, "the table, as CSV")->required()->option_text("D.csv");
  app.add_option("--column", given.column, "the observations")->option_text("X");
  app.add_option("--right-censored", given.right_censored, "a column that is not 0 where the value is a lower bound")
      ->option_text("COLUMN");
  app.add_option("--left-censored", given.left_censored, "a column that is not 0 where the value is an upper bound")
      ->option_text("COLUMN");
  app.add_option("--interval", given.interval, "two columns, the ends of every observation; empty cells are open ends")
      ->option_text("LEFT,RIGHT");
  app.add_option("--weights", given.weights, "a column of weights or frequencies")->option_text("COLUMN");
  app.add_option("--truncate", given.truncate, "only values within could be seen; an empty side is open")
      ->option_text("LOW,HIGH");
  app.add_option("--method", given.method, "mle, map or moments")
      ->check(CLI::IsMember({"mle", "map", "moments"}))
      ->option_text("NAME");
  app.add_option("--prior", given.priors, "of one parameter, for map; parameters without one are flat")
      ->option_text("PARAM=FAMILY:ARGS");
  app.add_option("--scale", given.scale, "of the mode: natural, or unconstrained (logarithms, logits)")
      ->check(CLI::IsMember({"natural", "unconstrained"}))
      ->option_text("NAME");
  app.add_option("--fix", given.fixed, "hold a parameter (df=5, trials=12)")->option_text("PARAM=VALUE");
  app.add_option("--level", given.level, "of the intervals")->check(between_0_and_1())->option_text("P");
  app.add_flag("--profile", given.profile, "intervals from the profile likelihood instead of Wald's");
  app.add_option("--bootstrap", given.bootstrap, "refits to resampled data")
      ->check(at_least(2))
      ->option_text("N")
      ->default_str("");
}

}  // namespace

void add_fit(program& all) {
  all.add({.name = "fit",
           .summary = "fit a distribution: maximum likelihood, posterior mode or moments",
           .example = "credence fit gamma d.csv --column x",
           .random = true},
          declare, run);
}

}  // namespace credence::app
