// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/hypergeometric.hpp"

#include "distributions/tail_integral.hpp"

#include <algorithm>

namespace credence {

using namespace detail;

namespace {

/// log of the sum of the probabilities of x, x - 1, ... (step -1) or x, x + 1, ... (step 1): ratios of neighbours.
double log_sum_from(const double* p, double x, double step, const support_interval& where) {
  const double draws = p[0], good = p[1], bad_rest = p[2] - p[0];
  double sum = 0.0, term = 1.0;
  for (double k = x; k >= where.lower && k <= where.upper && term > 1e-18 * sum; k += step) {
    sum += term;
    term *= step > 0.0 ? (good - k) / (k + 1.0) * ((draws - k) / (bad_rest + k + 1.0))
                       : k / (good - k + 1.0) * ((bad_rest + k) / (draws - k + 1.0));
  }
  return density_of<hypergeometric_kernel>(p)(x) + std::log(sum);
}

}  // namespace

void hypergeometric_family::check(const double* p) {
  if (!(p[0] <= p[1] + p[2])) {
    check::fail_domain(name, "draws", p[0], "at most good + bad, which is " + check::to_text(p[1] + p[2]));
  }
}
support_interval hypergeometric_family::support(const double* p) {
  return support_interval{std::max(0.0, p[0] - p[2]), std::min(p[0], p[1]), true, true, true};
}
double hypergeometric_family::cdf(const double* p, double x) { return std::exp(log_cdf(p, x)); }
double hypergeometric_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double hypergeometric_family::log_cdf(const double* p, double x) {
  const support_interval where = support(p);
  if (x < mode(p)) return log_sum_from(p, x, -1.0, where);
  return std::log1p(-std::exp(log_sum_from(p, x + 1.0, 1.0, where)));
}
double hypergeometric_family::log_ccdf(const double* p, double x) {
  const support_interval where = support(p);
  if (x >= mode(p)) return log_sum_from(p, x + 1.0, 1.0, where);
  return std::log1p(-std::exp(log_sum_from(p, x, -1.0, where)));
}
double hypergeometric_family::quantile(const double* p, double probability) {
  const support_interval where = support(p);
  return discrete_quantile([&](double k) { return k >= where.upper  ? 1.0
                                                  : k < where.lower ? 0.0
                                                                    : cdf(p, k); },
                           where.lower, std::floor(mean(p)), probability);
}
double hypergeometric_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double hypergeometric_family::mean(const double* p) {
  const double all = p[1] + p[2];
  return all > 0.0 ? p[0] * (p[1] / all) : 0.0;
}
double hypergeometric_family::variance(const double* p) {
  const double all = p[1] + p[2];
  return all > 1.0 ? p[0] * (p[1] / all) * (p[2] / all) * ((all - p[0]) / (all - 1.0)) : 0.0;
}
double hypergeometric_family::mode(const double* p) {
  const support_interval where = support(p);
  const double turn = (p[0] + 1.0) * ((p[1] + 1.0) / (p[1] + p[2] + 2.0));
  // the smaller of two equal ones: the quotient above may have rounded either way
  const double near = std::round(turn);
  const bool tie = std::abs(turn - near) < 1e-9 && (p[0] + 1.0) * (p[1] + 1.0) == near * (p[1] + p[2] + 2.0);
  return std::clamp(tie ? near - 1.0 : std::floor(turn), where.lower, where.upper);
}

}  // namespace credence
