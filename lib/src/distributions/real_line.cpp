// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/half_cauchy.hpp"
#include "credence/distributions/half_normal.hpp"
#include "credence/distributions/half_student_t.hpp"
#include "credence/distributions/lognormal.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"

#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

#include <boost/math/special_functions/beta.hpp>

/// Families on the whole line or folded at 0 whose distribution functions are those of a centred, symmetric one.
namespace credence {

using namespace detail;

support_interval normal_family::support(const double*) { return real_line; }
double normal_family::cdf(const double* p, double x) { return normal_cdf((x - p[0]) / p[1]); }
double normal_family::ccdf(const double* p, double x) { return normal_cdf((p[0] - x) / p[1]); }
double normal_family::log_cdf(const double* p, double x) { return log_normal_cdf((x - p[0]) / p[1]); }
double normal_family::log_ccdf(const double* p, double x) { return log_normal_cdf((p[0] - x) / p[1]); }
double normal_family::quantile(const double* p, double probability) {
  return p[0] + p[1] * normal_quantile(probability);
}
double normal_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * random::normal(key, index);
}
double normal_family::mean(const double* p) { return p[0]; }
double normal_family::variance(const double* p) { return p[1] * p[1]; }
double normal_family::mode(const double* p) { return p[0]; }
double normal_family::entropy(const double* p) { return 0.5 + constants::half_log_two_pi + std::log(p[1]); }

support_interval lognormal_family::support(const double*) { return open_half_line; }
double lognormal_family::cdf(const double* p, double x) { return normal_cdf((std::log(x) - p[0]) / p[1]); }
double lognormal_family::ccdf(const double* p, double x) { return normal_cdf((p[0] - std::log(x)) / p[1]); }
double lognormal_family::log_cdf(const double* p, double x) { return log_normal_cdf((std::log(x) - p[0]) / p[1]); }
double lognormal_family::log_ccdf(const double* p, double x) { return log_normal_cdf((p[0] - std::log(x)) / p[1]); }
double lognormal_family::quantile(const double* p, double probability) {
  return std::exp(p[0] + p[1] * normal_quantile(probability));
}
double lognormal_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return math::exp(p[0] + p[1] * random::normal(key, index));
}
double lognormal_family::mean(const double* p) { return std::exp(p[0] + 0.5 * p[1] * p[1]); }
double lognormal_family::variance(const double* p) {
  return std::expm1(p[1] * p[1]) * std::exp(2.0 * p[0] + p[1] * p[1]);
}
double lognormal_family::mode(const double* p) { return std::exp(p[0] - p[1] * p[1]); }
double lognormal_family::entropy(const double* p) { return 0.5 + constants::half_log_two_pi + std::log(p[1]) + p[0]; }

support_interval half_normal_family::support(const double*) { return half_line; }
double half_normal_family::cdf(const double* p, double x) { return special::erf(x / p[0] * constants::inv_sqrt_two); }
double half_normal_family::ccdf(const double* p, double x) { return special::erfc(x / p[0] * constants::inv_sqrt_two); }
double half_normal_family::log_cdf(const double* p, double x) { return log_of(cdf(p, x), ccdf(p, x)); }
double half_normal_family::log_ccdf(const double* p, double x) {
  return constants::log_two + log_normal_cdf(-x / p[0]);
}
double half_normal_family::quantile(const double* p, double probability) {
  return p[0] * constants::sqrt_two * special::erf_inv(probability);
}
double half_normal_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] * std::abs(random::normal(key, index));
}
double half_normal_family::mean(const double* p) { return p[0] * std::sqrt(2.0 / constants::pi); }
double half_normal_family::variance(const double* p) { return p[0] * p[0] * (1.0 - 2.0 / constants::pi); }
double half_normal_family::mode(const double*) { return 0.0; }
double half_normal_family::entropy(const double* p) {
  return 0.5 + constants::half_log_two_pi - constants::log_two + std::log(p[0]);
}

namespace {
/// P(Z > z) of the standard Cauchy distribution.
double cauchy_upper(double z) { return std::atan2(1.0, z) / constants::pi; }
}  // namespace
support_interval cauchy_family::support(const double*) { return real_line; }
double cauchy_family::cdf(const double* p, double x) { return cauchy_upper((p[0] - x) / p[1]); }
double cauchy_family::ccdf(const double* p, double x) { return cauchy_upper((x - p[0]) / p[1]); }
double cauchy_family::log_cdf(const double* p, double x) { return log_of(cdf(p, x), ccdf(p, x)); }
double cauchy_family::log_ccdf(const double* p, double x) { return log_of(ccdf(p, x), cdf(p, x)); }
double cauchy_family::quantile(const double* p, double probability) {
  const double q = probability;
  return p[0] + p[1] * (q < 0.25   ? -1.0 / std::tan(constants::pi * q)
                        : q > 0.75 ? 1.0 / std::tan(constants::pi * (1.0 - q))
                                   : std::tan(constants::pi * (q - 0.5)));
}
double cauchy_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double cauchy_family::mean(const double*) { return not_a_number; }
double cauchy_family::variance(const double*) { return not_a_number; }
double cauchy_family::mode(const double* p) { return p[0]; }
double cauchy_family::entropy(const double* p) { return std::log(4.0 * constants::pi * p[1]); }

support_interval half_cauchy_family::support(const double*) { return half_line; }
double half_cauchy_family::cdf(const double* p, double x) { return std::atan(x / p[0]) * (2.0 / constants::pi); }
double half_cauchy_family::ccdf(const double* p, double x) { return std::atan2(1.0, x / p[0]) * (2.0 / constants::pi); }
double half_cauchy_family::log_cdf(const double* p, double x) { return log_of(cdf(p, x), ccdf(p, x)); }
double half_cauchy_family::log_ccdf(const double* p, double x) { return log_of(ccdf(p, x), cdf(p, x)); }
double half_cauchy_family::quantile(const double* p, double probability) {
  const double half = 0.5 * constants::pi;
  return p[0] * (probability < 0.5 ? std::tan(half * probability) : 1.0 / std::tan(half * (1.0 - probability)));
}
double half_cauchy_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double half_cauchy_family::mean(const double*) { return infinity; }
double half_cauchy_family::variance(const double*) { return not_a_number; }
double half_cauchy_family::mode(const double*) { return 0.0; }
double half_cauchy_family::entropy(const double* p) { return std::log(2.0 * constants::pi * p[0]); }

namespace {
/// P(T > |t|) and its logarithm for Student's t with df degrees of freedom.
double student_upper(double df, double t) {
  const double square = t * t;
  if (!(square < infinity)) return 0.0;
  // from the smaller of the two complementary arguments: near 1 the other has lost its digits
  const double half = 0.5 * df, sum = df + square;
  return 0.5 * (square < df ? special::beta_q(0.5, half, square / sum) : special::beta_p(half, 0.5, df / sum));
}
double log_student_upper(double df, double t) {
  const double square = t * t;
  if (!(square < 1e300)) {  // the leading term of the tail, exact to the last bit there
    const double half = 0.5 * df;
    return (half - 1.0) * std::log(df) - df * std::log(std::abs(t)) + kernels::lgamma_half_step(half) -
           0.5 * constants::log_pi;
  }
  return log_ibeta(0.5 * df, 0.5, df / (df + square), square / (df + square)) - constants::log_two;
}
/// The t with P(T > t) = upper, upper <= 1/2.
double student_upper_quantile(double df, double upper) {
  double complement = 0.0;
  const double x = boost::math::ibeta_inv(0.5 * df, 0.5, 2.0 * upper, &complement, quiet());
  return std::sqrt(df * complement / x);
}
double standard_student(double df, rng_key key, std::uint64_t index) {
  const double z = random::normal(key, index);
  return z * std::sqrt(0.5 * df / random::gamma(key.split(purpose::user, 1), index, 0.5 * df));
}
double student_entropy(double df, double scale) {
  const double half = 0.5 * df;
  const double log_beta = -kernels::lgamma_half_step(half) + constants::log_pi * 0.5;
  return (half + 0.5) * kernels::digamma_half_step(half) + 0.5 * std::log(df) + log_beta + std::log(scale);
}
}  // namespace
support_interval student_t_family::support(const double*) { return real_line; }
double student_t_family::cdf(const double* p, double x) {
  const double t = (x - p[1]) / p[2];
  return t < 0.0 ? student_upper(p[0], t) : 1.0 - student_upper(p[0], t);
}
double student_t_family::ccdf(const double* p, double x) {
  const double t = (x - p[1]) / p[2];
  return t > 0.0 ? student_upper(p[0], t) : 1.0 - student_upper(p[0], t);
}
double student_t_family::log_cdf(const double* p, double x) {
  const double t = (x - p[1]) / p[2];
  return t < 0.0 ? log_student_upper(p[0], t) : std::log1p(-student_upper(p[0], t));
}
double student_t_family::log_ccdf(const double* p, double x) {
  const double t = (x - p[1]) / p[2];
  return t > 0.0 ? log_student_upper(p[0], t) : std::log1p(-student_upper(p[0], t));
}
double student_t_family::quantile(const double* p, double probability) {
  const bool left = probability < 0.5;
  const double t = student_upper_quantile(p[0], left ? probability : 1.0 - probability);
  return p[1] + p[2] * (left ? -t : t);
}
double student_t_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[1] + p[2] * standard_student(p[0], key, index);
}
double student_t_family::mean(const double* p) { return p[0] > 1.0 ? p[1] : not_a_number; }
double student_t_family::variance(const double* p) {
  return p[0] > 2.0 ? p[2] * p[2] * (p[0] / (p[0] - 2.0)) : p[0] > 1.0 ? infinity : not_a_number;
}
double student_t_family::mode(const double* p) { return p[1]; }
double student_t_family::entropy(const double* p) { return student_entropy(p[0], p[2]); }

support_interval half_student_t_family::support(const double*) { return half_line; }
double half_student_t_family::cdf(const double* p, double x) {
  const double t = x / p[1], s = t * t;
  return s < infinity ? special::beta_p(0.5, 0.5 * p[0], s / (p[0] + s)) : 1.0;
}
double half_student_t_family::ccdf(const double* p, double x) { return 2.0 * student_upper(p[0], x / p[1]); }
double half_student_t_family::log_cdf(const double* p, double x) {
  const double t = x / p[1], s = t * t;
  return s < infinity ? log_ibeta(0.5, 0.5 * p[0], s / (p[0] + s), p[0] / (p[0] + s)) : 0.0;
}
double half_student_t_family::log_ccdf(const double* p, double x) {
  return constants::log_two + log_student_upper(p[0], x / p[1]);
}
double half_student_t_family::quantile(const double* p, double probability) {
  if (probability > 0.5) return p[1] * student_upper_quantile(p[0], 0.5 * (1.0 - probability));
  double complement = 0.0;
  const double y = boost::math::ibeta_inv(0.5, 0.5 * p[0], probability, &complement, quiet());
  return p[1] * std::sqrt(p[0] * y / complement);
}
double half_student_t_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[1] * std::abs(standard_student(p[0], key, index));
}
double half_student_t_family::mean(const double* p) {
  return p[0] > 1.0 ? 2.0 * p[1] * std::sqrt(p[0] / constants::pi) * std::exp(kernels::lgamma_half_step(0.5 * p[0])) /
                          (p[0] - 1.0)
                    : infinity;
}
double half_student_t_family::variance(const double* p) {
  const double m = mean(p);
  return p[0] > 2.0 ? p[1] * p[1] * (p[0] / (p[0] - 2.0)) - m * m : p[0] > 1.0 ? infinity : not_a_number;
}
double half_student_t_family::mode(const double*) { return 0.0; }
double half_student_t_family::entropy(const double* p) { return student_entropy(p[0], p[1]) - constants::log_two; }

}  // namespace credence
