// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

/// Sums of many terms, (1/n) sum_i f_i(w), by gradients of one term at a time whose noise vanishes at the minimum.
namespace credence {

/// @param gradient  gradient(i, w, out) writes the gradient of term i
/// @param pick      pick(k) is the term of inner step k = 0, 1, ...: uniform on 0 .. n - 1
/// @source Johnson and Zhang, "Accelerating stochastic gradient descent using predictive variance reduction", NIPS 2013
///         (the snapshot is the last iterate)
template <class Gradient, class Pick>
std::vector<double> svrg(const Gradient& gradient, std::int64_t n, std::vector<double> w, double step,
                         std::int64_t epochs, std::int64_t inner_steps, const Pick& pick) {
  check::at_least("svrg", "n", n, 1);
  check::positive("svrg", "step", step);
  const std::size_t d = w.size();
  std::vector<double> full(d), now(d), then(d);
  std::int64_t k = 0;
  for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<double> snapshot = w;
    full.assign(d, 0.0);
    for (std::int64_t i = 0; i < n; ++i) {
      gradient(i, std::span<const double>(snapshot), std::span<double>(now));
      for (std::size_t j = 0; j < d; ++j) full[j] += now[j] / static_cast<double>(n);
    }
    for (std::int64_t t = 0; t < inner_steps; ++t) {
      const std::int64_t i = pick(k++);
      gradient(i, std::span<const double>(w), std::span<double>(now));
      gradient(i, std::span<const double>(snapshot), std::span<double>(then));
      for (std::size_t j = 0; j < d; ++j) w[j] -= step * (now[j] - then[j] + full[j]);
    }
  }
  return w;
}

/// The same with a table of the last gradient of each term, begun at w.
/// @source Defazio, Bach and Lacoste-Julien, "SAGA", NIPS 2014
template <class Gradient, class Pick>
std::vector<double> saga(const Gradient& gradient, std::int64_t n, std::vector<double> w, double step,
                         std::int64_t steps, const Pick& pick) {
  check::at_least("saga", "n", n, 1);
  check::positive("saga", "step", step);
  const std::size_t d = w.size();
  std::vector<double> table(static_cast<std::size_t>(n) * d), mean(d), now(d);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::span<double> row(table.data() + static_cast<std::size_t>(i) * d, d);
    gradient(i, std::span<const double>(w), row);
    for (std::size_t j = 0; j < d; ++j) mean[j] += row[j] / static_cast<double>(n);
  }
  for (std::int64_t k = 0; k < steps; ++k) {
    const std::int64_t i = pick(k);
    double* const row = table.data() + static_cast<std::size_t>(i) * d;
    gradient(i, std::span<const double>(w), std::span<double>(now));
    for (std::size_t j = 0; j < d; ++j) {
      w[j] -= step * (now[j] - row[j] + mean[j]);
      mean[j] += (now[j] - row[j]) / static_cast<double>(n);
      row[j] = now[j];
    }
  }
  return w;
}

/// argmin_w (z/t)'w + l1 |w|_1 + |w|^2 / (2 sqrt t) for the sum z of t gradients: sparse at every step.
/// @source Xiao, "Dual averaging methods for regularized stochastic learning and online optimization", JMLR 2010
class l1_dual_averaging {
 public:
  l1_dual_averaging(std::int64_t dimension, double l1) : l1_(l1) {
    check::at_least("l1_dual_averaging", "dimension", dimension, 1);
    check::non_negative("l1_dual_averaging", "l1", l1);
    sum_.resize(static_cast<std::size_t>(dimension));
    weights_.resize(sum_.size());
  }
  void add(std::span<const double> gradient) {
    check::same_size("l1_dual_averaging", "gradient", std::ssize(gradient), "dimension", std::ssize(sum_));
    const auto t = static_cast<double>(++steps_);
    for (std::size_t j = 0; j < sum_.size(); ++j) {
      sum_[j] += gradient[j];
      const double beyond = std::abs(sum_[j]) / t - l1_;
      weights_[j] = beyond > 0.0 ? -std::copysign(beyond, sum_[j]) * std::sqrt(t) : 0.0;
    }
  }
  [[nodiscard]] const std::vector<double>& weights() const { return weights_; }
  [[nodiscard]] const std::vector<double>& gradient_sum() const { return sum_; }

 private:
  double l1_;
  std::vector<double> sum_, weights_;
  std::int64_t steps_ = 0;
};

/// The proximal step of l1 |w|_1: every component towards zero by `amount`.
inline void soft_threshold(std::span<double> w, double amount) {
  check::non_negative("soft_threshold", "amount", amount);
  for (double& x : w) x = std::abs(x) > amount ? x - std::copysign(amount, x) : 0.0;
}

/// The mirror step of the entropy on the simplex: w_i exp(-step g_i), summing to one again.
/// @source Beck and Teboulle, Operations Research Letters 2003
inline void exponentiated_gradient(std::span<double> w, std::span<const double> gradient, double step) {
  check::same_size("exponentiated_gradient", "gradient", std::ssize(gradient), "w", std::ssize(w));
  double least = gradient.empty() ? 0.0 : gradient[0], sum = 0.0;
  for (const double g : gradient) least = g < least ? g : least;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] *= std::exp(-step * (gradient[i] - least));
  for (double& x : w) x /= sum;
}

}  // namespace credence
