// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/independence_test.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/graph/equivalence.hpp"

namespace credence::bayesnet {

/// Which of the sets that separate a pair, at the size at which the first is found, is kept. It decides about
/// colliders.
enum class separating_set : std::uint8_t {
  most_independent,  ///< the largest p-value: does not depend on the order of the columns
  first_found,       ///< fewer tests; colliders may depend on the order of the columns
};

struct pc_options {
  exec::context context{};      ///< results never depend on it
  double alpha = 0.05;          ///< a pair stays joined while every test has a p-value of at most alpha
  std::int64_t max_given = -1;  ///< the largest set to condition on; -1 for no limit
  separating_set keep = separating_set::most_independent;
  arc_constraints known{};  ///< max_parents must be -1
};

/// Why a pair is not joined: anyone can repeat the test.
struct separated_pair {
  node_id a = 0, b = 0;  ///< a < b
  std::vector<node_id> given;
  independence_answer answer;
};

struct pc_result {
  std::vector<std::string> names;
  pdag graph;
  std::vector<separated_pair> separated;  ///< ascending; pairs that the constraints forbid are not among them
  /// Colliders that were found but contradict stronger ones or the constraints.
  std::vector<v_structure> contradicted;
  std::int64_t tests = 0;
};

/// The PC-stable algorithm. The graph does not depend on the order of the columns (with most_independent): a pair is
/// tested with all neighbours from the beginning of each level, colliders are directed from the most independent pair
/// down (ties by name), then Meek's rules are closed.
/// @throws domain_error, cycle_error
/// @source Colombo and Maathuis, JMLR 15 (2014); Ramsey, "Improving accuracy and scalability of the PC algorithm by
///         maximizing p-value", arXiv 1610.00378 (2016), applied level by level
pc_result pc_stable(std::vector<std::string> names, const independence_test& test, const pc_options& options = {});

/// A DAG of the class. From finite data the class may be empty; then arcs are kept where they close no cycle, and
/// `consistent` is false.
struct pc_member {
  dag graph;
  bool consistent = true;
};
pc_member member_of(const pc_result& learned);

}  // namespace credence::bayesnet
