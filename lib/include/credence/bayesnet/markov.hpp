// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

namespace credence::bayesnet {

/// A table of non-negative numbers over some variables: row-major over `scope`, the last one changing fastest.
struct factor {
  std::vector<node_id> scope;
  std::vector<double> values;
  friend bool operator==(const factor&, const factor&) = default;
};

/// A Markov network: P(x) = product of factors / Z.
struct markov_network {
  std::vector<variable> variables;
  std::vector<factor> factors;
  friend bool operator==(const markov_network&, const markov_network&) = default;
};

/// Throws when sizes, scopes or numbers are wrong. @throws domain_error, shape_error
void check_network(const markov_network& net, std::string_view where = "markov_network");

/// A Markov network as a Bayesian one that answers for it: its variables with uniform tables come first; each factor
/// over several of them is an extra child with two states that is seen in the first, P(first | scope) = factor /
/// largest entry; a factor over one is a soft finding.
struct markov_as_bayesian {
  network net;
  evidence given;  ///< add the evidence on the variables to it
  std::int64_t variables = 0;
  double log_constant = 0.0;  ///< ln Z = log_evidence + this; so for the logarithm of the largest product
};
/// @throws domain_error  also when a factor is zero everywhere
markov_as_bayesian as_bayesian(const markov_network& net);

}  // namespace credence::bayesnet
