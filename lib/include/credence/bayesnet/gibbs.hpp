// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/sampling.hpp"

namespace credence::bayesnet {

struct gibbs_options {
  std::int64_t chains = 256;  ///< run side by side as lanes; standard errors come from their spread, so take many
  std::int64_t warmup = 100;  ///< sweeps that are thrown away
  std::int64_t sweeps = 400;  ///< sweeps that count
  rng_key key{};
  exec::context context{};  ///< results never depend on it
};

/// Posteriors by Gibbs sampling: every variable in turn is drawn given its Markov blanket. Chains start from weighted
/// forward draws that agree with the evidence. Probabilities are the means of each variable's conditional distributions
/// (Rao and Blackwell), standard errors come from the spread over independent chains, log_evidence is NaN: Gibbs cannot
/// tell it.
///
/// With deterministic tables a chain may be unable to reach all states: then the answer is wrong and chains disagree.
/// `disagreement` tells how much: near 1 chains agree as well as their own drift allows; above 2, do not believe it.
/// @throws domain_error  when no start that agrees with the evidence is found, or an option is out of range
/// @source Geman and Geman, IEEE PAMI 6 (1984); Pearl, Artificial Intelligence 32 (1987)
struct gibbs_posteriors {
  posterior_set posterior;
  std::vector<std::vector<double>> std_errors;
  /// Smallest over all states of p (1 - p) / squared standard error: worth this many independent draws.
  double effective_sample_size = 0.0;
  /// Standard deviation of the chains' means over what the two halves of each chain let expect; the largest over all
  /// states, infinite where chains stand still at different values.
  double disagreement = 1.0;
};
gibbs_posteriors gibbs(const network& net, const node_selection& targets, const evidence& given = {},
                       const gibbs_options& options = {});

/// Nodes in classes such that no two of one class are in each other's Markov blanket: they may be drawn at once.
/// Greedy, in the order of their numbers.
std::vector<std::vector<node_id>> blanket_coloring(const dag& graph);

/// Rejection sampling: forward draws that disagree with the evidence are thrown away, soft evidence accepts with its
/// likelihood divided by the largest. Standard errors are those of shares of the accepted draws.
/// @throws domain_error  when samples < 1 or no draw is accepted
/// @source Henrion, UAI 1986 ("logic sampling")
weighted_posteriors rejection_sampling(const exec::context& ctx, const network& net, const node_selection& targets,
                                       const evidence& given, std::int64_t samples, rng_key key);

}  // namespace credence::bayesnet
