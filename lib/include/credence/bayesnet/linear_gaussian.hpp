// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/family_score.hpp"
#include "credence/exec/context.hpp"
#include "credence/graph/dag.hpp"
#include "credence/random/key.hpp"

#include <memory>

namespace credence::bayesnet {

/// x = intercept + sum_i coefficients[i] * parents[i] + noise, noise normal with mean 0 and that variance (0 is a
/// deterministic node).
struct gaussian_cpd {
  std::vector<node_id> parents;
  double intercept = 0.0;
  std::vector<double> coefficients;
  double variance = 1.0;
  friend bool operator==(const gaussian_cpd&, const gaussian_cpd&) = default;
};

/// A multivariate normal over some nodes of a network.
struct gaussian_joint {
  std::vector<std::string> names;
  std::vector<double> mean;
  std::vector<double> covariance;  ///< (names, names), row-major
  double log_evidence = 0.0;       ///< ln of the density of what it was conditioned on; 0 without evidence

  [[nodiscard]] double variance(std::size_t i) const { return covariance[i * names.size() + i]; }
};

/// "node" is `value`.
struct observed_value {
  std::string node;
  double value = 0.0;
};

/// A linear-Gaussian Bayesian network: an immutable value, cheap to copy. Its joint distribution is one normal.
/// @source Lauritzen, Graphical Models (1996), chapter 5; Koller and Friedman (2009), chapter 7
class gaussian_network {
 public:
  gaussian_network();
  /// @throws domain_error  for a negative variance, numbers that are not finite; shape_error when lists differ in
  /// length;
  ///                       cycle_error
  gaussian_network(std::vector<std::string> names, std::vector<gaussian_cpd> cpds, std::string name = {});

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const dag& graph() const;
  [[nodiscard]] std::int64_t size() const { return graph().size(); }
  [[nodiscard]] const gaussian_cpd& table(node_id node) const;
  /// Intercepts, coefficients and variances.
  [[nodiscard]] std::int64_t parameter_count() const;

  /// The normal distribution of all nodes, in their order. @complexity O(nodes * (nodes + arcs))
  [[nodiscard]] gaussian_joint joint() const;

  /// The normal distribution of the targets (ascending) given exact values of other nodes, and the density of those.
  /// Nodes that are no ancestors of targets or evidence are left out.
  /// @throws domain_error  for unknown or repeated names, values that are not finite, a target that is observed, and
  ///                       evidence that the rest of the evidence determines (a singular covariance)
  [[nodiscard]] gaussian_joint posterior(const node_selection& targets,
                                         const std::vector<observed_value>& given = {}) const;

  /// ln of the density at one value for each node; +-infinity where a variance is 0.
  [[nodiscard]] double log_density(std::span<const double> values) const;

  friend bool operator==(const gaussian_network& a, const gaussian_network& b);

 private:
  struct data;
  std::shared_ptr<const data> data_;
};

/// Independent draws, column by column: result[node * rows + row]. A row is the same for any number of rows and
/// threads.
std::vector<double> forward_sample(const exec::context& ctx, const gaussian_network& net, std::int64_t rows,
                                   rng_key key);

/// The maximum-likelihood network of a graph; its nodes are matched with the data's columns by name.
struct fitted_gaussian_network {
  gaussian_network net;
  double log_likelihood = 0.0;
};
/// @throws domain_error  when a column is missing, parents are linearly dependent, or a node is a linear function of
/// its
///                       parents (its likelihood has no maximum)
fitted_gaussian_network fit_gaussian(const dag& graph, const gaussian_data& data);

/// {"format": "credence-linear-gaussian", "version": 1, "name": "", "nodes": [{"name": "x", "intercept": 1,
/// "variance": 2, "coefficients": {"parent": 0.5}}]}. Reading what was written gives an equal network.
/// @throws parse_error  with line and column
gaussian_network parse_gaussian_json(std::string_view text, const std::string& source = "json");
/// @throws io_error, parse_error
gaussian_network read_gaussian_json(const std::string& path);
std::string to_json(const gaussian_network& net);

}  // namespace credence::bayesnet
