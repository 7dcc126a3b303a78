// SPDX-License-Identifier: BSD-3-Clause
// Is a visit to Asia independent of smoking? Not once we know that the patient is short of breath.
#include "credence/graph/d_separation.hpp"

#include <cstdio>

int main() {
  using namespace credence;
  const dag asia("asia->tub->either<-lung<-smoke->bronc->dysp<-either->xray");

  const bool before = d_separated(asia, {"asia"}, {"smoke"}).separated;  // true
  const auto after = d_separated(asia, {"asia"}, {"smoke"}, {"dysp"});   // not separated: why?
  for (const node_id node : after.active_trail) std::printf("%s ", asia.name(node).c_str());
  std::puts("");  // asia tub either lung smoke

  return before && !after.separated && after.active_trail.size() == 5 ? 0 : 1;
}
