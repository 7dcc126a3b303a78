// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "estimate/fit_likelihood.hpp"

#include <vector>

namespace credence::estimate_detail {

/// Maximises from each start, keeps the best end and fills estimates, errors and findings.
void search_maximum(const fit_likelihood& likelihood, const std::vector<std::vector<double>>& starts,
                    fitted_distribution& out);

/// The best end from given free unconstrained parameters; `value` is minus the mean objective.
struct search_end {
  std::vector<double> u;
  double value = 0.0;
  stop_reason why = stop_reason::not_finite;
  int iterations = 0;
};
search_end search_from(const fit_likelihood& likelihood, const std::vector<double>& u);

/// Second derivatives of minus the objective (not divided by the weights) by the free unconstrained parameters.
std::vector<double> information_at(const fit_likelihood& likelihood, std::span<const double> u);

void kolmogorov_smirnov(const fit_likelihood& likelihood, fitted_distribution& out);

}  // namespace credence::estimate_detail
