// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/dirichlet.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/kernels/gamma_functions.hpp"
#include "credence/random/gamma.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace credence {

namespace {

double total(const std::vector<double>& a) {
  double sum = 0.0;
  for (const double v : a) sum += v;
  return sum;
}

void check_size(const dirichlet& d, std::size_t size, const char* what) {
  check::same_size("dirichlet", what, static_cast<std::int64_t>(size), "concentration",
                   static_cast<std::int64_t>(d.concentration.size()));
}

/// 1 inside, 0 outside, NaN where an element is NaN.
double inside(std::span<const double> x) {
  double sum = 0.0;
  bool within = true;
  for (const double v : x) {
    within = within && !(v < 0.0) && !(v > 1.0);
    sum += v;
  }
  if (std::isnan(sum)) return sum;
  return within && std::abs(sum - 1.0) <= 1e-8 ? 1.0 : 0.0;
}

}  // namespace

dirichlet::dirichlet(std::vector<double> a) : concentration(std::move(a)) {
  check::at_least("dirichlet", "size of concentration", static_cast<std::int64_t>(concentration.size()), 1);
  for (std::size_t k = 0; k < concentration.size(); ++k) {
    check::positive("dirichlet", "concentration[" + std::to_string(k) + "]", concentration[k]);
  }
}

double log_pdf(const dirichlet& d, std::span<const double> x) {
  check_size(d, x.size(), "x");
  const double where = inside(x);
  if (std::isnan(where)) return where;
  if (where == 0.0) return -std::numeric_limits<double>::infinity();
  double value = kernels::lgamma(total(d.concentration));
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double a = d.concentration[k];
    value += kernels::times_log(a - 1.0, math::log(x[k])) - kernels::lgamma(a);
  }
  return value;
}

double log_pdf_partials(const dirichlet& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dconcentration) {
  check_size(d, dx.size(), "dx");
  check_size(d, dconcentration.size(), "dconcentration");
  const double value = log_pdf(d, x);
  const bool out = inside(x) == 0.0;
  const double sum = kernels::digamma(total(d.concentration));
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double a = d.concentration[k];
    dx[k] = out ? 0.0 : kernels::ratio(a - 1.0, x[k]);
    dconcentration[k] = out ? 0.0 : sum - kernels::digamma(a) + math::log(x[k]);
  }
  return value;
}

void sample(const dirichlet& d, rng_key key, std::uint64_t index, std::span<double> out) {
  check_size(d, out.size(), "out");
  random::dirichlet(key, index, d.concentration.data(), static_cast<std::int64_t>(out.size()), out.data());
}

std::vector<double> mean(const dirichlet& d) {
  std::vector<double> out = d.concentration;
  const double sum = total(out);
  for (double& v : out) v /= sum;
  return out;
}

std::vector<double> variance(const dirichlet& d) {
  std::vector<double> out = mean(d);
  const double sum = total(d.concentration);
  for (double& v : out) v = v * (1.0 - v) / (sum + 1.0);
  return out;
}

double entropy(const dirichlet& d) {
  const double sum = total(d.concentration), n = static_cast<double>(d.concentration.size());
  double value = (sum - n) * kernels::digamma(sum) - kernels::lgamma(sum);
  for (const double a : d.concentration) value += kernels::lgamma(a) - (a - 1.0) * kernels::digamma(a);
  return value;
}

}  // namespace credence
