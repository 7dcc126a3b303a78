// SPDX-License-Identifier: BSD-3-Clause
// Targets with known answers, written by hand as lane densities.
#pragma once

#include "credence/autodiff/lanes.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace credence::test {

/// A normal distribution with mean `d + 1`, standard deviation `1 + d / 2` and equal correlations.
struct correlated_normal {
  std::int64_t size = 2;
  double correlation = 0.0;

  [[nodiscard]] double mean(std::int64_t d) const { return static_cast<double>(d + 1); }
  [[nodiscard]] double sd(std::int64_t d) const { return 1.0 + 0.5 * static_cast<double>(d); }
  [[nodiscard]] std::int64_t dimension() const { return size; }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    // The inverse of (1 - r) I + r 11' is (I - r 11' / (1 + (n - 1) r)) / (1 - r).
    const double n = static_cast<double>(size);
    const double shared = correlation / (1.0 + (n - 1.0) * correlation);
    for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
      double sum = 0.0, squares = 0.0;
      for (std::int64_t d = 0; d < size; ++d) {
        const double z = (x(d, lane) - mean(d)) / sd(d);
        sum += z;
        squares += z * z;
      }
      log_density[static_cast<std::size_t>(lane)] = -0.5 * (squares - shared * sum * sum) / (1.0 - correlation);
      if (gradient.empty()) continue;
      for (std::int64_t d = 0; d < size; ++d) {
        const double z = (x(d, lane) - mean(d)) / sd(d);
        gradient(d, lane) = -(z - shared * sum) / ((1.0 - correlation) * sd(d));
      }
    }
  }
};

/// Neal's funnel: v ~ normal(0, 3), the others normal(0, exp(v / 2)).
struct funnel {
  std::int64_t size = 3;
  [[nodiscard]] std::int64_t dimension() const { return size; }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
      const double v = x(0, lane), precision = std::exp(-v);
      double squares = 0.0;
      for (std::int64_t d = 1; d < size; ++d) squares += x(d, lane) * x(d, lane);
      const double half = 0.5 * static_cast<double>(size - 1);
      log_density[static_cast<std::size_t>(lane)] = -v * v / 18.0 - half * v - 0.5 * precision * squares;
      if (gradient.empty()) continue;
      gradient(0, lane) = -v / 9.0 - half + 0.5 * precision * squares;
      for (std::int64_t d = 1; d < size; ++d) gradient(d, lane) = -precision * x(d, lane);
    }
  }
};

}  // namespace credence::test
