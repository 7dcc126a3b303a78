// SPDX-License-Identifier: BSD-3-Clause
// Small models of textbooks, with known posterior means.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial_logit.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/poisson.hpp"

#include <cmath>
#include <vector>

namespace credence::models::detail {

entry genetic_linkage() {
  entry e;
  e.name = "genetic_linkage";
  e.summary = "linkage of two genes from counts of four kinds of animals";
  e.definition = "y ~ multinomial(1/2 + theta/4, (1 - theta)/4, (1 - theta)/4, theta/4); theta flat on (0, 1)";
  e.source = "Rao 1973; Robert and Casella, Monte Carlo Statistical Methods, example 5.3";
  e.parameters = {{"theta", "", "linkage"}};
  e.data = {{"y", "counts of the four kinds: four numbers, as 125, 18, 20, 34", data_domain::count, {"length of y"}}};
  e.prepare = [](named_data data) {
    if (data.at("y").values.size() != 4) throw shape_error("genetic_linkage: data y must have 4 elements");
    return data;
  };
  e.recipe = model([](recorder& r) {
    const var theta = r.parameter("theta", interval(0.0, 1.0)), y = r.data("y", {4});
    // Constants of the multinomial left out, as usual for this example.
    r.likelihood += y[0] * log(2.0 + theta) + (y[1] + y[2]) * log1p(-theta) + y[3] * log(theta);
  });
  return e;
}

entry bioassay() {
  entry e;
  e.name = "bioassay";
  e.summary = "deaths of animals by dose: logistic regression with a flat prior";
  e.definition = "deaths[k] ~ binomial(n[k], inv_logit(alpha + beta dose[k])); alpha and beta flat";
  e.source = "Gelman et al., Bayesian Data Analysis, 3rd ed., section 3.7";
  e.parameters = {{"alpha", "", "log odds at dose 0"}, {"beta", "", "slope"}};
  e.data = {{"K", "number of groups", data_domain::positive_count},
            {"dose", "log dose of each group", data_domain::real, {"K"}},
            {"n", "animals in each group", data_domain::positive_count, {"K"}},
            {"deaths", "deaths in each group", data_domain::count, {"K"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t k = r.integer("K");
    const var alpha = r.parameter("alpha"), beta = r.parameter("beta");
    r.likelihood +=
        log_pdf(binomial_logit{r.data("n", {k}), alpha + beta * r.data("dose", {k})}, r.data("deaths", {k}));
  });
  return e;
}

entry challenger() {
  entry e;
  e.name = "challenger";
  e.summary = "failures of o-rings by temperature: logistic regression with a flat prior";
  e.definition = "fail[i] ~ bernoulli_logit(intercept + slope (temp[i] - mean(temp))); both flat";
  e.source = "Dalal, Fowlkes and Hoadley 1989; Robert and Casella, Monte Carlo Statistical Methods, example 1.13";
  e.parameters = {{"intercept", "", "log odds at the mean temperature"}, {"slope", "", "change of log odds a degree"}};
  e.data = {{"N", "number of flights", data_domain::positive_count},
            {"temp", "temperature at each launch", data_domain::real, {"N"}},
            {"fail", "1 when a ring failed", data_domain::binary, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N");
    const var intercept = r.parameter("intercept"), slope = r.parameter("slope"), temp = r.data("temp", {n});
    r.likelihood += log_pdf(bernoulli_logit{intercept + slope * (temp - mean(temp))}, r.data("fail", {n}));
  });
  return e;
}

entry rat_tumours() {
  entry e;
  e.name = "rat_tumours";
  e.summary = "tumour rates of rats in many experiments: a beta-binomial hierarchy";
  e.definition =
      "y[j] ~ binomial(n[j], theta[j]); theta[j] ~ beta(alpha, beta), integrated out; p(alpha, beta) = (alpha + "
      "beta)^-2.5; theta_mean[j] = E(theta[j] | alpha, beta, y)";
  e.source = "Tarone 1982; Gelman et al., Bayesian Data Analysis, 3rd ed., section 5.3";
  e.parameters = {{"alpha", "", "first parameter of the beta distribution of rates"},
                  {"beta", "", "second parameter"},
                  {"theta_mean", "J", "conditional mean of each rate"}};
  e.data = {{"J", "number of experiments", data_domain::positive_count},
            {"y", "rats with tumours", data_domain::count, {"J"}},
            {"n", "rats", data_domain::positive_count, {"J"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t j = r.integer("J");
    const var alpha = r.parameter("alpha", lower(0.0)), beta = r.parameter("beta", lower(0.0));
    const var y = r.data("y", {j}), n = r.data("n", {j});
    r.generated("theta_mean", (alpha + y) / (alpha + beta + n));
    r.prior += -2.5 * log(alpha + beta);
    r.likelihood += log_pdf(beta_binomial{n, alpha, beta}, y);
  });
  return e;
}

entry pumps() {
  entry e;
  e.name = "pumps";
  e.summary = "failures of power plant pumps: a gamma-Poisson hierarchy";
  e.definition =
      "x[i] ~ poisson(theta[i] t[i]); theta[i] ~ gamma(alpha, beta); alpha ~ exponential(1); beta ~ gamma(0.1, 1)";
  e.source = "George, Makov and Smith 1993; BUGS examples, volume 1";
  e.parameters = {{"alpha", "", "shape of the distribution of rates"},
                  {"beta", "", "its rate"},
                  {"theta", "N", "failure rate of each pump"}};
  e.data = {{"N", "number of pumps", data_domain::positive_count},
            {"x", "failures of each pump", data_domain::count, {"N"}},
            {"t", "time in operation, thousands of hours", data_domain::positive, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N");
    const var alpha = r.parameter("alpha", lower(0.0)), beta = r.parameter("beta", lower(0.0));
    const var theta = r.parameter("theta", {n}, lower(0.0));
    r.prior += log_pdf(exponential{1.0}, alpha) + log_pdf(gamma{0.1, 1.0}, beta) + log_pdf(gamma{alpha, beta}, theta);
    r.likelihood += log_pdf(poisson{theta * r.data("t", {n})}, r.data("x", {n}));
  });
  return e;
}

entry coal_changepoint() {
  entry e;
  e.name = "coal_changepoint";
  e.summary = "coal mining disasters: a Poisson rate that changes once, the year summed out";
  e.definition =
      "counts[i] ~ poisson(i <= k ? rate1 : rate2); rates ~ exponential(1); k uniform on 1..n-1; change = E(k | rates)";
  e.source = "Jarrett 1979; Carlin, Gelfand and Smith 1992";
  e.parameters = {{"rate1", "", "disasters a year before the change"},
                  {"rate2", "", "disasters a year after it"},
                  {"change", "", "conditional mean of the last year before it"}};
  e.data = {{"counts", "disasters in each year", data_domain::count, {"length of counts"}}};
  e.prepare = [](named_data data) {
    if (data.at("counts").values.size() < 2) throw shape_error("coal_changepoint: data counts needs 2 years or more");
    return data;
  };
  e.recipe_for = [](const named_data& data) {
    const std::vector<double> counts = data.at("counts").values;
    return model([counts](recorder& r) {
      const auto n = static_cast<std::int64_t>(counts.size());
      std::vector<double> before, years;  // disasters up to and with each possible year of change
      double sum = 0.0, log_factorials = 0.0;
      for (const double count : counts) {
        sum += count;
        log_factorials += std::lgamma(count + 1.0);
        before.push_back(sum);
        years.push_back(static_cast<double>(years.size() + 1));
      }
      before.pop_back();
      years.pop_back();
      const var rate1 = r.parameter("rate1", lower(0.0)), rate2 = r.parameter("rate2", lower(0.0));
      const var s = r.constant(before, {n - 1}), k = r.constant(years, {n - 1});
      const var terms = s * log(rate1) - k * rate1 + (sum - s) * log(rate2) - (static_cast<double>(n) - k) * rate2;
      const var all = log_sum_exp(terms);
      r.prior += log_pdf(exponential{1.0}, rate1) + log_pdf(exponential{1.0}, rate2);
      r.likelihood += all - (log_factorials + std::log(static_cast<double>(n - 1)));
      r.generated("change", dot(k, exp(terms - all)));
    });
  };
  return e;
}

}  // namespace credence::models::detail
