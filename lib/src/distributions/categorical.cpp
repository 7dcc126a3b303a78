// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/categorical.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/categorical.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace credence {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The index of x, or -1 outside the support.
std::int64_t position(double x, std::size_t n) {
  const bool valid = x >= 0.0 && x < static_cast<double>(n) && std::floor(x) == x;
  return valid ? static_cast<std::int64_t>(x) : -1;
}

double log_sum_exp(const std::vector<double>& l) {
  const double largest = *std::max_element(l.begin(), l.end());
  double sum = 0.0;
  for (const double v : l) sum += math::exp(v - largest);
  return largest + math::log(sum);
}

void check_size(const char* who, std::size_t given, std::size_t wanted) {
  check::same_size(who, "derivatives", static_cast<std::int64_t>(given), "parameters",
                   static_cast<std::int64_t>(wanted));
}

}  // namespace

categorical::categorical(std::vector<double> p) : probabilities(std::move(p)) {
  double sum = 0.0;
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    check::probability("categorical", "probabilities[" + std::to_string(k) + "]", probabilities[k]);
    sum += probabilities[k];
  }
  if (!(std::abs(sum - 1.0) <= 1e-8)) check::fail_domain("categorical", "sum of probabilities", sum, "1");
}

categorical_logit::categorical_logit(std::vector<double> l) : logits(std::move(l)) {
  double largest = -infinity;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    if (!(logits[k] < infinity)) {
      check::fail_domain("categorical_logit", "logits[" + std::to_string(k) + "]", logits[k], "finite or -Infinity");
    }
    largest = std::max(largest, logits[k]);
  }
  if (largest == -infinity) check::fail_domain("categorical_logit", "largest logit", largest, "finite");
}

double log_pdf(const categorical& d, double x) {
  if (std::isnan(x)) return x;
  const std::int64_t k = position(x, d.probabilities.size());
  return k < 0 ? -infinity : math::log(d.probabilities[static_cast<std::size_t>(k)]);
}

double log_pdf(const categorical_logit& d, double x) {
  if (std::isnan(x)) return x;
  const std::int64_t k = position(x, d.logits.size());
  return k < 0 ? -infinity : d.logits[static_cast<std::size_t>(k)] - log_sum_exp(d.logits);
}

double log_pdf_partials(const categorical& d, double x, std::span<double> dprobabilities) {
  check_size("categorical", dprobabilities.size(), d.probabilities.size());
  std::fill(dprobabilities.begin(), dprobabilities.end(), 0.0);
  const std::int64_t k = position(x, d.probabilities.size());
  if (k >= 0) dprobabilities[static_cast<std::size_t>(k)] = 1.0 / d.probabilities[static_cast<std::size_t>(k)];
  return log_pdf(d, x);
}

double log_pdf_partials(const categorical_logit& d, double x, std::span<double> dlogits) {
  check_size("categorical_logit", dlogits.size(), d.logits.size());
  const std::int64_t k = position(x, d.logits.size());
  const double total = log_sum_exp(d.logits);
  for (std::size_t j = 0; j < dlogits.size(); ++j) {
    const double one = static_cast<std::int64_t>(j) == k ? 1.0 : 0.0;
    dlogits[j] = k < 0 ? 0.0 : one - math::exp(d.logits[j] - total);
  }
  return log_pdf(d, x);
}

std::int64_t sample(const categorical& d, rng_key key, std::uint64_t index) {
  return random::categorical(key, index, d.probabilities.data(), static_cast<std::int64_t>(d.probabilities.size()));
}

std::int64_t sample(const categorical_logit& d, rng_key key, std::uint64_t index) {
  return random::categorical_log(key, index, d.logits.data(), static_cast<std::int64_t>(d.logits.size()));
}

double entropy(const categorical& d) {
  double value = 0.0;
  for (const double p : d.probabilities) value -= p > 0.0 ? p * math::log(p) : 0.0;
  return value;
}

double entropy(const categorical_logit& d) {
  const double total = log_sum_exp(d.logits);
  double value = 0.0;
  for (const double l : d.logits) value -= l > -infinity ? math::exp(l - total) * (l - total) : 0.0;
  return value;
}

}  // namespace credence
