// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/multivariate_t.hpp"

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

constexpr const char* who = "multivariate_t";
constexpr double infinity = std::numeric_limits<double>::infinity();

void check_parameters(double df, std::span<const double> location) {
  check::positive(who, "df", df);
  check::at_least(who, "size of location", static_cast<std::int64_t>(location.size()), 1);
  for (const double v : location) check::finite(who, "location", v);
}

/// z = L^-1 (x - location) and its square; infinite where an x is.
double standardise(const multivariate_t& d, std::span<const double> x, numbers& z) {
  check::same_size(who, "x", static_cast<std::int64_t>(x.size()), "location", d.size());
  z.assign(x.begin(), x.end());
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (std::isinf(z[i])) return infinity;
    z[i] -= d.location[i];
  }
  solve_lower(d.size(), d.cholesky.data(), z.data());
  double square = 0.0;
  for (const double v : z) square = math::fma(v, v, square);
  return square;
}

double value_at(const multivariate_t& d, double square) {
  const auto n = static_cast<double>(d.size());
  // the gamma functions as steps of a half: the quotient of two would cancel for many degrees of freedom
  const double gammas = kernels::lgamma_step(0.5 * d.df, 0.5 * n);
  return gammas - 0.5 * n * math::log(d.df * constants::pi) - log_diagonal(d.size(), d.cholesky.data()) -
         0.5 * (d.df + n) * math::log1p(square / d.df);
}

}  // namespace

multivariate_t multivariate_t::from_cholesky(double df, std::span<const double> location,
                                             view<const double, 2> factor) {
  check_parameters(df, location);
  return {df,
          {location.begin(), location.end()},
          checked_triangle(who, "cholesky", factor, static_cast<std::int64_t>(location.size()))};
}
multivariate_t multivariate_t::from_scale(double df, std::span<const double> location, view<const double, 2> scale) {
  check_parameters(df, location);
  const auto n = static_cast<std::int64_t>(location.size());
  return {df,
          {location.begin(), location.end()},
          checked_factor(who, "scale", n, matrix_entries(who, "scale", scale, n, n))};
}

double log_pdf(const multivariate_t& d, std::span<const double> x) {
  numbers z;
  return value_at(d, standardise(d, x, z));
}

double log_pdf_partials(const multivariate_t& d, std::span<const double> x, std::span<double> dx, double& ddf,
                        std::span<double> dcholesky) {
  const std::int64_t n = d.size();
  check::same_size(who, "dx", static_cast<std::int64_t>(dx.size()), "location", n);
  if (!dcholesky.empty()) {
    check::same_size(who, "dcholesky", static_cast<std::int64_t>(dcholesky.size()), "its size", n * n);
  }
  numbers z;
  const double square = standardise(d, x, z);
  const bool out = square == infinity;
  const double half_sum = 0.5 * (d.df + static_cast<double>(n)), weight = 2.0 * half_sum / (d.df + square);
  numbers w = z;
  solve_upper(n, d.cholesky.data(), w.data());
  for (std::int64_t i = 0; i < n; ++i) dx[at(i)] = out ? 0.0 : -weight * w[at(i)];
  ddf = out ? 0.0
            : 0.5 * (kernels::digamma(half_sum) - kernels::digamma(0.5 * d.df) - static_cast<double>(n) / d.df -
                     math::log1p(square / d.df) + weight * (square / d.df));
  for (std::int64_t i = 0; !dcholesky.empty() && i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double slope = j <= i ? weight * w[at(i)] * z[at(j)] : 0.0;
      if (i == j) slope -= 1.0 / d.cholesky[at(i * n + j)];
      dcholesky[at(i * n + j)] = out ? 0.0 : slope;
    }
  }
  return value_at(d, square);
}

void sample(const multivariate_t& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.size();
  check::same_size(who, "out", static_cast<std::int64_t>(out.size()), "location", n);
  const double g = random::gamma(key.split(purpose::user, 1), index, 0.5 * d.df) / (0.5 * d.df);
  const double stretch = 1.0 / std::sqrt(g);
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (std::int64_t j = 0; j <= i; ++j) {
      const double z = random::normal(key, index * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(j));
      sum = math::fma(d.cholesky[at(i * n + j)], z, sum);
    }
    out[at(i)] = d.location[at(i)] + stretch * sum;
  }
}

std::vector<double> covariance(const multivariate_t& d) {
  numbers out = d.cholesky;
  transforms::square_in_place(d.size(), out.data());
  for (double& v : out) v = d.df > 2.0 ? v * (d.df / (d.df - 2.0)) : infinity;
  return out;
}

}  // namespace credence
