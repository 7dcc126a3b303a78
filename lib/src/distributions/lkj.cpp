// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/lkj.hpp"

#include "credence/base/constants.hpp"
#include "credence/distributions/kernels/gamma_functions.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "distributions/triangular_steps.hpp"

#include <cmath>
#include <limits>

namespace credence {

using namespace detail;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct value_and_slope {
  double value, by_concentration;
};

/// log of the integral of det(R)^(eta - 1) over correlation matrices: the product over k = 1, ..., n - 1 of
/// (2^(2 b - 1) B(b, b))^(n - k) with b = eta + (n - k - 1) / 2 (Lewandowski, Kurowicka, Joe 2009, equation 16).
value_and_slope log_normaliser(std::int64_t n, double eta) {
  value_and_slope out{0.0, 0.0};
  for (std::int64_t k = 1; k < n; ++k) {
    const auto times = static_cast<double>(n - k);
    const double b = eta + 0.5 * (times - 1.0);
    out.value += times * ((2.0 * b - 1.0) * constants::log_two + kernels::log_beta(b, b));
    out.by_concentration += 2.0 * times * (constants::log_two + kernels::digamma(b) - kernels::digamma(2.0 * b));
  }
  return out;
}

/// The entries; `sum` is NaN where one of them is.
numbers entries_of(const char* who, std::int64_t n, view<const double, 2> x, double& sum) {
  check::same_size(who, "rows", x.extents[0], "size", n);
  check::same_size(who, "columns", x.extents[1], "size", n);
  numbers out(at(n * n));
  sum = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) sum += out[at(i * n + j)] = x(i, j);
  }
  return out;
}

bool is_factor(std::int64_t n, const numbers& l) {
  for (std::int64_t i = 0; i < n; ++i) {
    double square = 0.0;
    for (std::int64_t j = 0; j < n; ++j) {
      const double v = l[at(i * n + j)];
      if (j > i && v != 0.0) return false;
      square = math::fma(v, v, square);
    }
    if (!(l[at(i * (n + 1))] > 0.0) || !(std::abs(square - 1.0) <= 1e-8)) return false;
  }
  return true;
}

bool is_correlation(std::int64_t n, const numbers& r, numbers& l) {
  for (std::int64_t i = 0; i < n; ++i) {
    if (!(std::abs(r[at(i * (n + 1))] - 1.0) <= 1e-8)) return false;
  }
  l.resize(r.size());
  return transforms::factorise(n, r.data(), l.data());
}

void check_constructed(const char* who, std::int64_t n, double eta) {
  check::at_least(who, "size", n, 1);
  check::positive(who, "concentration", eta);
}

/// The power of L_ii in the density of the factor: what R -> L adds, and 2 (eta - 1) from the determinant.
double power_of(std::int64_t n, std::int64_t i, double eta) { return static_cast<double>(n - i) + 2.0 * eta - 3.0; }

}  // namespace

lkj::lkj(std::int64_t n, double eta) : size(n), concentration(eta) { check_constructed("lkj", n, eta); }
lkj_cholesky::lkj_cholesky(std::int64_t n, double eta) : size(n), concentration(eta) {
  check_constructed("lkj_cholesky", n, eta);
}

double log_pdf(const lkj& d, view<const double, 2> correlation) {
  double sum = 0.0;
  const numbers r = entries_of("lkj", d.size, correlation, sum);
  if (std::isnan(sum)) return sum;
  numbers l;
  if (!is_correlation(d.size, r, l)) return -infinity;
  return 2.0 * (d.concentration - 1.0) * log_diagonal(d.size, l.data()) - log_normaliser(d.size, d.concentration).value;
}

double log_pdf(const lkj_cholesky& d, view<const double, 2> factor) {
  double sum = 0.0;
  const numbers l = entries_of("lkj_cholesky", d.size, factor, sum);
  if (std::isnan(sum)) return sum;
  if (!is_factor(d.size, l)) return -infinity;
  double value = -log_normaliser(d.size, d.concentration).value;
  for (std::int64_t i = 1; i < d.size; ++i) {
    value = math::fma(power_of(d.size, i, d.concentration), math::log(l[at(i * (d.size + 1))]), value);
  }
  return value;
}

double log_pdf_partials(const lkj& d, view<const double, 2> correlation, std::span<double> dx, double& dconcentration) {
  const std::int64_t n = d.size;
  check::same_size("lkj", "dx", static_cast<std::int64_t>(dx.size()), "its size", n * n);
  std::fill(dx.begin(), dx.end(), 0.0);
  dconcentration = 0.0;
  const double value = log_pdf(d, correlation);
  if (!(value > -infinity)) return value;
  double sum = 0.0;
  numbers l;
  is_correlation(n, entries_of("lkj", n, correlation, sum), l);
  const numbers inverse = inverse_of_square(n, l);
  for (std::size_t k = 0; k < dx.size(); ++k) dx[k] = (d.concentration - 1.0) * inverse[k];
  dconcentration = 2.0 * log_diagonal(n, l.data()) - log_normaliser(n, d.concentration).by_concentration;
  return value;
}

double log_pdf_partials(const lkj_cholesky& d, view<const double, 2> factor, std::span<double> dx,
                        double& dconcentration) {
  const std::int64_t n = d.size;
  check::same_size("lkj_cholesky", "dx", static_cast<std::int64_t>(dx.size()), "its size", n * n);
  std::fill(dx.begin(), dx.end(), 0.0);
  dconcentration = 0.0;
  const double value = log_pdf(d, factor);
  if (!(value > -infinity)) return value;
  double logs = 0.0;
  for (std::int64_t i = 1; i < n; ++i) {
    dx[at(i * (n + 1))] = power_of(n, i, d.concentration) / factor(i, i);
    logs += math::log(factor(i, i));
  }
  dconcentration = 2.0 * logs - log_normaliser(n, d.concentration).by_concentration;
  return value;
}

void sample(const lkj_cholesky& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.size;
  check::same_size("lkj_cholesky", "out", static_cast<std::int64_t>(out.size()), "its size", n * n);
  std::fill(out.begin(), out.end(), 0.0);
  out[0] = 1.0;
  const rng_key lengths = key.split(purpose::user, 1);
  const auto count = static_cast<std::uint64_t>(n);
  for (std::int64_t i = 1; i < n; ++i) {
    // the first i entries of the row: a direction, and a squared length that is beta(i / 2, eta + (n - 1 - i) / 2)
    const auto element = index * count + static_cast<std::uint64_t>(i);
    const double square = random::beta(lengths, element, 0.5 * static_cast<double>(i),
                                       d.concentration + 0.5 * static_cast<double>(n - 1 - i));
    double norm = 0.0;
    for (std::int64_t j = 0; j < i; ++j) {
      const double z = random::normal(key, element * count + static_cast<std::uint64_t>(j));
      out[at(i * n + j)] = z;
      norm = math::fma(z, z, norm);
    }
    const double stretch = std::sqrt(square / norm);
    for (std::int64_t j = 0; j < i; ++j) out[at(i * n + j)] *= stretch;
    out[at(i * (n + 1))] = std::sqrt(1.0 - square);
  }
}

void sample(const lkj& d, rng_key key, std::uint64_t index, std::span<double> out) {
  sample(lkj_cholesky(d.size, d.concentration), key, index, out);
  transforms::square_in_place(d.size, out.data());
  for (std::int64_t i = 0; i < d.size; ++i) out[at(i * (d.size + 1))] = 1.0;
}

}  // namespace credence
