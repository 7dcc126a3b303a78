// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <cmath>
#include <vector>

/// Made-up rows for the tests of ensembles.
namespace credence::test {

struct made_rows {
  std::vector<double> x, y, weights;
  std::vector<ensemble::feature_info> features;
  std::int64_t rows = 0, columns = 0;
  std::int32_t classes = 0;

  [[nodiscard]] view<const double, 2> matrix() const { return view<const double, 2>(x.data(), rows, columns); }
  [[nodiscard]] ensemble::labelled_rows labelled() const { return {matrix(), y, classes, weights, features}; }
};

inline ensemble::feature_info& feature_info_of(made_rows& data, std::int64_t column) {
  return data.features[static_cast<std::size_t>(column)];
}

struct made_options {
  std::uint64_t seed = 1;
  std::int64_t rows = 1000, columns = 6;
  std::int32_t classes = 0;
  std::uint64_t levels = 0;      ///< 0: normal numbers; else that many equally spaced values
  double missing = 0.0;          ///< part of the cells
  std::int64_t categorical = 0;  ///< so many of the last columns are codes 0..5
};

inline made_rows make_rows(const made_options& o) {
  const rng_key key{o.seed, 0};
  made_rows out;
  out.rows = o.rows;
  out.columns = o.columns;
  out.classes = o.classes;
  for (std::int64_t i = 0; i < o.rows; ++i) {
    double score = 0.0;
    for (std::int64_t c = 0; c < o.columns; ++c) {
      const auto at = static_cast<std::uint64_t>(i * o.columns + c);
      double x = random::normal<double>(key.split(purpose::test, 1), at);
      if (o.levels > 0)
        x = std::floor(random::uniform(key.split(purpose::test, 2), at) * static_cast<double>(o.levels));
      if (c >= o.columns - o.categorical) {
        x = std::floor(6.0 * random::uniform(key.split(purpose::test, 3), at));
        score += x == 1.0 || x == 4.0 ? 1.0 : -0.5;
      } else {
        const double scale = o.levels > 0 ? 2.0 / static_cast<double>(o.levels) : 1.0;
        score +=
            c == 0 ? std::sin(2.0 * scale * x) : (c == 1 ? 0.7 * scale * x : (c == 2 ? scale * scale * x * x : 0.0));
      }
      if (random::uniform(key.split(purpose::test, 4), at) < o.missing) x = std::nan("");
      out.x.push_back(x);
    }
    const auto row = static_cast<std::uint64_t>(i);
    const double noise = random::normal<double>(key.split(purpose::test, 5), row);
    if (o.classes == 0) {
      out.y.push_back(score + 0.3 * noise);
    } else {
      const double z = score + 0.5 * noise;
      out.y.push_back(std::min<double>(o.classes - 1, std::max(0.0, std::floor(z + 0.5 * o.classes - 0.5))));
    }
  }
  out.features.resize(static_cast<std::size_t>(o.columns));
  for (std::int64_t c = 0; c < o.columns; ++c) {
    feature_info_of(out, c).name = std::string(1, static_cast<char>('a' + c % 26));
    feature_info_of(out, c).categorical = c >= o.columns - o.categorical;
  }
  return out;
}

}  // namespace credence::test
