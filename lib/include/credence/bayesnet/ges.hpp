// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/family_score.hpp"
#include "credence/graph/equivalence.hpp"

namespace credence::bayesnet {

struct ges_options {
  std::int64_t max_parents = -1;  ///< of a node in the operators that are scored; -1 for no limit
  std::int64_t max_steps = 1'000'000;
};

struct ges_result {
  pdag graph;          ///< the class
  dag member;          ///< one of its graphs
  double score = 0.0;  ///< of any member, when the score is equal for equivalent graphs
  std::int64_t insertions = 0, deletions = 0;
  std::int64_t evaluations = 0;  ///< families asked of the score, repeats among them
};

/// Greedy equivalence search: from the empty graph the edge insertion that raises the score most, over classes of
/// equivalent graphs, until none does; then deletions in the same way; both again until nothing changes. With a score
/// that is consistent and equal for equivalent graphs (BIC, BDeu) it finds the true class as rows grow. Ties within
/// rounding go to the smallest (from, to, set).
/// @throws domain_error  when an option is out of range
/// @source Chickering, "Optimal structure identification with greedy search", JMLR 3 (2002); repeated phases: Hauser
/// and
///         Buhlmann, JMLR 13 (2012)
ges_result ges(std::vector<std::string> names, const local_score& score, const ges_options& options = {});

}  // namespace credence::bayesnet
