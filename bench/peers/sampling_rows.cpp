// SPDX-License-Identifier: BSD-3-Clause
// Whole runs of NUTS, four chains one after the other, warm-up included: time per effective draw of the parameter that
// has the fewest. Both sides must pass the same gates: R-hat below 1.01, at least 400 effective draws, E-BFMI above
// 0.3, no divergence.
#include "rows.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/samplers/run.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

namespace credence::peers {

namespace {

nlohmann::json input(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(input_folder() + "/" + name + ".json"));
}

data_array vector_of(const nlohmann::json& numbers) { return data_array(numbers.get<std::vector<double>>()); }

program eight_schools() {
  const auto data = input("eight_schools");
  return model([](recorder& r) {
           const var z = r.parameter("theta_trans", {8}), mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0));
           r.prior += log_pdf(normal{0.0, 1.0}, z) + log_pdf(normal{0.0, 5.0}, mu) + log_pdf(cauchy{0.0, 5.0}, tau);
           r.likelihood += log_pdf(normal{mu + tau * z, r.data("sigma", {8})}, r.data("y", {8}));
         })
      .compile({{"y", vector_of(data["y"])}, {"sigma", vector_of(data["sigma"])}});
}

program logistic(const std::string& name) {
  const auto data = input(name);
  std::vector<double> x;
  for (const auto& line : data["X"]) {
    for (const double value : line) x.push_back(value);
  }
  return model([](recorder& r) {
           const var beta = r.parameter("beta", {r.data("X").shape()[1]});
           r.prior += log_pdf(normal{0.0, 1.0}, beta);
           r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("X"), beta)}, r.data("y"));
         })
      .compile({{"X", data_array({data["N"].get<std::int64_t>(), data["D"].get<std::int64_t>()}, x)},
                {"y", vector_of(data["y"])}});
}

/// The effective draws of a run; throws where a gate fails.
double effective_draws(const run_result& run) {
  const draws_summary s = summary(run);
  double least = 1e300;
  for (const parameter_summary& p : s.parameters) {
    if (!(p.rhat < 1.01)) throw std::runtime_error("R-hat of " + p.name + " is " + std::to_string(p.rhat));
    least = std::min(least, p.ess_bulk);
  }
  if (!(least > 400.0)) throw std::runtime_error("only " + std::to_string(least) + " effective draws");
  if (s.sampler.divergences > 0) throw std::runtime_error("divergent transitions");
  for (const double e : s.sampler.ebfmi) {
    if (!(e > 0.3)) throw std::runtime_error("E-BFMI is " + std::to_string(e));
  }
  return least;
}

row sampling(program p, const nuts::options& opt, std::int64_t warmup) {
  const auto target = std::make_shared<const program>(std::move(p));
  run_options run;
  run.warmup = warmup;
  run.seed = 5;
  run.context = exec::cpu(1);
  row one;
  one.units = effective_draws(sample(*target, opt, run));
  one.call = [target, opt, run] { keep(sample(*target, opt, run)); };
  return one;
}

}  // namespace

void add_sampling_rows(rows& all) {
  // Acceptance 0.95 keeps eight schools free of divergences, on both sides.
  const nuts::options schools{.target_acceptance = 0.95};
  const nuts::options low_rank{.adaptation = {metric::shape::low_rank, metric_estimator::fisher}};
  all.add("effective draw, eight schools", [=] { return sampling(eight_schools(), schools, 1000); });
  all.add("effective draw, logistic 1000 x 10", [] { return sampling(logistic("logistic_10"), {}, 1000); });
  all.add("effective draw, logistic 5000 x 20", [] { return sampling(logistic("logistic_20"), {}, 1000); });
  all.add("effective draw, logistic 1000 x 10: low rank",
          [=] { return sampling(logistic("logistic_10"), low_rank, 400); });
  all.add("effective draw, logistic 5000 x 20: low rank",
          [=] { return sampling(logistic("logistic_20"), low_rank, 400); });
}

}  // namespace credence::peers
