// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/family_score.hpp"
#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

namespace credence::bayesnet {

/// What is known about a structure before it is learnt. Arcs are pairs of column numbers.
struct arc_constraints {
  std::vector<arc> required;      ///< in every answer
  std::vector<arc> forbidden;     ///< in none
  std::int64_t max_parents = -1;  ///< of a node; -1 for no limit
};

/// Throws when nothing can satisfy them: arcs out of range, required ones that are forbidden, close a cycle (named) or
/// are more than max_parents.
/// @throws domain_error, cycle_error
void check_constraints(std::string_view where, std::span<const std::string> names, const arc_constraints& known);

enum class search_stop : std::uint8_t { no_better_move, patience_ended, max_steps };

struct search_result {
  dag graph;
  double score = 0.0;
  std::int64_t steps = 0;        ///< arcs added, removed or reversed
  std::int64_t evaluations = 0;  ///< families asked of the score, repeats among them
  search_stop why = search_stop::no_better_move;
};

struct search_options {
  exec::context context{};  ///< results never depend on it
  arc_constraints known{};
  std::vector<arc> start{};  ///< the graph to begin with; required arcs are added
  std::int64_t max_steps = 1'000'000;
  int restarts = 0;  ///< further climbs from random changes of the best graph
  int changes = 8;   ///< of each restart
  rng_key key{};     ///< of the restarts
};

/// Greedy hill climbing: adds, removes or reverses the arc that raises the score most, until none does. Ties within
/// rounding go to the first in the order of (to, from), adding before reversing.
/// @throws domain_error, cycle_error  when the constraints contradict each other
search_result hill_climb(std::vector<std::string> names, const local_score& score, const search_options& options = {});

struct tabu_options {
  search_options search{};
  int length = 100;   ///< graphs that are not visited again
  int patience = 15;  ///< steps without a new best before it ends
};

/// Hill climbing that goes on through the best neighbour, better or worse, that was not visited lately.
/// @source Glover, "Tabu search, part I", ORSA Journal on Computing 1 (1989)
search_result tabu_search(std::vector<std::string> names, const local_score& score, const tabu_options& options = {});

struct exact_options {
  exec::context context{};
  arc_constraints known{};
  std::int64_t max_nodes = 20;
  double max_bytes = 4e9;
};

/// The best graph of all, by dynamic programming over sets of nodes: 2^nodes steps, and one score for each node and set
/// of up to max_parents others. With `bound` (an upper limit for a family and all its supersets, such as
/// family_scores::bound) families that cannot win are not scored. Ties go to fewer parents, then smaller numbers.
/// @throws domain_error  when there are more nodes than max_nodes; memory_error
/// @source Silander and Myllymaki, "A simple approach for finding the globally optimal Bayesian network structure", UAI
/// 2006
search_result exact_search(std::vector<std::string> names, const local_score& score, const exact_options& options = {},
                           const local_score& bound = {});

}  // namespace credence::bayesnet
