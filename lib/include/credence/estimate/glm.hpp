// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/design.hpp"
#include "credence/estimate/glm_family.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Generalised linear models: g(E y) = X b + offset.
///
///     const auto fit = glm::fit(table, "y ~ dose + factor(batch)", {.family = glm::family::binomial});
///
/// Coefficients maximise the likelihood, found by Fisher scoring on the QR factor of the weighted design. What has no
/// finite maximum is not a number but a diagnosis: columns that others make up are *aliased*, coefficients that the
/// data push to infinity are *separated*.
namespace credence::glm {

enum class dispersion_rule : std::uint8_t {
  by_family,  ///< 1 for binomial, poisson and negative_binomial; estimated for the others
  pearson,    ///< the Pearson statistic over the residual degrees of freedom (quasi-likelihood for counts)
  one,
};

struct options {
  enum family family = family::gaussian;
  enum link link = link::canonical;
  dispersion_rule dispersion = dispersion_rule::by_family;
  double theta = 0.0;  ///< of the negative binomial; 0: estimated
  /// Firth's bias-reducing penalty, |X'WX|^(1/2): finite also where the data are separated. Binomial with logit only.
  bool bias_reduction = false;
  int max_iterations = 100;
  double rank_tolerance = 1e-10;  ///< a column is aliased when less than this share of its length is its own
  exec::context context{};
};

/// Numbers to fit. All views are the caller's and stay valid while fitted values are asked for.
struct problem {
  view<const double, 2> x{};             ///< (observations, columns), any strides
  std::span<const double> y{};           ///< proportions for binomial
  std::span<const double> weights{};     ///< prior weights, trials for binomial; empty: 1
  std::span<const double> offset{};      ///< empty: 0
  std::span<const std::string> names{};  ///< of the columns; empty: x1, x2, ...
  bool intercept = true;                 ///< whether the columns hold a constant: the null model has one then
};

enum class problem_kind : std::uint8_t {
  aliased,          ///< a column is a combination of those before it; its coefficient is NaN
  separated,        ///< the likelihood grows for ever along these coefficients, which are infinite
  quasi_separated,  ///< the same, with observations on the border
  not_converged,
  no_residuals,     ///< as many coefficients as observations: no dispersion, no errors
  theta_unbounded,  ///< no overdispersion: the negative binomial is a Poisson
};
const char* to_string(problem_kind kind);

/// One thing that is wrong with a fit, in words that name the culprits.
struct finding {
  problem_kind kind;
  std::string text;
  std::vector<std::string> names;  ///< the coefficients in question
};

/// A fit: all that a table of coefficients needs.
struct fitted {
  enum family family = family::gaussian;
  enum link link = link::identity;
  std::vector<std::string> names;
  std::vector<double> coefficients;  ///< NaN where aliased, infinite where separated
  std::vector<double> std_errors;    ///< from the expected information, times the dispersion; NaN or infinite likewise
  std::vector<double> covariance;    ///< row-major (columns, columns); NaN in the rows of aliased columns
  std::vector<std::int64_t> estimable;  ///< the columns that are not aliased, in order
  std::vector<double> factor;           ///< row-major R, (estimable, estimable), upper: R'R = X'WX

  double deviance = 0.0;
  double null_deviance = 0.0;
  double log_likelihood = 0.0;
  double aic = 0.0;
  double bic = 0.0;
  double dispersion = 1.0;
  bool dispersion_estimated = false;  ///< then statistics are t, else z
  double pearson = 0.0;               ///< sum w (y - mu)^2 / V(mu)
  double theta = 0.0;                 ///< of the negative binomial
  double theta_std_error = 0.0;
  bool theta_estimated = false;
  std::int64_t observations = 0;  ///< of positive weight
  std::int64_t df_residual = 0;
  std::int64_t df_null = 0;
  std::int64_t rank = 0;
  int iterations = 0;
  bool converged = false;
  double condition = 0.0;  ///< of the weighted design with columns scaled to length 1
  std::vector<finding> findings;

  /// statistic[j] = coefficient / error, and its two-sided p-value by Student's t or the normal distribution.
  [[nodiscard]] std::vector<double> statistics() const;
  [[nodiscard]] std::vector<double> p_values() const;
  [[nodiscard]] bool has(problem_kind kind) const;
};

/// Fits numbers.
/// @throws shape_error   when the sizes differ
/// @throws domain_error  when a response lies outside the family's range or a weight is negative (the row is named),
/// when
///                       the link does not go with the family
/// @complexity O(n p^2) an iteration, in parallel over blocks of rows; equal bits for any number of threads
fitted fit(const problem& data, const options& how);

/// A fit of a table, with what it takes to predict.
struct model {
  fitted result;
  design_recipe recipe;
  design_matrix design;
  std::vector<double> weights;  ///< of the rows of the design; trials times prior weights for binomial
  struct options how;

  /// The numbers of the fit, for the functions of glm_inference.hpp.
  [[nodiscard]] problem data() const;
};

struct table_options {
  std::string weights;  ///< a column; empty: none. For binomial proportions the numbers of trials
  std::string offset;   ///< a column to add to the predictor; empty: none
  design_options design{};
};

/// Fits a formula to a table; rows with missing cells are left out.
/// @throws parse_error  when the formula cannot be read
model fit(const table& data, std::string_view formula, const options& how, const table_options& columns = {});

}  // namespace credence::glm
