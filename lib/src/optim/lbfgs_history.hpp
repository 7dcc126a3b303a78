// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "optim/vectors.hpp"

#include <vector>

namespace credence::optim_detail {

/// The last few changes of point and gradient, and the inverse Hessian that they imply.
class lbfgs_history {
 public:
  lbfgs_history(std::size_t dimension, int most)
      : n_(dimension),
        most_(static_cast<std::size_t>(most)),
        s_(n_ * most_),
        y_(n_ * most_),
        rho_(most_),
        alpha_(most_) {}

  [[nodiscard]] bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }

  /// Pairs without positive curvature are left out: the model stays positive definite.
  void add(values x0, values x1, values g0, values g1) {
    const std::size_t at = next_ % most_;
    double* s = s_.data() + at * n_;
    double* y = y_.data() + at * n_;
    double sy = 0.0, ss = 0.0, yy = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      s[i] = x1[i] - x0[i];
      y[i] = g1[i] - g0[i];
      sy += s[i] * y[i];
      ss += s[i] * s[i];
      yy += y[i] * y[i];
    }
    if (!(sy > 1e-14 * std::sqrt(ss) * std::sqrt(yy))) return;
    rho_[at] = 1.0 / sy;
    scale_ = sy / yy;
    ++next_;
    if (count_ < most_) ++count_;
  }

  /// direction = -H gradient by the two loops.
  void descent(values gradient, std::span<double> direction) {
    for (std::size_t i = 0; i < n_; ++i) direction[i] = -gradient[i];
    if (count_ == 0) return;
    for (std::size_t k = 1; k <= count_; ++k) {
      const std::size_t at = (next_ - k) % most_;
      const double a = rho_[at] * dot({s_.data() + at * n_, n_}, direction);
      alpha_[at] = a;
      for (std::size_t i = 0; i < n_; ++i) direction[i] -= a * y_[at * n_ + i];
    }
    for (std::size_t i = 0; i < n_; ++i) direction[i] *= scale_;
    for (std::size_t k = count_; k >= 1; --k) {
      const std::size_t at = (next_ - k) % most_;
      const double b = rho_[at] * dot({y_.data() + at * n_, n_}, direction);
      for (std::size_t i = 0; i < n_; ++i) direction[i] += (alpha_[at] - b) * s_[at * n_ + i];
    }
  }

 private:
  std::size_t n_, most_;
  std::vector<double> s_, y_, rho_, alpha_;
  double scale_ = 1.0;
  std::size_t next_ = 0, count_ = 0;
};

}  // namespace credence::optim_detail
