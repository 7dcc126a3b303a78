// SPDX-License-Identifier: BSD-3-Clause
// Temporal differences, variance reduction, dual averaging, proximal and mirror steps.
#include "credence/base/errors.hpp"
#include "credence/optim/temporal_difference.hpp"
#include "credence/optim/variance_reduced.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace credence;

namespace {

/// The generator of the recorded runs.
struct recorded_stream {
  std::uint32_t x = 12345;
  double operator()() {
    x = 1664525U * x + 1013904223U;
    return (x + 0.5) / 4294967296.0;
  }
};

nlohmann::json goldens(const std::string& folder) {
  std::ifstream file(folder + "/optim/sa-goldens.json");
  REQUIRE(file);
  return nlohmann::json::parse(file);
}

// (1/2) (x_i w - y_i)^2, rows (1, 0 .. 4).
void term_gradient(std::int64_t i, std::span<const double> w, std::span<double> out) {
  const double y[] = {1.0, 2.5, 2.0, 4.5, 5.0}, x = static_cast<double>(i), residual = w[0] + x * w[1] - y[i];
  out[0] = residual;
  out[1] = residual * x;
}

}  // namespace

TEST_CASE("temporal differences: recorded runs", "[optim][temporal_difference]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const nlohmann::json all = goldens(shared);
  SECTION("TD(0) on the random walk") {
    recorded_stream u;
    td_learner values(5, 1.0, 0.0, 0.5);
    const auto& at = all["td0_random_walk"]["V_after_episodes"];
    for (int episode = 1; episode <= 100; ++episode) {
      for (std::int64_t s = 2; s >= 0 && s < 5;) {
        const std::int64_t next = u() < 0.5 ? s - 1 : s + 1;
        values.update(s, next == 5 ? 1.0 : 0.0, next < 0 || next == 5 ? -1 : next, 0.1);
        s = next;
      }
      if (!at.contains(std::to_string(episode))) continue;
      for (std::size_t s = 0; s < 5; ++s) {
        CHECK_THAT(values.values()[s], WithinRel(at[std::to_string(episode)][s].get<double>(), 1e-9));
      }
    }
  }
  SECTION("Q-learning") {
    recorded_stream u;
    action_values q(2, 2, 0.9);
    const double reward[2][2] = {{1.0, 0.0}, {0.5, 2.0}};
    std::int64_t s = 0;
    for (int k = 0; k < 2000; ++k) {
      const std::int64_t a = u() < 0.5 ? 0 : 1;
      const double draw = u();
      const bool moves = a == 0 ? draw >= 0.7 : draw < 0.9;
      const std::int64_t next = moves ? 1 - s : s;
      const double step = std::pow(1.0 + static_cast<double>(q.visits(s, a) + 1), -0.8);
      q.q_learning(s, a, reward[s][a], next, step);
      s = next;
    }
    for (std::int64_t i = 0; i < 2; ++i) {
      for (std::int64_t a = 0; a < 2; ++a) {
        CHECK_THAT(q(i, a),
                   WithinRel(all["q_learning_two_state"]["Q"][static_cast<std::size_t>(i)][static_cast<std::size_t>(a)]
                                 .get<double>(),
                             1e-9));
      }
    }
    CHECK(q.best(1) == 1);
  }
}

TEST_CASE("temporal differences: textbook T37, traces, Sarsa", "[optim][temporal_difference][textbook]") {
  // Only the state before the left exit learns from the first episode.
  td_learner walk(5, 1.0, 0.0, 0.5);
  for (const auto& [s, next] : {std::pair<std::int64_t, std::int64_t>{2, 1}, {1, 0}, {0, -1}})
    walk.update(s, 0.0, next, 0.1);
  CHECK(walk.values() == std::vector<double>{0.45, 0.5, 0.5, 0.5, 0.5});
  // With lambda = 1 and no discount every state before the end gets the whole error.
  td_learner traced(3, 1.0, 1.0, 0.0);
  traced.update(0, 0.0, 1, 0.5);
  traced.update(1, 0.0, 2, 0.5);
  traced.update(2, 1.0, -1, 0.5);
  CHECK(traced.values() == std::vector<double>{0.5, 0.5, 0.5});
  action_values q(2, 2, 0.5, 1.0);
  q.sarsa(0, 1, 3.0, 1, 0, 0.1);
  CHECK_THAT(q(0, 1), WithinRel(1.0 + 0.1 * (3.0 + 0.5 - 1.0), 1e-15));
  q.q_learning(1, 0, 2.0, -1, 1.0);
  CHECK(q(1, 0) == 2.0);
  CHECK_THROWS_AS(td_learner(0, 1.0), domain_error);
  CHECK_THROWS_AS(walk.update(5, 0.0, -1, 0.1), domain_error);
  CHECK_THROWS_AS(walk.update(0, NAN, -1, 0.1), domain_error);
  CHECK_THROWS_AS(q.sarsa(0, 2, 0.0, -1, 0, 0.1), domain_error);
}

TEST_CASE("variance reduction and dual averaging: recorded runs", "[optim][variance_reduced]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const nlohmann::json all = goldens(shared);
  recorded_stream u;
  const auto pick = [&](std::int64_t) { return static_cast<std::int64_t>(5.0 * u()); };
  SECTION("SVRG") {
    const auto w = svrg(term_gradient, 5, {0.0, 0.0}, 0.05, 20, 10, pick);
    CHECK_THAT(w[0], WithinRel(all["svrg"]["w"][0].get<double>(), 1e-9));
    CHECK_THAT(w[1], WithinRel(all["svrg"]["w"][1].get<double>(), 1e-9));
    // It goes on to the exact minimum, which plain steps of this size would circle.
    const auto far = svrg(term_gradient, 5, {0.0, 0.0}, 0.05, 400, 10, pick);
    CHECK_THAT(far[0], WithinAbs(1.0, 1e-8));
    CHECK_THAT(far[1], WithinAbs(1.0, 1e-8));
  }
  SECTION("SAGA") {
    const auto w = saga(term_gradient, 5, {0.0, 0.0}, 0.03, 200, pick);
    CHECK_THAT(w[0], WithinRel(all["saga"]["w"][0].get<double>(), 1e-9));
    CHECK_THAT(w[1], WithinRel(all["saga"]["w"][1].get<double>(), 1e-9));
  }
  SECTION("l1 dual averaging") {
    l1_dual_averaging rda(1, 0.05);
    for (int k = 0; k < 200; ++k) {
      const double g = rda.weights()[0] - u();
      rda.add({&g, 1});
    }
    CHECK_THAT(rda.weights()[0], WithinRel(all["dual_averaging_l1"]["w200"].get<double>(), 1e-9));
    CHECK_THAT(rda.gradient_sum()[0], WithinRel(all["dual_averaging_l1"]["z200"].get<double>(), 1e-9));
  }
}

TEST_CASE("proximal and mirror steps", "[optim][variance_reduced]") {
  std::vector<double> w{0.5, -0.2, 0.05};
  soft_threshold(w, 0.1);
  CHECK_THAT(w[0], WithinRel(0.4, 1e-15));
  CHECK_THAT(w[1], WithinRel(-0.1, 1e-15));
  CHECK(w[2] == 0.0);
  std::vector<double> p{0.25, 0.5, 0.25};
  exponentiated_gradient(p, std::vector<double>{1.0, 2.0, -700.0}, 2.0);
  CHECK(p[2] == 1.0);
  p = {0.25, 0.5, 0.25};
  exponentiated_gradient(p, std::vector<double>{0.0, std::log(2.0), 0.0}, 1.0);
  for (const double x : p) CHECK_THAT(x, WithinRel(1.0 / 3, 1e-14));
}
