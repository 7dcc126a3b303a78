// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace credence::processes {

/// The probability generating function G(s) = sum_k p_k s^k of a count with finitely many values: its coefficients are
/// the probabilities.
class generating_function {
 public:
  /// @throws domain_error  when a probability is negative or not finite, or they do not sum to one within 1e-6 (then
  ///                       they are divided by their sum)
  explicit generating_function(std::vector<double> probabilities);

  /// p_0, p_1, ...
  [[nodiscard]] const std::vector<double>& probabilities() const { return p_; }
  [[nodiscard]] double operator()(double s) const;
  /// G'(s), G''(s), ...
  [[nodiscard]] double derivative(double s, int order = 1) const;
  [[nodiscard]] double mean() const { return derivative(1.0); }
  [[nodiscard]] double variance() const;

 private:
  std::vector<double> p_;
};

/// Of a sum of independent counts.
generating_function operator*(const generating_function& a, const generating_function& b);

/// Of the sum of n independent copies.
generating_function power(const generating_function& g, std::int64_t n);

/// outer(inner(s)): of the sum of N independent copies of `inner`, N with `outer`.
generating_function compose(const generating_function& outer, const generating_function& inner);

/// The probability that a branching process with this law of offspring, begun by one, dies out: the smallest root of
/// G(s) = s in [0, 1].
/// @source Harris, "The Theory of Branching Processes" (1963), I.6
double extinction_probability(const generating_function& offspring);

}  // namespace credence::processes
