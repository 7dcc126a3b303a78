// SPDX-License-Identifier: BSD-3-Clause
// A GARCH(1,1) model: the recurrence of its variances is one operation of the program, however long the series.
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/normal.hpp"

#include <cmath>

using namespace credence;

int main() {
  const model garch([](recorder& r) {
    const var mu = r.parameter("mu"), a0 = r.parameter("alpha0", lower(0.0)), a1 = r.parameter("alpha1", interval(0.0, 1.0));
    const var b1 = r.parameter("beta1", interval(0.0, 1.0 - a1));
    const var y = r.data("y"), start = square(r.data("sigma1"));
    const var returns = slice(y, 0, y.size() - 1);
    const var variance = r.scan(start, {returns}, [&](const var& s, const std::vector<var>& row) {
      return a0 + a1 * square(row[0] - mu) + b1 * s;
    });
    r.likelihood += log_pdf(normal{mu, sqrt(concat({start, variance}))}, y);
  });
  const program p = garch.compile({{"y", data_array{0.4, -1.1, 0.3, 2.0, -0.5}}, {"sigma1", 1.0}});
  const auto x = p.unconstrain({{"mu", 0.1}, {"alpha0", 0.5}, {"alpha1", 0.2}, {"beta1", 0.3}});
  double log_density = 0.0;
  p.evaluate(exec::cpu(), lanes_view<const double>(std::span<const double>(x)), {&log_density, 1}, {});

  // By hand.
  double expected = std::log(0.5) + std::log(0.2 * 0.8) + std::log(0.3 * (0.8 - 0.3) / 0.8);  // the log Jacobian
  double variance = 1.0;
  for (const double y : {0.4, -1.1, 0.3, 2.0, -0.5}) {
    expected += log_pdf(normal{0.1, std::sqrt(variance)}, y);
    variance = 0.5 + 0.2 * (y - 0.1) * (y - 0.1) + 0.3 * variance;
  }
  return std::abs(log_density - expected) < 1e-12 ? 0 : 1;
}
