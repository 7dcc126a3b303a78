// SPDX-License-Identifier: BSD-3-Clause
// Linear regressions with normal errors.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"

#include <vector>

namespace credence::models::detail {

namespace {

/// The design (1, a, b, a b) of a regression with an interaction, as (n, 4).
var interaction_design(const var& a, const var& b, recorder& r) {
  const std::int64_t n = a.size();
  const var ones = r.constant(std::vector<double>(static_cast<std::size_t>(n), 1.0), {n});
  return transpose(reshape(concat({ones, a, b, a * b}), {4, n}));
}

std::vector<reported_quantity> coefficients(const std::string& count) {
  return {{"beta", count, "regression coefficients"}, {"sigma", "", "standard deviation of the errors"}};
}

}  // namespace

entry kidscore_interaction() {
  entry e;
  e.name = "kidscore_interaction";
  e.summary = "children's test scores on mother's schooling and IQ, with interaction";
  e.definition =
      "kid_score[i] ~ normal(beta[1] + beta[2] mom_hs[i] + beta[3] mom_iq[i] + beta[4] mom_hs[i] mom_iq[i], sigma); "
      "beta flat; sigma ~ half_cauchy(0, 2.5)";
  e.source = "Gelman and Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 3";
  e.parameters = coefficients("4");
  e.data = {{"N", "number of children", data_domain::positive_count},
            {"kid_score", "test score of each child", data_domain::real, {"N"}},
            {"mom_hs", "1 when the mother finished high school", data_domain::binary, {"N"}},
            {"mom_iq", "IQ of the mother", data_domain::real, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N");
    const var beta = r.parameter("beta", {4}), sigma = r.parameter("sigma", lower(0.0));
    const var design = interaction_design(r.data("mom_hs", {n}), r.data("mom_iq", {n}), r);
    r.prior += log_pdf(cauchy{0.0, 2.5}, sigma);
    r.likelihood += log_pdf(normal{matmul(design, beta), sigma}, r.data("kid_score", {n}));
  });
  return e;
}

entry logearn_interaction() {
  entry e;
  e.name = "logearn_interaction";
  e.summary = "log earnings on height and sex, with interaction: a nearly collinear design";
  e.definition =
      "log(earn[i]) ~ normal(beta[1] + beta[2] height[i] + beta[3] male[i] + beta[4] height[i] male[i], sigma); "
      "beta and sigma flat";
  e.source = "Gelman and Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 4";
  e.parameters = coefficients("4");
  e.data = {{"N", "number of people", data_domain::positive_count},
            {"earn", "yearly earnings", data_domain::positive, {"N"}},
            {"height", "height in inches", data_domain::real, {"N"}},
            {"male", "1 for men", data_domain::binary, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N");
    const var beta = r.parameter("beta", {4}), sigma = r.parameter("sigma", lower(0.0));
    const var design = interaction_design(r.data("height", {n}), r.data("male", {n}), r);
    r.likelihood += log_pdf(normal{matmul(design, beta), sigma}, log(r.data("earn", {n})));
  });
  return e;
}

entry sblrc_blr() {
  entry e;
  e.name = "sblrc_blr";
  e.aliases = {"linear_regression"};
  e.summary = "linear regression without intercept, strongly correlated coefficients";
  e.definition = "y[n] ~ normal(sum_d X[n, d] beta[d], sigma); beta[d] ~ normal(0, 10); sigma ~ half_normal(0, 10)";
  e.source = "posteriordb, sblrc-blr";
  e.parameters = coefficients("D");
  e.data = {{"N", "number of observations", data_domain::positive_count},
            {"D", "number of predictors", data_domain::positive_count},
            {"X", "predictors", data_domain::real, {"N", "D"}},
            {"y", "response", data_domain::real, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N"), d = r.integer("D");
    const var beta = r.parameter("beta", {d}), sigma = r.parameter("sigma", lower(0.0));
    r.prior += log_pdf(normal{0.0, 10.0}, beta) + log_pdf(normal{0.0, 10.0}, sigma);
    r.likelihood += log_pdf(normal{matmul(r.data("X", {n, d}), beta), sigma}, r.data("y", {n}));
  });
  return e;
}

}  // namespace credence::models::detail
