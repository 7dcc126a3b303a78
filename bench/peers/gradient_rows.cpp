// SPDX-License-Identifier: BSD-3-Clause
// Gradients of log densities. The models are recorded by the public model(...), in the order of the Stan programs, and
// each row tells its gradient at the point 0.1, which has to be the peer's.
#include "rows.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
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

program garch() {
  const auto data = input("garch");
  return model([](recorder& r) {
           const var mu = r.parameter("mu"), a0 = r.parameter("alpha0", lower(0.0)),
                     a1 = r.parameter("alpha1", interval(0.0, 1.0)), b1 = r.parameter("beta1", interval(0.0, 1.0 - a1));
           const var returns = r.data("y"), first = square(r.data("sigma1"));
           const var later = r.scan(first, {slice(returns, 0, returns.size() - 1)},
                                    [&](const var& variance, const std::vector<var>& before) {
                                      return a0 + a1 * square(before[0] - mu) + b1 * variance;
                                    });
           r.likelihood += log_pdf(normal{mu, sqrt(concat({first, later}))}, returns);
         })
      .compile({{"y", vector_of(data["y"])}, {"sigma1", data_array(data["sigma1"].get<double>())}});
}

program logistic() {
  const auto data = input("logistic");
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

/// What a gradient row holds from call to call.
struct evaluation {
  program density;
  lanes<double> x, gradient;
  std::vector<double> value;

  evaluation(program recorded, std::int64_t count)
      : density(std::move(recorded)),
        x(density.dimension(), count),
        gradient(density.dimension(), count),
        value(static_cast<std::size_t>(count)) {
    std::fill(x.values.begin(), x.values.end(), 0.1);
  }
  void run() { density.evaluate(exec::cpu(1), x, value, gradient); }
};

void add_gradient(rows& all, const std::string& name, program (*record)(), std::int64_t count) {
  const std::string lanes_text = std::to_string(count) + (count == 1 ? " lane" : " lanes");
  all.add("gradient, " + name + ", " + lanes_text, [record, count] {
    const auto now = std::make_shared<evaluation>(record(), count);
    const auto moving = std::make_shared<double>(0.0);
    row out;
    out.units = static_cast<double>(count);
    out.call = [now, moving] {
      now->x.values[0] = 0.1 + (*moving += 1e-9);  // as the peer's loop does: nothing can be kept from the call before
      now->run();
      keep(now->gradient.values);
    };
    out.answer = [now, count] {
      now->x.values[0] = 0.1;
      now->run();
      std::vector<double> first_lane;
      for (std::int64_t i = 0; i < now->density.dimension(); ++i) {
        first_lane.push_back(now->gradient.values[static_cast<std::size_t>(i * count)]);
      }
      return first_lane;
    };
    return out;
  });
}

}  // namespace

void add_gradient_rows(rows& all) {
  add_gradient(all, "eight schools", eight_schools, 1);
  add_gradient(all, "eight schools", eight_schools, 256);
  add_gradient(all, "GARCH(1,1) of 1000 steps", garch, 1);
  add_gradient(all, "logistic 1000 x 25", logistic, 1);
  add_gradient(all, "logistic 1000 x 25", logistic, 64);
}

}  // namespace credence::peers
