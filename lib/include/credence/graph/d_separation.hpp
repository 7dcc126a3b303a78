// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

namespace credence {

/// How an inner node of a trail lets it pass: `chain` a -> b -> c and `fork` a <- b -> c where b is not observed;
/// `collider` a -> b <- c where b or a descendant of it is observed.
enum class trail_rule : std::uint8_t { chain, fork, collider };
const char* to_string(trail_rule rule);

/// The answer to "are X and Y d-separated by Z?" with a certificate for either answer, which `check_certificate`
/// verifies without trusting the search.
///
/// Not separated: `active_trail` leads from a node of X to one of Y without repeating a node; `rules[i]` says why its
/// node i + 1 lets it pass; `opened_by[i]` is, for a collider, a directed path from it to an observed node (the
/// collider alone when it is observed itself), and empty otherwise.
///
/// Separated: the sets below are closed under the rules of active trails and miss the other side, so no active trail
/// can exist. They start at Y instead of X when `starts_at_y`.
struct separation {
  bool separated = true;

  std::vector<node_id> active_trail;
  std::vector<trail_rule> rules;
  std::vector<std::vector<node_id>> opened_by;

  bool starts_at_y = false;
  std::vector<node_id> reached_from_child;   ///< nodes reached against an arc, and the start nodes; ascending
  std::vector<node_id> reached_from_parent;  ///< nodes reached along an arc; ascending
  std::vector<node_id> observed_ancestors;   ///< Z and every ancestor of Z; ascending

  /// Nodes in either reached set, ascending.
  [[nodiscard]] std::vector<node_id> reached() const;
};

/// Whether every trail between `x` and `y` is blocked by `given`, with the proof.
///
/// The search runs from both sides at once over (node, direction) pairs and stops where they meet, so each arc is
/// looked at at most twice and random queries look at few.
/// @throws domain_error  when the sets overlap, x or y is empty, or a node is unknown
/// @complexity O(nodes + arcs)
/// @source Shachter, "Bayes-ball", UAI 1998; Koller and Friedman (2009), algorithm 3.1
separation d_separated(const dag& graph, const node_selection& x, const node_selection& y,
                       const node_selection& given = {});

/// All nodes outside `x` and `given` that are not d-separated from `x` by `given`, ascending.
std::vector<node_id> d_connected(const dag& graph, const node_selection& x, const node_selection& given = {});

/// All nodes outside `x` and `given` that are d-separated from `x` by `given`, ascending.
std::vector<node_id> d_separated_from(const dag& graph, const node_selection& x, const node_selection& given = {});

/// The same questions many times on one graph: memory is prepared once and a query costs only what it visits.
/// Not for use by two threads at once; the graph must outlive it.
class d_separator {
 public:
  explicit d_separator(const dag& graph);
  /// Sets of valid, distinct and disjoint node numbers: checked only in `d_separated` above.
  [[nodiscard]] bool separated(std::span<const node_id> x, std::span<const node_id> y, std::span<const node_id> given);
  [[nodiscard]] separation explain(std::span<const node_id> x, std::span<const node_id> y,
                                   std::span<const node_id> given);
  /// Nodes outside `given` that an active trail from `x` reaches (x among them), in no particular order. When
  /// `blockers` is not null it gets the members of `given` at which an active trail from `x` ends.
  void reach(std::span<const node_id> x, std::span<const node_id> given, std::vector<node_id>& reached,
             std::vector<node_id>* blockers = nullptr);

 private:
  const dag* graph_;
  std::uint32_t epoch_ = 0;
  std::vector<std::uint32_t> observed_, ancestor_, seen_[2];  ///< a mark holds when it equals the epoch
  std::vector<node_id> toward_observed_;                      ///< next node on a shortest path down to an observed one
  std::vector<std::int32_t> from_[2];                         ///< previous state of the search, 2 * node + direction
  std::vector<std::int32_t> queue_[2];
  std::vector<node_id> stack_;
  std::vector<std::int64_t> trail_place_;
  std::int32_t meet_[2] = {-1, -1};
  int exhausted_ = 0;

  void start(std::span<const node_id> given);
  bool search(std::span<const node_id> x, std::span<const node_id> y, std::span<const node_id> given);
};

/// The verdict of the certificate checker.
struct certificate_check {
  bool valid = false;
  std::string reason;  ///< the first rule that fails; empty when valid
};

/// Verifies a `separation` against the graph alone; shares no code with the search.
/// @complexity linear in the certificate and the arcs of its nodes, plus O(nodes) for marks
certificate_check check_certificate(const dag& graph, const node_selection& x, const node_selection& y,
                                    const node_selection& given, const separation& claim);

}  // namespace credence
