// SPDX-License-Identifier: BSD-3-Clause
// One harness for every recorded operation: gradients by three routes, and equal bits however lanes are grouped.
#pragma once

#include "credence/autodiff/lane_replay.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/random/philox.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

namespace credence::test {

/// Numbers in (low, high) that depend on the index only.
inline double spread(std::uint64_t index, double low = -1.0, double high = 1.0) {
  const auto words = philox4x32(index, 0, 12345);
  return low + (high - low) * (static_cast<double>(words.word[0]) + 0.5) / 4294967296.0;
}

inline double log_density_at(const program& p, const std::vector<double>& x) {
  double value = 0.0;
  p.evaluate(exec::cpu(1), lanes_view<const double>(std::span<const double>(x)), {&value, 1}, {});
  return value;
}

/// The derivative along `v` by central differences with three steps of Richardson extrapolation: error about h^8.
inline double finite_difference(const program& p, const std::vector<double>& x, const std::vector<double>& v,
                                double h) {
  double table[4][4];
  for (int row = 0; row < 4; ++row) {
    std::vector<double> up = x, down = x;
    for (std::size_t d = 0; d < x.size(); ++d) {
      up[d] += h * v[d];
      down[d] -= h * v[d];
    }
    table[row][0] = (log_density_at(p, up) - log_density_at(p, down)) / (2.0 * h);
    double power = 4.0;
    for (int k = 1; k <= row; ++k, power *= 4.0) {
      table[row][k] = table[row][k - 1] + (table[row][k - 1] - table[row - 1][k - 1]) / (power - 1.0);
    }
    h /= 2.0;
  }
  return table[3][3];
}

struct program_check_options {
  double low = -1.0, high = 1.0;       ///< range of the unconstrained point
  double adjoint_tolerance = 1e-12;    ///< relative to the sum of |gradient * direction|
  double difference_tolerance = 1e-8;  ///< of finite differences, relative likewise; their own error at h = 0.02
  double step = 0.02;
  bool second_order = true;
  /// Of values and gradients of duals against those of doubles, relative to the largest. 0: the same bits; else where
  /// doubles go to other kernels (blocked ones, single precision).
  double dual_tolerance = 0.0;
};

inline bool agree(double a, double b, double tolerance, double scale) {
  return tolerance == 0.0 ? a == b : std::abs(a - b) <= tolerance * scale;
}

/// Checks a program at a few points:
///  - reverse mode against forward mode: <gradient, v> = directional derivative (the adjoint identity)
///  - both against finite differences
///  - Hessian times v against differences of gradients, and its symmetry
///  - equal bits for 1, 3, 64 and 257 lanes and for 1 to 3 threads
inline void check_program(const program& p, const program_check_options& o = {}) {
  const std::int64_t n = p.dimension();
  const auto size = static_cast<std::size_t>(n);
  const exec::context one = exec::cpu(1);
  for (std::uint64_t point = 0; point < 3; ++point) {
    std::vector<double> x(size), v(size), w(size), gradient(size), hv(size), hw(size);
    for (std::size_t d = 0; d < size; ++d) {
      x[d] = spread(1000 * point + d, o.low, o.high);
      v[d] = spread(1000 * point + d + 500);
      w[d] = spread(1000 * point + d + 700);
    }
    double value = 0.0, dual_value = 0.0, along = 0.0;
    p.evaluate(one, lanes_view<const double>(std::span<const double>(x)), {&value, 1},
               lanes_view<double>(std::span<double>(gradient)));
    CHECK(std::isfinite(value));
    CHECK(log_density_at(p, x) == value);  // without the gradient: the same bits
    p.directional_derivative(one, lanes_view<const double>(std::span<const double>(x)),
                             lanes_view<const double>(std::span<const double>(v)), {&dual_value, 1}, {&along, 1});
    CHECK(agree(dual_value, value, o.dual_tolerance, std::abs(value)));
    double inner = 0.0, norm = 0.0;
    for (std::size_t d = 0; d < size; ++d) {
      inner += gradient[d] * v[d];
      norm += std::abs(gradient[d] * v[d]);
    }
    CAPTURE(point, value, inner, along);
    CHECK(std::abs(inner - along) <= o.adjoint_tolerance * std::max(norm, 1e-300));
    const double difference = finite_difference(p, x, v, o.step);
    CHECK(std::abs(inner - difference) <= o.difference_tolerance * std::max(norm, 1.0));
    if (!o.second_order) continue;
    std::vector<double> dual_gradient(size);
    const auto hessian_times = [&](std::vector<double>& direction, std::vector<double>& out) {
      p.hessian_vector_product(one, lanes_view<const double>(std::span<const double>(x)),
                               lanes_view<const double>(std::span<const double>(direction)), {},
                               lanes_view<double>(std::span<double>(dual_gradient)),
                               lanes_view<double>(std::span<double>(out)));
    };
    hessian_times(v, hv);
    hessian_times(w, hw);
    double largest = 0.0;
    for (const double g : gradient) largest = std::max(largest, std::abs(g));
    double whv = 0.0, vhw = 0.0, scale = 1.0;
    for (std::size_t d = 0; d < size; ++d) {
      CHECK(agree(dual_gradient[d], gradient[d], o.dual_tolerance, largest));
      whv += w[d] * hv[d];
      vhw += v[d] * hw[d];
      scale += std::abs(w[d] * hv[d]);
    }
    CHECK(std::abs(whv - vhw) <= 1e-11 * scale);
    // w' H v by differences of the gradient, fourth order.
    const auto slope = [&](double h) {
      std::vector<double> at = x, g(size);
      for (std::size_t d = 0; d < size; ++d) at[d] += h * v[d];
      double ignored = 0.0, sum = 0.0;
      p.evaluate(one, lanes_view<const double>(std::span<const double>(at)), {&ignored, 1},
                 lanes_view<double>(std::span<double>(g)));
      for (std::size_t d = 0; d < size; ++d) sum += w[d] * g[d];
      return sum;
    };
    const double h = 1e-3;
    const double reference = (8.0 * (slope(h) - slope(-h)) - (slope(2 * h) - slope(-2 * h))) / (12.0 * h);
    CHECK(std::abs(whv - reference) <= 1e-7 * scale);
  }
  // Lanes: each as if it were alone.
  for (const std::int64_t count : {1, 3, 64, 257}) {
    lanes<double> x(n, count), gradient(n, count), other(n, count);
    std::vector<double> value(static_cast<std::size_t>(count)), other_value(static_cast<std::size_t>(count));
    for (std::int64_t d = 0; d < n; ++d) {
      for (std::int64_t l = 0; l < count; ++l) {
        x(d, l) = spread(static_cast<std::uint64_t>(l * 1009 + d), o.low, o.high);
      }
    }
    p.evaluate(exec::cpu(1), x, value, gradient);
    for (const int threads : {2, 3}) {
      p.evaluate(exec::cpu(threads), x, other_value, other);
      CHECK(std::memcmp(value.data(), other_value.data(), value.size() * sizeof(double)) == 0);
      CHECK(std::memcmp(gradient.values.data(), other.values.data(), gradient.values.size() * sizeof(double)) == 0);
    }
    bool alone_equal = true;
    for (std::int64_t l = 0; l<count; l += count> 64 ? 16 : 1) {
      std::vector<double> single(size), g(size);
      for (std::int64_t d = 0; d < n; ++d) single[static_cast<std::size_t>(d)] = x(d, l);
      double single_value = 0.0;
      p.evaluate(one, lanes_view<const double>(std::span<const double>(single)), {&single_value, 1},
                 lanes_view<double>(std::span<double>(g)));
      alone_equal = alone_equal && single_value == value[static_cast<std::size_t>(l)];
      for (std::int64_t d = 0; d < n; ++d) {
        alone_equal = alone_equal && g[static_cast<std::size_t>(d)] == gradient(d, l);
      }
    }
    CAPTURE(count);
    CHECK(alone_equal);
    // What a CUDA thread would run.
    if (!device_obstacle(p).empty()) continue;
    evaluate_lane_by_lane(p, x, other_value, other);
    CHECK(std::memcmp(value.data(), other_value.data(), value.size() * sizeof(double)) == 0);
    CHECK(gradient.values == other.values);
  }
}

}  // namespace credence::test
