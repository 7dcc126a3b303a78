// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// One of 0 .. K - 1 in their order: which of the intervals between K - 1 increasing cutpoints a latent
/// logistic(location, 1) falls into. P(k) = F(cutpoint_k - location) - F(cutpoint_{k-1} - location).
struct ordered_logistic {
  double location;
  std::vector<double> cutpoints;

  /// @throws domain_error  when the location is not finite, or the cutpoints are not finite and increasing
  ordered_logistic(double where, std::vector<double> cuts);
};

/// The same with a latent normal(location, 1).
struct ordered_probit {
  double location;
  std::vector<double> cutpoints;

  ordered_probit(double where, std::vector<double> cuts);
};

/// -infinity for what is not one of 0 .. K - 1.
double log_pdf(const ordered_logistic& d, double x);
double log_pdf(const ordered_probit& d, double x);

/// log_pdf and its derivatives by the location and by each cutpoint; 0 outside the support.
double log_pdf_partials(const ordered_logistic& d, double x, double& dlocation, std::span<double> dcutpoints);
double log_pdf_partials(const ordered_probit& d, double x, double& dlocation, std::span<double> dcutpoints);

std::int64_t sample(const ordered_logistic& d, rng_key key, std::uint64_t index);
std::int64_t sample(const ordered_probit& d, rng_key key, std::uint64_t index);

/// P(0), ..., P(K - 1).
std::vector<double> probabilities(const ordered_logistic& d);
std::vector<double> probabilities(const ordered_probit& d);

}  // namespace credence
