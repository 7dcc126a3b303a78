// SPDX-License-Identifier: BSD-3-Clause
// Bishop, Pattern Recognition and Machine Learning (2006).
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"
#include "credence/distributions/normal.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

using namespace bayesnet;

std::vector<answer> two_boxes() {
  const network net = network_builder::from_arrows("box{red,blue}->fruit{apple,orange}")
                          .cpd("box", {0.4, 0.6})
                          .cpd("fruit", {2.0 / 8, 6.0 / 8, 3.0 / 4, 1.0 / 4})
                          .build();
  return {exactly("P(apple)", 11.0 / 20, eliminate(net, {"fruit"}).at("fruit", "apple")),
          exactly("P(red | orange)", 2.0 / 3, eliminate(net, {"box"}, {{"fruit", "orange"}}).at("box", "red"))};
}

std::vector<answer> three_boxes() {
  const network net = network_builder::from_arrows("box{r,b,g}->fruit{apple,orange,lime}")
                          .cpd("box", {0.2, 0.2, 0.6})
                          .cpd("fruit", {0.3, 0.4, 0.3, 0.5, 0.5, 0.0, 0.3, 0.3, 0.4})
                          .build();
  return {exactly("P(apple)", 0.34, eliminate(net, {"fruit"}).at("fruit", "apple")),
          exactly("P(green | orange)", 0.5, eliminate(net, {"box"}, {{"fruit", "orange"}}).at("box", "g"))};
}

std::vector<answer> fuel_gauge() {
  const network net = network_builder::from_arrows("B{0,1}->G{0,1}<-F{0,1}")
                          .cpd("B", {0.1, 0.9})
                          .cpd("F", {0.1, 0.9})
                          .cpd("G", {0.9, 0.1, 0.8, 0.2, 0.8, 0.2, 0.2, 0.8})
                          .build();
  const auto empty = [&](const evidence& given) { return eliminate(net, {"F"}, given).at("F", "0"); };
  return {stated("P(G=0)", 0.315, 6, eliminate(net, {"G"}).at("G", "0")),
          stated("P(F=0 | G=0)", 0.257143, 6, empty({{"G", "0"}})),
          stated("P(F=0 | G=0, B=0)", 0.111111, 6, empty({{"G", "0"}, {"B", "0"}}))};
}

std::vector<answer> rejection_in_high_dimensions() {
  // The envelope touches at the origin: its constant is the ratio of the densities there, and the share of accepted
  // draws is one over it.
  const double ratio = log_pdf(normal{0.0, 1.0}, 0.0) - log_pdf(normal{0.0, 1.01}, 0.0);
  answer share{"share accepted", 4.7712e-05, std::exp(-1000.0 * ratio), 5e-10, because::printed};
  return {share};
}

}  // namespace

void add_bishop_probability(catalogue& all);
void add_bishop_probability(catalogue& all) {
  const char* const book = "bishop";
  const std::string source = "Bishop, Pattern Recognition and Machine Learning (2006), ";
  all.push_back(
      {"T13", book, source + "1.2", "A red and a blue box of fruit: what is drawn, and from which box?", two_boxes});
  all.push_back({"T14", book, source + "exercise 1.3", "Three boxes of fruit.", three_boxes});
  all.push_back(
      {"T15", book, source + "8.2.1", "The gauge reads empty: is the tank, or the battery, to blame?", fuel_gauge});
  all.push_back({"T16", book, source + "11.1.2",
                 "Rejection sampling of a normal in 1000 dimensions from one whose scale is one per cent too large.",
                 rejection_in_high_dimensions});
}

}  // namespace credence::exercises
