// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// Families of generalised linear models and their links.
namespace credence::glm {

enum class family : std::uint8_t {
  gaussian,
  binomial,  ///< responses are proportions (0 and 1 among them), weights the numbers of trials
  poisson,
  gamma,
  inverse_gaussian,
  negative_binomial  ///< variance mu + mu^2 / theta; theta is estimated unless it is given
};

enum class link : std::uint8_t {
  canonical,  ///< identity, logit, log, inverse, inverse_squared; log for the negative binomial
  identity,
  log,
  logit,
  probit,
  cauchit,
  cloglog,  ///< log(-log(1 - mu))
  loglog,   ///< -log(-log(mu))
  inverse,
  inverse_squared,  ///< 1 / mu^2
  sqrt,
};

const char* to_string(family f);
const char* to_string(link l);
/// By name ("inverse-gaussian" and "inverse_gaussian" alike).
/// @throws domain_error  naming the nearest one
family family_of(std::string_view name);
link link_of(std::string_view name);

link canonical_link(family f);
/// Whether the link maps the means of the family to numbers: logit for proportions, but not for counts.
bool goes_with(family f, link l);

/// The linear predictor of a mean, the mean of a predictor, and its derivative by the predictor.
double link_value(link l, double mean);
double inverse_link(link l, double eta);
double inverse_link_slope(link l, double eta);

/// Variance of a response of mean 1 * dispersion: V(mu).
double variance(family f, double mean, double theta);
/// Twice the log likelihood that the mean loses against the response itself, at dispersion 1.
double unit_deviance(family f, double y, double mean, double theta);

}  // namespace credence::glm
