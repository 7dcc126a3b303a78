// SPDX-License-Identifier: BSD-3-Clause
// A target that is not normal, with exact draws and distribution functions: exp(x0) is gamma(2, 1), x1 given x0 is
// normal(x0 / 2, 1), x2 given both is normal(0, exp(x0 / 4)).
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"

#include <array>
#include <cmath>
#include <vector>

namespace credence::test {

struct exact_target {
  [[nodiscard]] std::int64_t dimension() const { return 3; }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
      const double a = x(0, lane), b = x(1, lane) - 0.5 * a, c = x(2, lane), precision = std::exp(-0.5 * a);
      log_density[static_cast<std::size_t>(lane)] =
          2.0 * a - std::exp(a) - 0.5 * b * b - 0.25 * a - 0.5 * precision * c * c;
      if (gradient.empty()) continue;
      gradient(0, lane) = 2.0 - std::exp(a) + 0.5 * b - 0.25 + 0.25 * precision * c * c;
      gradient(1, lane) = -b;
      gradient(2, lane) = -precision * c;
    }
  }

  static std::vector<double> draw(rng_key key) {
    const double a = std::log(random::gamma(key.split(purpose::test, 1), 0, 2.0));
    const rng_key normals = key.split(purpose::test, 2);
    return {a, 0.5 * a + random::normal<double>(normals, 0), std::exp(0.25 * a) * random::normal<double>(normals, 1)};
  }

  /// The conditional distribution functions, independent and uniform under the target.
  static std::array<double, 3> uniforms(std::span<const double> x) {
    const double rate = std::exp(x[0]);
    const auto normal_cdf = [](double z) { return 0.5 * std::erfc(-z * std::sqrt(0.5)); };
    return {1.0 - (1.0 + rate) * std::exp(-rate), normal_cdf(x[1] - 0.5 * x[0]),
            normal_cdf(x[2] * std::exp(-0.25 * x[0]))};
  }
};

}  // namespace credence::test
