// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/ordered_regression.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/log_sum_exp.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace credence {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// log(F(a) - F(b)), a > b, and its derivatives by a and b.
struct between {
  double value, by_a, by_b;
};

/// F(a) - F(b) = F(a) F(-b) (1 - exp(b - a)) for the logistic: nothing cancels in either tail.
between logistic_between(double a, double b) {
  const double gap = b - a;  // negative, or -infinity at the ends
  const double odds = gap > -infinity ? -1.0 / std::expm1(-gap) : 0.0;
  const double below = a < infinity ? -math::log1p_exp(-a) : 0.0, above = b > -infinity ? -math::log1p_exp(b) : 0.0;
  return {below + above + (gap > -infinity ? math::log1m_exp(gap) : 0.0),
          (a < infinity ? math::inv_logit(-a) : 0.0) - odds, odds - (b > -infinity ? math::inv_logit(b) : 0.0)};
}

between normal_between(double a, double b) {
  if (b > 0.0) {  // the same by symmetry, where the small probabilities are
    const between mirrored = normal_between(-b, -a);
    return {mirrored.value, -mirrored.by_b, -mirrored.by_a};
  }
  const double value = special::log_diff_exp(special::log_normal_cdf(a), special::log_normal_cdf(b));
  const auto density = [value](double z) {
    return std::abs(z) < infinity ? std::exp(-0.5 * z * z - constants::half_log_two_pi - value) : 0.0;
  };
  return {value, density(a), -density(b)};
}

template <class D>
void check_ordered(const char* who, const D& d) {
  check::finite(who, "location", d.location);
  check::at_least(who, "number of cutpoints", static_cast<std::int64_t>(d.cutpoints.size()), 1);
  for (std::size_t k = 0; k < d.cutpoints.size(); ++k) {
    const std::string place = "cutpoints[" + std::to_string(k) + "]";
    check::finite(who, place, d.cutpoints[k]);
    if (k > 0 && !(d.cutpoints[k] > d.cutpoints[k - 1])) {
      check::fail_domain(who, place, d.cutpoints[k],
                         "above the one before, which is " + check::to_text(d.cutpoints[k - 1]));
    }
  }
}

/// Calls f(a, b, k) for the interval of category x; false outside the support.
template <class D, class F>
bool with_interval(const D& d, double x, const F& f) {
  const double last = static_cast<double>(d.cutpoints.size());
  if (!(x >= 0.0 && x <= last) || std::floor(x) < x) return false;
  const auto k = static_cast<std::size_t>(x);
  f(k < d.cutpoints.size() ? d.cutpoints[k] - d.location : infinity,
    k > 0 ? d.cutpoints[k - 1] - d.location : -infinity, k);
  return true;
}

template <class D, class Between>
double value_of(const D& d, double x, const Between& law) {
  if (std::isnan(x)) return x;
  double value = -infinity;
  with_interval(d, x, [&](double a, double b, std::size_t) { value = law(a, b).value; });
  return value;
}

template <class D, class Between>
double partials_of(const char* who, const D& d, double x, double& dlocation, std::span<double> dcutpoints,
                   const Between& law) {
  check::same_size(who, "dcutpoints", static_cast<std::int64_t>(dcutpoints.size()), "cutpoints",
                   static_cast<std::int64_t>(d.cutpoints.size()));
  dlocation = 0.0;
  std::fill(dcutpoints.begin(), dcutpoints.end(), 0.0);
  double value = std::isnan(x) ? x : -infinity;
  with_interval(d, x, [&](double a, double b, std::size_t k) {
    const between out = law(a, b);
    value = out.value;
    dlocation = -(out.by_a + out.by_b);
    if (k < dcutpoints.size()) dcutpoints[k] = out.by_a;
    if (k > 0) dcutpoints[k - 1] = out.by_b;
  });
  return value;
}

template <class D>
std::int64_t category_of(const D& d, double latent) {
  std::int64_t k = 0;
  for (const double cut : d.cutpoints) k += latent > cut ? 1 : 0;
  return k;
}

template <class D>
std::vector<double> all_probabilities(const D& d) {
  std::vector<double> out;
  for (std::size_t k = 0; k <= d.cutpoints.size(); ++k) out.push_back(std::exp(log_pdf(d, static_cast<double>(k))));
  return out;
}

}  // namespace

ordered_logistic::ordered_logistic(double where, std::vector<double> cuts)
    : location(where), cutpoints(std::move(cuts)) {
  check_ordered("ordered_logistic", *this);
}
ordered_probit::ordered_probit(double where, std::vector<double> cuts) : location(where), cutpoints(std::move(cuts)) {
  check_ordered("ordered_probit", *this);
}

double log_pdf(const ordered_logistic& d, double x) { return value_of(d, x, logistic_between); }
double log_pdf(const ordered_probit& d, double x) { return value_of(d, x, normal_between); }
double log_pdf_partials(const ordered_logistic& d, double x, double& dlocation, std::span<double> dcutpoints) {
  return partials_of("ordered_logistic", d, x, dlocation, dcutpoints, logistic_between);
}
double log_pdf_partials(const ordered_probit& d, double x, double& dlocation, std::span<double> dcutpoints) {
  return partials_of("ordered_probit", d, x, dlocation, dcutpoints, normal_between);
}
std::int64_t sample(const ordered_logistic& d, rng_key key, std::uint64_t index) {
  const double u = random::uniform(key, index);
  return category_of(d, d.location + math::log(u) - math::log1p(-u));
}
std::int64_t sample(const ordered_probit& d, rng_key key, std::uint64_t index) {
  return category_of(d, d.location + random::normal(key, index));
}
std::vector<double> probabilities(const ordered_logistic& d) { return all_probabilities(d); }
std::vector<double> probabilities(const ordered_probit& d) { return all_probabilities(d); }

}  // namespace credence
