// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>

namespace credence {

/// The stationary autoregression x_t = mean + coefficient (x_{t-1} - mean) + sd e_t, e_t standard normals: the first
/// value is normal(mean, sd / sqrt(1 - coefficient^2)).
struct gaussian_ar1 {
  double mean;
  double coefficient;  ///< strictly between -1 and 1
  double sd;           ///< of the innovations, positive

  /// @throws domain_error  naming the parameter
  gaussian_ar1(double centre, double correlation, double innovation_sd);
};

/// Steps normal(drift, sd) from a first value that is normal(start_mean, start_sd).
struct gaussian_random_walk {
  double drift;
  double sd;  ///< of a step, positive
  double start_mean;
  double start_sd;  ///< positive

  /// @throws domain_error  naming the parameter
  gaussian_random_walk(double step_mean, double step_sd, double first_mean, double first_sd);
};

/// Of a whole series, in one pass. An empty series has log density 0.
double log_pdf(const gaussian_ar1& d, std::span<const double> x);
double log_pdf(const gaussian_random_walk& d, std::span<const double> x);

struct gaussian_ar1_slopes {
  double mean, coefficient, sd;
};
struct gaussian_random_walk_slopes {
  double drift, sd, start_mean, start_sd;
};
/// log_pdf and its derivatives by each x and by the parameters; 0 where an x is infinite.
double log_pdf_partials(const gaussian_ar1& d, std::span<const double> x, std::span<double> dx,
                        gaussian_ar1_slopes& slopes);
double log_pdf_partials(const gaussian_random_walk& d, std::span<const double> x, std::span<double> dx,
                        gaussian_random_walk_slopes& slopes);

/// A series of the length of `out`. Element i of draw `index` uses the normal number index * length + i of the key.
void sample(const gaussian_ar1& d, rng_key key, std::uint64_t index, std::span<double> out);
void sample(const gaussian_random_walk& d, rng_key key, std::uint64_t index, std::span<double> out);

}  // namespace credence
