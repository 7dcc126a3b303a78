// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/constants.hpp"
#include "credence/distributions/family.hpp"
#include "credence/random/key.hpp"
#include "credence/random/uniform.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/incomplete_beta.hpp"
#include "credence/special/incomplete_gamma.hpp"

#include <boost/math/policies/policy.hpp>

#include <cmath>
#include <limits>

/// What the sources of the families share: special functions by short names, inversion of discrete distribution
/// functions. Boost.Math is used for the inverses of the incomplete gamma and beta functions only.
namespace credence::detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline constexpr support_interval real_line{-infinity, infinity, false, false, false};
inline constexpr support_interval half_line{0.0, infinity, true, false, false};
inline constexpr support_interval open_half_line{0.0, infinity, false, false, false};
inline constexpr support_interval counts{0.0, infinity, true, false, true};

/// Boost.Math without exceptions and in double only.
namespace policies = boost::math::policies;
using quiet =
    policies::policy<policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
                     policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;

/// log(lower) where lower + upper = 1, from whichever of the two is small.
inline double log_of(double lower, double upper) { return lower <= 0.5 ? std::log(lower) : std::log1p(-upper); }
/// log(1 - exp(a)), a <= 0.
inline double log1m_exp(double a) {
  return a > -0.6931471805599453 ? std::log(-std::expm1(a)) : std::log1p(-std::exp(a));
}

using special::gamma_p;
using special::gamma_q;
using special::log_gamma_p;
using special::log_gamma_q;
using special::log_normal_cdf;
using special::normal_cdf;
using special::normal_quantile;

/// I_x(a, b) and 1 - I_x(a, b), with y = 1 - x given separately: exact where x is nearly 1.
inline double ibeta(double a, double b, double x, double y) {
  return x <= 0.5 ? special::beta_p(a, b, x) : special::beta_q(b, a, y);
}
inline double log_ibeta(double a, double b, double x, double y) {
  return x <= 0.5 ? special::log_beta_p(a, b, x) : special::log_beta_q(b, a, y);
}

/// The smallest count k >= least with cdf(k) >= probability, by doubling and bisection from a guess.
template <class Cdf>
double discrete_quantile(const Cdf& cdf, double least, double guess, double probability) {
  double high = std::floor(guess > least ? guess : least), step = 1.0;
  while (!(cdf(high) >= probability)) {  // now high is too low
    high += step;
    step *= 2.0;
    if (!(high < 1e300)) return infinity;
  }
  double low = high;
  step = 1.0;
  while (low >= least && cdf(low) >= probability) {
    high = low;
    low -= step;
    step *= 2.0;
  }
  if (low < least) low = least - 1.0;
  while (high - low > 1.0) {  // cdf(low) < probability <= cdf(high)
    const double middle = std::floor(low + (high - low) / 2.0);
    if (middle == low || middle == high) break;
    (cdf(middle) >= probability ? high : low) = middle;
  }
  return high;
}

}  // namespace credence::detail
