// SPDX-License-Identifier: BSD-3-Clause
// Eight schools, in both parameterisations of the same posterior.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"

namespace credence::models::detail {

namespace {

entry common() {
  entry e;
  e.source = "Rubin 1981; Gelman et al., Bayesian Data Analysis, 3rd ed., section 5.5";
  e.parameters = {{"theta", "J", "effect in each school"},
                  {"mu", "", "mean of the effects over schools"},
                  {"tau", "", "standard deviation of the effects over schools"}};
  e.data = {{"J", "number of schools", data_domain::positive_count},
            {"y", "estimated effect in each school", data_domain::real, {"J"}},
            {"sigma", "standard error of each estimate", data_domain::positive, {"J"}}};
  return e;
}

}  // namespace

entry eight_schools() {
  entry e = common();
  e.name = "eight_schools";
  e.aliases = {"eight_schools_noncentered"};
  e.summary = "effects of coaching in eight schools: a normal hierarchy, non-centred";
  e.definition =
      "y[j] ~ normal(theta[j], sigma[j]); theta[j] = mu + tau z[j]; z[j] ~ normal(0, 1); mu ~ normal(0, 5); "
      "tau ~ half_cauchy(0, 5)";
  e.recipe = model([](recorder& r) {
    const std::int64_t schools = r.integer("J");
    const var z = r.parameter("z", {schools});
    const var mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0));
    const var theta = r.generated("theta", mu + tau * z);
    r.prior += log_pdf(normal{0.0, 1.0}, z) + log_pdf(normal{0.0, 5.0}, mu) + log_pdf(cauchy{0.0, 5.0}, tau);
    r.likelihood += log_pdf(normal{theta, r.data("sigma", {schools})}, r.data("y", {schools}));
  });
  return e;
}

entry eight_schools_centered() {
  entry e = common();
  e.name = "eight_schools_centered";
  e.summary = "the same posterior in centred form: a funnel, on which samplers should warn";
  e.definition =
      "y[j] ~ normal(theta[j], sigma[j]); theta[j] ~ normal(mu, tau); mu ~ normal(0, 5); tau ~ half_cauchy(0, 5)";
  e.recipe = model([](recorder& r) {
    const std::int64_t schools = r.integer("J");
    const var theta = r.parameter("theta", {schools});
    const var mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0));
    r.prior += log_pdf(normal{mu, tau}, theta) + log_pdf(normal{0.0, 5.0}, mu) + log_pdf(cauchy{0.0, 5.0}, tau);
    r.likelihood += log_pdf(normal{theta, r.data("sigma", {schools})}, r.data("y", {schools}));
  });
  return e;
}

}  // namespace credence::models::detail
