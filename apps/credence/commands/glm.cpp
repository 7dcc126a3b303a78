// SPDX-License-Identifier: BSD-3-Clause
// credence glm: generalised linear models.
#include "credence/estimate_common.hpp"

#include "credence/estimate/glm_inference.hpp"
#include "credence/estimate/glm_path.hpp"
#include "credence/table/csv.hpp"

#include <fmt/core.h>

#include <cmath>

namespace credence::app {

namespace {

struct options {
  std::string data;
  std::string formula;
  std::string family = "gaussian";
  std::string link;
  std::string weights;
  std::string offset;
  std::string contrasts = "treatment";
  std::string robust;
  std::string predict;
  std::vector<std::string> levels;
  double theta = 0.0;
  double level = 0.95;
  double l1 = -1.0;
  double l2 = -1.0;
  bool pearson = false;
  bool firth = false;
  bool profile = false;
  bool drop = false;
  bool standardise = false;
};

glm::options fit_options(const options& given, const session& now, std::string& family) {
  glm::options how;
  how.context = now.context;
  how.theta = given.theta;
  how.bias_reduction = given.firth;
  if (given.pearson) how.dispersion = glm::dispersion_rule::pearson;
  family = given.family;
  if (family.rfind("quasi", 0) == 0) {
    family = family.substr(5);
    how.dispersion = glm::dispersion_rule::pearson;
  }
  try {
    how.family = glm::family_of(family);
    if (!given.link.empty()) how.link = glm::link_of(given.link);
  } catch (const domain_error& failure) {
    throw usage_error(failure.what());
  }
  if (how.link != glm::link::canonical && !glm::goes_with(how.family, how.link)) {
    throw usage_error("glm: --link " + given.link + " does not go with --family " + given.family);
  }
  return how;
}

glm::table_options columns_of(const options& given, const table& data) {
  glm::table_options columns;
  columns.weights = given.weights;
  columns.offset = given.offset;
  columns.design.coding = given.contrasts == "sum" ? factor_coding::sum : factor_coding::treatment;
  for (const std::string& one : given.levels) {
    auto [name, levels] = named_list("--levels", one);
    columns.design.levels[name] = std::move(levels);
  }
  for (const std::string& name : {given.weights, given.offset}) {
    if (!name.empty()) static_cast<void>(number_column(data, given.data, name));
  }
  return columns;
}

void warn_missing(const table& data, const design_matrix& design, session& now) {
  const auto lost = data.rows() - design.rows;
  if (lost > 0) now.warn(fmt::format("{} of {} rows have missing cells and were left out", lost, data.rows()));
}

/// Coefficients under a penalty: no standard errors, which would not mean what they say.
document penalised(const options& given, session& now, const table& data, const glm::options& how,
                   const glm::table_options& columns) {
  const double l1 = std::fmax(given.l1, 0.0), l2 = std::fmax(given.l2, 0.0);
  const auto names = data.names();
  auto formula = with_formula([&] { return model_formula::parse(given.formula, names); });
  if (!columns.offset.empty()) formula.offsets.push_back(expression::parse("`" + columns.offset + "`"));
  const std::vector<std::string> extra =
      columns.weights.empty() ? std::vector<std::string>() : std::vector<std::string>{columns.weights};
  const design_matrix design = design_recipe(std::move(formula), data, columns.design).apply(data, extra);
  warn_missing(data, design, now);
  std::vector<double> weights = design.trials;
  if (!columns.weights.empty()) {
    const std::vector<double> all = data.at(columns.weights).numbers();
    if (weights.empty()) weights.assign(design.kept.size(), 1.0);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= all[static_cast<std::size_t>(design.kept[i])];
  }
  glm::problem problem{design.matrix(), design.response, weights, design.offset, design.names};
  const double whole = l1 + l2;
  const auto step = glm::regularisation_path(
      problem, how, {.mix = whole > 0.0 ? l1 / whole : 1.0, .penalties = {whole}, .standardise = given.standardise})[0];
  document out;
  table_text shown{"", {"coefficient", "estimate"}, {}};
  json coefficients = json::object();
  for (std::size_t j = 0; j < design.names.size(); ++j) {
    coefficients[design.names[j]] = {{"estimate", step.coefficients[j]}};
    shown.rows.push_back({design.names[j], step.coefficients[j]});
  }
  out.data["coefficients"] = std::move(coefficients);
  out.data["deviance"] = step.deviance;
  out.data["deviance_ratio"] = step.deviance_ratio;
  out.data["l1"] = l1;
  out.data["l2"] = l2;
  out.data["nonzero"] = step.nonzero;
  out.data["status"] = step.converged ? "converged" : "max_iterations";
  if (!step.converged) now.warn("the coefficients did not settle");
  out.tables.push_back(std::move(shown));
  out.notes.push_back(fmt::format("deviance {:.6g}, {:.1f} % of the null deviance explained, {} coefficients not zero",
                                  step.deviance, 100.0 * step.deviance_ratio, step.nonzero));
  return out;
}

std::vector<double> robust_errors(const options& given, const glm::model& model) {
  const auto kind = given.robust == "hc0"   ? glm::sandwich_kind::hc0
                    : given.robust == "hc1" ? glm::sandwich_kind::hc1
                    : given.robust == "hc2" ? glm::sandwich_kind::hc2
                                            : glm::sandwich_kind::hc3;
  const auto covariance = glm::sandwich(model.result, model.data(), kind);
  std::vector<double> out;
  const std::size_t p = model.result.names.size();
  for (std::size_t j = 0; j < p; ++j) out.push_back(std::sqrt(covariance[j * p + j]));
  return out;
}

void write_predictions(const options& given, const session& now, const glm::model& model) {
  const table rows = read_table(now, given.predict);
  const auto predicted = glm::predict(model, rows, given.level);
  std::vector<column> columns{make_column("mean", predicted.mean), make_column("lower", predicted.lower),
                              make_column("upper", predicted.upper), make_column("predictor", predicted.predictor),
                              make_column("std_error", predicted.std_error)};
  if (!predicted.observation_lower.empty()) {
    columns.push_back(make_column("observation_lower", predicted.observation_lower));
    columns.push_back(make_column("observation_upper", predicted.observation_upper));
  }
  output_file file(now.output.empty() ? "predictions.csv" : now.output);
  file.stream() << to_csv(table(std::move(columns)));
  file.commit();
}

document run(const options& given, session& now) {
  std::string family;
  const glm::options how = fit_options(given, now, family);
  const table data = read_table(now, given.data);
  const glm::table_options columns = columns_of(given, data);
  if (given.l1 >= 0.0 || given.l2 >= 0.0) return penalised(given, now, data, how, columns);
  glm::model model = with_formula([&] { return glm::fit(data, given.formula, how, columns); });
  glm::fitted& fit = model.result;
  warn_missing(data, model.design, now);
  for (const auto& finding : fit.findings) now.warn(finding.text);
  const bool separated = fit.has(glm::problem_kind::separated) || fit.has(glm::problem_kind::quasi_separated);
  if (!given.robust.empty() && !separated) fit.std_errors = robust_errors(given, model);
  const auto statistics = fit.statistics(), p = fit.p_values();

  document out;
  table_text shown{"", {"coefficient", "estimate", "std_error", fit.dispersion_estimated ? "t" : "z", "p"}, {}};
  json coefficients = json::object();
  for (std::size_t j = 0; j < fit.names.size(); ++j) {
    json one{
        {"estimate", fit.coefficients[j]}, {"std_error", fit.std_errors[j]}, {"statistic", statistics[j]}, {"p", p[j]}};
    const auto place = static_cast<std::int64_t>(j);
    auto interval = glm::wald_interval(fit, place, given.level);
    if (given.profile && !separated) interval = glm::profile_interval(fit, model.data(), how, place, given.level);
    one["lower"] = interval.lower;
    one["upper"] = interval.upper;
    coefficients[fit.names[j]] = std::move(one);
    shown.rows.push_back({fit.names[j], fit.coefficients[j], fit.std_errors[j], statistics[j], p[j]});
  }
  out.data["coefficients"] = std::move(coefficients);
  out.data["family"] = to_string(fit.family);
  out.data["link"] = to_string(fit.link);
  out.data["deviance"] = fit.deviance;
  out.data["null_deviance"] = fit.null_deviance;
  out.data["log_likelihood"] = fit.log_likelihood;
  out.data["aic"] = fit.aic;
  out.data["bic"] = fit.bic;
  out.data["dispersion"] = fit.dispersion;
  out.data["pearson"] = fit.pearson;
  out.data["df_residual"] = fit.df_residual;
  out.data["df_null"] = fit.df_null;
  out.data["observations"] = fit.observations;
  out.data["iterations"] = fit.iterations;
  out.data["status"] = fit.converged ? "converged" : separated ? "separated" : "max_iterations";
  if (fit.family == glm::family::negative_binomial) {
    out.data["theta"] = fit.theta;
    out.data["theta_std_error"] = fit.theta_std_error;
  }
  out.tables.push_back(std::move(shown));
  if (given.drop && !separated) {
    table_text terms{"without a term", {"term", "df", "deviance", "aic", "lr", "p_lr", "score", "p_score"}, {}};
    out.data["terms"] = json::array();
    for (const auto& t : glm::drop_terms(model)) {
      out.data["terms"].push_back({{"term", t.term},
                                   {"df", t.df},
                                   {"deviance", t.deviance},
                                   {"aic", t.aic},
                                   {"likelihood_ratio", t.likelihood_ratio.statistic},
                                   {"p_likelihood_ratio", t.likelihood_ratio.p},
                                   {"score", t.score.statistic},
                                   {"p_score", t.score.p}});
      terms.rows.push_back({t.term, t.df, t.deviance, t.aic, t.likelihood_ratio.statistic, t.likelihood_ratio.p,
                            t.score.statistic, t.score.p});
    }
    out.tables.push_back(std::move(terms));
  }
  out.notes.push_back(
      fmt::format("{} with link {}, dispersion {:.6g}", to_string(fit.family), to_string(fit.link), fit.dispersion));
  out.notes.push_back(fmt::format("null deviance {:.6g} on {} degrees of freedom, residual {:.6g} on {}",
                                  fit.null_deviance, fit.df_null, fit.deviance, fit.df_residual));
  out.notes.push_back(fmt::format("log likelihood {:.6g}, AIC {:.6g}, BIC {:.6g}, {} iterations", fit.log_likelihood,
                                  fit.aic, fit.bic, fit.iterations));
  if (fit.family == glm::family::negative_binomial) {
    out.notes.push_back(fmt::format("theta {:.6g} (standard error {:.4g})", fit.theta, fit.theta_std_error));
  }
  if (!given.predict.empty()) {
    write_predictions(given, now, model);
    out.notes.push_back("predictions are in " + (now.output.empty() ? "predictions.csv" : now.output));
  }
  return out;
}

void declare(CLI::App& app, options& given) {
  app.add_option("data", given.data, "the table, as CSV")->required()->option_text("D.csv");
  app.add_option("--formula", given.formula, "y ~ x1 + log(x2) + factor(g) + x1:x2 + offset(z); cbind(yes, no) ~ ...")
      ->required()
      ->option_text("F");
  app.add_option(
         "--family", given.family,
         "gaussian, binomial, poisson, gamma, inverse-gaussian, negative-binomial; quasi before it estimates the "
         "dispersion")
      ->option_text("NAME");
  app.add_option(
         "--link", given.link,
         "identity, log, logit, probit, cauchit, cloglog, loglog, inverse, inverse-squared, sqrt; by the family "
         "when absent")
      ->option_text("NAME");
  app.add_option("--weights", given.weights, "a column of prior weights; the trials of binomial proportions")
      ->option_text("COLUMN");
  app.add_option("--offset", given.offset, "a column to add to the predictor")->option_text("COLUMN");
  app.add_option("--levels", given.levels, "the order of the levels of a factor; the first is the base")
      ->option_text("NAME=a,b,...");
  app.add_option("--contrasts", given.contrasts, "treatment or sum")
      ->check(CLI::IsMember({"treatment", "sum"}))
      ->option_text("NAME");
  app.add_flag("--pearson", given.pearson, "estimate the dispersion for counts and proportions too");
  app.add_option("--theta", given.theta, "of the negative binomial, instead of estimating it")
      ->check(positive())
      ->option_text("T")
      ->default_str("");
  app.add_flag("--firth", given.firth, "Firth's bias reduction (binomial, logit): finite also under separation");
  app.add_option("--robust", given.robust, "standard errors that do not trust the variance: hc0, hc1, hc2 or hc3")
      ->check(CLI::IsMember({"hc0", "hc1", "hc2", "hc3"}))
      ->option_text("KIND");
  app.add_flag("--profile", given.profile, "intervals from the profile likelihood instead of Wald's");
  app.add_flag("--drop", given.drop, "test each term by leaving it out");
  app.add_option("--level", given.level, "of the intervals")->check(between_0_and_1())->option_text("P");
  app.add_option("--l1", given.l1, "lasso penalty: -log likelihood / n + l1 |b| + l2 |b|^2 / 2")
      ->check(non_negative())
      ->option_text("A")
      ->default_str("");
  app.add_option("--l2", given.l2, "ridge penalty")->check(non_negative())->option_text("B")->default_str("");
  app.add_flag("--standardise", given.standardise, "penalise coefficients of columns scaled to standard deviation 1");
  app.add_option("--predict", given.predict, "predict the rows of this table into --output")->option_text("NEW.csv");
}

}  // namespace

void add_glm(program& all) {
  all.add({.name = "glm",
           .summary = "generalised linear models from a formula",
           .example = "credence glm d.csv --formula \"y ~ dose + factor(batch)\" --family binomial",
           .output = "predictions for --predict (predictions.csv when absent)"},
          declare, run);
}

}  // namespace credence::app
