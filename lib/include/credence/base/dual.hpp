// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// A value and its derivative along one direction. Kernels are written once for a type T; run on duals they carry
/// tangents (forward mode), and run on duals inside a reverse sweep they give Hessian-vector products.
template <class T>
struct dual {
  T value{};
  T tangent{};

  constexpr dual() = default;
  CREDENCE_HD constexpr dual(T v) : value(v) {}  // a constant: zero tangent
  CREDENCE_HD constexpr dual(T v, T t) : value(v), tangent(t) {}

  CREDENCE_HD friend dual operator+(dual a, dual b) { return {a.value + b.value, a.tangent + b.tangent}; }
  CREDENCE_HD friend dual operator-(dual a, dual b) { return {a.value - b.value, a.tangent - b.tangent}; }
  CREDENCE_HD friend dual operator-(dual a) { return {-a.value, -a.tangent}; }
  CREDENCE_HD friend dual operator*(dual a, dual b) {
    return {a.value * b.value, math::fma(a.tangent, b.value, a.value * b.tangent)};
  }
  CREDENCE_HD friend dual operator/(dual a, dual b) {
    const T q = a.value / b.value;
    return {q, math::fma(-q, b.tangent, a.tangent) / b.value};
  }
  CREDENCE_HD dual& operator+=(dual b) { return *this = *this + b; }
  CREDENCE_HD dual& operator-=(dual b) { return *this = *this - b; }
  CREDENCE_HD dual& operator*=(dual b) { return *this = *this * b; }
  CREDENCE_HD dual& operator/=(dual b) { return *this = *this / b; }

  // Comparisons look at the values: a branch is chosen by where the point is, not by its direction.
  CREDENCE_HD friend bool operator<(dual a, dual b) { return a.value < b.value; }
  CREDENCE_HD friend bool operator>(dual a, dual b) { return a.value > b.value; }
  CREDENCE_HD friend bool operator<=(dual a, dual b) { return a.value <= b.value; }
  CREDENCE_HD friend bool operator>=(dual a, dual b) { return a.value >= b.value; }
  CREDENCE_HD friend bool operator==(dual a, dual b) { return a.value == b.value; }
  CREDENCE_HD friend bool operator!=(dual a, dual b) { return a.value != b.value; }
};

namespace math {

template <class T>
CREDENCE_HD dual<T> fma(dual<T> a, dual<T> b, dual<T> c) {
  return {fma(a.value, b.value, c.value), fma(a.tangent, b.value, fma(a.value, b.tangent, c.tangent))};
}
template <class T>
CREDENCE_HD dual<T> exp(dual<T> a) {
  const T e = exp(a.value);
  return {e, e * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> expm1(dual<T> a) {
  return {expm1(a.value), exp(a.value) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> log(dual<T> a) {
  return {log(a.value), a.tangent / a.value};
}
template <class T>
CREDENCE_HD dual<T> log1p(dual<T> a) {
  return {log1p(a.value), a.tangent / (T(1) + a.value)};
}
template <class T>
CREDENCE_HD dual<T> sqrt(dual<T> a) {
  const T r = sqrt(a.value);
  return {r, a.tangent / (T(2) * r)};
}
template <class T>
CREDENCE_HD dual<T> pow(dual<T> a, dual<T> b) {
  const T p = pow(a.value, b.value);
  const T from_base = select(a.tangent == T(0), T(0), b.value * pow(a.value, b.value - T(1)) * a.tangent);
  const T from_exponent = select(b.tangent == T(0), T(0), p * log(a.value) * b.tangent);
  return {p, from_base + from_exponent};
}
template <class T>
CREDENCE_HD dual<T> sin(dual<T> a) {
  return {sin(a.value), cos(a.value) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> cos(dual<T> a) {
  return {cos(a.value), -sin(a.value) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> tanh(dual<T> a) {
  const T t = tanh(a.value);
  return {t, (T(1) - t * t) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> abs(dual<T> a) {
  return a.value < T(0) ? -a : a;
}
template <class T>
CREDENCE_HD dual<T> floor(dual<T> a) {
  return {floor(a.value), T(0)};
}
template <class T>
CREDENCE_HD dual<T> inv_logit(dual<T> a) {
  const T p = inv_logit(a.value), q = inv_logit(-a.value);
  return {p, p * q * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> log1p_exp(dual<T> a) {
  return {log1p_exp(a.value), inv_logit(a.value) * a.tangent};
}

}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
