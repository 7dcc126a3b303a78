// SPDX-License-Identifier: BSD-3-Clause
// A model is recorded once; its log density and gradient run for many points at once.
#include <cmath>

#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/normal.hpp"

using namespace credence;

const model schools([](recorder& r) {
  const var mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0));
  const var z = r.parameter("z", {8});
  const var theta = r.generated("theta", mu + tau * z);   // reported with the draws
  r.prior += log_pdf(normal{0.0, 1.0}, z) + log_pdf(normal{0.0, 5.0}, mu) + log_pdf(cauchy{0.0, 5.0}, tau);
  r.likelihood += log_pdf(normal{theta, r.data("sigma", {8})}, r.data("y", {8}));
});

int main() {
  const program p = schools.compile({{"y", data_array{28, 8, -3, 7, -1, 1, 18, 12}},
                                     {"sigma", data_array{15, 10, 16, 11, 9, 11, 10, 18}}});

  lanes<double> x(p.dimension(), 4), gradient(p.dimension(), 4);   // four points at once
  std::vector<double> log_density(4);
  p.evaluate(exec::cpu(), x, log_density, gradient);

  // At the origin mu = 0, tau = 1 and every theta is 0: the slope by mu is the sum of y / sigma^2.
  double slope = 0.0;
  const double y[] = {28, 8, -3, 7, -1, 1, 18, 12}, sigma[] = {15, 10, 16, 11, 9, 11, 10, 18};
  for (int k = 0; k < 8; ++k) slope += y[k] / (sigma[k] * sigma[k]);
  return std::abs(gradient(0, 0) - slope) < 1e-14 && log_density[0] == log_density[3] ? 0 : 1;
}
