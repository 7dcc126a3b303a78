// SPDX-License-Identifier: BSD-3-Clause
// Models whose discrete states are summed out: a mixture of two normals, and a hidden Markov model.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/base/check.hpp"
#include "credence/distributions/beta.hpp"
#include "credence/distributions/normal.hpp"

namespace credence::models::detail {

entry two_normals() {
  entry e;
  e.name = "low_dim_gauss_mix";
  e.summary = "mixture of two normals, components ordered by their means";
  e.definition =
      "y[n] ~ theta normal(mu[1], sigma[1]) + (1 - theta) normal(mu[2], sigma[2]); mu[1] < mu[2], each normal(0, 2); "
      "sigma[k] ~ half_normal(0, 2); theta ~ beta(5, 5)";
  e.source = "posteriordb, low_dim_gauss_mix";
  e.parameters = {{"mu", "2", "means"}, {"sigma", "2", "standard deviations"}, {"theta", "", "weight of the first"}};
  e.data = {{"N", "number of observations", data_domain::positive_count},
            {"y", "observations", data_domain::real, {"N"}}};
  e.recipe = model([](recorder& r) {
    const var y = r.data("y", {r.integer("N")});
    const var low = r.parameter("mu_low"), high = r.parameter("mu_high", lower(low));
    const var sigma = r.parameter("sigma", {2}, lower(0.0)), theta = r.parameter("theta", interval(0.0, 1.0));
    const var mu = r.generated("mu", concat({low, high}));
    r.prior += log_pdf(normal{0.0, 2.0}, mu) + log_pdf(normal{0.0, 2.0}, sigma) + log_pdf(beta{5.0, 5.0}, theta);
    const var first = log(theta) + log_pdf(normal{low, sigma[0]}, y).operator var();
    const var second = log1p(-theta) + log_pdf(normal{high, sigma[1]}, y).operator var();
    r.likelihood += first + log1p_exp(second - first);
  });
  return e;
}

entry hidden_markov() {
  entry e;
  e.name = "hmm_example";
  e.summary = "hidden Markov model with two states and normal emissions";
  e.definition =
      "z[t] | z[t-1] = 1 ~ categorical(theta1); z[t] | z[t-1] = 2 ~ categorical(theta2); y[t] ~ normal(mu[z[t]], 1); "
      "0 < mu[1] < mu[2]; mu[1] ~ normal(3, 1); mu[2] ~ normal(10, 1); theta1, theta2 uniform; every first state has "
      "weight 1";
  e.source = "Stan User's Guide, hidden Markov models; posteriordb, hmm_example";
  e.parameters = {{"theta1", "2", "transition probabilities from the first state"},
                  {"theta2", "2", "transition probabilities from the second state"},
                  {"mu", "2", "means of the emissions"}};
  e.data = {{"N", "length of the series", data_domain::positive_count},
            {"K", "number of states; must be 2", data_domain::positive_count},
            {"y", "the series", data_domain::real, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t length = r.integer("N"), states = r.integer("K");
    if (states != 2) check::fail_domain("hmm_example", "K", states, "2");
    const var y = r.data("y", {length});
    const var stay = r.parameter("theta1_stay", interval(0.0, 1.0)),
              leave = r.parameter("theta2_leave", interval(0.0, 1.0));
    const var low = r.parameter("mu_low", lower(0.0)), high = r.parameter("mu_high", lower(low));
    r.generated("theta1", concat({stay, 1.0 - stay}));
    r.generated("theta2", concat({leave, 1.0 - leave}));
    r.generated("mu", concat({low, high}));
    r.prior += log_pdf(normal{3.0, 1.0}, low) + log_pdf(normal{10.0, 1.0}, high);
    const var to_first = concat({log(stay), log(leave)}), to_second = concat({log1p(-stay), log1p(-leave)});
    const var emit_low = log_pdf(normal{low, 1.0}, y), emit_high = log_pdf(normal{high, 1.0}, y);
    var forward = concat({emit_low[0], emit_high[0]});
    if (length > 1) {
      const auto step = [&](const var& state, const std::vector<var>& emitted) {
        return concat({log_sum_exp(state + to_first) + emitted[0], log_sum_exp(state + to_second) + emitted[1]});
      };
      const var all = r.scan(forward, {slice(emit_low, 1, length - 1), slice(emit_high, 1, length - 1)}, step);
      forward = all[length - 2];
    }
    r.likelihood += log_sum_exp(forward);
  });
  return e;
}

}  // namespace credence::models::detail
