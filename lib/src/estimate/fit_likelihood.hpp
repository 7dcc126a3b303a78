// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/fit.hpp"
#include "estimate/family_entry.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace credence::estimate_detail {

/// Sums over exact observations, each with its weight: the only thing about the data that some families see.
struct sufficient_sums {
  double n = 0.0, x = 0.0, log_x = 0.0, inverse_x = 0.0, log1m_x = 0.0;
  double mean = 0.0, squares = 0.0;  ///< squares: of deviations from the mean
  double raw_squares = 0.0;
  double log_mean = 0.0, log_squares = 0.0;  ///< of the logarithms, likewise
  double cosine = 0.0, sine = 0.0;
  double log_factorial = 0.0;
  double log_choose = 0.0;  ///< sum of log C(trials, x)
  double minimum = 0.0, maximum = 0.0;
};

/// log likelihood and its derivatives from the sums alone.
using sufficient_likelihood = double (*)(const sufficient_sums& s, const double* p, double* slopes);

/// The function of a family that has one, else null.
sufficient_likelihood sufficient_likelihood_of(const std::string& family);
/// The sums that the family needs. @param trials  of the binomial
sufficient_sums sufficient_sums_of(const std::string& family, std::span<const double> x,
                                   std::span<const double> weights, double trials, const exec::context& ctx);

/// Shape and scale of a Weibull distribution, to the last digits: Newton's method on the shape alone.
struct weibull_answer {
  double shape = 0.0, scale = 0.0, log_likelihood = 0.0;
  double information[3] = {};  ///< minus the second derivatives: shape-shape, shape-scale, scale-scale
  int iterations = 0;
};
weibull_answer weibull_maximum(std::span<const double> x, std::span<const double> weights, const exec::context& ctx);

/// What starts are made of.
struct data_summary {
  double n = 0.0, mean = 0.0, variance = 0.0, median = 0.0, lower_quartile = 0.0, upper_quartile = 0.0;
  double log_mean = 0.0, log_sd = 0.0;                               ///< NaN unless all values are positive
  double minimum = 0.0, maximum = 0.0, skewness = 0.0, zeros = 0.0;  ///< zeros: their share
  double cosine = 0.0, sine = 0.0;
};
data_summary summary_of(const fit_data& data);
/// Points to start from, best guess first. `held` are values of parameters that are fixed (NaN elsewhere).
std::vector<std::vector<double>> starts_of(const std::string& family, const data_summary& s,
                                           const std::vector<double>& held);

/// The log likelihood of one family and one data set as a function of its free parameters, unconstrained.
class fit_likelihood {
 public:
  fit_likelihood(const family_entry& entry, const fit_data& data, const fit_options& options);

  /// Natural parameters (all) and the log likelihood with its slopes by them (slopes may be null).
  double natural(const double* p, double* slopes) const;
  /// log of the priors at natural parameters.
  double prior(const double* p, double* slopes) const;

  /// Minus the objective over the sum of the weights, at free unconstrained parameters.
  double operator()(std::span<const double> u, std::span<double> gradient) const;

  [[nodiscard]] std::vector<double> natural_of(std::span<const double> u) const;
  [[nodiscard]] std::vector<double> free_of(const std::vector<double>& natural) const;
  /// d natural / d unconstrained of each free parameter.
  [[nodiscard]] std::vector<double> slopes_of(std::span<const double> u) const;

  [[nodiscard]] const family_entry& family() const { return *entry_; }
  [[nodiscard]] const std::vector<std::size_t>& free() const { return free_; }
  [[nodiscard]] const std::vector<double>& held() const { return held_; }
  [[nodiscard]] double total_weight() const { return total_; }
  [[nodiscard]] bool exact() const { return !data_.values.empty(); }
  [[nodiscard]] bool from_sums() const { return sums_function_ != nullptr; }
  [[nodiscard]] const fit_data& data() const { return data_; }
  [[nodiscard]] const fit_options& options() const { return options_; }

 private:
  double row(const double* p, std::size_t i, double* slopes) const;

  const family_entry* entry_;
  fit_data data_;
  fit_options options_;
  std::vector<double> held_;                       // the value of a fixed parameter, NaN for a free one
  std::vector<std::size_t> free_;                  // their places
  std::vector<const family_entry*> prior_family_;  // one a parameter, null where flat
  std::vector<std::vector<double>> prior_arguments_;
  sufficient_likelihood sums_function_ = nullptr;
  sufficient_sums sums_;
  double total_ = 0.0;
};

/// log p for positive parameters, logit for probabilities.
double to_unconstrained(parameter_domain domain, double p);
double to_natural(parameter_domain domain, double u);
double natural_slope(parameter_domain domain, double u);

}  // namespace credence::estimate_detail
