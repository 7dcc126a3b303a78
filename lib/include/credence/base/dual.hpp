// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

template <class T>
struct dual;
namespace math {
template <class T>
CREDENCE_HD dual<T> fma(dual<T> a, dual<T> b, dual<T> c);
}

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

// Declared first, so that duals of duals find them from one another.
#define CREDENCE_DUAL_DECLARE(name) \
  template <class T>                \
  CREDENCE_HD dual<T> name(dual<T> a);
CREDENCE_MATH_UNARY(CREDENCE_DUAL_DECLARE)
CREDENCE_DUAL_DECLARE(sqrt)
#undef CREDENCE_DUAL_DECLARE

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
CREDENCE_HD dual<T> exp_nonpositive(dual<T> a) {
  const T e = exp_nonpositive(a.value);
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
CREDENCE_HD void sincos(dual<T> a, dual<T>& s, dual<T>& c) {
  T sine = T(0), cosine = T(0);
  sincos(a.value, sine, cosine);
  s = {sine, cosine * a.tangent};
  c = {cosine, -sine * a.tangent};
}
template <class T>
CREDENCE_HD void sincos_pi(dual<T> a, dual<T>& s, dual<T>& c) {
  T sine = T(0), cosine = T(0);
  sincos_pi(a.value, sine, cosine);
  const T turn = T(3.14159265358979323846) * a.tangent;
  s = {sine, cosine * turn};
  c = {cosine, -sine * turn};
}
template <class T>
CREDENCE_HD dual<T> tan(dual<T> a) {
  const T t = tan(a.value);
  return {t, fma(t, t, T(1)) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> atan(dual<T> a) {
  return {atan(a.value), a.tangent / fma(a.value, a.value, T(1))};
}
template <class T>
CREDENCE_HD dual<T> asin(dual<T> a) {
  return {asin(a.value), a.tangent / sqrt((T(1) - a.value) * (T(1) + a.value))};
}
template <class T>
CREDENCE_HD dual<T> acos(dual<T> a) {
  return {acos(a.value), -a.tangent / sqrt((T(1) - a.value) * (T(1) + a.value))};
}
template <class T>
CREDENCE_HD dual<T> sinh(dual<T> a) {
  return {sinh(a.value), cosh(a.value) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> cosh(dual<T> a) {
  return {cosh(a.value), sinh(a.value) * a.tangent};
}
/// 1 - tanh^2 as 4 p (1 - p) with p = inv_logit(2 x), which does not cancel.
template <class T>
CREDENCE_HD dual<T> tanh(dual<T> a) {
  const T twice = T(2) * a.value;
  return {tanh(a.value), T(4) * inv_logit(twice) * inv_logit(-twice) * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> exp2(dual<T> a) {
  const T e = exp2(a.value);
  return {e, T(0.69314718055994530942) * e * a.tangent};
}
template <class T>
CREDENCE_HD dual<T> log2(dual<T> a) {
  return {log2(a.value), T(1.4426950408889634074) * a.tangent / a.value};
}
/// The derivative of log(1 - exp(x)) is -exp(x) / (1 - exp(x)) = 1 / expm1(-x), with its sign turned.
template <class T>
CREDENCE_HD dual<T> log1m_exp(dual<T> a) {
  return {log1m_exp(a.value), -a.tangent / expm1(-a.value)};
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
