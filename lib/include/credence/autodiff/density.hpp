// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/recorder.hpp"
#include "credence/distributions/families.hpp"
#include "credence/distributions/family.hpp"

#include <array>
#include <cstdint>
#include <tuple>
#include <type_traits>

/// Lifts every family of distributions/families.hpp into recorded programs: `log_pdf(normal{theta, sigma}, y)` with
/// recorded variables among the parameters or as the variate is one fused node, whose partial derivatives are the
/// family's own. A new family needs no line here.
namespace credence {

namespace detail {

/// A parameter or variate: a recorded variable, or a number.
struct recordable {
  var variable{};
  double number = 0.0;
  recordable(const var& v) : variable(v) {}
  recordable(const log_density& v) : variable(v) {}
  template <arithmetic A>
  recordable(A value) : number(static_cast<double>(value)) {}
};

/// The node of one family's log density: operands are the variate and the parameters in the order of its kernel.
var record_density(std::uint16_t family, const char* name, const recordable* operands, int count);

template <class P>
inline constexpr bool is_recorded = std::is_same_v<std::decay_t<P>, var>;

template <class Tuple>
inline constexpr bool any_recorded = false;
template <class... P>
inline constexpr bool any_recorded<std::tuple<P...>> = (is_recorded<P> || ...);

template <class D>
inline constexpr bool has_recorded_parameter = any_recorded<decltype(std::declval<const D&>().parameters())>;

}  // namespace detail

/// The pointwise log density of recorded variables: of the common shape of the variate and the parameters.
/// @throws shape_error  when the shapes do not go together
template <univariate_distribution D, class X>
requires(detail::has_recorded_parameter<D> || detail::is_recorded<X>) log_density
    log_pdf(const D& distribution, const X& x) {
  using kernel = typename D::kernel;
  constexpr int family = index_in<kernel, univariate_kernels>;
  static_assert(family >= 0 && family < univariate_kernels::size, "the family is not listed in families.hpp");
  return std::apply(
      [&](const auto&... parameter) {
        const detail::recordable operands[] = {detail::recordable(x), detail::recordable(parameter)...};
        return log_density(
            detail::record_density(family, D::family::name, operands, static_cast<int>(1 + sizeof...(parameter))));
      },
      distribution.parameters());
}

}  // namespace credence
