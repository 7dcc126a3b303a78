// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/sampling.hpp"

namespace credence::bayesnet {

struct importance_options {
  std::int64_t samples = 100'000;  ///< that count
  /// Adaptive sampling only: rounds that improve the proposal, and draws in each.
  int stages = 10;
  std::int64_t stage_samples = 4096;
  rng_key key{};
  exec::context context{};  ///< results never depend on it
};

/// Importance sampling with evidence sent up first: nodes are drawn after their parents from P(x | parents) times what
/// one backward pass of belief propagation says about the evidence below x, and each draw counts with the quotient of
/// the two densities. Where the graph is a tree and only leaves are observed this draws from the posterior itself; with
/// unlikely evidence it is worth many times likelihood weighting. Look at effective_sample_size.
/// @throws domain_error  when an option is out of range, or no draw agrees with the evidence
/// @source Yuan and Druzdzel, "An importance sampling algorithm based on evidence pre-propagation", UAI 2003, with one
///         pass in the place of loopy propagation
weighted_posteriors importance_sampling(const network& net, const node_selection& targets, const evidence& given = {},
                                        const importance_options& options = {});

/// The same, and the proposal's tables learn from weighted draws in several rounds before the draws that count; those
/// are independent given the learnt tables, so that log_evidence and standard errors mean what they say.
/// @throws domain_error  as importance_sampling
/// @source Cheng and Druzdzel, "AIS-BN: an adaptive importance sampling algorithm for evidential reasoning in large
///         Bayesian networks", JAIR 13 (2000)
weighted_posteriors adaptive_importance_sampling(const network& net, const node_selection& targets,
                                                 const evidence& given = {}, const importance_options& options = {});

}  // namespace credence::bayesnet
