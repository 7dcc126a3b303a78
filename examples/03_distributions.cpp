// SPDX-License-Identifier: BSD-3-Clause
// Distributions are values; what one asks of them are free functions.
#include "credence/distributions/gamma.hpp"

#include <cmath>

int main() {
  const credence::gamma d{2.5, 0.5};                 // shape and rate
  const double density = std::exp(log_pdf(d, 4.0));  // 0.1439...
  const auto slopes = log_pdf_partials(d, 4.0);      // by x: -0.125; by shape and rate: slopes.parameters

  return std::abs(density - 0.14397591) < 1e-7 && std::abs(slopes.x + 0.125) < 1e-14 ? 0 : 1;
}
