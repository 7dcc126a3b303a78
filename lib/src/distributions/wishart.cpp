// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/wishart.hpp"

#include "credence/base/constants.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "credence/special/gamma.hpp"
#include "distributions/triangular_steps.hpp"

#include <cmath>
#include <limits>

namespace credence {

using namespace detail;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class D>
void construct(const char* who, D& d, view<const double, 2> matrix) {
  const std::int64_t n = matrix.extents[0];
  check::at_least(who, "size of scale", n, 1);
  d.scale = matrix_entries(who, "scale", matrix, n, n);
  d.cholesky = checked_factor(who, "scale", n, d.scale);
  if (!(d.df > static_cast<double>(n) - 1.0 && d.df < infinity)) {
    check::fail_domain(who, "df", d.df, "finite and above " + std::to_string(n - 1));
  }
}

std::int64_t side(const numbers& matrix) {
  return static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(matrix.size()))));
}

/// The Cholesky factor of X; false where X is not symmetric and positive definite, and then `value` is -infinity or
/// NaN.
bool factor_of(const char* who, std::int64_t n, view<const double, 2> x, numbers& l, double& value) {
  check::same_size(who, "rows of x", x.extents[0], "scale", n);
  check::same_size(who, "columns of x", x.extents[1], "scale", n);
  numbers entries(at(n * n));
  double sum = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) sum += entries[at(i * n + j)] = x(i, j);
  }
  l.resize(entries.size());
  value = std::isnan(sum) ? sum : -infinity;
  return !std::isnan(sum) && transforms::factorise(n, entries.data(), l.data());
}

/// |A^-1 B|^2 of two lower triangles: tr((A A')^-1 B B').
double trace_of_quotient(std::int64_t n, const numbers& a, numbers b) {
  solve_lower_columns(n, n, a.data(), b.data());
  double sum = 0.0;
  for (const double v : b) sum = math::fma(v, v, sum);
  return sum;
}

/// sum over j < n of digamma((df - j) / 2).
double multivariate_digamma(std::int64_t n, double df) {
  double sum = 0.0;
  for (std::int64_t j = 0; j < n; ++j) sum += special::digamma(0.5 * (df - static_cast<double>(j)));
  return sum;
}

double normaliser(std::int64_t n, double df) {
  return 0.5 * df * static_cast<double>(n) * constants::log_two +
         special::multivariate_lgamma(static_cast<int>(n), 0.5 * df);
}

/// (A A')^-1 B B' (A A')^-1 of two lower triangles.
numbers sandwich(std::int64_t n, const numbers& a, const numbers& b) {
  numbers half = b;  // (A A')^-1 B
  solve_lower_columns(n, n, a.data(), half.data());
  solve_upper_columns(n, n, a.data(), half.data());
  numbers out(half.size(), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0.0;
      for (std::int64_t k = 0; k < n; ++k) sum = math::fma(half[at(i * n + k)], half[at(j * n + k)], sum);
      out[at(i * n + j)] = sum;
    }
  }
  return out;
}

void check_spans(const char* who, std::int64_t n, std::span<const double> dx, std::span<const double> dscale) {
  check::same_size(who, "dx", static_cast<std::int64_t>(dx.size()), "its size", n * n);
  check::same_size(who, "dscale", static_cast<std::int64_t>(dscale.size()), "its size", n * n);
}

/// Bartlett's lower triangle A: A A' is wishart(df, 1). Chi-squares on the diagonal, normals below.
numbers bartlett(std::int64_t n, double df, rng_key key, std::uint64_t index) {
  numbers a(at(n * n), 0.0);
  const auto count = static_cast<std::uint64_t>(n);
  for (std::int64_t i = 0; i < n; ++i) {
    const double half = 0.5 * (df - static_cast<double>(i));
    const auto element = index * count + static_cast<std::uint64_t>(i);
    a[at(i * (n + 1))] = std::sqrt(2.0 * random::gamma(key.split(purpose::user, 1), element, half));
    for (std::int64_t j = 0; j < i; ++j) {
      a[at(i * n + j)] = random::normal(key, element * count + static_cast<std::uint64_t>(j));
    }
  }
  return a;
}

/// out = M M' for M of n by n.
void square(std::int64_t n, const numbers& m, std::span<double> out) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (std::int64_t k = 0; k < n; ++k) sum = math::fma(m[at(i * n + k)], m[at(j * n + k)], sum);
      out[at(i * n + j)] = out[at(j * n + i)] = sum;
    }
  }
}

}  // namespace

wishart::wishart(double degrees, view<const double, 2> matrix) : df(degrees) { construct("wishart", *this, matrix); }
inverse_wishart::inverse_wishart(double degrees, view<const double, 2> matrix) : df(degrees) {
  construct("inverse_wishart", *this, matrix);
}
std::int64_t wishart::size() const { return side(scale); }
std::int64_t inverse_wishart::size() const { return side(scale); }

double log_pdf(const wishart& d, view<const double, 2> x) {
  const std::int64_t n = d.size();
  numbers l;
  double value = 0.0;
  if (!factor_of("wishart", n, x, l, value)) return value;
  return (d.df - static_cast<double>(n) - 1.0) * log_diagonal(n, l.data()) - 0.5 * trace_of_quotient(n, d.cholesky, l) -
         d.df * log_diagonal(n, d.cholesky.data()) - normaliser(n, d.df);
}

double log_pdf(const inverse_wishart& d, view<const double, 2> x) {
  const std::int64_t n = d.size();
  numbers l;
  double value = 0.0;
  if (!factor_of("inverse_wishart", n, x, l, value)) return value;
  return d.df * log_diagonal(n, d.cholesky.data()) - (d.df + static_cast<double>(n) + 1.0) * log_diagonal(n, l.data()) -
         0.5 * trace_of_quotient(n, l, d.cholesky) - normaliser(n, d.df);
}

double log_pdf_partials(const wishart& d, view<const double, 2> x, std::span<double> dx, double& ddf,
                        std::span<double> dscale) {
  const std::int64_t n = d.size();
  check_spans("wishart", n, dx, dscale);
  ddf = 0.0;
  std::fill(dx.begin(), dx.end(), 0.0);
  std::fill(dscale.begin(), dscale.end(), 0.0);
  numbers l;
  double value = 0.0;
  if (!factor_of("wishart", n, x, l, value)) return value;
  const numbers x_inverse = inverse_of_square(n, l), v_inverse = inverse_of_square(n, d.cholesky);
  const numbers middle = sandwich(n, d.cholesky, l);
  for (std::size_t k = 0; k < dx.size(); ++k) {
    dx[k] = 0.5 * ((d.df - static_cast<double>(n) - 1.0) * x_inverse[k] - v_inverse[k]);
    dscale[k] = 0.5 * (middle[k] - d.df * v_inverse[k]);
  }
  ddf = log_diagonal(n, l.data()) - log_diagonal(n, d.cholesky.data()) -
        0.5 * (static_cast<double>(n) * constants::log_two + multivariate_digamma(n, d.df));
  return log_pdf(d, x);
}

double log_pdf_partials(const inverse_wishart& d, view<const double, 2> x, std::span<double> dx, double& ddf,
                        std::span<double> dscale) {
  const std::int64_t n = d.size();
  check_spans("inverse_wishart", n, dx, dscale);
  ddf = 0.0;
  std::fill(dx.begin(), dx.end(), 0.0);
  std::fill(dscale.begin(), dscale.end(), 0.0);
  numbers l;
  double value = 0.0;
  if (!factor_of("inverse_wishart", n, x, l, value)) return value;
  const numbers x_inverse = inverse_of_square(n, l), s_inverse = inverse_of_square(n, d.cholesky);
  const numbers middle = sandwich(n, l, d.cholesky);
  for (std::size_t k = 0; k < dx.size(); ++k) {
    dx[k] = 0.5 * (middle[k] - (d.df + static_cast<double>(n) + 1.0) * x_inverse[k]);
    dscale[k] = 0.5 * (d.df * s_inverse[k] - x_inverse[k]);
  }
  ddf = log_diagonal(n, d.cholesky.data()) - log_diagonal(n, l.data()) -
        0.5 * (static_cast<double>(n) * constants::log_two + multivariate_digamma(n, d.df));
  return log_pdf(d, x);
}

void sample(const wishart& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.size();
  check::same_size("wishart", "out", static_cast<std::int64_t>(out.size()), "its size", n * n);
  const numbers a = bartlett(n, d.df, key, index);
  numbers product(at(n * n), 0.0);  // L A
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (std::int64_t k = j; k <= i; ++k) sum = math::fma(d.cholesky[at(i * n + k)], a[at(k * n + j)], sum);
      product[at(i * n + j)] = sum;
    }
  }
  square(n, product, out);
}

void sample(const inverse_wishart& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.size();
  check::same_size("inverse_wishart", "out", static_cast<std::int64_t>(out.size()), "its size", n * n);
  // with S = L L' and A A' of wishart(df, 1): L'^-1 A A' L^-1 is wishart(df, S^-1), its inverse (L A'^-1) (L A'^-1)'
  const numbers a = bartlett(n, d.df, key, index);
  numbers right = transposed(n, n, d.cholesky);  // A^-1 L', the transpose of L A'^-1
  solve_lower_columns(n, n, a.data(), right.data());
  square(n, transposed(n, n, right), out);
}

std::vector<double> mean(const wishart& d) {
  numbers out = d.scale;
  for (double& v : out) v *= d.df;
  return out;
}
std::vector<double> mean(const inverse_wishart& d) {
  const double rest = d.df - static_cast<double>(d.size()) - 1.0;
  if (!(rest > 0.0)) check::fail_domain("mean of inverse_wishart", "df", d.df, "above n + 1 for a mean to exist");
  numbers out = d.scale;
  for (double& v : out) v /= rest;
  return out;
}

}  // namespace credence
