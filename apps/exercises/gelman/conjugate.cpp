// SPDX-License-Identifier: BSD-3-Clause
// Gelman, Carlin, Stern, Dunson, Vehtari and Rubin, Bayesian Data Analysis, third edition (2013): conjugate models.
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"
#include "credence/distributions/beta.hpp"
#include "credence/distributions/gamma.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> placenta_previa() {
  const double girls = 437.0, births = 980.0;
  const beta posterior{1.0 + girls, 1.0 + births - girls};
  return {stated("posterior mean", 0.446029, 6, mean(posterior)),
          stated("posterior sd", 0.015854, 6, std::sqrt(variance(posterior))),
          stated("2.5 % quantile", 0.4151, 4, quantile(posterior, 0.025)),
          stated("97.5 % quantile", 0.4772, 4, quantile(posterior, 0.975))};
}

std::vector<answer> asthma() {
  // Deaths are Poisson with mean exposure * theta, in hundreds of thousands of person-years.
  const auto after = [](double deaths, double exposure) { return credence::gamma{3.0 + deaths, 5.0 + exposure}; };
  const auto few = after(3.0, 2.0), many = after(30.0, 20.0);
  return {stated("mean after 3 deaths in 200,000", 0.857143, 6, mean(few)),
          stated("mean after 30 deaths in 2,000,000", 1.32, 6, mean(many)),
          stated("P(theta > 1) after 3", 0.3007, 4, ccdf(few, 1.0)),
          stated("P(theta > 1) after 30", 0.9285, 4, ccdf(many, 1.0))};
}

std::vector<answer> haemophilia() {
  const auto net = bayesnet::network_builder::from_arrows(
                       "carrier{yes,no}->son1{ill,well}; carrier->son2{ill,well}; carrier->son3{ill,well}")
                       .cpd("carrier", {0.5, 0.5})
                       .cpd("son1", {0.5, 0.5, 0.0, 1.0})
                       .cpd("son2", {0.5, 0.5, 0.0, 1.0})
                       .cpd("son3", {0.5, 0.5, 0.0, 1.0})
                       .build();
  bayesnet::evidence sons{{"son1", "well"}, {"son2", "well"}};
  const double two = eliminate(net, {"carrier"}, sons).at("carrier", "yes");
  sons.observe("son3", "well");
  return {exactly("P(carrier | two sons well)", 1.0 / 5, two),
          exactly("P(carrier | three sons well)", 1.0 / 9, eliminate(net, {"carrier"}, sons).at("carrier", "yes"))};
}

}  // namespace

void add_gelman_conjugate(catalogue& all);
void add_gelman_conjugate(catalogue& all) {
  const char* const book = "gelman";
  const std::string source = "Gelman et al., Bayesian Data Analysis, third edition (2013), ";
  all.push_back(
      {"T20", book, source + "2.4",
       "Of 980 births with placenta praevia 437 were girls: the posterior of their share, from a uniform prior.",
       placenta_previa});
  all.push_back({"T21", book, source + "2.6",
                 "Three asthma deaths in a city of 200,000 in a year, then thirty in ten years: the underlying rate.",
                 asthma});
  all.push_back({"T22", book, source + "1.4", "Is she a carrier of haemophilia, with two, then three healthy sons?",
                 haemophilia});
}

}  // namespace credence::exercises
