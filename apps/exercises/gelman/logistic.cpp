// SPDX-License-Identifier: BSD-3-Clause
// Logistic regressions that textbooks share: the bioassay and the Challenger.
#include "exercises/exercise.hpp"

#include "credence/estimate/glm.hpp"
#include "credence/table/table.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> bioassay() {
  const table animals({make_column("dose", std::vector<double>{-0.86, -0.30, -0.05, 0.73}),
                       make_column("died", std::vector<double>{0, 1, 3, 5}),
                       make_column("lived", std::vector<double>{5, 4, 2, 0})});
  const glm::fitted fit = glm::fit(animals, "cbind(died, lived) ~ dose", {.family = glm::family::binomial}).result;
  const double a = fit.coefficients[0], b = fit.coefficients[1];
  return {stated("intercept", 0.846580, 6, a), stated("its standard error", 1.019, 3, fit.std_errors[0]),
          stated("slope", 7.748817, 6, b), stated("its standard error", 4.873, 3, fit.std_errors[1]),
          stated("LD50", -0.109253, 6, -a / b)};
}

std::vector<answer> challenger() {
  const std::vector<double> temperature{66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78,
                                        67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58};
  const std::vector<double> failed{0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};
  const table flights({make_column("temperature", temperature), make_column("failed", failed)});
  const glm::fitted fit = glm::fit(flights, "failed ~ temperature", {.family = glm::family::binomial}).result;
  const double at_31 = fit.coefficients[0] + 31.0 * fit.coefficients[1];
  return {stated("intercept", 15.0429, 4, fit.coefficients[0]), stated("slope", -0.2322, 4, fit.coefficients[1]),
          stated("standard error of the intercept", 7.3786, 4, fit.std_errors[0]),
          stated("standard error of the slope", 0.1082, 4, fit.std_errors[1]),
          stated("P(failure at 31 F)", 0.999609, 6, 1.0 / (1.0 + std::exp(-at_31)))};
}

}  // namespace

void add_gelman_logistic(catalogue& all);
void add_gelman_logistic(catalogue& all) {
  all.push_back({"T27", "gelman", "Gelman et al., Bayesian Data Analysis, third edition (2013), 3.7",
                 "Four doses, five animals each: the logistic fit and the dose that kills half.", bioassay});
  all.push_back({"T29", "casella_berger",
                 "Casella and Berger, Statistical Inference (2002), 12.3; Robert and Casella, Monte Carlo Statistical "
                 "Methods (2004), 1.1",
                 "23 shuttle flights: how do the O-rings fail in the cold, and what was to be expected at 31 F?",
                 challenger});
}

}  // namespace credence::exercises
