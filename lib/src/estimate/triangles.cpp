// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/linalg.hpp"
#include "estimate/glm_pass.hpp"
#include "estimate/glm_rows.hpp"

#include <algorithm>
#include <cmath>

namespace credence::estimate_detail {

namespace {

std::size_t at(std::int64_t i, std::int64_t j, std::int64_t p) { return static_cast<std::size_t>(i * p + j); }

/// Rows of a triangle as a block of columns, for the kernel that adds rows to a triangle.
void add_rows(std::vector<double>& into, const std::vector<double>& rows, std::int64_t p, std::int64_t wide) {
  std::vector<double> block(static_cast<std::size_t>(p * wide));
  for (std::int64_t i = 0; i < p; ++i) {
    for (std::int64_t j = 0; j < wide; ++j) block[static_cast<std::size_t>(j * p + i)] = rows[at(i, j, wide)];
  }
  CREDENCE_SIMD_PICK(glm_triangle)(block.data(), p, p, wide, into.data());
}

}  // namespace

void join_triangles(std::vector<double>& into, const std::vector<double>& other, std::int64_t p) {
  add_rows(into, other, p, p);
}

std::vector<double> triangle_of_columns(const std::vector<double>& r, std::int64_t p,
                                        std::span<const std::int64_t> columns) {
  const auto wide = static_cast<std::int64_t>(columns.size());
  std::vector<double> rows(static_cast<std::size_t>(p * wide), 0.0);
  for (std::int64_t j = 0; j < wide; ++j) {
    const std::int64_t from = columns[static_cast<std::size_t>(j)];
    for (std::int64_t i = 0; i <= from; ++i) rows[at(i, j, wide)] = r[at(i, from, p)];
  }
  std::vector<double> out(static_cast<std::size_t>(wide * wide), 0.0);
  add_rows(out, rows, p, wide);
  return out;
}

std::vector<double> triangle_of_gram(const std::vector<double>& gram, std::int64_t p) {
  // Scaled to a unit diagonal first, so that only the shape of the matrix decides what is definite.
  std::vector<double> scale(static_cast<std::size_t>(p)), out(static_cast<std::size_t>(p * p), 0.0);
  for (std::int64_t j = 0; j < p; ++j) {
    scale[static_cast<std::size_t>(j)] = std::sqrt(gram[at(j, j, p)]);
    if (!(scale[static_cast<std::size_t>(j)] > 0.0)) return {};
  }
  for (std::int64_t j = 0; j < p; ++j) {
    for (std::int64_t i = 0; i <= j; ++i) {
      double sum = gram[at(j, i, p)] / (scale[static_cast<std::size_t>(i)] * scale[static_cast<std::size_t>(j)]);
      for (std::int64_t k = 0; k < i; ++k) sum -= out[at(k, i, p)] * out[at(k, j, p)];
      if (i < j) {
        out[at(i, j, p)] = sum / out[at(i, i, p)];
      } else {
        if (!(sum > 0.0)) return {};
        out[at(i, i, p)] = std::sqrt(sum);
      }
    }
  }
  for (std::int64_t i = 0; i < p; ++i) {
    for (std::int64_t j = i; j < p; ++j) out[at(i, j, p)] *= scale[static_cast<std::size_t>(j)];
  }
  return out;
}

std::vector<double> solve_transposed(const std::vector<double>& r, std::span<const double> g) {
  const auto p = static_cast<std::int64_t>(g.size());
  std::vector<double> x(g.begin(), g.end());
  for (std::int64_t i = 0; i < p; ++i) {
    for (std::int64_t k = 0; k < i; ++k)
      x[static_cast<std::size_t>(i)] -= r[at(k, i, p)] * x[static_cast<std::size_t>(k)];
    x[static_cast<std::size_t>(i)] /= r[at(i, i, p)];
  }
  return x;
}

std::vector<double> solve_upper(const std::vector<double>& r, std::span<const double> g) {
  const auto p = static_cast<std::int64_t>(g.size());
  std::vector<double> x(g.begin(), g.end());
  for (std::int64_t i = p; i-- > 0;) {
    for (std::int64_t k = i + 1; k < p; ++k)
      x[static_cast<std::size_t>(i)] -= r[at(i, k, p)] * x[static_cast<std::size_t>(k)];
    x[static_cast<std::size_t>(i)] /= r[at(i, i, p)];
  }
  return x;
}

std::vector<double> solve_normal(const std::vector<double>& r, std::span<const double> g) {
  return solve_upper(r, solve_transposed(r, g));
}

std::vector<double> inverse_normal(const std::vector<double>& r, std::int64_t p) {
  // S = R^-1 column by column; the inverse is S S'.
  std::vector<double> s(static_cast<std::size_t>(p * p), 0.0), out(s);
  std::vector<double> unit(static_cast<std::size_t>(p));
  for (std::int64_t j = 0; j < p; ++j) {
    std::fill(unit.begin(), unit.end(), 0.0);
    unit[static_cast<std::size_t>(j)] = 1.0;
    const std::vector<double> column = solve_upper(r, unit);
    for (std::int64_t i = 0; i <= j; ++i) s[at(i, j, p)] = column[static_cast<std::size_t>(i)];
  }
  for (std::int64_t i = 0; i < p; ++i) {
    for (std::int64_t j = i; j < p; ++j) {
      double sum = 0.0;
      for (std::int64_t k = j; k < p; ++k) sum += s[at(i, k, p)] * s[at(j, k, p)];
      out[at(i, j, p)] = out[at(j, i, p)] = sum;
    }
  }
  return out;
}

double condition_of(const std::vector<double>& r, std::int64_t p) {
  if (p == 0) return 1.0;
  std::vector<double> scaled(r);
  double most = 0.0, least = HUGE_VAL;
  for (std::int64_t j = 0; j < p; ++j) {
    double sum = 0.0;
    for (std::int64_t i = 0; i <= j; ++i) sum += r[at(i, j, p)] * r[at(i, j, p)];
    const double length = std::sqrt(sum);
    if (!(length > 0.0) || !std::isfinite(length)) return HUGE_VAL;
    for (std::int64_t i = 0; i <= j; ++i) scaled[at(i, j, p)] /= length;
    most = std::fmax(most, std::fabs(scaled[at(j, j, p)]));
    least = std::fmin(least, std::fabs(scaled[at(j, j, p)]));
  }
  if (p > 400) return most / least;  // a lower bound; singular values of so many columns cost more than the fit
  for (std::int64_t i = 0; i < p; ++i) {
    for (std::int64_t j = 0; j < i; ++j) scaled[at(i, j, p)] = 0.0;
  }
  const auto values = svd({}, view<const double, 2>(scaled.data(), p, p)).singular_values;
  return values.data()[0] / values.data()[p - 1];
}

rank_answer rank_of(const std::vector<double>& r, std::int64_t p, double tolerance) {
  rank_answer out;
  std::vector<std::vector<double>> basis;  // orthonormal
  std::vector<std::vector<double>> upper;  // the coordinates of each kept column in it
  for (std::int64_t j = 0; j < p; ++j) {
    std::vector<double> v(static_cast<std::size_t>(p), 0.0), along(basis.size(), 0.0);
    double whole = 0.0;
    for (std::int64_t i = 0; i <= j; ++i) {
      v[static_cast<std::size_t>(i)] = r[at(i, j, p)];
      whole += r[at(i, j, p)] * r[at(i, j, p)];
    }
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t k = 0; k < basis.size(); ++k) {
        double dot = 0.0;
        for (std::size_t i = 0; i < v.size(); ++i) dot += basis[k][i] * v[i];
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= dot * basis[k][i];
        along[k] += dot;
      }
    }
    double rest = 0.0;
    for (const double x : v) rest += x * x;
    if (std::sqrt(rest) > tolerance * std::sqrt(whole)) {
      for (double& x : v) x /= std::sqrt(rest);
      basis.push_back(v);
      along.push_back(std::sqrt(rest));
      upper.push_back(along);
      out.kept.push_back(j);
      continue;
    }
    // Solve for the combination of the kept columns.
    for (std::size_t k = along.size(); k-- > 0;) {
      along[k] /= upper[k][k];
      for (std::size_t i = 0; i < k; ++i) along[i] -= along[k] * upper[k][i];
    }
    out.aliases.push_back({j, along});
  }
  return out;
}

}  // namespace credence::estimate_detail
