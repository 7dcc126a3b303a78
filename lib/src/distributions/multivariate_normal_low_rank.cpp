// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/multivariate_normal_low_rank.hpp"

#include "credence/base/constants.hpp"
#include "credence/random/normal.hpp"
#include "distributions/triangular_steps.hpp"

#include <cmath>
#include <limits>

namespace credence {

using namespace detail;

namespace {

constexpr const char* who = "multivariate_normal_low_rank";

double log_determinant(const multivariate_normal_low_rank& d) {
  double sum = 2.0 * log_diagonal(d.rank, d.inner.data());
  for (const double v : d.variances) sum += math::log(v);
  return sum;
}

/// w = covariance^-1 r: r / v - F C^-1 F' (r / v) / v, C the inner matrix.
numbers solve_covariance(const multivariate_normal_low_rank& d, const numbers& r) {
  const std::int64_t n = d.size(), k = d.rank;
  numbers w = r, t(at(k), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    w[at(i)] /= d.variances[at(i)];
    for (std::int64_t j = 0; j < k; ++j) t[at(j)] = math::fma(d.factor[at(i * k + j)], w[at(i)], t[at(j)]);
  }
  solve_lower(k, d.inner.data(), t.data());
  solve_upper(k, d.inner.data(), t.data());
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (std::int64_t j = 0; j < k; ++j) sum = math::fma(d.factor[at(i * k + j)], t[at(j)], sum);
    w[at(i)] -= sum / d.variances[at(i)];
  }
  return w;
}

numbers residual(const multivariate_normal_low_rank& d, std::span<const double> x) {
  check::same_size(who, "x", static_cast<std::int64_t>(x.size()), "mean", d.size());
  numbers r(x.begin(), x.end());
  for (std::size_t i = 0; i < r.size(); ++i) r[i] -= d.mean[i];
  return r;
}

bool any_infinite(std::span<const double> x) {
  for (const double v : x) {
    if (std::isinf(v)) return true;
  }
  return false;
}

double value_of(const multivariate_normal_low_rank& d, const numbers& r, const numbers& w) {
  double square = 0.0;
  for (std::size_t i = 0; i < r.size(); ++i) square = math::fma(r[i], w[i], square);
  return -0.5 * (square + log_determinant(d)) - static_cast<double>(r.size()) * constants::half_log_two_pi;
}

}  // namespace

multivariate_normal_low_rank::multivariate_normal_low_rank(std::span<const double> centre,
                                                           view<const double, 2> factors, std::span<const double> noise)
    : mean(centre.begin(), centre.end()), variances(noise.begin(), noise.end()), rank(factors.extents[1]) {
  const std::int64_t n = size();
  check::at_least(who, "size of mean", n, 1);
  check::same_size(who, "variances", static_cast<std::int64_t>(variances.size()), "mean", n);
  for (const double v : mean) check::finite(who, "mean", v);
  for (const double v : variances) check::positive(who, "variances", v);
  factor = matrix_entries(who, "factor", factors, n, rank);
  numbers c = identity(rank);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t a = 0; a < rank; ++a) {
      const double scaled = factor[at(i * rank + a)] / variances[at(i)];
      for (std::int64_t b = 0; b < rank; ++b) {
        c[at(a * rank + b)] = math::fma(scaled, factor[at(i * rank + b)], c[at(a * rank + b)]);
      }
    }
  }
  inner = checked_factor(who, "inner matrix", rank, c);
}

double log_pdf(const multivariate_normal_low_rank& d, std::span<const double> x) {
  const numbers r = residual(d, x);
  if (any_infinite(x)) return -std::numeric_limits<double>::infinity();
  return value_of(d, r, solve_covariance(d, r));
}

double log_pdf_partials(const multivariate_normal_low_rank& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dfactor, std::span<double> dvariances) {
  const std::int64_t n = d.size(), k = d.rank;
  check::same_size(who, "dx", static_cast<std::int64_t>(dx.size()), "mean", n);
  check::same_size(who, "dfactor", static_cast<std::int64_t>(dfactor.size()), "factor", n * k);
  check::same_size(who, "dvariances", static_cast<std::int64_t>(dvariances.size()), "variances", n);
  const numbers r = residual(d, x);
  if (any_infinite(x)) {
    for (const auto& part : {dx, dfactor, dvariances}) std::fill(part.begin(), part.end(), 0.0);
    return -std::numeric_limits<double>::infinity();
  }
  const numbers w = solve_covariance(d, r);
  numbers along(at(k), 0.0);  // F' w
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < k; ++j) along[at(j)] = math::fma(d.factor[at(i * k + j)], w[at(i)], along[at(j)]);
  }
  // with S the covariance: d log f / dS = (w w' - S^-1) / 2, S^-1 F = diag(1 / v) F C^-1
  numbers row(at(k));
  for (std::int64_t i = 0; i < n; ++i) {
    const double v = d.variances[at(i)];
    for (std::int64_t j = 0; j < k; ++j) row[at(j)] = d.factor[at(i * k + j)] / v;
    solve_lower(k, d.inner.data(), row.data());
    double square = 0.0;
    for (const double t : row) square = math::fma(t, t, square);
    solve_upper(k, d.inner.data(), row.data());
    for (std::int64_t j = 0; j < k; ++j) dfactor[at(i * k + j)] = w[at(i)] * along[at(j)] - row[at(j)];
    dvariances[at(i)] = 0.5 * (w[at(i)] * w[at(i)] - (1.0 / v - square));
    dx[at(i)] = -w[at(i)];
  }
  return value_of(d, r, w);
}

void sample(const multivariate_normal_low_rank& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.size(), k = d.rank;
  check::same_size(who, "out", static_cast<std::int64_t>(out.size()), "mean", n);
  const auto first = index * static_cast<std::uint64_t>(n + k);
  for (std::int64_t i = 0; i < n; ++i) {
    const double own = random::normal(key, first + static_cast<std::uint64_t>(k + i));
    double sum = d.mean[at(i)] + std::sqrt(d.variances[at(i)]) * own;
    for (std::int64_t j = 0; j < k; ++j) {
      sum = math::fma(d.factor[at(i * k + j)], random::normal(key, first + static_cast<std::uint64_t>(j)), sum);
    }
    out[at(i)] = sum;
  }
}

std::vector<double> covariance(const multivariate_normal_low_rank& d) {
  const std::int64_t n = d.size(), k = d.rank;
  numbers out(at(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = i == j ? d.variances[at(i)] : 0.0;
      for (std::int64_t a = 0; a < k; ++a) sum = math::fma(d.factor[at(i * k + a)], d.factor[at(j * k + a)], sum);
      out[at(i * n + j)] = sum;
    }
  }
  return out;
}

double entropy(const multivariate_normal_low_rank& d) {
  return static_cast<double>(d.size()) * (0.5 + constants::half_log_two_pi) + 0.5 * log_determinant(d);
}

}  // namespace credence
