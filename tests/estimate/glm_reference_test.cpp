// SPDX-License-Identifier: BSD-3-Clause
// Against R 4.2.2 (stats::glm with epsilon 1e-14, MASS, glmnet): ../shared/data/glm/README.md says how each was made.
#include "estimate/reference.hpp"

#include "credence/estimate/glm_inference.hpp"
#include "credence/estimate/glm_path.hpp"
#include "credence/table/csv.hpp"

#include <map>

using namespace credence;
using namespace credence::test;
using json = nlohmann::ordered_json;

namespace {

struct reference_fit {
  glm::model fit;
  json wanted;
};

reference_fit fit_reference(const std::string& folder, const json& all, const std::string& name) {
  static const std::map<std::string, std::string> files{{"mtcars_probit", "mtcars_logit"},
                                                        {"mtcars_gaussian", "mtcars_logit"},
                                                        {"warpbreaks_quasipoisson", "warpbreaks_poisson"},
                                                        {"warpbreaks_negbin", "warpbreaks_poisson"},
                                                        {"clotting_gamma_log", "clotting_gamma"}};
  const json wanted = all.at(name);
  const auto other = files.find(name);
  const table data = read_csv(folder + "/" + (other == files.end() ? name : other->second) + ".csv");
  glm::options how;
  std::string family = wanted.at("family");
  if (family == "quasipoisson") {
    how.dispersion = glm::dispersion_rule::pearson;
    family = "poisson";
  }
  if (family.rfind("negative binomial", 0) == 0) family = "negative-binomial";
  how.family = glm::family_of(family);
  how.link = glm::link_of(wanted.at("link").get<std::string>());
  glm::table_options columns;
  std::string formula = wanted.at("formula");
  if (name == "dobson_poisson_weighted") {
    formula = "counts ~ outcome + treatment";
    columns.weights = "w";
  }
  // Columns of digits are factors where the reference has levels for them.
  for (const auto& [column, levels] : wanted.at("levels").items()) {
    columns.design.levels[column] = levels.get<std::vector<std::string>>();
    if (data.at(column).type() == column_type::text) continue;
    const auto place = formula.find(column);
    formula.replace(place, column.size(), "factor(" + column + ")");
  }
  return {glm::fit(data, formula, how, columns), wanted};
}

/// The reference names `outcome2` what is `factor(outcome)2` here.
std::string plain_name(std::string name) {
  for (auto at = name.find("factor("); at != std::string::npos; at = name.find("factor(")) {
    name.erase(at, 7);
    name.erase(name.find(')', at), 1);
  }
  return name;
}

}  // namespace

TEST_CASE("glm: agrees with R on every reference fit", "[estimate][glm]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/glm/glm-reference.json");
  int fits = 0;
  for (const auto& [name, entry] : all.items()) {
    if (!entry.contains("vcov")) continue;
    CAPTURE(name);
    ++fits;
    const auto [model, wanted] = fit_reference(folder + "/glm", all, name);
    const glm::fitted& fit = model.result;
    CHECK(fit.converged);
    CHECK(fit.findings.empty());
    std::map<std::string, std::size_t> place;
    for (std::size_t j = 0; j < fit.names.size(); ++j) place[plain_name(fit.names[j])] = j;
    REQUIRE(place.size() == wanted["coef"].size());
    std::vector<std::size_t> order;
    double largest = 0.0;
    for (const auto& value : wanted["coef"]) largest = std::fmax(largest, std::fabs(value.get<double>()));
    // The references are printed with 15 digits and R itself is right to some 1e-10 of the larger coefficients.
    for (const auto& value : wanted["coef"].items()) {
      CAPTURE(value.key());
      REQUIRE(place.count(value.key()) == 1);
      const std::size_t j = place[value.key()];
      order.push_back(j);
      CHECK(relative_gap(fit.coefficients[j], value.value(), 1e-3 * largest) < 1e-8);
      // R's errors are those of the weights before its last step: up to 5e-8 off (see the exact ones below).
      CHECK(relative_gap(fit.std_errors[j], wanted["se"][value.key()]) < 1e-7);
    }
    const std::size_t p = order.size();
    const auto robust = glm::sandwich(fit, model.data());
    for (std::size_t a = 0; a < p; ++a) {
      for (std::size_t b = 0; b < p; ++b) {
        const double scale = fit.std_errors[order[a]] * fit.std_errors[order[b]];
        CHECK(std::fabs(fit.covariance[order[a] * p + order[b]] - wanted["vcov"][a][b].get<double>()) < 2e-7 * scale);
        CHECK(std::fabs(robust[order[a] * p + order[b]] - wanted["vcov_HC0"][a][b].get<double>()) < 5e-7 * scale);
      }
    }
    CHECK(relative_gap(fit.deviance, wanted["deviance"]) < 1e-10);
    CHECK(relative_gap(fit.null_deviance, wanted["null_deviance"]) < 1e-10);
    CHECK(relative_gap(fit.dispersion, wanted["dispersion"]) < 1e-8);
    CHECK(relative_gap(fit.pearson, wanted["pearson_chi2"]) < 1e-8);
    CHECK(fit.df_residual == wanted["df_residual"]);
    CHECK(fit.df_null == wanted["df_null"]);
    if (wanted["loglik"].is_number()) {
      CHECK(relative_gap(fit.log_likelihood, wanted["loglik"]) < 1e-9);
      CHECK(relative_gap(fit.aic, wanted["aic"]) < 1e-9);
      CHECK(relative_gap(fit.bic, wanted["bic"]) < 1e-9);
    }
    const auto data = model.data();
    const auto means = glm::fitted_means(fit, data), leverage = glm::leverages(fit, data),
               cook = glm::cooks_distances(fit, data),
               deviance = glm::residuals(fit, data, glm::residual_kind::deviance);
    for (std::size_t i = 0; i < std::min<std::size_t>(5, means.size()); ++i) {
      CHECK(relative_gap(means[i], wanted["fitted_first5"][i]) < 1e-8);
      CHECK(relative_gap(leverage[i], wanted["leverage_first5"][i], 1e-3) < 1e-7);
      CHECK(relative_gap(cook[i], wanted["cooks_first5"][i], 1e-4) < 1e-7);
      CHECK(relative_gap(deviance[i], wanted["deviance_resid_first5"][i], 1e-2) < 1e-6);
    }
    if (name == "warpbreaks_negbin") {
      CHECK(relative_gap(fit.theta, wanted["theta"]) < 1e-6);  // MASS stops at 1e-8 of theta squared by its own rule
      CHECK(relative_gap(fit.theta_std_error, wanted["se_theta"]) < 1e-6);
    }
  }
  CHECK(fits == 19);
}

TEST_CASE("glm: profile intervals and the tests of dropped terms agree with R", "[estimate][glm]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/glm/glm-reference.json");
  for (const auto& [name, entry] : all.items()) {
    if (!entry.contains("drop1_lrt")) continue;
    CAPTURE(name);
    const auto [model, wanted] = fit_reference(folder + "/glm", all, name);
    const glm::fitted& fit = model.result;
    if (wanted.contains("profile_ci95")) {
      // R's order of coefficients is ours.
      for (std::size_t j = 0; j < fit.names.size(); ++j) {
        const auto interval = glm::profile_interval(fit, model.data(), model.how, static_cast<std::int64_t>(j));
        CAPTURE(fit.names[j]);
        // R reads its ends off a spline through the profile: 1e-3 of the interval for the most curved of them.
        const double width = interval.upper - interval.lower;
        CHECK(std::fabs(interval.lower - wanted["profile_ci95"][j][0].get<double>()) < 1e-3 * width);
        CHECK(std::fabs(interval.upper - wanted["profile_ci95"][j][1].get<double>()) < 1e-3 * width);
        // The definition itself: held there, the deviance is 1.96^2 dispersions above the least one.
        for (const double end : {interval.lower, interval.upper}) {
          const auto data = model.data();
          std::vector<double> x, offset(data.y.size());
          for (std::int64_t k = 0; k < data.x.extents[1]; ++k) {
            for (std::int64_t i = 0; i < data.x.extents[0]; ++i) {
              if (k != static_cast<std::int64_t>(j)) x.push_back(data.x(i, k));
            }
          }
          for (std::size_t i = 0; i < offset.size(); ++i) {
            offset[i] = (data.offset.empty() ? 0.0 : data.offset[i]) +
                        end * data.x(static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
          }
          glm::problem held = data;
          held.x = view<const double, 2>(x.data(), data.x.extents[0], data.x.extents[1] - 1);
          held.x.strides[0] = 1;
          held.x.strides[1] = data.x.extents[0];
          held.offset = offset;
          held.names = {};
          held.intercept = false;
          glm::options how = model.how;
          how.theta = fit.theta;
          const double gap = (glm::fit(held, how).deviance - fit.deviance) / fit.dispersion;
          CHECK(relative_gap(gap, 3.841458820694124) < 1e-6);
        }
      }
    }
    const auto tests = glm::drop_terms(model);
    const auto list = [](const json& v) { return v.is_array() ? v : json::array({v}); };
    const json terms = list(wanted["drop1_lrt"]["term"]);
    REQUIRE(tests.size() == terms.size());
    for (std::size_t k = 0; k < tests.size(); ++k) {
      CAPTURE(tests[k].term);
      CHECK(plain_name(tests[k].term) == terms[k]);
      CHECK(tests[k].df == list(wanted["drop1_lrt"]["df"])[k]);
      CHECK(relative_gap(tests[k].deviance, list(wanted["drop1_lrt"]["deviance"])[k]) < 1e-9);
      CHECK(relative_gap(tests[k].likelihood_ratio.p, list(wanted["drop1_lrt"]["p"])[k], 1e-300) < 1e-5);
      // Without an intercept R subtracts the mean of the residuals first (glm.fit's null deviance): another statistic.
      if (!model.recipe.formula().intercept) continue;
      CHECK(relative_gap(tests[k].score.p, list(wanted["drop1_rao_score"]["p"])[k], 1e-300) < 1e-6);
      if (wanted["drop1_rao_score"]["stat"].is_null()) continue;
      CHECK(relative_gap(tests[k].score.statistic, list(wanted["drop1_rao_score"]["stat"])[k], 1e-6) < 1e-7);
    }
  }
}

TEST_CASE("glm: coefficients and errors have the digits of a 40-digit computation", "[estimate][glm]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  // tests/reference/glm_exact.py
  const auto cars =
      glm::fit(read_csv(folder + "/glm/mtcars_logit.csv"), "am ~ wt + hp", {.family = glm::family::binomial}).result;
  const double cars_exact[] = {18.86629871720415, -8.083475182444649, 0.03625559608221661};
  const double cars_errors[] = {7.443558427981728, 3.068675275390592, 0.01773415433194704};
  const auto worms =
      glm::fit(read_csv(folder + "/glm/budworm_cauchit.csv"), "cbind(numdead,numalive) ~ sex + ldose - 1",
               {.family = glm::family::binomial, .link = glm::link::cauchit})
          .result;
  const double worms_exact[] = {-3.61625194155126, -2.491450315909915, 1.114181786330619};
  const double worms_errors[] = {0.7572860173176787, 0.5675776742844865, 0.2229350603285456};
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(relative_gap(cars.coefficients[j], cars_exact[j]) < 1e-12);
    CHECK(relative_gap(cars.std_errors[j], cars_errors[j]) < 1e-12);
    CHECK(relative_gap(worms.coefficients[j], worms_exact[j]) < 1e-11);
    CHECK(relative_gap(worms.std_errors[j], worms_errors[j]) < 1e-11);
  }
}

TEST_CASE("glm: complete separation is a diagnosis, and Firth's penalty gives a number", "[estimate][glm]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json wanted = read_reference(folder + "/glm/glm-reference.json").at("separation_complete");
  const table data = read_csv(folder + "/glm/separation_complete.csv");
  const auto model = glm::fit(data, "y ~ x", {.family = glm::family::binomial});
  REQUIRE(model.result.findings.size() == 1);
  CHECK(model.result.has(glm::problem_kind::separated));
  CHECK_THAT(model.result.findings[0].text, Contains("x <= 5") && Contains("x >= 6"));
  CHECK(model.result.coefficients[1] == HUGE_VAL);
  CHECK(model.result.coefficients[0] == -HUGE_VAL);
  CHECK(model.result.std_errors[1] == HUGE_VAL);
  CHECK_FALSE(model.result.converged);
  const auto firth = glm::fit(data, "y ~ x", {.family = glm::family::binomial, .bias_reduction = true}).result;
  CHECK(firth.converged);
  for (std::size_t j = 0; j < 2; ++j) {
    CHECK(relative_gap(firth.coefficients[j], wanted["firth"]["coef"][j]) < 1e-8);
    CHECK(relative_gap(firth.std_errors[j], wanted["firth"]["se"][j]) < 1e-8);
  }
}

TEST_CASE("glm: an aliased column is named and left out", "[estimate][glm]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json wanted = read_reference(folder + "/glm/glm-reference.json").at("rank_deficient");
  const auto model =
      glm::fit(read_csv(folder + "/glm/rank_deficient.csv"), "am ~ wt + wt2 + hp", {.family = glm::family::binomial});
  const auto& fit = model.result;
  CHECK(fit.rank == wanted["rank"]);
  CHECK(relative_gap(fit.deviance, wanted["deviance"]) < 1e-10);
  CHECK(fit.coefficients[2] != fit.coefficients[2]);
  CHECK(relative_gap(fit.coefficients[1], wanted["coef"]["wt"]) < 1e-8);
  CHECK(relative_gap(fit.coefficients[3], wanted["coef"]["hp"]) < 1e-8);
  REQUIRE(fit.findings.size() == 1);
  CHECK(fit.findings[0].kind == glm::problem_kind::aliased);
  CHECK_THAT(fit.findings[0].text, Contains("wt2") && Contains("wt") && !Contains("hp"));
}

namespace {

void check_path(const json& wanted, const glm::problem& data, enum glm::family family, const std::string& name) {
  CAPTURE(name);
  const double mix = wanted["alpha"];
  std::vector<glm::path_step> path;
  if (mix == 1.0 || family != glm::family::gaussian) {
    path = glm::regularisation_path(
        data, {.family = family},
        {.mix = mix, .penalties = wanted["lambda"].get<std::vector<double>>(), .standardise = wanted["standardize"]});
  } else {
    // glmnet scales a gaussian response to variance 1 first, which divides its ridge penalty by the standard deviation
    // of y (the slopes at its solutions show it): the same solutions under the objective as it is written.
    double mean = 0.0, squares = 0.0;
    const auto n = static_cast<double>(data.y.size());
    for (const double y : data.y) mean += y / n;
    for (const double y : data.y) squares += (y - mean) * (y - mean) / n;
    for (const auto& lambda : wanted["lambda"]) {
      const double l1 = lambda.get<double>() * mix, l2 = lambda.get<double>() * (1.0 - mix) / std::sqrt(squares);
      path.push_back(glm::regularisation_path(
          data, {.family = family},
          {.mix = l1 / (l1 + l2), .penalties = {l1 + l2}, .standardise = wanted["standardize"]})[0]);
    }
  }
  REQUIRE(path.size() == wanted["lambda"].size());
  for (std::size_t k = 0; k < path.size(); ++k) {
    CAPTURE(path[k].penalty);
    CHECK(path[k].converged);
    CHECK(relative_gap(path[k].deviance_ratio, wanted["dev_ratio"][k]) < 1e-6);
    double largest = 0.0;
    for (const auto& row : wanted["beta"]) largest = std::fmax(largest, std::fabs(row[k].get<double>()));
    // glmnet with thresh 1e-16 on the change of the objective: coefficients to some 1e-7 of the largest.
    CHECK(relative_gap(path[k].coefficients[0], wanted["a0"][k]) < 1e-6);
    for (std::size_t j = 0; j < wanted["beta"].size(); ++j) {
      CHECK(std::fabs(path[k].coefficients[j + 1] - wanted["beta"][j][k].get<double>()) < 1e-6 * largest);
      if (wanted["beta"][j][k] == 0) CHECK(path[k].coefficients[j + 1] == 0.0);
    }
    CHECK(path[k].nonzero == wanted["df"][k]);
  }
}

}  // namespace

TEST_CASE("glm: lasso, ridge and elastic-net paths agree with glmnet", "[estimate][glm][path]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/glm/glm-reference.json");
  const table cars = read_csv(folder + "/glm/mtcars_logit.csv");
  std::string formula = "mpg ~ 1";
  for (const auto& row : all["glmnet_mtcars_gaussian"]["lasso"]["rows"]) formula += " + " + row.get<std::string>();
  const design_recipe recipe(model_formula::parse(formula), cars);
  const design_matrix design = recipe.apply(cars);
  for (const char* kind : {"lasso", "ridge", "enet", "lasso_nostd"}) {
    check_path(all["glmnet_mtcars_gaussian"][kind], {.x = design.matrix(), .y = design.response}, glm::family::gaussian,
               kind);
  }
  const table insects = read_csv(folder + "/glm/insectsprays_poisson.csv");
  const design_matrix sprays = design_recipe(model_formula::parse("count ~ spray"), insects).apply(insects);
  for (const char* kind : {"lasso", "ridge"}) {
    check_path(all["glmnet_insect_poisson"][kind], {.x = sprays.matrix(), .y = sprays.response}, glm::family::poisson,
               kind);
  }
}
