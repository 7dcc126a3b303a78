// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

namespace credence {

namespace detail {
struct graph;
}

/// Sizes of the axes, row-major; empty for a scalar.
using shape_type = std::vector<std::int64_t>;

/// A recorded variable: a node of the program under construction. Copying it copies a reference. Arithmetic on
/// variables is elementwise; a one-element operand goes with any shape, and otherwise the shapes must be equal.
class var {
 public:
  var() = default;
  var(detail::graph* graph, std::int32_t node) : graph_(graph), node_(node) {}

  [[nodiscard]] bool empty() const { return graph_ == nullptr; }
  [[nodiscard]] const shape_type& shape() const;
  [[nodiscard]] std::int64_t size() const;

  /// Element of a vector, or row of a matrix (0-based).
  /// @throws shape_error  when out of range or a scalar
  [[nodiscard]] var operator[](std::int64_t index) const;

  [[nodiscard]] detail::graph* graph() const { return graph_; }
  [[nodiscard]] std::int32_t node() const { return node_; }

 private:
  detail::graph* graph_ = nullptr;
  std::int32_t node_ = -1;
};

template <class T>
concept arithmetic = std::is_arithmetic_v<T>;

var operator-(const var& a);
var operator+(const var& a, const var& b);
var operator-(const var& a, const var& b);
var operator*(const var& a, const var& b);
var operator/(const var& a, const var& b);
var operator+(const var& a, double b);
var operator+(double a, const var& b);
var operator-(const var& a, double b);
var operator-(double a, const var& b);
var operator*(const var& a, double b);
var operator*(double a, const var& b);
var operator/(const var& a, double b);
var operator/(double a, const var& b);
inline var& operator+=(var& a, const var& b) { return a = a + b; }
inline var& operator-=(var& a, const var& b) { return a = a - b; }
inline var& operator*=(var& a, const var& b) { return a = a * b; }
inline var& operator/=(var& a, const var& b) { return a = a / b; }

// Elementwise functions.
var exp(const var& a);
var expm1(const var& a);
var log(const var& a);
var log1p(const var& a);
var sqrt(const var& a);
var square(const var& a);
var inv(const var& a);
var inv_logit(const var& a);
var log_inv_logit(const var& a);
var log1p_exp(const var& a);
var tanh(const var& a);
var sin(const var& a);
var cos(const var& a);
var abs(const var& a);
var atan(const var& a);
var sinh(const var& a);
var cosh(const var& a);
/// log |Gamma(a)| and its derivative.
var lgamma(const var& a);
var digamma(const var& a);
var erf(const var& a);
var erfc(const var& a);
/// The standard normal distribution function, and its logarithm without underflow.
var normal_cdf(const var& a);
var log_normal_cdf(const var& a);
var pow(const var& a, const var& b);
var pow(const var& a, double b);
var min(const var& a, const var& b);
var max(const var& a, const var& b);
/// 1 where a < b, else 0; no derivative.
var less(const var& a, const var& b);
var less_equal(const var& a, const var& b);
/// a where condition is not 0, else b. The adjoint goes to the chosen side only: 0 * inf never appears.
var where(const var& condition, const var& a, const var& b);

// Over all elements.
var sum(const var& a);
var mean(const var& a);
var log_sum_exp(const var& a);
/// Sum of products of two variables of equal size.
var dot(const var& a, const var& b);

/// Matrix product: (n, k) times (k) or (k, m).
var matmul(const var& a, const var& b);

// Square matrices, one lane at a time.
/// The lower Cholesky factor of a symmetric (n, n) matrix, of which the lower triangle is read. A lane whose matrix is
/// not positive definite becomes NaN.
var cholesky(const var& a);
/// L^-1 b and L^-T b for lower-triangular (n, n) L and b of shape (n) or (n, m).
var solve_lower(const var& l, const var& b);
var solve_lower_transposed(const var& l, const var& b);
/// The diagonal of a square matrix.
var diagonal(const var& a);

// Moving elements.
var reshape(const var& a, const shape_type& shape);
/// Elements first .. first + count - 1 of a vector, or such rows of a matrix.
var slice(const var& a, std::int64_t first, std::int64_t count);
/// out[i] = a[index[i]] (flat indices into a vector, or rows of a matrix).
var gather(const var& a, const std::vector<std::int64_t>& index);
/// Vectors (or scalars) one after the other.
var concat(const std::vector<var>& parts);
var transpose(const var& a);
/// A scalar repeated to a shape.
var broadcast(const var& a, const shape_type& shape);

/// s[t] = multiplier[t] * s[t-1] + addend[t] for t = 0 .. n-1, with s[-1] = start.
var linear_recurrence(const var& multiplier, const var& addend, const var& start);

}  // namespace credence
