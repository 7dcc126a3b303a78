// SPDX-License-Identifier: BSD-3-Clause
// Every built-in model with a reference posterior: log density and gradient at the listed points.
#include "credence/base/errors.hpp"
#include "credence/models/registry.hpp"
#include "support/catch.hpp"
#include "support/posteriors.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

using namespace credence;
using namespace credence::test;

namespace {

/// The coordinates of a listed point, in the order in which our program takes them.
std::vector<std::string> order_of(const std::string& name, const nlohmann::json& point) {
  std::vector<std::string> order;
  if (name == "eight_schools")
    return {"theta_trans[1]", "theta_trans[2]", "theta_trans[3]",
            "theta_trans[4]", "theta_trans[5]", "theta_trans[6]",
            "theta_trans[7]", "theta_trans[8]", "mu",
            "log tau"};
  if (name == "gp_pois_regr") {
    order = {"log rho", "log alpha"};
    for (int i = 1; i <= 11; ++i) order.push_back("f_tilde[" + std::to_string(i) + "]");
    return order;
  }
  if (name == "garch11") return {"mu", "log alpha0", "logit alpha1", "logit(beta1/(1-alpha1))"};
  if (name == "hmm_example") return {"logit theta1[1]", "logit theta2[1]", "log mu[1]", "log(mu[2]-mu[1])"};
  if (name == "low_dim_gauss_mix") {
    return {"mu[1]", "log(mu[2]-mu[1])", "log sigma[1]", "log sigma[2]", "logit theta"};
  }
  if (name == "arK") {
    return {"alpha", "beta[1]", "beta[2]", "beta[3]", "beta[4]", "beta[5]", "log sigma"};
  }
  // regressions: beta[1], beta[2], ..., log sigma
  const std::size_t betas = point["unconstrained"].size() - 1;
  for (std::size_t d = 1; d <= betas; ++d) order.push_back("beta[" + std::to_string(d) + "]");
  order.emplace_back("log sigma");
  return order;
}

struct evaluated {
  double log_density = 0.0;
  std::vector<double> gradient;
};

evaluated evaluate(const program& p, const std::vector<double>& x) {
  evaluated result{0.0, std::vector<double>(x.size())};
  p.evaluate(exec::cpu(1), lanes_view<const double>(std::span<const double>(x)), {&result.log_density, 1},
             lanes_view<double>(std::span<double>(result.gradient)));
  return result;
}

}  // namespace

TEST_CASE("built-in models: log density and gradient at the listed points", "[models]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string name = GENERATE(as<std::string>{}, "eight_schools", "kidscore_interaction", "logearn_interaction",
                                    "sblrc_blr", "arK", "garch11", "low_dim_gauss_mix", "hmm_example", "gp_pois_regr");
  const std::string folder = shared + "/posteriordb/" + name;
  const program p = models::compile(models::find(name), read_posterior_data(folder));
  const nlohmann::json points = read_json(folder + "/logdensity_points.json")["points"];
  REQUIRE(points.size() >= 5);
  const nlohmann::json gradients =
      read_json(std::string(CREDENCE_SOURCE_DIR) + "/tests/reference/posterior_gradients.json")[name];
  REQUIRE(gradients.size() == points.size());
  std::size_t number = 0;
  for (const auto& point : points) {
    const auto order = order_of(name, point);
    REQUIRE(order.size() == point["unconstrained"].size());
    REQUIRE(static_cast<std::int64_t>(order.size()) == p.dimension());
    std::vector<double> x;
    for (const auto& coordinate : order) x.push_back(point["unconstrained"][coordinate].get<double>());
    const evaluated here = evaluate(p, x);
    CAPTURE(name, x);
    CHECK_THAT(here.log_density, WithinRel(point["log_density_unconstrained"].get<double>(), 1e-9));

    // The listed gradients are finite differences, so the exact ones come from 50-digit arithmetic
    // (tests/reference/posterior_gradients.py). Sums over the data cancel: below the largest component by more than 1e3
    // only that component's rounding counts. The Gaussian process factorises a matrix of condition 1e10.
    const nlohmann::json& exact = gradients[number++];
    CHECK_THAT(here.log_density, WithinRel(exact["log_density"].get<double>(), name == "gp_pois_regr" ? 1e-9 : 1e-12));
    double largest = 1.0;
    for (const auto& coordinate : order) {
      largest = std::max(largest, std::abs(exact["gradient"][coordinate].get<double>()));
    }
    const double relative = name == "gp_pois_regr" ? 1e-5 : 1e-9;
    for (std::size_t d = 0; d < x.size(); ++d) {
      CAPTURE(order[d]);
      const double expected = exact["gradient"][order[d]];
      CHECK_THAT(here.gradient[d], WithinRel(expected, relative) || WithinAbs(expected, 1e-3 * relative * largest));
      // The listed value itself, as far as its differences go.
      CHECK_THAT(here.gradient[d], WithinAbs(point["grad_log_density_unconstrained"][order[d]].get<double>(),
                                             (name == "gp_pois_regr" ? 1e-5 : 1e-7) * largest));
    }
  }
}

TEST_CASE("eight schools, centred: the density of the listed points less 8 log tau", "[models]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string folder = shared + "/posteriordb/eight_schools";
  const program p = models::compile(models::find("eight_schools_centered"), read_posterior_data(folder));
  const program other = models::compile(models::find("eight_schools"), read_posterior_data(folder));
  const nlohmann::json points = read_json(folder + "/logdensity_points.json")["points"];
  for (const auto& point : points) {
    const double mu = point["constrained"]["mu"], tau = point["constrained"]["tau"];
    std::vector<double> x, z;
    for (int j = 1; j <= 8; ++j) {
      x.push_back(point["constrained"]["theta[" + std::to_string(j) + "]"].get<double>());
      z.push_back(point["unconstrained"]["theta_trans[" + std::to_string(j) + "]"].get<double>());
    }
    const double log_tau = point["unconstrained"]["log tau"];
    for (auto* v : {&x, &z}) {
      v->push_back(mu);
      v->push_back(log_tau);
    }
    const evaluated here = evaluate(p, x), there = evaluate(other, z);
    CHECK_THAT(here.log_density, WithinRel(point["log_density_unconstrained"].get<double>() - 8.0 * log_tau, 1e-9));
    // The chain rule through theta = mu + tau z, against the non-centred gradient. The points have 6 digits of z and
    // theta follows from them, so both sides agree to rounding.
    double by_mu = here.gradient[8], by_log_tau = here.gradient[9] + 8.0;
    for (std::size_t j = 0; j < 8; ++j) {
      CHECK_THAT(here.gradient[j] * tau, WithinAbs(there.gradient[j], 1e-10));
      by_mu += here.gradient[j];
      by_log_tau += here.gradient[j] * tau * z[j];
    }
    CHECK_THAT(by_mu, WithinAbs(there.gradient[8], 1e-10));
    CHECK_THAT(by_log_tau, WithinAbs(there.gradient[9], 1e-9));
  }
}

TEST_CASE("built-in models: reported quantities exist under their names", "[models]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  int compared = 0;
  for (const auto& entry : models::all()) {
    const std::string folder =
        shared + "/posteriordb/" + (entry.name == "eight_schools_centered" ? "eight_schools" : entry.name);
    if (!std::filesystem::exists(folder)) continue;  // tests/statistical has the others
    ++compared;
    const program p = models::compile(entry, read_posterior_data(folder));
    std::vector<std::string> elements;
    for (const auto& reported : entry.reported()) {
      for (const auto& element : p.output_names()) {
        if (element == reported || element.rfind(reported + "[", 0) == 0) elements.push_back(element);
      }
    }
    std::vector<std::string> expected;
    const nlohmann::json reference = read_json(folder + "/reference_summary.json")["parameters"];
    for (const auto& [name, value] : reference.items()) expected.push_back(name);
    std::sort(elements.begin(), elements.end());
    std::sort(expected.begin(), expected.end());
    CAPTURE(entry.name);
    CHECK(elements == expected);
    CHECK_FALSE(entry.summary.empty());
    CHECK_FALSE(entry.definition.empty());
  }
  CHECK(compared == 10);
}

TEST_CASE("built-in models: found by name and alias", "[models]") {
  CHECK(models::find("eight_schools_noncentered").name == "eight_schools");
  CHECK_THROWS_WITH(models::find("eigth_schools"), Contains("did you mean eight_schools?"));
  CHECK_THROWS_WITH(models::find("zzzzzzzzzzzzzz"), Contains("no model named") && !Contains("mean"));
  CHECK(std::is_sorted(models::all().begin(), models::all().end(), [](const auto& a, const auto& b) {
    std::string first = a.name, second = b.name;
    for (auto* s : {&first, &second})
      std::transform(s->begin(), s->end(), s->begin(),
                     [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return first < second;
  }));
}

TEST_CASE("built-in models: refuse data by name", "[models]") {
  const auto& schools = models::find("eight_schools");
  const named_data good{{"J", 2}, {"y", data_array{1.0, 2.0}}, {"sigma", data_array{1.0, 2.0}}};
  CHECK_NOTHROW(models::compile(schools, good));
  const auto with = [&](const std::string& name, const data_array& array) {
    named_data changed = good;
    changed.set(name, array);
    return changed;
  };
  CHECK_THROWS_WITH(models::compile(schools, named_data{{"J", 2}}), Contains("no entry y"));
  CHECK_THROWS_WITH(models::compile(schools, with("y", data_array{1.0})),
                    Contains("data y has shape (1), but must be of shape (2), which is (J)"));
  CHECK_THROWS_AS(models::compile(schools, with("y", data_array{1.0})), shape_error);
  CHECK_THROWS_WITH(models::compile(schools, with("sigma", data_array{1.0, -2.0})),
                    Contains("data sigma[2] is -2, but must be positive"));
  CHECK_THROWS_WITH(models::compile(schools, with("y", data_array{std::nan(""), 2.0})),
                    Contains("data y[1] is NaN, but must be finite"));
  CHECK_THROWS_WITH(models::compile(schools, with("J", 0)), Contains("J is 0"));
  CHECK_THROWS_WITH(models::compile(schools, with("J", 1.5)), Contains("J is 1.5"));
  CHECK_THROWS_WITH(
      models::compile(models::find("hmm_example"), named_data{{"N", 2}, {"K", 3}, {"y", data_array{1.0, 2.0}}}),
      Contains("K is 3, but must be 2"));
  CHECK_THROWS_WITH(models::compile(models::find("arK"), named_data{{"T", 2}, {"K", 3}, {"y", data_array{1.0, 2.0}}}),
                    Contains("T is 2, but must be larger than K"));
}
