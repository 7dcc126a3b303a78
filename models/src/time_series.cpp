// SPDX-License-Identifier: BSD-3-Clause
// Autoregression and GARCH(1,1).
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/base/check.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"

#include <vector>

namespace credence::models::detail {

entry autoregression() {
  entry e;
  e.name = "arK";
  e.summary = "autoregression of order K";
  e.definition =
      "y[t] ~ normal(alpha + sum_k beta[k] y[t - k], sigma) for t > K; alpha ~ normal(0, 10); beta[k] ~ normal(0, 10); "
      "sigma ~ half_cauchy(0, 2.5)";
  e.source = "Stan User's Guide, time-series models";
  e.parameters = {{"alpha", "", "intercept"},
                  {"beta", "K", "coefficient of each lag"},
                  {"sigma", "", "standard deviation of the innovations"}};
  e.data = {{"K", "order", data_domain::positive_count},
            {"T", "length of the series", data_domain::positive_count},
            {"y", "the series", data_domain::real, {"T"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t order = r.integer("K"), length = r.integer("T"), steps = length - order;
    if (steps < 1) check::fail_domain("arK", "T", length, "larger than K, which is " + std::to_string(order));
    const var y = r.data("y", {length});
    const var alpha = r.parameter("alpha"), beta = r.parameter("beta", {order});
    const var sigma = r.parameter("sigma", lower(0.0));
    std::vector<var> lagged;  // lag k + 1 of y[order], y[order + 1], ...
    for (std::int64_t k = 0; k < order; ++k) lagged.push_back(slice(y, order - 1 - k, steps));
    const var lags = transpose(reshape(concat(lagged), {order, steps}));
    r.prior += log_pdf(normal{0.0, 10.0}, alpha) + log_pdf(normal{0.0, 10.0}, beta) + log_pdf(cauchy{0.0, 2.5}, sigma);
    r.likelihood += log_pdf(normal{matmul(lags, beta) + alpha, sigma}, slice(y, order, steps));
  });
  return e;
}

entry garch() {
  entry e;
  e.name = "garch11";
  e.aliases = {"garch"};
  e.summary = "GARCH(1,1): returns whose variance follows its own recursion";
  e.definition =
      "y[t] ~ normal(mu, s[t]); s[t]^2 = alpha0 + alpha1 (y[t-1] - mu)^2 + beta1 s[t-1]^2; s[1] = sigma1; flat on "
      "alpha0 > 0, 0 < alpha1 < 1, 0 < beta1 < 1 - alpha1";
  e.source = "Stan User's Guide, time-series models";
  e.parameters = {{"mu", "", "mean return"},
                  {"alpha0", "", "constant of the variance"},
                  {"alpha1", "", "weight of the last squared deviation"},
                  {"beta1", "", "weight of the last variance"}};
  e.data = {{"T", "length of the series", data_domain::positive_count},
            {"y", "returns", data_domain::real, {"T"}},
            {"sigma1", "standard deviation of the first return", data_domain::positive}};
  e.recipe = model([](recorder& r) {
    const std::int64_t length = r.integer("T");
    const var y = r.data("y", {length}), first = square(r.data("sigma1", {}));
    const var mu = r.parameter("mu"), alpha0 = r.parameter("alpha0", lower(0.0));
    const var alpha1 = r.parameter("alpha1", interval(0.0, 1.0));
    const var beta1 = r.parameter("beta1", interval(0.0, 1.0 - alpha1));
    var variance = reshape(first, {1});
    if (length > 1) {
      const var addend = alpha0 + alpha1 * square(slice(y, 0, length - 1) - mu);
      variance = concat({first, linear_recurrence(broadcast(beta1, {length - 1}), addend, first)});
    }
    r.likelihood += log_pdf(normal{mu, sqrt(variance)}, y);
  });
  return e;
}

}  // namespace credence::models::detail
