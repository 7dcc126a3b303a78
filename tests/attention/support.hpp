// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"
#include "credence/random/normal.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace credence::test {

template <class T>
T stored_as(double x) {
  if constexpr (std::is_same_v<T, bfloat16>) {
    return to_bfloat16(x);
  } else if constexpr (std::is_same_v<T, float16>) {
    return to_float16(x);
  } else {
    return static_cast<T>(x);
  }
}
template <class T>
double number(T x) {
  if constexpr (std::is_same_v<T, bfloat16> || std::is_same_v<T, float16>) {
    return static_cast<double>(to_float(x));
  } else {
    return static_cast<double>(x);
  }
}

template <class T>
tensor<T> normal_tensor(const tensor_shape& shape, std::uint64_t seed, double scale = 1.0) {
  tensor<T> out(shape);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    out[i] = stored_as<T>(scale * random::normal(rng_key{seed, 7}, static_cast<std::uint64_t>(i)));
  }
  return out;
}
template <class T>
tensor<double> doubles(const tensor<T>& x) {
  tensor<double> out(x.shape());
  for (std::int64_t i = 0; i < x.size(); ++i) out[i] = number(x[i]);
  return out;
}

/// Unit roundoff of the storage type and of what it is computed in.
template <class T>
constexpr double storage_roundoff = std::is_same_v<T, double>     ? 0x1p-53
                                    : std::is_same_v<T, float>    ? 0x1p-24
                                    : std::is_same_v<T, bfloat16> ? 0x1p-8
                                                                  : 0x1p-11;
template <class T>
constexpr double compute_roundoff = std::is_same_v<T, double> ? 0x1p-53 : 0x1p-24;

/// The usable paths of this machine but the reference.
inline std::vector<attention::path> fast_paths(std::int64_t d = 64, bool backward = false) {
  std::vector<attention::path> out;
  for (const auto& one : attention::paths(exec::cpu(1), d, d)) {
    if (one.usable && (one.backward || !backward) && one.which != attention::path::reference) out.push_back(one.which);
  }
  return out;
}
inline std::vector<attention::path> usable_paths(std::int64_t d = 64, bool backward = false) {
  auto out = fast_paths(d, backward);
  out.insert(out.begin(), attention::path::reference);
  return out;
}

/// Queries, keys and values with their views.
template <class T>
struct triple {
  tensor<T> q, k, v;

  triple(const tensor_shape& q_shape, const tensor_shape& k_shape, std::int64_t dv, std::uint64_t seed,
         double scale = 1.0)
      : q(normal_tensor<T>(q_shape, seed, scale)),
        k(normal_tensor<T>(k_shape, seed + 1, scale)),
        v(normal_tensor<T>({k_shape[0], k_shape[1], k_shape[2], dv}, seed + 2)) {}
  triple(tensor<T> a, tensor<T> b, tensor<T> c) : q(std::move(a)), k(std::move(b)), v(std::move(c)) {}

  [[nodiscard]] attention::inputs<T> in() const {
    return {q.template view<4>(), k.template view<4>(), v.template view<4>(), {}};
  }
  [[nodiscard]] triple<double> in_double() const { return {doubles(q), doubles(k), doubles(v)}; }
};

/// Largest difference, both being -infinity or NaN counting as none.
template <class A, class B>
double largest_difference(const tensor<A>& a, const tensor<B>& b) {
  double worst = a.size() == b.size() ? 0.0 : std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double x = number(a[i]), y = number(b[i]);
    if (x == y || (x != x && y != y)) continue;
    const double gap = std::abs(x - y);
    worst = gap > worst || gap != gap ? gap : worst;
    if (gap != gap) return std::numeric_limits<double>::infinity();
  }
  return worst;
}
template <class T>
bool same_bits(const tensor<T>& a, const tensor<T>& b) {
  return a.shape() == b.shape() &&
         (a.empty() || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0);
}

/// Everything exact attention can be asked for, by number: what `cases` names.
struct setting {
  std::string name;
  std::int64_t batch = 1, heads = 1, key_heads = 1, queries = 1, keys = 1, d = 16, dv = 16;
  attention::options opt{};
  bool bias = false, mask = false;
  tensor_shape bias_shape{};
};

}  // namespace credence::test
