// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

namespace credence {

/// Step sizes by the number of the step, as a value that can be asked what it guarantees.
struct step_schedule {
  enum class kind : std::uint8_t { constant, polynomial, exponential, step, cosine, noam };
  kind what = kind::constant;
  double scale = 0.01;    ///< the factor in front
  double exponent = 0.0;  ///< polynomial: alpha; exponential and step: the factor of a step
  double offset = 0.0;    ///< polynomial: A; cosine: the least rate; noam: warm-up steps
  double period = 1.0;    ///< step: steps at one rate; cosine: steps until the least rate

  /// The size of step t = 0, 1, 2, ... (t = 1, 2, ... for `harmonic` and `noam`, whose first step is 1).
  /// @throws domain_error  for a negative t, and for t = 0 where the size would be infinite
  double operator()(std::int64_t t) const;
};

step_schedule constant_steps(double scale);
/// scale / (t + offset)^exponent; Spall's gains have exponent 0.602.
step_schedule polynomial_steps(double scale, double exponent, double offset = 0.0);
/// scale / t
step_schedule harmonic_steps(double scale = 1.0);
/// scale / sqrt(1 + t)
step_schedule inverse_sqrt_steps(double scale);
/// scale factor^t
step_schedule exponential_steps(double scale, double factor);
/// scale factor^floor(t / period)
step_schedule staircase_steps(double scale, double factor, std::int64_t period);
/// From `most` down to `least` along half a cosine in `period` steps, then `least`.
step_schedule cosine_steps(double most, double least, std::int64_t period);
/// size^-1/2 min(t^-1/2, t warmup^-3/2) of the transformer. @source Vaswani et al. (2017), 5.3
step_schedule noam_steps(double size, std::int64_t warmup);

/// Whether a schedule meets conditions of convergence, with the reason.
struct schedule_proof {
  bool holds = false;
  std::string why;  ///< "sum a_n diverges (exponent 0.6 <= 1); sum a_n^2 converges (2 * 0.6 > 1)"
};

/// sum a_n = infinity and sum a_n^2 < infinity.
/// @source Robbins and Monro, "A stochastic approximation method", Annals of Mathematical Statistics 1951
schedule_proof robbins_monro_conditions(const step_schedule& a);

/// c_n -> 0, sum a_n = infinity and sum (a_n / c_n)^2 < infinity. (Kiefer and Wolfowitz also asked that sum a_n c_n be
/// finite, which Blum showed to be unnecessary; Spall's gains do not meet it.)
/// @source Kiefer and Wolfowitz, AMS 1952; Blum, "Approximation methods which converge with probability one", AMS 1954
schedule_proof kiefer_wolfowitz_conditions(const step_schedule& a, const step_schedule& c);

}  // namespace credence
