// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/discrete_data.hpp"
#include "credence/exec/context.hpp"
#include "credence/graph/equivalence.hpp"
#include "credence/random/key.hpp"

#include <functional>

namespace credence::bayesnet {

/// How often a pair of variables was joined among bootstrap replicates.
struct arc_strength {
  node_id a = 0, b = 0;    ///< a < b
  double strength = 0.0;   ///< share of replicates in which they are joined
  double direction = 0.5;  ///< of those, the share with a -> b; undirected edges count half
};

/// Learns the class of graphs from a replicate of the data.
using structure_learner = std::function<pdag(const discrete_data& replicate)>;

/// All pairs joined in at least one replicate, ascending. Replicate r is the same for any number of replicates and
/// threads.
/// @throws domain_error  when replicates < 1
/// @source Friedman, Goldszmidt, Wyner, "Data analysis with Bayesian networks: a bootstrap approach", UAI 1999
std::vector<arc_strength> bootstrap_strengths(const exec::context& ctx, const discrete_data& data,
                                              const structure_learner& learner, std::int64_t replicates, rng_key key);

/// The strength above which pairs count as joined: the step distribution of strengths 0 and 1 that is nearest to the
/// one found, in the L1 norm.
/// @source Scutari and Nagarajan, "Identifying significant edges in graphical models", Artif. Intell. in Medicine 57
/// (2013)
double significant_strength(std::span<const arc_strength> strengths, std::int64_t nodes);

/// The graph of all pairs at least as strong as `threshold`, each in its more frequent direction, strongest first;
/// an arc that would close a cycle is turned round.
dag averaged_graph(std::vector<std::string> names, std::span<const arc_strength> strengths, double threshold);

}  // namespace credence::bayesnet
