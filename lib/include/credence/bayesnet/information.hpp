// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

namespace credence::bayesnet {

/// Entropy of a distribution in nats; entries of zero add nothing.
double entropy(std::span<const double> probabilities);

/// Joint entropy of variables given evidence, in nats.
/// @throws domain_error, memory_error  see eliminate_joint
double entropy(const network& net, const node_selection& nodes, const evidence& given = {},
               const elimination_query& options = {});

/// Mutual information of two sets of variables given evidence, in nats: the entropies of each less that of both.
/// @throws domain_error  also when the sets overlap; memory_error
double mutual_information(const network& net, const node_selection& a, const node_selection& b,
                          const evidence& given = {}, const elimination_query& options = {});

/// How a posterior probability answers to every entry of every table.
struct sensitivity_result {
  double probability = 0.0;  ///< P(target = state | evidence)
  /// Partial derivatives by the entry alone, laid out as the tables of the network (rows divided by their sums).
  std::vector<std::vector<double>> derivative;
  /// Derivatives when the other entries of the row shrink in proportion, so that the row goes on summing to one. 0
  /// where the entry is one: it can only fall, and there is nothing to give to in proportion.
  std::vector<std::vector<double>> covarying;
};

/// One pass up and down the junction tree for the evidence with and without the target; tables that hold zeros take one
/// more pass each.
/// @throws domain_error  when the evidence is impossible or a name unknown; memory_error
/// @source Darwiche, "A differential approach to inference in Bayesian networks", J. ACM 50 (2003); Chan and Darwiche,
///         "When do numbers really matter?", JAIR 17 (2002) (proportional scheme)
sensitivity_result sensitivity(const network& net, std::string_view target, std::string_view state,
                               const evidence& given = {}, double max_bytes = 8e9);

}  // namespace credence::bayesnet
