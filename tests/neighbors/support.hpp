// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace credence::test {

using neighbors::distance_t;
using neighbors::metric;
using neighbors::metric_kind;

template <class T>
struct point_set {
  std::vector<T> values;
  std::int64_t size = 0, dimensions = 0;
  [[nodiscard]] view<const T, 2> points() const { return view<const T, 2>(values.data(), size, dimensions); }
  [[nodiscard]] const T* row(std::int64_t i) const { return values.data() + i * dimensions; }
};

/// The definition, written out once more and apart from the library: what every search has to reproduce.
template <class T>
distance_t<T> slow_distance(const metric& how, const T* x, const T* y, std::int64_t d) {
  using D = distance_t<T>;
  D sum = 0;
  for (std::int64_t j = 0; j < d; ++j) {
    const D t = static_cast<D>(x[j]) - static_cast<D>(y[j]);
    const D size = t < 0 ? static_cast<D>(-t) : t;
    const bool weighted = !how.weights.empty();
    const D w = weighted ? static_cast<D>(how.weights[static_cast<std::size_t>(j)]) : D(1);
    if constexpr (std::is_floating_point_v<D>) {
      switch (how.kind) {
        case metric_kind::euclidean:
          sum = weighted ? std::fma(w * t, t, sum) : std::fma(t, t, sum);
          break;
        case metric_kind::manhattan:
          sum = weighted ? std::fma(w, size, sum) : sum + size;
          break;
        case metric_kind::chebyshev:
          sum = std::max(sum, weighted ? w * size : size);
          break;
        case metric_kind::minkowski: {
          const D power = math::pow(size, static_cast<D>(how.p));
          sum = weighted ? (w == 0 ? sum : std::fma(w, power, sum)) : sum + power;
          break;
        }
      }
    } else {
      if (how.kind == metric_kind::euclidean) sum += t * t;
      if (how.kind == metric_kind::manhattan) sum += size;
      if (how.kind == metric_kind::chebyshev) sum = std::max(sum, size);
    }
  }
  return sum;
}

/// All points by (power distance, index).
template <class T>
std::vector<std::pair<distance_t<T>, std::int64_t>> slow_order(const point_set<T>& set, const metric& how,
                                                               const T* query) {
  std::vector<std::pair<distance_t<T>, std::int64_t>> all(static_cast<std::size_t>(set.size));
  for (std::int64_t i = 0; i < set.size; ++i) {
    all[static_cast<std::size_t>(i)] = {slow_distance(how, query, set.row(i), set.dimensions), i};
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// Kinds of data that have broken trees elsewhere.
enum class shape_of_data : int {
  uniform,
  clustered,
  gridded,
  all_equal,
  two_places,
  constant_axes,
  sorted,
  line,
  exponential,
  heavy_duplicates,
  huge_and_tiny,
  sphere,
  count
};

template <class T>
T as_coordinate(double unit) {  // of a number between -1 and 1, more or less
  if constexpr (std::is_same_v<T, std::uint8_t>) return static_cast<T>(std::clamp(128.0 + 127.0 * unit, 0.0, 255.0));
  if constexpr (std::is_same_v<T, std::int8_t>) return static_cast<T>(std::clamp(127.0 * unit, -128.0, 127.0));
  return static_cast<T>(unit);
}

template <class T>
point_set<T> make_points(shape_of_data shape, std::int64_t n, std::int64_t d, std::uint64_t seed) {
  const rng_key key = rng_key{seed, 0}.split(purpose::test, static_cast<std::uint64_t>(shape));
  std::uint64_t draw = 0;
  const auto unit = [&] { return 2.0 * random::uniform(key, draw++) - 1.0; };
  point_set<T> out{{}, n, d};
  std::vector<double> centres(static_cast<std::size_t>(8 * d));
  for (double& c : centres) c = unit();
  for (std::int64_t i = 0; i < n; ++i) {
    double norm = 0.0;
    std::vector<double> row(static_cast<std::size_t>(d));
    const auto cluster = static_cast<std::size_t>((unit() + 1.0) * 3.999);
    const double along = static_cast<double>(i) / static_cast<double>(n);
    for (std::int64_t j = 0; j < d; ++j) {
      const auto at = static_cast<std::size_t>(j);
      double x = unit();
      switch (shape) {
        case shape_of_data::clustered:
          x = centres[cluster * static_cast<std::size_t>(d) + at] + 0.01 * x;
          break;
        case shape_of_data::gridded:
          x = std::round(4.0 * x) / 4.0;
          break;
        case shape_of_data::all_equal:
          x = 0.25;
          break;
        case shape_of_data::two_places:
          x = i % 2 == 0 ? 0.25 : -0.5;
          break;
        case shape_of_data::constant_axes:
          x = j % 2 == 0 ? x : 0.125;
          break;
        case shape_of_data::sorted:
          x = 2.0 * along - 1.0;
          break;
        case shape_of_data::line:
          x = j == 0 ? x : 0.5 * (row[0] + static_cast<double>(j)) / static_cast<double>(d);
          break;
        case shape_of_data::exponential:
          x = std::ldexp(x < 0 ? -1.0 : 1.0, -static_cast<int>(along * 100.0));
          break;
        case shape_of_data::heavy_duplicates:
          x = unit() < 0.8 ? 0.5 : std::round(2.0 * x) / 2.0;
          break;
        case shape_of_data::huge_and_tiny:
          x = std::ldexp(x, i % 3 == 0 ? 60 : (i % 3 == 1 ? -60 : 0));
          break;
        default:
          break;
      }
      row[at] = x;
      norm += x * x;
    }
    for (double& x : row) {
      if (shape == shape_of_data::sphere) x /= std::sqrt(norm) + 1e-9;
      out.values.push_back(as_coordinate<T>(x));
    }
  }
  return out;
}

/// Queries: points of the set, points near them, points anywhere and far away.
template <class T>
point_set<T> make_queries(const point_set<T>& set, std::int64_t m, std::uint64_t seed) {
  const rng_key key = rng_key{seed, 1}.split(purpose::test, 99);
  std::uint64_t draw = 0;
  const auto unit = [&] { return 2.0 * random::uniform(key, draw++) - 1.0; };
  point_set<T> out{{}, m, set.dimensions};
  for (std::int64_t q = 0; q < m; ++q) {
    const auto near = static_cast<std::int64_t>((unit() + 1.0) * 0.4999 * static_cast<double>(set.size));
    for (std::int64_t j = 0; j < set.dimensions; ++j) {
      const double x = static_cast<double>(set.row(near)[j]);
      switch (q % 4) {
        case 0:
          out.values.push_back(set.row(near)[j]);
          break;
        case 1:
          out.values.push_back(std::is_floating_point_v<T> ? static_cast<T>(x + 0.05 * unit())
                                                           : as_coordinate<T>(unit()));
          break;
        case 2:
          out.values.push_back(as_coordinate<T>(unit()));
          break;
        default:
          out.values.push_back(std::is_floating_point_v<T> ? static_cast<T>(100.0 * unit())
                                                           : as_coordinate<T>(2.0 * unit()));
      }
    }
  }
  return out;
}

}  // namespace credence::test
