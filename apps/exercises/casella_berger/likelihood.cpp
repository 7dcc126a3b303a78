// SPDX-License-Identifier: BSD-3-Clause
// Casella and Berger, Statistical Inference, second edition (2002).
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"

#include <algorithm>
#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> cuckoo_eggs() {
  const std::vector<double> length{22.0, 23.9, 20.9, 23.8, 25.0, 24.0, 21.7, 23.8, 22.8, 23.1, 23.1, 23.5, 23.0, 23.0};
  // The likelihood alpha^n prod x^(alpha - 1) / beta^(n alpha) falls in beta, which no egg may exceed: the maximum lies
  // on the boundary. There, in alpha, it is that of an exponential sample of log(beta / x).
  const double longest = *std::max_element(length.begin(), length.end());
  double sum = 0.0;
  for (const double x : length) sum += std::log(longest / x);
  return {exactly("beta", 25.0, longest), stated("alpha", 12.5949, 4, static_cast<double>(length.size()) / sum)};
}

std::vector<answer> three_doors() {
  // The host opens a door that hides no car and was not chosen; the guest chose the first.
  const auto net = bayesnet::network_builder::from_arrows("car{1,2,3}->opened{1,2,3}")
                       .cpd("car", {1.0 / 3, 1.0 / 3, 1.0 / 3})
                       .cpd("opened", {0.0, 0.5, 0.5, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0})
                       .build();
  const auto after = eliminate(net, {"car"}, {{"opened", "3"}});
  return {exactly("P(win by switching)", 2.0 / 3, after.at("car", "2")),
          exactly("P(win by staying)", 1.0 / 3, after.at("car", "1"))};
}

}  // namespace

void add_casella_berger_likelihood(catalogue& all);
void add_casella_berger_likelihood(catalogue& all) {
  const char* const book = "casella_berger";
  const std::string source = "Casella and Berger, Statistical Inference, second edition (2002), ";
  all.push_back({"T28", book, source + "exercise 7.10",
                 "Fourteen cuckoo eggs whose lengths follow (x / beta)^alpha: maximum likelihood on the boundary.",
                 cuckoo_eggs});
  all.push_back({"T70", book, source + "exercise 1.38 (three doors)",
                 "Three doors, one car; the host opens a door with a goat. Switch?", three_doors});
}

}  // namespace credence::exercises
