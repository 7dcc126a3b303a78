// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/discrete_data.hpp"

#include <functional>
#include <memory>

namespace credence::bayesnet {

/// The part of a decomposable score that belongs to one node with its parents (in any order, each once). May be called
/// from several threads.
using local_score = std::function<double(node_id child, std::span<const node_id> parents)>;

enum class score_kind : std::uint8_t { loglik, aic, bic, bdeu, k2 };

/// Scores of families of discrete variables, each computed once: see network_scores for the formulas. A cheap value;
/// copies share what they remember.
class family_scores {
 public:
  family_scores() = default;  ///< scores nothing until one is assigned
  /// @param equivalent_sample_size  of BDeu
  /// @throws domain_error  when a cell is missing, or equivalent_sample_size is not positive
  explicit family_scores(discrete_data data, score_kind kind = score_kind::bic, double equivalent_sample_size = 10.0);

  [[nodiscard]] double operator()(node_id child, std::span<const node_id> parents) const;
  /// The same without remembering it, for searches that ask for each family once.
  [[nodiscard]] double fresh(node_id child, std::span<const node_id> parents) const;
  /// The sum over all families of a graph whose nodes are the data's variables in their order.
  /// @throws shape_error  when the graph has another number of nodes
  [[nodiscard]] double of(const dag& graph) const;
  /// Distinct families that were scored.
  [[nodiscard]] std::int64_t evaluations() const;
  [[nodiscard]] const discrete_data& data() const;
  [[nodiscard]] score_kind kind() const;
  /// The largest value that `child` can reach with these parents or more of them, whatever the data: 0 less the
  /// penalty; for loglik, BDeu and K2 zero.
  [[nodiscard]] double bound(node_id child, std::span<const node_id> parents) const;

 private:
  struct memory;
  std::shared_ptr<memory> memory_;
};

/// Rows of real numbers, by their means and covariances.
class gaussian_data {
 public:
  gaussian_data() = default;
  /// All columns. @throws domain_error  for a column of texts, a cell that is missing or not finite, fewer than 2 rows
  explicit gaussian_data(const table& data);
  /// From known moments: covariance (size, size) row-major, as from `rows` observations.
  gaussian_data(std::vector<std::string> names, std::vector<double> mean, std::vector<double> covariance,
                std::int64_t rows);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(names_.size()); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// Maximum-likelihood covariances (divided by the number of rows), row-major.
  [[nodiscard]] const std::vector<double>& covariance() const { return covariance_; }

 private:
  std::vector<std::string> names_;
  std::vector<double> mean_, covariance_;
  std::int64_t rows_ = 0;
};

/// Linear regression of `child` on `parents` from the covariances.
struct gaussian_family {
  double intercept = 0.0;
  std::vector<double> coefficients;
  double variance = 0.0;  ///< of the residual, maximum likelihood
};
/// @throws domain_error  when the parents are linearly dependent
gaussian_family regress(const gaussian_data& data, node_id child, std::span<const node_id> parents);

/// BIC of linear-Gaussian families: log-likelihood - (parents + 2) / 2 * ln(rows). Families whose residual vanishes
/// score -infinity, so that copies of a column never explain each other.
local_score gaussian_bic(gaussian_data data);

}  // namespace credence::bayesnet
