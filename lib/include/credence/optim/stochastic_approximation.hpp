// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/schedule.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Roots and minima of functions that are only seen with noise, with intervals that say how far the answer may be off.
namespace credence {

/// An estimate with its error, coordinate by coordinate.
struct interval_estimate {
  std::vector<double> estimate, std_error, lower, upper;
  std::int64_t steps = 0;
};

/// Root of E[y | theta] for a function that rises: theta -= a(n) y, n = 1, 2, ...
/// @source Robbins and Monro, AMS 1951; averaging: Polyak and Juditsky, SIAM J. Control 1992
class robbins_monro {
 public:
  /// @throws domain_error  for gains that robbins_monro_conditions refuses, with its reason
  robbins_monro(double start, const step_schedule& gains);
  /// `y` is what was seen at theta(). @throws domain_error  for NaN or infinity
  void add(double y);
  [[nodiscard]] double theta() const { return theta_; }
  /// Mean of theta_1 .. theta_n; the start before the first step.
  [[nodiscard]] double average() const { return steps_ == 0 ? theta_ : average_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }

 private:
  step_schedule gains_;
  double theta_, average_ = 0.0;
  std::int64_t steps_ = 0;
};

/// A quantile of a stream: theta -= a(n) (1{x <= theta} - p). Its interval is the plug-in one: the variance of the
/// average is p (1 - p) / f^2 / n, and that of the last theta, for gains a / n, a^2 p (1 - p) / (2 a f - 1) / n, with
/// the density f at theta counted in a window that narrows as n^-1/5.
class running_quantile {
 public:
  /// @throws domain_error  unless 0 < p < 1; for gains as robbins_monro
  running_quantile(double probability, double start, const step_schedule& gains);
  void add(double x);
  [[nodiscard]] double theta() const { return root_.theta(); }
  [[nodiscard]] double average() const { return root_.average(); }
  [[nodiscard]] std::int64_t steps() const { return root_.steps(); }
  /// The density near the quantile, NaN before it can be told.
  [[nodiscard]] double density() const;
  /// Of the average, or of the last theta; errors are infinite while nothing is known of the density.
  [[nodiscard]] interval_estimate interval(bool averaged = true, double level = 0.95) const;

 private:
  double probability_;
  step_schedule gains_;
  robbins_monro root_;
  double spread_mean_ = 0.0, spread_squares_ = 0.0, weight_ = 0.0, hits_ = 0.0;
};

/// Mean and variance of a stream, by one recursion each: w -= (w - x) / n is Robbins and Monro's with gains 1 / n.
class running_mean {
 public:
  void add(double x);
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const;  ///< unbiased; NaN for fewer than two
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  [[nodiscard]] interval_estimate interval(double level = 0.95) const;

 private:
  double mean_ = 0.0, rest_ = 0.0, squares_ = 0.0;  // mean_ + rest_ is the mean: its rounding is carried along
  std::int64_t steps_ = 0;
};

/// Mean and covariance of a stream of vectors.
class running_covariance {
 public:
  explicit running_covariance(std::int64_t dimension);
  void add(std::span<const double> x);
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// Row-major, unbiased. @throws domain_error  for fewer than two vectors
  [[nodiscard]] std::vector<double> covariance() const;
  [[nodiscard]] std::int64_t steps() const { return steps_; }

 private:
  std::vector<double> mean_, products_;
  std::int64_t steps_ = 0;
};

/// The average of iterates, and three honest answers to how far it is off.
class averaged_iterates {
 public:
  explicit averaged_iterates(std::int64_t dimension);
  void add(std::span<const double> theta);
  [[nodiscard]] const std::vector<double>& average() const { return average_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// From the path of the average alone, nothing else known:
  /// bar +- q sqrt(V / n), V = sum_k k^2 (bar_k - bar_n)^2 / n^2; q is the quantile of W(1) / (int (W(r) - r W(1))^2
  /// dr)^1/2. `std_error` is sqrt(V / n), which is not normal.
  /// @param level  0.8, 0.9, 0.95 or 0.98
  /// @throws domain_error  for another level, or fewer than two iterates
  /// @source Lee, Liao, Seo and Shin, "Fast and robust online inference with stochastic gradient descent via random
  ///         scaling", AAAI 2022; quantiles: Abadir and Paruolo, Econometrica 1997
  [[nodiscard]] interval_estimate random_scaling(double level = 0.95) const;
  /// From the means of 16 to 31 batches of equal length, which double when there are 32, by Student's t.
  /// @throws domain_error  for fewer than 32 iterates, or a level outside (0, 1)
  /// @source Chen, Lee, Tong and Zhang, "Statistical inference for model parameters in stochastic gradient descent",
  ///         Annals of Statistics 2020
  [[nodiscard]] interval_estimate batch_means(double level = 0.95) const;

 private:
  std::vector<double> average_, shift_;
  std::vector<double> squares_, products_;  // sum k^2 (bar_k - shift)^2 and sum k^2 (bar_k - shift)
  double weights_ = 0.0;                    // sum k^2
  std::vector<std::vector<double>> batches_;
  std::vector<double> open_;
  std::int64_t batch_length_ = 1, open_count_ = 0, steps_ = 0;
};

/// The plug-in covariance of an averaged stochastic gradient: H^-1 S H^-1 / n from mean Hessians and mean products of
/// gradients at the iterates.
class sandwich_covariance {
 public:
  explicit sandwich_covariance(std::int64_t dimension);
  void add(std::span<const double> gradient, view<const double, 2> hessian);
  /// Of the average of `n` iterates. @throws domain_error  when the mean Hessian is singular
  [[nodiscard]] interval_estimate interval(std::span<const double> average, double level = 0.95) const;

 private:
  std::int64_t dimension_, steps_ = 0;
  std::vector<double> products_, hessian_;
};

/// Gains of two-sided methods.
struct difference_gains {
  step_schedule steps, widths;
};

/// Spall's gains: a / (k + 1 + stability)^0.602 and c / (k + 1)^0.101, k = 0, 1, ... (as n = k + 1 = 1, 2, ...).
/// @source Spall, "Implementation of the simultaneous perturbation algorithm", IEEE TAES 1998
difference_gains spall_gains(double a, double c, double stability = 0.0);

namespace detail {
void check_gains(const char* where, const difference_gains& gains);
void check_value(const char* where, double value);
}  // namespace detail

/// Minimum of E[f(x)] in one dimension from noisy differences: x -= a(n) (f(x + c(n)) - f(x - c(n))) / (2 c(n)), the
/// plus side first; n = 1, 2, ...
/// @throws domain_error  for gains that kiefer_wolfowitz_conditions refuses, or a value that is not finite
template <class F>
double kiefer_wolfowitz(const F& f, double start, const difference_gains& gains, std::int64_t steps,
                        averaged_iterates* iterates = nullptr) {
  detail::check_gains("kiefer_wolfowitz", gains);
  double x = start;
  for (std::int64_t n = 1; n <= steps; ++n) {
    const double width = gains.widths(n);
    const double above = f(x + width), below = f(x - width);
    detail::check_value("kiefer_wolfowitz", above - below);
    x -= gains.steps(n) * (above - below) / (2.0 * width);
    if (iterates != nullptr) iterates->add({&x, 1});
  }
  return x;
}

/// Minimum of E[f(x)] in any dimension from two values a step, at x +- c(n) delta with random signs delta.
/// @param sign  sign(n, i): +1 or -1, independent and even
/// @source Spall, "Multivariate stochastic approximation using a simultaneous perturbation gradient approximation",
///         IEEE TAC 1992
template <class F, class Sign>
std::vector<double> spsa(const F& f, std::vector<double> x, const difference_gains& gains, std::int64_t steps,
                         const Sign& sign, averaged_iterates* iterates = nullptr) {
  detail::check_gains("spsa", gains);
  std::vector<double> delta(x.size()), above(x.size()), below(x.size());
  for (std::int64_t n = 1; n <= steps; ++n) {
    const double width = gains.widths(n);
    for (std::size_t i = 0; i < x.size(); ++i) {
      delta[i] = sign(n, static_cast<std::int64_t>(i));
      above[i] = x[i] + width * delta[i];
      below[i] = x[i] - width * delta[i];
    }
    const double high = f(above), low = f(below);
    detail::check_value("spsa", high - low);
    const double slope = (high - low) / (2.0 * width);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= gains.steps(n) * slope / delta[i];
    if (iterates != nullptr) iterates->add(x);
  }
  return x;
}

}  // namespace credence
