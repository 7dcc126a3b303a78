// SPDX-License-Identifier: BSD-3-Clause
// Against likelihoods maximised in R (../shared/data/fit/README.md says how).
#include "estimate/reference.hpp"

#include "credence/base/errors.hpp"
#include "credence/distributions/arrays.hpp"
#include "credence/distributions/generalized_extreme_value.hpp"
#include "credence/estimate/fit.hpp"
#include "credence/table/csv.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <map>

using namespace credence;
using namespace credence::test;
using json = nlohmann::ordered_json;

namespace {

struct problem {
  const char* entry;
  const char* family;
  const char* file;
  const char* column = "x";
  std::vector<std::pair<std::string, double>> fixed{};
};

const std::map<std::string, std::string> names{
    {"meanlog", "log_mean"}, {"sdlog", "log_sd"},         {"alpha", "a"},
    {"beta", "b"},           {"mu", "mean_direction"},    {"kappa", "concentration"},
    {"m", "shape"},          {"omega", "spread"},         {"size", "dispersion"},
    {"prob", "probability"}, {"pi0", "zero_probability"}, {"lambda", "rate"}};

std::string name_of(const std::string& entry, const std::string& given) {
  if (entry == "rivers_invgauss" && given == "lambda") return "shape";
  if (entry == "skewnormal250") return given == "xi" ? "location" : given == "omega" ? "scale" : "shape";
  if (entry == "halfnormal100") return "sd";
  if (entry == "rayleigh120_rayleigh") return "scale";
  if (entry == "toxocara_negbin" && given == "mu") return "mean";
  const auto found = names.find(given);
  return found == names.end() ? given : found->second;
}

/// What a reference says of a fit.
void check_fit(const json& wanted, const std::string& entry, const fitted_distribution& fit) {
  CAPTURE(entry, to_string(fit.why), fit.iterations);
  CHECK(fit.converged);
  for (const auto& f : fit.findings) {
    CAPTURE(f.text);
    CHECK(f.text.empty());
  }
  // The references stop where their score is small, not zero: its size over the curvature is what they are off by.
  const double score = wanted.contains("max_abs_score") ? wanted["max_abs_score"].get<double>() : 0.0;
  for (const auto& [given, value] : wanted["params"].items()) {
    const std::string name = name_of(entry, given);
    CAPTURE(name);
    const auto j = static_cast<std::size_t>(std::find(fit.names.begin(), fit.names.end(), name) - fit.names.begin());
    double slack = 0.0;
    for (std::size_t l = 0; l < fit.names.size(); ++l) {
      const double c = fit.covariance[j * fit.names.size() + l];
      if (std::isfinite(c)) slack += score * std::fabs(c);
    }
    CHECK(std::fabs(fit.estimate(name) - value.get<double>()) < 1e-7 * std::fabs(value.get<double>()) + slack);
    // The errors of precip_gev there cannot be (a location to 0.16 from 70 values of standard deviation 13.6): below.
    if (!wanted.contains("se_observed_information") || entry == "precip_gev") continue;
    CHECK(relative_gap(fit.std_errors[j], wanted["se_observed_information"][given]) < 2e-6);
  }
  if (!wanted.contains("loglik")) return;
  CHECK(relative_gap(fit.log_likelihood, wanted["loglik"]) < 1e-9);
  CHECK(relative_gap(fit.aic, wanted["aic"]) < 1e-9);
  CHECK(relative_gap(fit.bic, wanted["bic"]) < 1e-9);
}

std::vector<double> column_of(const std::string& folder, const std::string& file, const std::string& name = "x") {
  return read_csv(folder + "/fit/" + file + ".csv").at(name).numbers();
}

}  // namespace

TEST_CASE("fit_distribution: agrees with the references on exact data", "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/fit/fit-reference.json");
  const std::vector<problem> problems{
      {"groundbeef_weibull", "weibull", "groundbeef"},
      {"groundbeef_gamma", "gamma", "groundbeef"},
      {"groundbeef_lognormal", "lognormal", "groundbeef"},
      {"precip_normal", "normal", "precip"},
      {"precip_logistic", "logistic", "precip"},
      {"precip_cauchy", "cauchy", "precip"},
      {"precip_gumbel", "gumbel", "precip"},
      {"precip_student_t", "student_t", "precip", "x", {{"df", 5.0}}},
      {"precip_gev", "gev", "precip"},
      {"rivers_invgauss", "inverse_gaussian", "rivers"},
      {"rivers_gamma", "gamma", "rivers"},
      {"rivers_loglogistic", "log_logistic", "rivers"},
      {"rivers_over600_gpd", "generalized_pareto", "rivers_over600"},
      {"aircondit_exponential", "exponential", "aircondit"},
      {"aircondit_gamma", "gamma", "aircondit"},
      {"aircondit_weibull", "weibull", "aircondit"},
      {"beta150_beta", "beta", "beta150"},
      {"beta150_kumaraswamy", "kumaraswamy", "beta150"},
      {"student300_t", "student_t", "student300"},
      {"angles200_vonmises", "von_mises", "angles200"},
      {"rayleigh120_rayleigh", "rayleigh", "rayleigh120"},
      {"rayleigh120_nakagami", "nakagami", "rayleigh120"},
      {"halfnormal100", "half_normal", "halfnormal100"},
      {"skewnormal250", "skew_normal", "skewnormal250"},
      {"toxocara_poisson", "poisson", "toxocara"},
      {"toxocara_negbin", "negative_binomial", "toxocara"},
      {"toxocara_geometric", "geometric", "toxocara"},
      {"toxocara_zip", "zip", "toxocara"},
  };
  for (const problem& p : problems) {
    const std::vector<double> x = column_of(folder, p.file, p.column);
    check_fit(all.at(p.entry), p.entry, fit_distribution(p.family, {.values = x}, {.fixed = p.fixed}));
  }
}

TEST_CASE("fit_distribution: censored, truncated and weighted data agree with the references", "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/fit/fit-reference.json");
  for (const char* name : {"fluazinam", "salinity"}) {
    const table data = read_csv(folder + "/fit/" + name + ".csv", {.missing_texts = {"NA"}});
    const auto lower = data.at("left").numbers(), upper = data.at("right").numbers();
    check_fit(all.at(std::string(name) + "_lognormal_cens"), name,
              fit_distribution("lognormal", {.lower = lower, .upper = upper}));
  }
  const auto right_censored = [&](const char* entry, const char* family, const char* file, const char* time,
                                  const char* event) {
    const table data = read_csv(folder + "/fit/" + file + ".csv");
    const auto lower = data.at(time).numbers();
    auto upper = lower;
    const auto status = data.at(event).numbers();
    for (std::size_t i = 0; i < upper.size(); ++i) {
      if (status[i] == 0.0) upper[i] = HUGE_VAL;
    }
    check_fit(all.at(entry), entry, fit_distribution(family, {.lower = lower, .upper = upper}));
  };
  right_censored("aml_weibull_rightcens", "weibull", "aml", "time", "status");
  right_censored("ovarian_exponential_rightcens", "exponential", "ovarian", "futime", "fustat");
  std::vector<double> rain, positive;
  for (const double x : column_of(folder, "precip")) {
    if (x > 20.0) rain.push_back(x);
  }
  check_fit(all.at("precip_gt20_truncnormal"), "precip_gt20",
            fit_distribution("normal", {.values = rain, .truncated_below = 20.0}));
  for (const double x : column_of(folder, "toxocara")) {
    if (x > 0.0) positive.push_back(x);
  }
  check_fit(all.at("toxocara_pos_ztpoisson"), "toxocara_pos",
            fit_distribution("zero_truncated_poisson", {.values = positive}));
  // The same as a Poisson of which zeros could not be seen.
  check_fit(all.at("toxocara_pos_ztpoisson"), "toxocara_pos truncated",
            fit_distribution("poisson", {.values = positive, .truncated_below = 1.0}));

  const json& sexes = all.at("geissler_betabinomial");
  const table families = read_csv(folder + "/fit/geissler_sex_ratio.csv");
  const auto boys = families.at("y").numbers(), frequency = families.at("freq").numbers();
  check_fit(sexes, "geissler_betabinomial",
            fit_distribution("beta_binomial", {.values = boys, .weights = frequency}, {.fixed = {{"trials", 12.0}}}));
  const auto coin = fit_distribution("binomial", {.values = boys, .weights = frequency}, {.fixed = {{"trials", 12.0}}});
  CHECK(relative_gap(coin.estimate("probability"), all["geissler_binomial"]["params"]["p"]) < 1e-12);

  const std::vector<double> beef = column_of(folder, "groundbeef");
  std::vector<double> weights(beef.size());
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 2 == 0 ? 1.0 : 2.0;
  const auto weighted = fit_distribution("gamma", {.values = beef, .weights = weights});
  const json& heavy = all.at("groundbeef_gamma_weighted");
  CHECK(relative_gap(weighted.estimate("shape"), heavy["params"]["shape"]) < 1e-7);
  CHECK(relative_gap(weighted.estimate("rate"), heavy["params"]["rate"]) < 1e-7);
  CHECK(relative_gap(weighted.log_likelihood, heavy["weighted_loglik"]) < 1e-9);
  // A weight of two is an observation seen twice.
  std::vector<double> twice;
  for (std::size_t i = 0; i < beef.size(); ++i)
    twice.insert(twice.end(), static_cast<std::size_t>(weights[i]), beef[i]);
  const auto repeated = fit_distribution("weibull", {.values = twice});
  const auto frequencies = fit_distribution("weibull", {.values = beef, .weights = weights});
  CHECK(relative_gap(frequencies.estimates[0], repeated.estimates[0]) < 1e-12);
  CHECK(relative_gap(frequencies.std_errors[1], repeated.std_errors[1]) < 1e-10);
}

TEST_CASE("fit_distribution: moments, goodness of fit, borders and kinks agree with the references",
          "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/fit/fit-reference.json");
  const std::vector<double> beef = column_of(folder, "groundbeef");
  const auto moments = fit_distribution("gamma", {.values = beef}, {.method = fit_method::moments});
  CHECK(relative_gap(moments.estimate("shape"), all["groundbeef_gamma_mme"]["params"]["shape"]) < 1e-7);
  CHECK(relative_gap(moments.estimate("rate"), all["groundbeef_gamma_mme"]["params"]["rate"]) < 1e-7);
  for (const auto& [name, statistic] : all["groundbeef_gof"]["ks"].items()) {
    // Those of fitdistrplus are at estimates of its own optimiser, good to 1e-4.
    CHECK_THAT(fit_distribution(name, {.values = beef}).ks, WithinAbs(statistic.get<double>(), 1e-4));
  }
  const auto pareto = fit_distribution("pareto", {.values = column_of(folder, "pareto120")});
  CHECK(pareto.estimate("minimum") == 2.0048);
  CHECK(relative_gap(pareto.estimate("shape"), all["pareto120"]["params"]["alpha"]) < 1e-12);
  CHECK(pareto.has(fit_problem::boundary));
  CHECK(pareto.std_errors[0] != pareto.std_errors[0]);
  const auto laplace = fit_distribution("laplace", {.values = column_of(folder, "precip")});
  CHECK_THAT(laplace.estimate("location"),
             WithinRel(all["precip_laplace"]["params"]["location_median"].get<double>(), 1e-12));
  CHECK(relative_gap(laplace.estimate("scale"), all["precip_laplace"]["params"]["scale"]) < 1e-12);
  REQUIRE(laplace.findings.size() == 1);
  CHECK_THAT(laplace.findings[0].text, Contains("36.2") && Contains("37"));
}

TEST_CASE("fit_distribution: errors are those of second differences of the log likelihood", "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const std::vector<double> x = column_of(folder, "precip");
  const auto fit = fit_distribution("gev", {.values = x});
  const auto value = [&](double a, double b, double c) {
    return log_pdf_sum({}, generalized_extreme_value(a, b, c),
                       view<const double, 1>(x.data(), static_cast<std::int64_t>(x.size())));
  };
  const double at[3] = {fit.estimates[0], fit.estimates[1], fit.estimates[2]}, h[3] = {1e-2, 1e-2, 1e-4};
  Eigen::Matrix3d information;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (const int a : {-1, 1}) {
        for (const int b : {-1, 1}) {
          double p[3] = {at[0], at[1], at[2]};
          p[i] += a * h[i];
          p[j] += b * h[j];
          sum += a * b * value(p[0], p[1], p[2]);
        }
      }
      information(i, j) = -sum / (4.0 * h[i] * h[j]);
    }
  }
  const Eigen::Matrix3d covariance = information.inverse();
  for (int j = 0; j < 3; ++j) {
    CHECK_THAT(fit.std_errors[static_cast<std::size_t>(j)], WithinRel(std::sqrt(covariance(j, j)), 1e-4));  // h^2
  }
}

TEST_CASE("fit_distribution: what has no maximum is named, and bad data are refused", "[estimate][fit]") {
  const std::vector<double> same{3.0, 3.0, 3.0};
  const auto narrow = fit_distribution("normal", {.values = same});
  CHECK(narrow.has(fit_problem::unbounded));
  CHECK(narrow.estimates[0] != narrow.estimates[0]);
  CHECK_THAT(narrow.findings[0].text, Contains("every observation is 3"));
  CHECK(fit_distribution("poisson", {.values = same}).estimates[0] == Approx(3.0));
  // Counts that vary less than a Poisson: the dispersion runs off.
  const std::vector<double> even{4.0, 5.0, 5.0, 6.0, 5.0, 4.0, 5.0, 6.0, 5.0, 5.0};
  const auto limit = fit_distribution("negative_binomial", {.values = even});
  REQUIRE(limit.has(fit_problem::unbounded));
  CHECK_THAT(limit.findings[0].text, Contains("dispersion"));
  CHECK_THAT(limit.estimates[0], WithinRel(5.0, 1e-6));
  CHECK(limit.std_errors[1] != limit.std_errors[1]);
  CHECK(limit.std_errors[0] > 0.0);
  // No more zeros than a Poisson has: their share is on its border.
  const std::vector<double> full{1.0, 2.0, 3.0, 2.0, 1.0, 4.0, 2.0, 3.0};
  const auto border = fit_distribution("zip", {.values = full});
  CHECK(border.has(fit_problem::boundary));
  CHECK(border.estimate("zero_probability") == 0.0);
  const std::vector<double> mixed{1.0, -2.0, 3.0}, none;
  CHECK_THROWS_WITH(fit_distribution("gamma", {.values = mixed}), Contains("row 1") && Contains("-2"));
  CHECK_THROWS_WITH(fit_distribution("gama", {.values = mixed}), Contains("gamma"));
  CHECK_THROWS_WITH(fit_distribution("poisson", {.values = std::vector<double>{1.0, 1.5}}), Contains("row 1"));
  CHECK_THROWS_AS(fit_distribution("normal", {.values = none}), domain_error);
  CHECK_THROWS_WITH(fit_distribution("normal", {.values = mixed, .weights = std::vector<double>{1.0, -1.0, 1.0}}),
                    Contains("row 1"));
  CHECK_THROWS_WITH(fit_distribution("binomial", {.values = full}), Contains("trials"));
  CHECK_THROWS_WITH(fit_distribution("normal", {.values = mixed}, {.fixed = {{"men", 0.0}}}), Contains("mean"));
}

TEST_CASE("fit_distribution: a posterior mode on two scales, in closed form", "[estimate][fit][map]") {
  // Exponential data, gamma(a, b) prior of the rate: the posterior is gamma(a + n, b + sum x). Its mode is
  // (a + n - 1) / (b + sum) on the natural scale and (a + n) / (b + sum) for the logarithm.
  const std::vector<double> x{0.5, 1.5, 2.0, 0.7};
  const std::vector<parameter_prior> prior{{"rate", "gamma", {2.0, 3.0}}};
  const auto natural =
      fit_distribution("exponential", {.values = x}, {.method = fit_method::maximum_a_posteriori, .priors = prior});
  CHECK_THAT(natural.estimates[0], WithinRel(5.0 / 7.7, 1e-10));
  const auto log_scale = fit_distribution(
      "exponential", {.values = x},
      {.method = fit_method::maximum_a_posteriori, .priors = prior, .scale = mode_scale::unconstrained});
  CHECK_THAT(log_scale.estimates[0], WithinRel(6.0 / 7.7, 1e-10));
}

TEST_CASE("bootstrap of a distribution: percentile intervals cover what the errors say", "[estimate][fit]") {
  std::vector<double> x;
  for (int i = 0; i < 200; ++i) x.push_back(-std::log((i + 0.5) / 200.0));
  const auto fit = fit_distribution("exponential", {.values = x});
  const auto one = bootstrap(fit, {.values = x}, 400, 7, {.context = exec::cpu(1)});
  const auto three = bootstrap(fit, {.values = x}, 400, 7, {.context = exec::cpu(3)});
  CHECK(one.estimates == three.estimates);
  CHECK(one.failed == 0);
  CHECK(one.percentile[0].lower < fit.estimates[0]);
  CHECK(one.percentile[0].upper > fit.estimates[0]);
  CHECK_THAT(one.std_errors[0], WithinRel(fit.std_errors[0], 0.15));  // 400 replicates: 3.5 % of noise
}

TEST_CASE("fit_best: ranks families by AIC", "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const std::vector<double> x = column_of(folder, "groundbeef");
  const auto ranked = fit_best({.values = x}, {.goodness_of_fit = false});
  REQUIRE(ranked.size() > 5);
  for (std::size_t k = 1; k < ranked.size(); ++k) CHECK(ranked[k - 1].aic <= ranked[k].aic);
}

TEST_CASE("fit_distribution: profile intervals and tests", "[estimate][fit]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const json all = read_reference(folder + "/fit/fit-reference.json");
  const std::vector<double> beef = column_of(folder, "groundbeef"), air = column_of(folder, "aircondit");
  const auto gamma = fit_distribution("gamma", {.values = beef});
  const auto shape = profile_interval(gamma, {.values = beef}, "shape");
  CHECK(relative_gap(shape.lower, all["groundbeef_gamma_shape_profile"]["profile95"][0]) < 1e-7);
  CHECK(relative_gap(shape.upper, all["groundbeef_gamma_shape_profile"]["profile95"][1]) < 1e-7);
  const auto rate = fit_distribution("exponential", {.values = air});
  const auto profile = profile_interval(rate, {.values = air}, "rate");
  CHECK(relative_gap(profile.lower, all["aircondit_exponential_profile"]["profile95"][0]) < 1e-7);
  CHECK(relative_gap(profile.upper, all["aircondit_exponential_profile"]["profile95"][1]) < 1e-7);
  CHECK(relative_gap(rate.lower[0], all["aircondit_exponential_profile"]["wald95"][0]) < 1e-7);
  CHECK(relative_gap(rate.upper[0], all["aircondit_exponential_profile"]["wald95"][1]) < 1e-7);
  // Exponential rate, in closed form: with r = value / estimate, LR = 2 n (r - 1 - log r), Wald n (1 - r)^2, score
  // n (1 - r)^2 (score U = n (1/value - mean), information n / value^2).
  const double value = 0.006, r = value / rate.estimates[0];
  const auto test = test_parameter(rate, {.values = air}, "rate", value);
  CHECK_THAT(test.likelihood_ratio, WithinRel(24.0 * (r - 1.0 - std::log(r)), 1e-9));
  CHECK_THAT(test.wald, WithinRel(12.0 * (1.0 - r) * (1.0 - r), 1e-8));
  CHECK(test.likelihood_ratio_p > test.wald_p * 0.2);
  // On the log scale the observed information at the value is n value mean = n r, and the score n (1 - r).
  CHECK_THAT(test.score, WithinRel(12.0 * (1.0 - r) * (1.0 - r) / r, 1e-8));
}
