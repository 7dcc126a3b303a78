// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "estimate/glm_pass.hpp"

#include <span>
#include <string>
#include <vector>

namespace credence::estimate_detail {

/// The end of Fisher scoring.
struct fisher_answer {
  std::vector<double> coefficients;  ///< of the columns that take part
  pass_sums sums;                    ///< at them, with the triangle
  int iterations = 0;
  bool converged = false;
  std::vector<double> recession;  ///< a direction along which the likelihood never falls; empty where there is none
};

/// Iterates b += (X'WX)^-1 X'W r from the first means, or from given coefficients.
/// @param gram_is_safe  from given coefficients: the design is far from collinear, X'WX will do until the last pass
fisher_answer fisher_scoring(const glm_rows& rows, const glm::options& how, std::span<const double> start = {},
                             bool gram_is_safe = false);

/// The same for Firth's penalised likelihood of a logistic regression.
/// @source Firth, "Bias reduction of maximum likelihood estimates", Biometrika 80, 1993
fisher_answer firth_scoring(const glm_rows& rows, const glm::options& how);

/// Names the coefficients that a direction moves, and the rule in the data behind it.
glm::finding describe_separation(const glm_rows& rows, const glm::problem& data, std::span<const double> recession,
                                 const std::vector<std::string>& names);

}  // namespace credence::estimate_detail
