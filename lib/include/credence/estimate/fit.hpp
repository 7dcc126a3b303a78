// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/optim/result.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Fits of univariate distributions, by the family's name:
///
///     const auto fit = fit_distribution("gamma", {.values = x});
///     fit.estimates[0], fit.std_errors[0], fit.log_likelihood, fit.findings
///
/// Families with sufficient statistics need one pass over the data, then Newton's method on a function of those alone;
/// the others Newton's method with exact scores in the unconstrained space.
namespace credence {

/// Names of the families that can be fitted; synonyms (gev, lomax, zip, ...) are understood besides.
std::vector<std::string> fit_families();

/// What was observed. Views are the caller's.
struct fit_data {
  std::span<const double> values{};   ///< exact observations; or empty, and intervals in lower and upper
  std::span<const double> lower{};    ///< of censored data: equal to upper where exact, NaN or -infinity where open
  std::span<const double> upper{};    ///< NaN or infinity where open: X > lower
  std::span<const double> weights{};  ///< frequencies or weights; empty: 1
  /// Only values within these could be seen: the likelihood is that of the truncated distribution.
  double truncated_below = -std::numeric_limits<double>::infinity();
  double truncated_above = std::numeric_limits<double>::infinity();
};

enum class fit_method : std::uint8_t {
  maximum_likelihood,
  maximum_a_posteriori,
  moments,  ///< mean and variance (divisor n) of the distribution equal those of the data; exact data only
};

/// A prior of one parameter, itself a family of fit_families().
struct parameter_prior {
  std::string parameter;
  std::string family;
  std::vector<double> arguments;
};

/// On which scale a posterior mode is a mode.
enum class mode_scale : std::uint8_t {
  natural,        ///< the density of the parameters as they are
  unconstrained,  ///< of their logarithms and logits: with the Jacobian
};

struct fit_options {
  fit_method method = fit_method::maximum_likelihood;
  std::vector<parameter_prior> priors{};  ///< of a posterior mode; parameters without one are flat
  mode_scale scale = mode_scale::natural;
  std::vector<std::pair<std::string, double>>
      fixed{};                  ///< parameters held, by name (df of student_t, trials of binomial)
  double level = 0.95;          ///< of the intervals
  bool goodness_of_fit = true;  ///< Kolmogorov-Smirnov, for exact data without weights
  exec::context context{};
};

enum class fit_problem : std::uint8_t {
  boundary,   ///< the maximum lies on the border of the parameter space; no error there
  unbounded,  ///< the likelihood grows without end: there is no maximum
  flat,       ///< the likelihood does not tell these parameters apart
  not_converged,
};
const char* to_string(fit_problem kind);
struct fit_finding {
  fit_problem kind;
  std::string text;
};

struct fitted_distribution {
  std::string family;
  std::vector<std::string> names;
  std::vector<double> estimates;
  std::vector<double> std_errors;  ///< from the observed information; NaN for fixed and boundary parameters
  std::vector<double> covariance;  ///< row-major
  std::vector<double> lower;       ///< Wald intervals
  std::vector<double> upper;
  std::vector<double> unconstrained;  ///< logarithms of positive parameters, logits of probabilities
  std::vector<double> unconstrained_std_errors;
  std::vector<std::uint8_t> fixed;  ///< 1 for parameters that were held
  double log_likelihood = 0.0;
  double log_posterior = 0.0;  ///< of a posterior mode: with the priors, and the Jacobian where asked for
  double aic = 0.0;
  double aicc = 0.0;
  double bic = 0.0;
  double ks = std::numeric_limits<double>::quiet_NaN();    ///< sup |F_n - F|
  double ks_p = std::numeric_limits<double>::quiet_NaN();  ///< asymptotic; too large, as the parameters were fitted
  double observations = 0.0;                               ///< sum of the weights
  std::int64_t free_parameters = 0;
  stop_reason why = stop_reason::gradient_small;
  bool converged = false;
  int iterations = 0;
  std::vector<fit_finding> findings;

  [[nodiscard]] double estimate(std::string_view parameter) const;
  [[nodiscard]] bool has(fit_problem kind) const;
};

/// @throws domain_error  for an unknown family (naming the nearest), data outside its support (naming the row),
/// negative
///                       weights, no data, a truncation that excludes an observation, an unknown parameter
/// @throws shape_error   when sizes differ
fitted_distribution fit_distribution(std::string_view family, const fit_data& data, const fit_options& options = {});

/// Fits every family whose support holds the data and sorts by AIC; families that cannot be fitted are left out.
std::vector<fitted_distribution> fit_best(const fit_data& data, const fit_options& options = {});

struct parameter_interval {
  double lower;
  double upper;
};
/// Values of a parameter whose log likelihood, maximised over the other ones, is within half the chi-squared quantile
/// of the maximum. Ends that are never reached are the ends of the parameter's domain.
parameter_interval profile_interval(const fitted_distribution& fit, const fit_data& data, std::string_view parameter,
                                    const fit_options& options = {});

/// Percentile intervals of refits to resampled observations, in parallel; equal bits for any number of threads.
struct fit_bootstrap {
  std::vector<double> estimates;  ///< row-major (replicates, parameters)
  std::vector<double> std_errors;
  std::vector<parameter_interval> percentile;
  std::int64_t failed = 0;
};
fit_bootstrap bootstrap(const fitted_distribution& fit, const fit_data& data, std::int64_t replicates,
                        std::uint64_t seed, const fit_options& options = {});

/// Three tests of "the parameter has this value", each chi-squared with one degree of freedom.
struct parameter_test {
  double wald, wald_p;
  double score, score_p;
  double likelihood_ratio, likelihood_ratio_p;
};
parameter_test test_parameter(const fitted_distribution& fit, const fit_data& data, std::string_view parameter,
                              double value, const fit_options& options = {});

}  // namespace credence
