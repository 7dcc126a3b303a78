// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/generating_function.hpp"

#include "credence/base/check.hpp"

#include <cmath>
#include <numeric>

namespace credence::processes {

generating_function::generating_function(std::vector<double> probabilities) : p_(std::move(probabilities)) {
  check::at_least("generating_function", "the number of probabilities", std::ssize(p_), 1);
  for (std::size_t k = 0; k < p_.size(); ++k) {
    if (p_[k] >= 0.0 && std::isfinite(p_[k])) continue;
    check::fail_domain("generating_function", "p_" + std::to_string(k), p_[k], "zero or positive");
  }
  const double sum = std::accumulate(p_.begin(), p_.end(), 0.0);
  if (std::abs(sum - 1.0) > 1e-6) check::fail_domain("generating_function", "the sum of the probabilities", sum, "1");
  for (double& p : p_) p /= sum;
  while (p_.size() > 1 && p_.back() == 0.0) p_.pop_back();
}

double generating_function::operator()(double s) const {
  double value = 0.0;
  for (std::size_t k = p_.size(); k-- > 0;) value = std::fma(value, s, p_[k]);
  return value;
}

double generating_function::derivative(double s, int order) const {
  check::at_least("generating_function", "order", order, 0);
  double value = 0.0;
  for (std::size_t k = p_.size(); k-- > static_cast<std::size_t>(order);) {
    double factor = 1.0;
    for (int j = 0; j < order; ++j) factor *= static_cast<double>(k) - j;
    value = std::fma(value, s, factor * p_[k]);
  }
  return value;
}

double generating_function::variance() const {
  const double m = mean();
  double sum = 0.0;
  for (std::size_t k = 0; k < p_.size(); ++k)
    sum += p_[k] * (static_cast<double>(k) - m) * (static_cast<double>(k) - m);
  return sum;
}

namespace {

std::vector<double> convolved(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> c(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) c[i + j] += a[i] * b[j];
  }
  return c;
}

}  // namespace

generating_function operator*(const generating_function& a, const generating_function& b) {
  return generating_function(convolved(a.probabilities(), b.probabilities()));
}

generating_function power(const generating_function& g, std::int64_t n) {
  check::at_least("power", "n", n, 0);
  std::vector<double> result{1.0}, square = g.probabilities();
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result = convolved(result, square);
    if (n > 1) square = convolved(square, square);
  }
  return generating_function(std::move(result));
}

generating_function compose(const generating_function& outer, const generating_function& inner) {
  // Horner's rule on polynomials.
  std::vector<double> value{0.0};
  const std::vector<double>& p = outer.probabilities();
  for (std::size_t k = p.size(); k-- > 0;) {
    value = convolved(value, inner.probabilities());
    value[0] += p[k];
  }
  return generating_function(std::move(value));
}

double extinction_probability(const generating_function& offspring) {
  if (offspring.probabilities()[0] == 0.0) return 0.0;
  if (offspring.mean() <= 1.0) return 1.0;
  // G is convex and the root lies left of 1, where G(s) - s has its other root: Newton from 0 rises to it.
  double s = 0.0;
  for (int i = 0; i < 200; ++i) {
    const double next = s - (offspring(s) - s) / (offspring.derivative(s) - 1.0);
    if (!(next > s)) break;
    s = next;
  }
  return s;
}

}  // namespace credence::processes
