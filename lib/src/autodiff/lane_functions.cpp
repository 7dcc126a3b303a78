// SPDX-License-Identifier: BSD-3-Clause
#include "lane_functions.hpp"

#include "credence/base/errors.hpp"
#include "credence/distributions/transforms.hpp"

#include <utility>

namespace credence::detail {

namespace {

/// Calls visit with the transform of that kind.
template <class Visitor>
decltype(auto) with_transform(constraint::kind kind, Visitor&& visit) {
  switch (kind) {
    case constraint::kind::simplex:
      return visit(transforms::simplex{});
    case constraint::kind::ordered:
      return visit(transforms::ordered{});
    case constraint::kind::positive_ordered:
      return visit(transforms::positive_ordered{});
    case constraint::kind::unit_vector:
      return visit(transforms::unit_vector{});
    case constraint::kind::sum_to_zero:
      return visit(transforms::sum_to_zero{});
    case constraint::kind::cholesky_corr:
      return visit(transforms::cholesky_corr{});
    case constraint::kind::corr:
      return visit(transforms::corr{});
    case constraint::kind::cholesky_cov:
      return visit(transforms::cholesky_cov{});
    case constraint::kind::cov:
      return visit(transforms::cov{});
    default:
      break;
  }
  throw domain_error("recorder: this constraint is elementwise");
}

template <class Transform, class T>
struct transform_function {
  static void forward(const void* state, const std::int64_t*, const T* const* in, T* out, T*) {
    const auto n = static_cast<const lane_call*>(state)->n;
    out[Transform::constrained_size(n)] = Transform{}.constrain(n, in[0], out);
  }
  static void reverse(const void* state, const std::int64_t*, const T* const* in, const T*, const T* g, T* const* d_in,
                      T* scratch) {
    const auto n = static_cast<const lane_call*>(state)->n;
    Transform{}.vjp(n, in[0], g, g[Transform::constrained_size(n)], d_in[0], scratch);
  }
};

template <class T>
lane_function<T> make(const lane_call& call) {
  return with_transform(call.transform, [&]<class Transform>(Transform) {
    using functions = transform_function<Transform, T>;
    return lane_function<T>{&call, &functions::forward, &functions::reverse};
  });
}

}  // namespace

const char* lane_call::name() const {
  return with_transform(transform, []<class Transform>(Transform) { return Transform::name; });
}

std::int64_t lane_call::unconstrained_size() const {
  return with_transform(transform, [this](auto t) { return t.unconstrained_size(n); });
}

std::int64_t lane_call::constrained_size() const {
  return with_transform(transform, [this](auto t) { return t.constrained_size(n); });
}

std::int64_t lane_call::scratch_size() const {
  const std::int64_t own = with_transform(transform, [this](auto t) { return t.scratch_size(n); });
  return own + 2 * unconstrained_size() + 2 * (constrained_size() + 1);
}

void lane_call::unconstrain(std::span<const double> constrained, std::span<double> out) const {
  with_transform(transform, [&](auto t) { credence::unconstrain(t, n, constrained, out); });
}

lane_function<double> double_function(const lane_call& call) { return make<double>(call); }
lane_function<dual<double>> dual_function(const lane_call& call) { return make<dual<double>>(call); }

}  // namespace credence::detail
