// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/evidence.hpp"
#include "credence/exec/context.hpp"

namespace credence::bayesnet {

/// What a query takes, known before it runs.
struct inference_cost {
  double bytes = 0.0;          ///< most memory held by tables at one time
  double operations = 0.0;     ///< multiplications and additions of table entries
  double largest_table = 0.0;  ///< entries of the largest table touched
};

/// Posterior distributions of single variables.
struct posterior_set {
  network net;
  std::vector<node_id> nodes;                      ///< ascending
  std::vector<std::vector<double>> probabilities;  ///< of nodes[i], state by state
  double log_evidence = 0.0;                       ///< ln P(evidence); soft evidence counts with its factors as given
  inference_cost predicted;

  /// P(node | evidence), or of one of its states.
  /// @throws domain_error  when the node was not asked for or the state is unknown
  [[nodiscard]] const std::vector<double>& of(std::string_view node) const;
  [[nodiscard]] double at(std::string_view node, std::string_view state) const;
};

/// The joint posterior of several variables.
struct joint_posterior {
  network net;
  std::vector<node_id> nodes;         ///< in the order asked for
  std::vector<double> probabilities;  ///< row-major over the states of `nodes`, the last changing fastest
  double log_evidence = 0.0;
  inference_cost predicted;
};

/// A most probable assignment.
struct explanation {
  network net;
  std::vector<node_id> nodes;        ///< ascending
  std::vector<std::int64_t> states;  ///< of nodes[i]
  double log_probability = 0.0;      ///< ln P(assignment, evidence)
  inference_cost predicted;
  /// "name" -> "state". @throws domain_error  when the node is not in the assignment
  [[nodiscard]] const std::string& at(std::string_view node) const;
};

struct elimination_query {
  exec::context context{};  ///< one thread unless told otherwise; results never depend on it
  int restarts = 2;         ///< of the search for an elimination order
  double max_bytes = 8e9;   ///< refuse beyond this prediction
};

/// P(targets | evidence) by variable elimination: barren nodes are left out, hard evidence is cut out of the tables,
/// and the rest is one contraction of tables over the sum-product semiring in an order that `best_elimination` finds.
/// Intermediate tables are rescaled by powers of two, so long products do not underflow.
/// @throws domain_error  when the evidence has probability zero, a name is unknown or a target comes twice
/// @throws memory_error  when the prediction is beyond max_bytes; the message says how much and what else to try
joint_posterior eliminate_joint(const network& net, const node_selection& targets, const evidence& given = {},
                                const elimination_query& options = {});

/// The posterior of each target by itself, one elimination each; the cost is that of the largest.
posterior_set eliminate(const network& net, const node_selection& targets, const evidence& given = {},
                        const elimination_query& options = {});

/// What eliminate_joint would take. @throws domain_error
inference_cost predict_elimination(const network& net, const node_selection& targets, const evidence& given = {},
                                   const elimination_query& options = {});

/// The most probable states of all variables together with the evidence (MPE), by elimination over the max-sum
/// semiring. Variables with evidence of one state keep it. @throws domain_error, memory_error
explanation most_probable_explanation(const network& net, const evidence& given = {},
                                      const elimination_query& options = {});

/// The most probable states of `variables` after summing out all others (MAP over a subset).
/// @throws domain_error  also when a variable comes twice; memory_error
explanation most_probable_assignment(const network& net, const node_selection& variables, const evidence& given = {},
                                     const elimination_query& options = {});

/// Posteriors in exact rational arithmetic: every entry of a table is the decimal that its double prints as, rows are
/// divided by their exact sums. For small networks.
struct exact_posteriors {
  posterior_set rounded;                            ///< the same, to doubles
  std::vector<std::vector<std::string>> fractions;  ///< "5/18", "0", "1"
  std::string evidence_probability;                 ///< a fraction too
};
exact_posteriors eliminate_exactly(const network& net, const node_selection& targets, const evidence& given = {},
                                   const elimination_query& options = {});

}  // namespace credence::bayesnet
