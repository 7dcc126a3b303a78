// SPDX-License-Identifier: BSD-3-Clause
// Simpson's paradox: a drug that looks good and is not, by seeing and by doing.
#include "credence/bayesnet/causal.hpp"

#include <cstdio>

using namespace credence;

int main() {
  // Men take the drug more often, and recover more often anyway.
  const auto net = bayesnet::network_builder::from_arrows("sex{male,female}->drug{yes,no}; sex->recovery{yes,no}<-drug")
                       .cpd("sex", {0.5, 0.5})
                       .cpd("drug", {0.75, 0.25, 0.25, 0.75})
                       .cpd("recovery", {0.6, 0.4,   // men with the drug
                                         0.7, 0.3,   // men without
                                         0.2, 0.8,   // women with the drug
                                         0.3, 0.7})  // women without
                       .build();
  const double seen = bayesnet::eliminate(net, {"recovery"}, {{"drug", "yes"}}).at("recovery", "yes");
  const double seen_without = bayesnet::eliminate(net, {"recovery"}, {{"drug", "no"}}).at("recovery", "yes");
  std::printf("seeing: %.2f with the drug, %.2f without\n", seen, seen_without);

  const auto effect = bayesnet::adjust_back_door(net, "drug", "recovery", {"sex"});
  std::printf("doing:  %.2f with the drug, %.2f without\n", effect.at("yes", "yes"), effect.at("no", "yes"));
  return seen > seen_without && effect.average_effect("yes", "no", "yes") < 0 ? 0 : 1;
}
