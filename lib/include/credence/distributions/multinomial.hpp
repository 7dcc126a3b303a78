// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// How often each of K categories occurred in independent trials.
struct multinomial {
  std::int64_t trials;
  std::vector<double> probabilities;

  /// @throws domain_error  when trials is negative, a probability outside [0, 1] or their sum off 1 by more than 1e-8
  multinomial(std::int64_t number, std::vector<double> p);
};

/// A multinomial whose probabilities are dirichlet(concentration).
struct dirichlet_multinomial {
  std::int64_t trials;
  std::vector<double> concentration;  ///< positive

  /// @throws domain_error  when trials is negative or a concentration is not positive
  dirichlet_multinomial(std::int64_t number, std::vector<double> a);
};

/// log(n!) + sum_k (x_k log(p_k) - log(x_k!)); -infinity where x is not counts that add up to the trials.
/// @throws shape_error  when x has another size than the probabilities
double log_pdf(const multinomial& d, std::span<const double> x);
double log_pdf(const dirichlet_multinomial& d, std::span<const double> x);

/// log_pdf and its derivatives by each probability (taken as free numbers) or concentration; 0 outside the support.
double log_pdf_partials(const multinomial& d, std::span<const double> x, std::span<double> dprobabilities);
double log_pdf_partials(const dirichlet_multinomial& d, std::span<const double> x, std::span<double> dconcentration);

/// One vector of counts; a function of key and index.
void sample(const multinomial& d, rng_key key, std::uint64_t index, std::span<double> out);
void sample(const dirichlet_multinomial& d, rng_key key, std::uint64_t index, std::span<double> out);

std::vector<double> mean(const multinomial& d);
std::vector<double> mean(const dirichlet_multinomial& d);
/// Of each element.
std::vector<double> variance(const multinomial& d);
std::vector<double> variance(const dirichlet_multinomial& d);

}  // namespace credence
