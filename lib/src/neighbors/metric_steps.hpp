// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "neighbors/lanes.hpp"
#include "neighbors/tree_view.hpp"

#include <type_traits>

/// Distances by definition: one step a dimension, in the order of the dimensions, one rounding of the difference and
/// one of the sum.
namespace credence::detail::CREDENCE_ISA {

/// |t|^p of each lane, one after the other: powers are no vector instruction.
template <class L>
CREDENCE_HD CREDENCE_INLINE typename L::value power_of(typename L::value t, typename L::scalar p) {
  if constexpr (L::width == 1) {
    return math::pow(math::abs(t), p);
  } else {
    alignas(64) typename L::scalar at[L::width];
    L::store(at, t);
    for (int i = 0; i < L::width; ++i) at[i] = math::pow(math::abs(at[i]), p);
    return L::load(at);
  }
}

template <metric_kind Kind, bool Weighted>
struct metric_steps {
  static constexpr metric_kind kind = Kind;
  static constexpr bool weighted = Weighted;

  /// The power distance after one more dimension, of which the points differ by t.
  template <class L>
  CREDENCE_HD CREDENCE_INLINE static typename L::value step(typename L::value sum, typename L::value t,
                                                            typename L::scalar weight, typename L::scalar p) {
    using value = typename L::value;
    using scalar = typename L::scalar;
    if constexpr (Kind == metric_kind::euclidean) {
      if constexpr (Weighted) return L::fma(L::mul(L::set(weight), t), t, sum);
      return L::fma(t, t, sum);
    } else if constexpr (Kind == metric_kind::manhattan) {
      if constexpr (Weighted) return L::fma(L::set(weight), L::abs(t), sum);
      return L::add(sum, L::abs(t));
    } else if constexpr (Kind == metric_kind::chebyshev) {
      if constexpr (Weighted) return L::max(sum, L::mul(L::set(weight), L::abs(t)));
      return L::max(sum, L::abs(t));
    } else {
      static_assert(std::is_floating_point_v<scalar>);
      const value power = power_of<L>(t, p);
      if constexpr (!Weighted) return L::add(sum, power);
      if (weight == 0) return sum;  // also where the power overflows
      return L::fma(L::set(weight), power, sum);
    }
  }

  /// One point, one dimension.
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static distance_t<T> step_one(distance_t<T> sum, distance_t<T> t, distance_t<T> weight,
                                                            distance_t<T> p) {
    return step<one_lane<T>>(sum, t, weight, p);
  }

  /// A bound `sum` after the offset along one dimension grew from `before` to `now`. Rounded, unlike `step`: its error
  /// is in the margin of `search_limit`.
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static distance_t<T> raise(distance_t<T> sum, distance_t<T> before, distance_t<T> now,
                                                         distance_t<T> weight, distance_t<T> p) {
    if constexpr (Kind == metric_kind::chebyshev) {
      return step_one<T>(sum, now, weight, p);
    } else {
      return sum + (step_one<T>(0, now, weight, p) - step_one<T>(0, before, weight, p));
    }
  }
};

/// Calls f(metric_steps<...>{}) for the metric at hand; bytes have no powers and no weights.
template <class T, class F>
CREDENCE_HD CREDENCE_INLINE auto with_metric(const metric_view<T>& how, const F& f) {
  using enum metric_kind;
  if constexpr (std::is_floating_point_v<T>) {
    if (how.weights != nullptr) {
      switch (how.kind) {
        case manhattan:
          return f(metric_steps<manhattan, true>{});
        case chebyshev:
          return f(metric_steps<chebyshev, true>{});
        case minkowski:
          return f(metric_steps<minkowski, true>{});
        case euclidean:
          break;
      }
      return f(metric_steps<euclidean, true>{});
    }
    if (how.kind == minkowski) return f(metric_steps<minkowski, false>{});
  }
  switch (how.kind) {
    case manhattan:
      return f(metric_steps<manhattan, false>{});
    case chebyshev:
      return f(metric_steps<chebyshev, false>{});
    default:
      return f(metric_steps<euclidean, false>{});
  }
}

}  // namespace credence::detail::CREDENCE_ISA
