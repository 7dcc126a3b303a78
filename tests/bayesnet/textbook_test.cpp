// SPDX-License-Identifier: BSD-3-Clause
// Worked examples of textbooks that no other test asks for.
#include "credence/bayesnet/inference.hpp"
#include "credence/bayesnet/plan.hpp"

#include "support/catch.hpp"

#include <cmath>

using namespace credence;
using namespace credence::bayesnet;

namespace {

std::string rain_of(int day) { return std::string("R").append(std::to_string(day)); }
std::string umbrella_of(int day) { return std::string("U").append(std::to_string(day)); }

/// The umbrella world of Russell and Norvig, `days` long: rain persists with 0.7, umbrellas follow rain with 0.9 and
/// 0.2.
network umbrellas(int days) {
  network_builder builder;
  for (int day = 1; day <= days; ++day) {
    const std::string rain = rain_of(day), seen = umbrella_of(day);
    builder.variable(rain, {"t", "f"}).variable(seen, {"t", "f"});
    if (day == 1)
      builder.cpd(rain, {}, {0.5, 0.5});
    else
      builder.cpd(rain, {rain_of(day - 1)}, {0.7, 0.3, 0.3, 0.7});
    builder.cpd(seen, {rain}, {0.9, 0.1, 0.2, 0.8});
  }
  return builder.build();
}

}  // namespace

TEST_CASE("textbook T10: the umbrella world, filtered, smoothed and explained", "[bayesnet][textbook]") {
  CHECK_THAT(compile(umbrellas(1)).posteriors({{"U1", "t"}}, {"R1"}).at("R1", "t"), WithinAbs(0.818182, 5e-7));
  const posterior_set two = compile(umbrellas(2)).posteriors({{"U1", "t"}, {"U2", "t"}}, {"R1", "R2"});
  CHECK_THAT(two.at("R2", "t"), WithinAbs(0.883357, 5e-7));
  CHECK_THAT(two.at("R1", "t"), WithinAbs(0.883357, 5e-7));
  // The book's messages are max P(path, rain today, umbrellas so far) / P(first umbrella).
  const char* seen[] = {"t", "t", "f", "t", "t"};
  const double messages[] = {0.8182, 0.5155, 0.0361, 0.0334, 0.0210};
  evidence given;
  for (int day = 1; day <= 5; ++day) {
    given.observe(umbrella_of(day), seen[day - 1]);
    evidence with_rain = given;
    with_rain.observe(rain_of(day), "t");
    const explanation best = most_probable_explanation(umbrellas(day), with_rain);
    CHECK_THAT(std::exp(best.log_probability) / 0.55, WithinAbs(messages[day - 1], 5e-5));
  }
  const explanation path = most_probable_explanation(umbrellas(5), given);
  for (int day = 1; day <= 5; ++day) CHECK(path.at(rain_of(day)) == seen[day - 1]);
}

TEST_CASE("textbook T12: hamburgers (Barber)", "[bayesnet][textbook]") {
  for (const auto& [hamburgers, answer] : {std::pair{0.5, 1.8e-5}, std::pair{0.001, 9.0e-3}}) {
    const double others = (hamburgers - 0.9e-5) / (1.0 - 1e-5);
    const network net = network_builder::from_arrows("KJ{yes,no}->H{yes,no}")
                            .cpd("KJ", {1e-5, 1.0 - 1e-5})
                            .cpd("H", {0.9, 0.1, others, 1.0 - others})
                            .build();
    CHECK_THAT(eliminate(net, {"KJ"}, {{"H", "yes"}}).at("KJ", "yes"), WithinRel(answer, 1e-9));
  }
}

TEST_CASE("textbook T13 and T14: boxes of fruit (Bishop), as fractions", "[bayesnet][textbook]") {
  const network two = network_builder::from_arrows("box{red,blue}->fruit{apple,orange}")
                          .cpd("box", {0.4, 0.6})
                          .cpd("fruit", {0.25, 0.75, 0.75, 0.25})
                          .build();
  CHECK(eliminate_exactly(two, {"fruit"}).fractions[0][0] == "11/20");
  CHECK(eliminate_exactly(two, {"box"}, {{"fruit", "orange"}}).fractions[0][0] == "2/3");
  const network three = network_builder::from_arrows("box{r,b,g}->fruit{apple,orange,lime}")
                            .cpd("box", {0.2, 0.2, 0.6})
                            .cpd("fruit", {0.3, 0.4, 0.3, 0.5, 0.5, 0.0, 0.3, 0.3, 0.4})
                            .build();
  CHECK(eliminate_exactly(three, {"fruit"}).fractions[0][0] == "17/50");
  CHECK(eliminate_exactly(three, {"box"}, {{"fruit", "orange"}}).fractions[0][2] == "1/2");
}
