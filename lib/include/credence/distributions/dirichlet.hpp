// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// Probability vectors: log f(x) = log Gamma(sum a) - sum log Gamma(a_k) + sum (a_k - 1) log x_k.
struct dirichlet {
  std::vector<double> concentration;  ///< a, positive, at least one

  /// @throws domain_error  naming the element that is not positive
  explicit dirichlet(std::vector<double> a);
};

/// -infinity where x is no probability vector (an element outside [0, 1], or a sum off 1 by more than 1e-8).
/// The density is that of the first n - 1 elements.
/// @throws shape_error  when x has another size than the concentration
double log_pdf(const dirichlet& d, std::span<const double> x);

/// log_pdf and its derivatives, 0 outside the support. dx is the derivative of the formula above, with x free: on the
/// simplex only its differences between elements mean something.
double log_pdf_partials(const dirichlet& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dconcentration);

/// One probability vector; a function of key and index.
void sample(const dirichlet& d, rng_key key, std::uint64_t index, std::span<double> out);

std::vector<double> mean(const dirichlet& d);
/// Of each element.
std::vector<double> variance(const dirichlet& d);
double entropy(const dirichlet& d);

}  // namespace credence
