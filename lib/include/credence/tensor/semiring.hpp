// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

namespace credence {

/// What contraction needs of numbers: an addition that eliminates axes and a multiplication that joins tables, with
///  - `S::value_type`   the numbers
///  - `S::zero()`       neutral for plus: the value of an empty sum
///  - `S::one()`        neutral for times: the value of an empty product
///  - `S::plus(a, b)`, `S::times(a, b)`   associative; times distributes over plus
/// The minimal model is a struct with these five; exact rationals work as well as doubles.
template <class S>
concept semiring = requires(const typename S::value_type& a) {
  { S::zero() } -> std::convertible_to<typename S::value_type>;
  { S::one() } -> std::convertible_to<typename S::value_type>;
  { S::plus(a, a) } -> std::convertible_to<typename S::value_type>;
  { S::times(a, a) } -> std::convertible_to<typename S::value_type>;
};

namespace detail {

/// Which semirings have vector kernels.
enum class semiring_kind : std::uint8_t { other, sum_product, max_product, log_sum, max_sum, min_sum };

template <class T>
constexpr T infinity() {
  static_assert(std::numeric_limits<T>::has_infinity);
  return std::numeric_limits<T>::infinity();
}

}  // namespace detail

/// Ordinary arithmetic: marginal probabilities. T may be an exact type.
template <class T = double>
struct sum_product {
  using value_type = T;
  static constexpr auto kind = detail::semiring_kind::sum_product;
  static T zero() { return T(0); }
  static T one() { return T(1); }
  static T plus(const T& a, const T& b) { return a + b; }
  static T times(const T& a, const T& b) { return a * b; }
};

/// The largest product, of non-negative numbers: most probable explanations.
template <class T = double>
struct max_product {
  using value_type = T;
  static constexpr auto kind = detail::semiring_kind::max_product;
  static T zero() { return T(0); }
  static T one() { return T(1); }
  static T plus(const T& a, const T& b) { return a < b || b != b ? b : a; }
  static T times(const T& a, const T& b) { return a * b; }
};

/// Sums of products of numbers given by their logarithms: marginals that would underflow.
/// `plus` is log(exp(a) + exp(b)); tables are summed with one maximum for each result, not pair by pair.
template <class T = double>
struct log_sum_product {
  using value_type = T;
  static constexpr auto kind = detail::semiring_kind::log_sum;
  static T zero() { return -detail::infinity<T>(); }
  static T one() { return T(0); }
  static T plus(const T& a, const T& b);
  static T times(const T& a, const T& b) { return a + b; }
};
template <>
double log_sum_product<double>::plus(const double& a, const double& b);
template <>
float log_sum_product<float>::plus(const float& a, const float& b);

/// The largest sum: most probable explanations from logarithms.
template <class T = double>
struct max_sum {
  using value_type = T;
  static constexpr auto kind = detail::semiring_kind::max_sum;
  static T zero() { return -detail::infinity<T>(); }
  static T one() { return T(0); }
  static T plus(const T& a, const T& b) { return a < b || b != b ? b : a; }
  static T times(const T& a, const T& b) { return a + b; }
};

/// The smallest sum: shortest paths, energies.
template <class T = double>
struct min_sum {
  using value_type = T;
  static constexpr auto kind = detail::semiring_kind::min_sum;
  static T zero() { return detail::infinity<T>(); }
  static T one() { return T(0); }
  static T plus(const T& a, const T& b) { return b < a || b != b ? b : a; }
  static T times(const T& a, const T& b) { return a + b; }
};

namespace detail {

/// The vector kernel of a semiring: only for the named ones over double and float.
template <class S>
constexpr semiring_kind kernel_kind() {
  if constexpr (requires { S::kind; }) {
    using T = typename S::value_type;
    return std::same_as<T, double> || std::same_as<T, float> ? S::kind : semiring_kind::other;
  }
  return semiring_kind::other;
}

}  // namespace detail
}  // namespace credence
