// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/glm.hpp"
#include "estimate/glm_pass.hpp"

#include <span>

namespace credence::estimate_detail {

/// Fills log_likelihood, aic, bic and pearson at the coefficients. As in R, families with a dispersion take its maximum
/// likelihood estimate (the mean deviance for gamma) in the likelihood and count it as a parameter.
void describe_likelihood(const glm_rows& rows, std::span<const double> coefficients, glm::fitted& out);

struct theta_answer {
  double theta = 0.0;
  double std_error = 0.0;
  bool bounded = true;  ///< false: the likelihood grows up to theta = infinity
};
/// Maximum likelihood of theta at given means. @param start  0: by moments
theta_answer estimate_theta(const glm_rows& rows, std::span<const double> means, double start);

}  // namespace credence::estimate_detail
