// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// One of 0 .. n - 1, by probabilities.
struct categorical {
  std::vector<double> probabilities;

  /// @throws domain_error  when a probability is outside [0, 1] or their sum is off 1 by more than 1e-8
  explicit categorical(std::vector<double> p);
};

/// One of 0 .. n - 1, by log odds: P(k) = exp(logit_k) / sum_j exp(logit_j).
struct categorical_logit {
  std::vector<double> logits;

  /// @throws domain_error  when a logit is NaN or +infinity, or all are -infinity
  explicit categorical_logit(std::vector<double> l);
};

/// -infinity for what is not one of 0 .. n - 1.
double log_pdf(const categorical& d, double x);
double log_pdf(const categorical_logit& d, double x);

/// log_pdf and its derivatives by each probability (taken as free numbers) or logit; 0 outside the support.
double log_pdf_partials(const categorical& d, double x, std::span<double> dprobabilities);
double log_pdf_partials(const categorical_logit& d, double x, std::span<double> dlogits);

/// For many draws of one distribution, random::alias_table is much faster.
std::int64_t sample(const categorical& d, rng_key key, std::uint64_t index);
std::int64_t sample(const categorical_logit& d, rng_key key, std::uint64_t index);

double entropy(const categorical& d);
double entropy(const categorical_logit& d);

}  // namespace credence
