// SPDX-License-Identifier: BSD-3-Clause
// Targets without data whose shapes are hard, and whose moments are known.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/normal.hpp"

namespace credence::models::detail {

entry funnel() {
  entry e;
  e.name = "funnel";
  e.aliases = {"neals_funnel"};
  e.summary = "Neal's funnel in 10 dimensions: a scale that the data say nothing about; samplers should warn";
  e.definition = "v ~ normal(0, 3); x[i] ~ normal(0, exp(v / 2)), i = 1..9";
  e.source = "Neal, \"Slice sampling\", Annals of Statistics 2003, section 8";
  e.parameters = {{"v", "", "log variance of the others; mean 0, sd 3"}, {"x", "9", "the others; mean 0"}};
  e.recipe = model([](recorder& r) {
    const var v = r.parameter("v"), x = r.parameter("x", {9});
    r.prior += log_pdf(normal{0.0, 3.0}, v) + log_pdf(normal{0.0, exp(0.5 * v)}, x);
  });
  return e;
}

entry banana() {
  entry e;
  e.name = "banana";
  e.summary = "a curved ridge in two dimensions";
  e.definition = "x ~ normal(0, 10); y ~ normal(0.03 (x^2 - 100), 1)";
  e.source = "Haario, Saksman and Tamminen 1999";
  e.parameters = {{"x", "", "along the ridge: mean 0, sd 10"}, {"y", "", "mean 0, sd sqrt(19) = 4.3589"}};
  e.recipe = model([](recorder& r) {
    const var x = r.parameter("x"), y = r.parameter("y");
    r.prior += log_pdf(normal{0.0, 10.0}, x) + log_pdf(normal{0.03 * (square(x) - 100.0), 1.0}, y);
  });
  return e;
}

}  // namespace credence::models::detail
