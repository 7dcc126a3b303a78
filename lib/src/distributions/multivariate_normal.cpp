// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/multivariate_normal.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/distributions/transforms/symmetric.hpp"
#include "credence/random/normal.hpp"
#include "distributions/triangular_steps.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace credence {

using detail::solve_lower;
using detail::solve_upper;

namespace {

constexpr const char* who = "multivariate_normal";

std::vector<double> square_matrix(const char* name, std::span<const double> mean, view<const double, 2> m) {
  const auto n = static_cast<std::int64_t>(mean.size());
  check::at_least(who, "size of mean", n, 1);
  for (const double v : mean) check::finite(who, "mean", v);
  check::same_size(who, std::string("rows of ") + name, m.extents[0], "mean", n);
  check::same_size(who, std::string("columns of ") + name, m.extents[1], "mean", n);
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      check::finite(who, name, m(i, j));
      out.push_back(m(i, j));
    }
  }
  return out;
}

std::vector<double> factor_of(const char* name, std::int64_t n, const std::vector<double>& matrix) {
  std::vector<double> l(matrix.size());
  if (!transforms::factorise(n, matrix.data(), l.data())) {
    check::fail_domain(who, name, std::string_view("not so"), "symmetric and positive definite");
  }
  return l;
}

double log_determinant_of_factor(const multivariate_normal& d) {
  const std::int64_t n = d.size();
  double sum = 0.0;
  for (std::int64_t i = 0; i < n; ++i) sum += math::log(d.cholesky[static_cast<std::size_t>(i * (n + 1))]);
  return sum;
}

void check_size(const multivariate_normal& d, std::size_t size, const char* what) {
  check::same_size(who, what, static_cast<std::int64_t>(size), "mean", d.size());
}

/// z = L^-1 (x - mean), and the log density.
double standardise(const multivariate_normal& d, std::span<const double> x, std::vector<double>& z) {
  check_size(d, x.size(), "x");
  z.assign(x.begin(), x.end());
  bool infinite = false;
  for (std::size_t i = 0; i < z.size(); ++i) {
    infinite = infinite || std::isinf(z[i]);
    z[i] -= d.mean[i];
  }
  solve_lower(d.size(), d.cholesky.data(), z.data());
  double square = 0.0;
  for (const double v : z) square = math::fma(v, v, square);
  if (infinite) return -std::numeric_limits<double>::infinity();
  return -0.5 * square - log_determinant_of_factor(d) - static_cast<double>(d.size()) * constants::half_log_two_pi;
}

}  // namespace

multivariate_normal multivariate_normal::from_cholesky(std::span<const double> mean, view<const double, 2> factor) {
  multivariate_normal d{{mean.begin(), mean.end()}, square_matrix("cholesky", mean, factor)};
  const std::int64_t n = d.size();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i; j < n; ++j) {
      const double v = d.cholesky[static_cast<std::size_t>(i * n + j)];
      const std::string place = "cholesky[" + std::to_string(i) + ", " + std::to_string(j) + "]";
      if (i == j) check::positive(who, place, v);
      if (i != j && v != 0.0) check::fail_domain(who, place, v, "0, above the diagonal");
    }
  }
  return d;
}

multivariate_normal multivariate_normal::from_covariance(std::span<const double> mean,
                                                         view<const double, 2> covariance) {
  const std::vector<double> sigma = square_matrix("covariance", mean, covariance);
  return {{mean.begin(), mean.end()}, factor_of("covariance", static_cast<std::int64_t>(mean.size()), sigma)};
}

multivariate_normal multivariate_normal::from_precision(std::span<const double> mean, view<const double, 2> precision) {
  // Factoring with rows and columns in reverse order gives precision = U U' with U upper triangular; then the
  // covariance is L L' with L = U'^-1, which is lower triangular.
  const auto n = static_cast<std::int64_t>(mean.size());
  const std::vector<double> lambda = square_matrix("precision", mean, precision);
  const std::vector<double> reversed(lambda.rbegin(), lambda.rend());
  const std::vector<double> factor = factor_of("precision", n, reversed);
  const std::vector<double> upper(factor.rbegin(), factor.rend());
  multivariate_normal d{{mean.begin(), mean.end()}, std::vector<double>(lambda.size(), 0.0)};
  std::vector<double> lower_factor(upper.size()), column(mean.size());
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      lower_factor[static_cast<std::size_t>(i * n + j)] = upper[static_cast<std::size_t>(j * n + i)];
    }
  }
  for (std::int64_t j = 0; j < n; ++j) {
    column.assign(mean.size(), 0.0);
    column[static_cast<std::size_t>(j)] = 1.0;
    solve_lower(n, lower_factor.data(), column.data());
    for (std::int64_t i = j; i < n; ++i) {
      d.cholesky[static_cast<std::size_t>(i * n + j)] = column[static_cast<std::size_t>(i)];
    }
  }
  return d;
}

double log_pdf(const multivariate_normal& d, std::span<const double> x) {
  std::vector<double> z;
  return standardise(d, x, z);
}

double log_pdf_partials(const multivariate_normal& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dcholesky) {
  check_size(d, dx.size(), "dx");
  const std::int64_t n = d.size();
  if (!dcholesky.empty())
    check::same_size(who, "dcholesky", static_cast<std::int64_t>(dcholesky.size()), "its size", n * n);
  std::vector<double> z;
  const double value = standardise(d, x, z);
  const bool out = value == -std::numeric_limits<double>::infinity();
  std::vector<double> w = z;  // L'^-1 z
  solve_upper(n, d.cholesky.data(), w.data());
  for (std::size_t i = 0; i < w.size(); ++i) dx[i] = out ? 0.0 : -w[i];
  if (dcholesky.empty()) return value;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(i * n + j);
      double slope = j <= i ? w[static_cast<std::size_t>(i)] * z[static_cast<std::size_t>(j)] : 0.0;
      if (i == j) slope -= 1.0 / d.cholesky[at];
      dcholesky[at] = out ? 0.0 : slope;
    }
  }
  return value;
}

void sample(const multivariate_normal& d, rng_key key, std::uint64_t index, std::span<double> out) {
  check_size(d, out.size(), "out");
  const std::int64_t n = d.size();
  for (std::int64_t i = n - 1; i >= 0; --i) {
    double sum = d.mean[static_cast<std::size_t>(i)];
    for (std::int64_t j = 0; j <= i; ++j) {
      const double z = random::normal(key, index * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(j));
      sum = math::fma(d.cholesky[static_cast<std::size_t>(i * n + j)], z, sum);
    }
    out[static_cast<std::size_t>(i)] = sum;
  }
}

std::vector<double> covariance(const multivariate_normal& d) {
  std::vector<double> out = d.cholesky;
  transforms::square_in_place(d.size(), out.data());
  return out;
}

double entropy(const multivariate_normal& d) {
  return static_cast<double>(d.size()) * (0.5 + constants::half_log_two_pi) + log_determinant_of_factor(d);
}

double kl_divergence(const multivariate_normal& p, const multivariate_normal& q) {
  check::same_size(who, "p", p.size(), "q", q.size());
  const std::int64_t n = p.size();
  // (|Lq^-1 Lp|^2 + |Lq^-1 (mean_p - mean_q)|^2 - n) / 2 + log det Lq - log det Lp
  std::vector<double> column(p.mean.size());
  double square = -static_cast<double>(n);
  for (std::int64_t j = 0; j <= n; ++j) {
    for (std::int64_t i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      column[k] = j < n ? p.cholesky[static_cast<std::size_t>(i * n + j)] : p.mean[k] - q.mean[k];
    }
    solve_lower(n, q.cholesky.data(), column.data());
    for (const double v : column) square = math::fma(v, v, square);
  }
  return 0.5 * square + log_determinant_of_factor(q) - log_determinant_of_factor(p);
}

}  // namespace credence
