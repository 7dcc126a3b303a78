// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

/// What a family of univariate distributions consists of. docs/guide/distributions.md says how to add one.
///
///  - `<family>_kernel`    the arithmetic, for both compilers (distributions/kernels/<family>.hpp)
///  - `<family>_family`    names and domains of the parameters, and what needs no kernel: quantile, sample, moments
///  - `<family><P...>`     the value type that people write: `gamma{shape, rate}`
namespace credence {

/// What a parameter may be. Each has the transform by which samplers leave it unconstrained: `real` none, `positive`
/// and `non_negative` lower(0), the probabilities interval(0, 1); counts are data and have none.
enum class parameter_domain : std::uint8_t {
  real,
  positive,
  non_negative,
  probability,       ///< 0 and 1 included
  open_probability,  ///< strictly between 0 and 1
  count,             ///< 0, 1, 2, ...
  positive_count,    ///< 1, 2, ...
};

struct parameter_spec {
  const char* name;
  parameter_domain domain;
};

/// Where the density is positive: the convex hull of the support. Discrete families live on its integers.
struct support_interval {
  double lower;
  double upper;
  bool lower_closed;
  bool upper_closed;
  bool discrete;
};

namespace detail {

/// Numbers are kept as double, everything else (recorded variables, views) as it is.
template <class P>
using promoted = std::conditional_t<std::is_arithmetic_v<std::decay_t<P>>, double, std::decay_t<P>>;

template <class Stored, class Given>
constexpr Stored as_parameter(Given&& given) {
  if constexpr (std::is_arithmetic_v<std::decay_t<Given>>) {
    return Stored(static_cast<double>(given));
  } else {
    return static_cast<Stored>(std::forward<Given>(given));
  }
}

/// @throws domain_error  naming the family, the parameter and its value
void check_parameter(const char* family, const parameter_spec& spec, double value);

template <class Tuple>
inline constexpr bool all_double = false;
template <class... P>
inline constexpr bool all_double<std::tuple<const P&...>> = (std::is_same_v<P, double> && ...);

/// Checks the numbers among the parameters of `d`, and what ties them together when all are numbers.
template <class D>
void check_parameters(const D& d) {
  using family = typename D::family;
  std::apply(
      [](const auto&... parameter) {
        std::size_t i = 0;
        const auto check_one = [&i](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) {
            check_parameter(family::name, family::parameters[i], value);
          }
          ++i;
        };
        (check_one(parameter), ...);
        if constexpr ((std::is_same_v<std::decay_t<decltype(parameter)>, double> && ...)) {
          if constexpr (requires(const double* p) { family::check(p); }) {
            const double values[] = {parameter...};
            family::check(values);
          }
        }
      },
      d.parameters());
}

}  // namespace detail

/// A value type of a univariate family, whatever its parameters are made of.
template <class D>
concept univariate_distribution = requires(const D& d) {
  typename D::family;
  typename D::kernel;
  d.parameters();
};

/// One whose parameters are all numbers: the functions of distributions/functions.hpp work on it.
template <class D>
concept numeric_distribution =
    univariate_distribution<D> && detail::all_double<decltype(std::declval<const D&>().parameters())>;

/// The parameters of a numeric distribution, in the order of its kernel.
template <numeric_distribution D>
constexpr auto parameter_array(const D& d) {
  return std::apply([](auto... p) { return std::array<double, sizeof...(p)>{p...}; }, d.parameters());
}

}  // namespace credence
