// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/causal.hpp"
#include "credence/graph/adjustment.hpp"

#include "bayesnet/support.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

/// Simpson's paradox: Pearl's and Barber's drug trial, equal numbers of men and women.
network drug_trial() {
  return network_builder::from_arrows("sex{male,female}->drug{yes,no}; sex->recovery{yes,no}<-drug")
      .cpd("sex", {0.5, 0.5})
      .cpd("drug", {0.75, 0.25, 0.25, 0.75})                      // men: 30 of 40, women: 10 of 40
      .cpd("recovery", {0.6, 0.4, 0.7, 0.3, 0.2, 0.8, 0.3, 0.7})  // 18/30, 7/10; 2/10, 9/30
      .build();
}

}  // namespace

TEST_CASE("causal: Simpson's paradox (T69)", "[bayesnet][causal]") {
  const network net = drug_trial();
  CHECK_THAT(eliminate(net, {"recovery"}, {{"drug", "yes"}}).at("recovery", "yes"), WithinRel(0.5, 1e-12));
  CHECK_THAT(eliminate(net, {"recovery"}, {{"drug", "no"}}).at("recovery", "yes"), WithinRel(0.4, 1e-12));
  const network given = intervene(net, {{"drug", "yes"}}), withheld = intervene(net, {{"drug", "no"}});
  CHECK_THAT(eliminate(given, {"recovery"}).at("recovery", "yes"), WithinRel(0.4, 1e-12));
  CHECK_THAT(eliminate(withheld, {"recovery"}).at("recovery", "yes"), WithinRel(0.5, 1e-12));
  const treatment_effect adjusted = adjust_back_door(net, "drug", "recovery", {"sex"});
  CHECK_THAT(adjusted.average_effect("yes", "no", "yes"), WithinRel(-0.1, 1e-12));
  CHECK_THROWS_WITH(adjust_back_door(net, "drug", "recovery", {}), Contains("no back-door set"));
}

TEST_CASE("causal: adjustment by every minimal set equals the intervention", "[bayesnet][causal]") {
  std::mt19937_64 engine(101);
  int back = 0, front = 0;
  for (int repeat = 0; repeat < 60; ++repeat) {
    const network net = test::random_network(6, 0.45, engine, false, 3);
    const auto x = static_cast<node_id>(engine() % 6), y = static_cast<node_id>((x + 1 + engine() % 5) % 6);
    const std::string treatment = net.at(x).name, outcome = net.at(y).name;
    const treatment_effect truth = effect_of(net, treatment, outcome);
    const auto check = [&](const treatment_effect& found) {
      for (std::size_t i = 0; i < truth.probabilities.size(); ++i)
        CHECK_THAT(found.probabilities[i], WithinAbs(truth.probabilities[i], 1e-11));
    };
    for (const auto& z : minimal_back_door_sets(net.graph(), x, y).sets) {
      check(adjust_back_door(net, treatment, outcome, net.graph().names(z)));
      ++back;
    }
    for (const auto& z : minimal_front_door_sets(net.graph(), x, y).sets) {
      check(adjust_front_door(net, treatment, outcome, net.graph().names(z)));
      ++front;
    }
  }
  CHECK(back > 20);
  CHECK(front > 5);
}

TEST_CASE("causal: an intervention is the truncated product", "[bayesnet][causal]") {
  std::mt19937_64 engine(103);
  const network net = test::random_network(6, 0.5, engine, false, 3);
  const std::string name = net.at(2).name, state = net.at(2).states.back();
  const network set = intervene(net, evidence().observe(name, state));
  const std::int64_t chosen = net.cardinality(2) - 1;
  test::for_each_assignment(net, {}, [&](const std::vector<std::int64_t>& states, double weight) {
    std::int64_t row = 0;
    for (const node_id p : net.table(2).parents) row = row * net.cardinality(p) + states[static_cast<std::size_t>(p)];
    const double own = net.probabilities(2)[static_cast<std::size_t>(row * net.cardinality(2) + states[2])];
    const double expected = states[2] == chosen ? weight / own : 0.0;
    CHECK_THAT(std::exp(set.log_probability(states)), WithinAbs(expected, 1e-12));
  });
  CHECK_THROWS_WITH(intervene(net, evidence().exclude(name, state)), Contains("single state"));
  CHECK_THROWS_WITH(intervene(net, evidence().observe(name, state).observe(name, state)), Contains("twice"));
  CHECK_THROWS_AS(intervene(net, {{"nobody", "x"}}), domain_error);
}

TEST_CASE("causal: what never happens has no observable effect", "[bayesnet][causal]") {
  const network net = network_builder::from_arrows("z{0,1}->x{0,1}; z->y{0,1}<-x")
                          .cpd("z", {0.5, 0.5})
                          .cpd("x", {1, 0, 0.5, 0.5})
                          .cpd("y", {1, 0, 0.5, 0.5, 0.25, 0.75, 0, 1})
                          .build();
  CHECK_THROWS_WITH(adjust_back_door(net, "x", "y", {"z"}), Contains("'x' = '1'") && Contains("never happens"));
  CHECK_THAT(effect_of(net, "x", "y").at("1", "1"), WithinRel(0.5 * 0.5 + 0.5, 1e-12));
}
