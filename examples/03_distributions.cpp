// SPDX-License-Identifier: BSD-3-Clause
// Distributions are values; what one asks of them are free functions.
#include "credence/distributions/gamma.hpp"

#include <cmath>

int main() {
  const credence::gamma d{2.5, 0.5};                               // shape and rate
  const double density = std::exp(log_pdf(d, 4.0));                // 0.1439...
  const double draw = sample(d, credence::rng_key{.seed = 1}, 0);  // draw 0 of stream 0

  return std::abs(density - 0.14397591) < 1e-7 && draw > 0.0 ? 0 : 1;
}
