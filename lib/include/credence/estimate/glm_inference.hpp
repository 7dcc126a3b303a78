// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/glm.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What one asks of a fitted generalised linear model: residuals, influence, robust errors, intervals, tests,
/// predictions. `data` and `how` are those of the fit.
namespace credence::glm {

enum class residual_kind : std::uint8_t {
  response,  ///< y - mu
  pearson,   ///< sqrt(w) (y - mu) / sqrt(V(mu))
  deviance,  ///< signed square root of the row's deviance
  working,   ///< (y - mu) / (dmu / deta)
};
std::vector<double> fitted_means(const fitted& fit, const problem& data);
std::vector<double> residuals(const fitted& fit, const problem& data, residual_kind kind);
/// The diagonal of the hat matrix of the last iteration.
std::vector<double> leverages(const fitted& fit, const problem& data);
/// Residuals over what their standard deviation would be: divided by sqrt(dispersion (1 - leverage)).
std::vector<double> standardised_residuals(const fitted& fit, const problem& data, residual_kind kind);
/// How far a row moves the coefficients. @source Cook, 1977; Williams, 1987
std::vector<double> cooks_distances(const fitted& fit, const problem& data);

/// Corrections of the sandwich for few observations. @source MacKinnon and White, J. Econometrics 29, 1985
enum class sandwich_kind : std::uint8_t {
  hc0,  ///< White's
  hc1,  ///< times n / (n - p)
  hc2,  ///< squares over (1 - leverage)
  hc3,  ///< squares over (1 - leverage)^2
};
/// The robust covariance (X'WX)^-1 (sum of squared scores) (X'WX)^-1, row-major over all columns, NaN where aliased.
/// @param cluster  a number for each row: scores are added within a cluster first; empty: every row for itself
std::vector<double> sandwich(const fitted& fit, const problem& data, sandwich_kind kind = sandwich_kind::hc0,
                             std::span<const std::int64_t> cluster = {});

struct interval {
  double lower;
  double upper;
};
/// estimate -+ quantile * error: Student's where the dispersion was estimated.
interval wald_interval(const fitted& fit, std::int64_t coefficient, double level = 0.95);
/// All values whose deviance, maximised over the other coefficients, is within the normal quantile squared times the
/// dispersion of the least one. Infinite where the likelihood never falls that far.
interval profile_interval(const fitted& fit, const problem& data, const options& how, std::int64_t coefficient,
                          double level = 0.95);

/// A chi-squared (or F) test.
struct test_result {
  double statistic = 0.0;
  double df = 0.0;
  double df_denominator = 0.0;  ///< of an F test; 0 for chi-squared
  double p = 0.0;
};
/// Whether the larger of two nested models is needed: the difference of the deviances over the dispersion of the larger
/// one.
/// @throws domain_error  when `larger` has no more coefficients
test_result likelihood_ratio_test(const fitted& smaller, const fitted& larger);

/// What is lost without one term.
struct term_test {
  std::string term;
  std::int64_t df = 0;
  double deviance = 0.0;  ///< of the model without it
  double aic = 0.0;
  test_result likelihood_ratio;
  test_result score;  ///< Rao's, at the estimates of the smaller model
};
/// Every term that no other contains, left out in turn (R's drop1).
std::vector<term_test> drop_terms(const model& of);

/// Predictions for rows.
struct prediction {
  std::vector<double> predictor;  ///< on the scale of the link, offset included
  std::vector<double> std_error;  ///< of the predictor
  std::vector<double> mean;
  std::vector<double> lower;  ///< interval of the mean: Wald's on the link scale, mapped back
  std::vector<double> upper;
  std::vector<double> observation_lower;  ///< interval of a new observation of weight 1; gaussian with identity only
  std::vector<double> observation_upper;
};
prediction predict(const fitted& fit, view<const double, 2> x, std::span<const double> offset = {},
                   double level = 0.95);
/// @throws domain_error  when a level was not seen before
prediction predict(const model& of, const table& data, double level = 0.95);

struct bootstrap_options {
  std::int64_t replicates = 1000;
  std::uint64_t seed = 0;
  double level = 0.95;
};
/// Refits to rows drawn with replacement.
struct bootstrap_result {
  std::vector<double> coefficients;  ///< row-major (replicates, columns); NaN in replicates without a finite fit
  std::vector<double> std_errors;    ///< standard deviations over the finite replicates
  std::vector<interval> percentile;
  std::int64_t failed = 0;  ///< replicates that are separated, aliased or did not converge
};
/// Replicates run in parallel, each from the full fit; the same bits for any number of threads.
bootstrap_result bootstrap(const fitted& fit, const problem& data, const options& how, const bootstrap_options& wanted);

}  // namespace credence::glm
