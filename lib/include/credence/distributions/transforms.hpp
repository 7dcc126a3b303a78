// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/distributions/transforms/cholesky_corr.hpp"
#include "credence/distributions/transforms/cholesky_cov.hpp"
#include "credence/distributions/transforms/corr.hpp"
#include "credence/distributions/transforms/cov.hpp"
#include "credence/distributions/transforms/interval.hpp"
#include "credence/distributions/transforms/lower.hpp"
#include "credence/distributions/transforms/ordered.hpp"
#include "credence/distributions/transforms/simplex.hpp"
#include "credence/distributions/transforms/sum_to_zero.hpp"
#include "credence/distributions/transforms/unit_vector.hpp"
#include "credence/distributions/transforms/upper.hpp"

#include <span>
#include <string>
#include <vector>

/// The checked doors of the transforms. `n` is the number of elements, of a vector's entries, or of a matrix's rows.
namespace credence {

/// Every transform, for what is made once for each.
template <class Visitor>
void for_each_vector_transform(Visitor&& visit) {
  visit(transforms::simplex{});
  visit(transforms::ordered{});
  visit(transforms::positive_ordered{});
  visit(transforms::unit_vector{});
  visit(transforms::sum_to_zero{});
  visit(transforms::cholesky_corr{});
  visit(transforms::corr{});
  visit(transforms::cholesky_cov{});
  visit(transforms::cov{});
}

/// @throws domain_error  when a bound is not finite or the interval is empty
template <class Transform>
void check_transform(const Transform& transform) {
  if constexpr (requires { transform.bound; }) check::finite(Transform::name, "bound", transform.bound);
  if constexpr (requires { transform.low; }) {
    check::finite(Transform::name, "low", transform.low);
    check::finite(Transform::name, "high", transform.high);
    if (!(transform.low < transform.high)) {
      check::fail_domain(Transform::name, "high", transform.high,
                         "above low, which is " + check::to_text(transform.low));
    }
  }
}

/// Writes the constrained values and returns the logarithm of the Jacobian determinant.
/// @throws shape_error   when a size does not fit n
/// @throws domain_error  when the transform's bounds make no sense
template <class Transform>
double constrain(const Transform& transform, std::int64_t n, std::span<const double> unconstrained,
                 std::span<double> constrained) {
  check_transform(transform);
  check::at_least(Transform::name, "n", n, 1);
  check::same_size(Transform::name, "unconstrained", static_cast<std::int64_t>(unconstrained.size()), "its size",
                   transform.unconstrained_size(n));
  check::same_size(Transform::name, "constrained", static_cast<std::int64_t>(constrained.size()), "its size",
                   transform.constrained_size(n));
  return transform.constrain(n, unconstrained.data(), constrained.data());
}

/// The inverse of constrain.
/// @throws shape_error   when a size does not fit n
/// @throws domain_error  when the values do not satisfy the constraint; sums and lengths may be off by 1e-8
template <class Transform>
void unconstrain(const Transform& transform, std::int64_t n, std::span<const double> constrained,
                 std::span<double> unconstrained) {
  check_transform(transform);
  check::at_least(Transform::name, "n", n, 1);
  check::same_size(Transform::name, "unconstrained", static_cast<std::int64_t>(unconstrained.size()), "its size",
                   transform.unconstrained_size(n));
  check::same_size(Transform::name, "constrained", static_cast<std::int64_t>(constrained.size()), "its size",
                   transform.constrained_size(n));
  std::vector<double> scratch(static_cast<std::size_t>(transform.scratch_size(n)));
  if (transform.unconstrain(n, constrained.data(), unconstrained.data(), scratch.data())) return;
  std::string values = "[";
  for (std::size_t i = 0; i < constrained.size() && i < 8; ++i) {
    if (i > 0) values += ", ";
    values += check::to_text(constrained[i]);
  }
  check::fail_domain("unconstrain", "value", values + (constrained.size() > 8 ? ", ...]" : "]"),
                     std::string("what ") + Transform::name + " can be: " + Transform::constraint);
}

}  // namespace credence
