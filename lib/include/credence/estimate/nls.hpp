// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/expression.hpp"
#include "credence/exec/context.hpp"
#include "credence/optim/least_squares.hpp"
#include "credence/table/table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Nonlinear least squares from a formula in text form:
///
///     const auto fit = nls::fit(table, "y ~ b1*(1-exp(-b2*x))", {{"b1", 500.0}, {"b2", 1e-4}});
///
/// The right side is parsed and recorded as a program in which every row is a lane: one replay gives all fitted values
/// and their exact derivatives, another the second derivatives along a step.
namespace credence::nls {

/// How the sum of squares is minimised.
enum class strategy : std::uint8_t {
  automatic,  ///< Levenberg-Marquardt with long and short first steps, with and without geodesic acceleration: the best
              ///< end
  levenberg_marquardt,
  geodesic,
  dogleg,
};

struct options {
  enum strategy strategy = strategy::automatic;
  int max_iterations = 2000;
  double level = 0.95;
  std::string weights{};  ///< a column of weights of the squares; empty: 1
  exec::context context{};
};

struct fitted {
  std::vector<std::string> names;
  std::vector<double> estimates;
  std::vector<double> std_errors;  ///< from s^2 (J'J)^-1; NaN where a parameter is not identified
  std::vector<double> covariance;  ///< row-major
  std::vector<double> lower;       ///< Wald intervals by Student's t
  std::vector<double> upper;
  std::vector<double> values;      ///< of the right side, one for each kept row
  std::vector<double> residuals;   ///< left minus right side
  std::vector<std::int64_t> kept;  ///< rows without missing cells
  double rss = 0.0;                ///< weighted
  double residual_sd = 0.0;        ///< sqrt(rss / df_residual)
  double log_likelihood = 0.0;
  double aic = 0.0;
  double bic = 0.0;
  std::int64_t df_residual = 0;
  double cosine = 0.0;     ///< between the residuals and the surface at the estimates: 0 at a minimum
  double condition = 0.0;  ///< of J with columns scaled to length 1
  stop_reason why = stop_reason::max_iterations;
  bool converged = false;
  int iterations = 0;
  std::string method;                 ///< which strategy won
  std::vector<std::string> findings;  ///< what is wrong, in words: not identified, no residual degrees of freedom
};

/// @param formula  `left ~ right` or `left = right`: the left side is an expression of columns, the right side of
/// columns and
///                 parameters; a name that has a start is a parameter
/// @throws parse_error   with the column of what is wrong in the formula
/// @throws domain_error  when a name is neither a column nor has a start, a start is not used or not finite, the right
/// side is
///                       not finite at the start (the row is named), a weight is negative, or there are fewer rows than
///                       parameters
fitted fit(const table& data, std::string_view formula, const std::vector<std::pair<std::string, double>>& start,
           const options& how = {});

}  // namespace credence::nls
