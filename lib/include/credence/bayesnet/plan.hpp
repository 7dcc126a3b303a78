// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

#include <memory>

namespace credence::bayesnet {

struct compile_options {
  int restarts = 10;       ///< of the search for a triangulation
  double max_bytes = 8e9;  ///< refuse beyond this prediction
};

/// Posteriors of a whole table of evidence, laid out flat.
struct posterior_table {
  network net;
  std::vector<node_id> nodes;        ///< ascending
  std::vector<std::int64_t> begin;   ///< of each node's states within a row; one more than nodes
  std::vector<double> values;        ///< (rows, begin.back())
  std::vector<double> log_evidence;  ///< of each row

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(log_evidence.size()); }
  /// P(nodes[i] | evidence of the row), state by state.
  [[nodiscard]] std::span<const double> at(std::int64_t row, std::size_t i) const {
    return {values.data() + row * begin.back() + begin[i], static_cast<std::size_t>(begin[i + 1] - begin[i])};
  }
};

/// A network compiled into a junction tree, for many queries. A cheap value; queries may run from several threads at
/// once.
///
/// Messages that no evidence touches are computed once, when the plan is made, and reused. Where the full tree is
/// large, queries with hard evidence run on a tree made for the observed set: such trees are kept, so the same observed
/// variables with other states cost no new compilation. Which of the two is used depends on the network and on the
/// observed set only, so equal queries give equal bits whatever came before.
class plan {
 public:
  /// Of the full tree: bytes held during a query, operations without evidence, largest clique.
  [[nodiscard]] const inference_cost& cost() const;
  [[nodiscard]] const network& net() const;

  /// P(target | evidence) for every target, and P(evidence).
  /// @throws domain_error  when the evidence has probability zero or a name is unknown; memory_error
  [[nodiscard]] posterior_set posteriors(const evidence& given, const node_selection& targets) const;
  /// Of all variables; observed ones have probability one in their state.
  [[nodiscard]] posterior_set posteriors(const evidence& given = {}) const;
  /// One result for each row of evidence, in their order. Rows run in parallel; results do not depend on the threads.
  /// @throws domain_error  naming the first row (from 0) whose evidence is impossible or unknown
  [[nodiscard]] std::vector<posterior_set> posteriors(std::span<const evidence> rows, const node_selection& targets,
                                                      const exec::context& ctx) const;

  /// The same for rows of hard evidence, with `common` evidence added to each. Where a clique of the tree fits into the
  /// cache eightfold, eight rows run side by side as lanes; else rows run one by one on trees made for their observed
  /// sets. Rows are put in the order of their observed sets first. A row's numbers depend neither on the other rows nor
  /// on the threads; they may differ in the last bits from those of a single query.
  /// @throws domain_error  naming the first row (from 0) whose evidence is impossible
  [[nodiscard]] posterior_table posteriors(const evidence_table& rows, const node_selection& targets,
                                           const exec::context& ctx, const evidence& common = {}) const;

 private:
  friend plan compile(const network& net, const compile_options& options);
  friend class query_session;
  struct data;
  std::shared_ptr<data> data_;
};

/// Evidence that changes step by step: only messages between what changed and the root are computed again, and beliefs
/// on the way to the targets. Runs on the plan's full tree, so a plan that answers hard evidence on smaller trees may
/// give other last bits; a fresh session with the same evidence gives equal bits. Not for several threads at once.
class query_session {
 public:
  explicit query_session(const plan& compiled);
  ~query_session();
  query_session(query_session&&) noexcept;
  query_session& operator=(query_session&&) noexcept;

  /// Replaces what is known about the nodes that the findings name. @throws domain_error  see plan::posteriors; then
  /// nothing has changed
  void set(const evidence& findings);
  /// Nothing is known about these nodes any more. @throws domain_error
  void retract(const node_selection& nodes);
  void clear();

  /// As plan::posteriors. @throws domain_error  when the evidence has probability zero; retract some and go on
  [[nodiscard]] posterior_set posteriors(const node_selection& targets);
  /// ln P(evidence). @throws domain_error  when it is zero
  [[nodiscard]] double log_evidence();

  /// Cliques whose messages were computed since the session began.
  [[nodiscard]] std::int64_t cliques_collected() const;
  [[nodiscard]] std::int64_t cliques() const;

 private:
  struct data;
  std::unique_ptr<data> data_;
};

/// Triangulates and initialises the junction tree. @throws memory_error  saying how much the tree would take
plan compile(const network& net, const compile_options& options = {});

}  // namespace credence::bayesnet
