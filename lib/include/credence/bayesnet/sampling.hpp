// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"
#include "credence/random/key.hpp"

namespace credence::bayesnet {

/// Assignments of all variables, drawn from a network.
struct sample_table {
  network net;
  std::int64_t rows = 0;
  std::vector<std::int32_t> states;  ///< column by column: states[node * rows + row]

  [[nodiscard]] std::span<const std::int32_t> column(node_id node) const {
    return {states.data() + static_cast<std::int64_t>(node) * rows, static_cast<std::size_t>(rows)};
  }
};

/// Independent draws from the joint distribution, each node after its parents (ancestral sampling). Row r is the same
/// whatever the number of rows and threads.
/// @throws domain_error  when rows is negative
sample_table forward_sample(const exec::context& ctx, const network& net, std::int64_t rows, rng_key key);

/// Posteriors from weighted draws, with what they are worth.
struct weighted_posteriors {
  posterior_set posterior;                      ///< log_evidence is the logarithm of the mean weight
  std::vector<std::vector<double>> std_errors;  ///< of posterior.probabilities
  double log_evidence_std_error = 0.0;          ///< of log_evidence, by the delta method
  double effective_sample_size = 0.0;           ///< (sum of weights)^2 / sum of squared weights
};

/// Likelihood weighting: nodes with evidence of one state are set to it, all others are drawn after their parents, and
/// each draw counts with the probability of the evidence given its parents. Works where exact inference does not fit,
/// but its worth falls with the number of observed nodes: look at effective_sample_size.
/// @throws domain_error  when samples < 1, or when no draw agrees with the evidence
/// @source Fung and Chang, UAI 1989; Shachter and Peot, UAI 1989
weighted_posteriors likelihood_weighting(const exec::context& ctx, const network& net, const node_selection& targets,
                                         const evidence& given, std::int64_t samples, rng_key key);

}  // namespace credence::bayesnet
