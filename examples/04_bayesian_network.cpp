// SPDX-License-Identifier: BSD-3-Clause
// Ask a network a question: how likely is lung cancer, once the X-ray and the shortness of breath are known?
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"

#include <cmath>
#include <cstdio>

int main() {
  using namespace credence;
  const auto net = bayesnet::read_bif("models/networks/asia.bif");
  const auto plan = bayesnet::compile(net);  // triangulated once, for many questions

  const auto before = plan.posteriors();
  const auto after = plan.posteriors({{"xray", "yes"}, {"dysp", "yes"}});
  std::printf("P(lung cancer) = %.3f, and %.3f given both findings\n", before.at("lung", "yes"), after.at("lung", "yes"));
  std::printf("P(both findings) = %.4f\n", std::exp(after.log_evidence));

  return std::abs(after.at("lung", "yes") - 0.621253) < 1e-6 ? 0 : 1;  // Lauritzen and Spiegelhalter's network
}
