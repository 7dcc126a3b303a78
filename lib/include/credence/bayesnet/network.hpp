// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/compact_cpd.hpp"
#include "credence/graph/dag.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credence::bayesnet {

/// A discrete variable: a name and its states in order.
struct variable {
  std::string name;
  std::vector<std::string> states;
  std::vector<std::string> properties;  ///< free text that file formats carry along

  [[nodiscard]] std::int64_t cardinality() const { return static_cast<std::int64_t>(states.size()); }
  friend bool operator==(const variable&, const variable&) = default;
};

/// The table P(child | parents): row-major over (parents in their stated order, child), so the child's states lie side
/// by side and the last parent changes next fastest.
struct cpd {
  std::vector<node_id> parents;
  std::vector<double> values;
  std::vector<std::string> properties;
  compact_cpd form{};  ///< how the values were given; a network fills empty values from it, others must equal it
  friend bool operator==(const cpd&, const cpd&) = default;
};

/// A row of a table whose sum is not one to rounding; queries use it divided by the sum.
struct row_warning {
  node_id node = 0;
  std::int64_t row = 0;  ///< in the order of the table's rows
  double sum = 1.0;
};

/// A discrete Bayesian network: an immutable value, cheap to copy. Node numbers are the order of the variables.
///
/// Tables hold the numbers they were given, so that files round-trip exactly; `probabilities` gives them with every row
/// divided by its sum, and this is what all queries use. Rows must sum to one within `row_tolerance`.
class network {
 public:
  static constexpr double row_tolerance = 1e-6;

  network();
  /// @throws domain_error  naming the variable or the row that is wrong: no states, repeated names, a table of the
  /// wrong
  ///                       size, a negative entry, a row that does not sum to one
  /// @throws cycle_error   when the parents close a cycle
  network(std::string name, std::vector<variable> variables, std::vector<cpd> cpds,
          std::vector<std::string> properties = {});

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::vector<std::string>& properties() const;
  [[nodiscard]] const dag& graph() const;
  [[nodiscard]] std::int64_t size() const { return graph().size(); }
  [[nodiscard]] const std::vector<variable>& variables() const;
  [[nodiscard]] const variable& at(node_id node) const { return variables()[static_cast<std::size_t>(node)]; }
  [[nodiscard]] const cpd& table(node_id node) const;
  [[nodiscard]] std::int64_t cardinality(node_id node) const { return at(node).cardinality(); }

  /// The table of `node` with every row divided by its sum.
  [[nodiscard]] std::vector<double> probabilities(node_id node) const;
  /// Rows whose sum differs from one by more than rounding (1e-12).
  [[nodiscard]] const std::vector<row_warning>& row_warnings() const;
  /// "row_warnings" as one line of text each, with the states of the parents.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Free parameters: for each table, rows times (states - 1).
  [[nodiscard]] std::int64_t parameter_count() const;

  /// The number of a state. @throws domain_error  naming the states there are
  [[nodiscard]] std::int64_t state_of(node_id node, std::string_view state, std::string_view where) const;

  /// The states of the parents in a row of the table of `node`, in the order of the parents.
  [[nodiscard]] std::vector<std::string> row_states(node_id node, std::int64_t row) const;

  /// ln P(all variables as given): one state number for each node. -infinity where the probability is zero.
  /// @throws shape_error, domain_error
  [[nodiscard]] double log_probability(std::span<const std::int64_t> states) const;

  friend bool operator==(const network& a, const network& b);

 private:
  struct data;
  void use_form(cpd& t, node_id node) const;
  std::shared_ptr<const data> data_;
};

/// Builds a network step by step:
///     network_builder().variable("rain", {"yes", "no"}).variable("wet", {"yes", "no"})
///         .cpd("rain", {}, {0.2, 0.8}).cpd("wet", {"rain"}, {0.9, 0.1, 0.2, 0.8}).build()
class network_builder {
 public:
  explicit network_builder(std::string name = {}) : name_(std::move(name)) {}
  /// Variables and parents from arrow text with states in braces: "rain{yes,no} -> wet{yes,no}".
  static network_builder from_arrows(std::string_view arrows, std::string name = {});

  network_builder& variable(std::string name, std::vector<std::string> states);
  /// P(child | parents), parents in the order of the table's axes; the child's states change fastest.
  network_builder& cpd(std::string child, std::vector<std::string> parents, std::vector<double> values);
  /// With the parents that the arrow text gave.
  network_builder& cpd(std::string child, std::vector<double> values);
  /// The child's state in every row of its table.
  network_builder& deterministic(std::string child, std::vector<std::string> parents, std::vector<std::string> states);
  /// causes[i][s]: the probability that state s of parent i alone brings `state` about. See compact_cpd.
  network_builder& noisy_or(std::string child, std::string state, std::vector<std::string> parents,
                            std::vector<std::vector<double>> causes, double leak = 0.0);
  /// causes[i]: for each state of parent i a distribution over the child's states, which stand from lowest to highest.
  network_builder& noisy_max(std::string child, std::vector<std::string> parents,
                             std::vector<std::vector<double>> causes, std::vector<double> leak);
  network_builder& property(std::string text);

  /// @throws domain_error, cycle_error  see `network`; also for a variable without a table
  [[nodiscard]] network build() const;

 private:
  struct entry {
    std::string child;
    std::vector<std::string> parents;
    std::vector<double> values;
    bool parents_from_arrows = false;
    compact_cpd form{};
    std::vector<std::string> states{};  ///< of the form, to be numbered
  };
  std::string name_;
  std::vector<std::string> properties_;
  std::vector<bayesnet::variable> variables_;
  std::vector<entry> cpds_;
  std::vector<std::pair<std::string, std::string>> arrows_;
};

}  // namespace credence::bayesnet
