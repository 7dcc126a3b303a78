// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

namespace credence::bayesnet {

struct belief_propagation_options {
  double damping = 0.0;      ///< share of the old message that stays, below 1; raise it where messages swing
  double tolerance = 1e-10;  ///< largest change of an entry of a message at which it counts as settled
  std::int64_t max_updates = 1'000'000;  ///< of single messages
};

struct belief_propagation_result {
  /// log_evidence is minus the Bethe free energy: ln P(evidence) on trees, an approximation (no bound) elsewhere.
  posterior_set posterior;
  bool converged = false;
  std::int64_t updates = 0;
  double residual = 0.0;  ///< of the message that has most to change
};

/// Loopy belief propagation on the factor graph of the network, with evidence cut out: the message that has most to
/// change is always the next (residual scheduling; ties to the first). Exact where the factor graph left is a tree,
/// otherwise without guarantee, even when it converges.
/// @throws domain_error  for options out of range, or evidence that the messages find impossible
/// @source Pearl (1988); Kschischang, Frey, Loeliger, IEEE Trans. IT 47 (2001); Elidan, McGraw, Koller, UAI 2006
///         (residual scheduling); Yedidia, Freeman, Weiss, IEEE Trans. IT 51 (2005) (Bethe free energy)
belief_propagation_result belief_propagation(const network& net, const node_selection& targets,
                                             const evidence& given = {},
                                             const belief_propagation_options& options = {});

}  // namespace credence::bayesnet
