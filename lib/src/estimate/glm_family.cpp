// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/glm_family.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/distributions/normal.hpp"
#include "estimate/names.hpp"

#include <array>
#include <cmath>

namespace credence::glm {

namespace {

constexpr std::array families{family::gaussian, family::binomial,         family::poisson,
                              family::gamma,    family::inverse_gaussian, family::negative_binomial};
constexpr std::array links{link::identity, link::log,    link::logit,   link::probit,          link::cauchit,
                           link::cloglog,  link::loglog, link::inverse, link::inverse_squared, link::sqrt};

constexpr double inverse_sqrt_two_pi = 0.39894228040143267794;

/// y log(y / mu), 0 for y = 0.
double y_log_ratio(double y, double mean) { return y > 0.0 ? y * math::log(y / mean) : 0.0; }

}  // namespace

const char* to_string(family f) {
  switch (f) {
    case family::gaussian:
      return "gaussian";
    case family::binomial:
      return "binomial";
    case family::poisson:
      return "poisson";
    case family::gamma:
      return "gamma";
    case family::inverse_gaussian:
      return "inverse-gaussian";
    case family::negative_binomial:
      return "negative-binomial";
  }
  return "";
}

const char* to_string(link l) {
  switch (l) {
    case link::canonical:
      return "canonical";
    case link::identity:
      return "identity";
    case link::log:
      return "log";
    case link::logit:
      return "logit";
    case link::probit:
      return "probit";
    case link::cauchit:
      return "cauchit";
    case link::cloglog:
      return "cloglog";
    case link::loglog:
      return "loglog";
    case link::inverse:
      return "inverse";
    case link::inverse_squared:
      return "inverse-squared";
    case link::sqrt:
      return "sqrt";
  }
  return "";
}

family family_of(std::string_view name) {
  std::vector<std::string> known;
  const std::string wanted = estimate_detail::plain(name);
  for (const family f : families) {
    if (estimate_detail::plain(to_string(f)) == wanted) return f;
    known.emplace_back(to_string(f));
  }
  check::fail_domain("glm", "family", name, estimate_detail::one_of(wanted, known));
}

link link_of(std::string_view name) {
  std::vector<std::string> known;
  const std::string wanted = estimate_detail::plain(name);
  for (const link l : links) {
    if (estimate_detail::plain(to_string(l)) == wanted) return l;
    known.emplace_back(to_string(l));
  }
  if (wanted == "1/mu^2") return link::inverse_squared;
  check::fail_domain("glm", "link", name, estimate_detail::one_of(wanted, known));
}

link canonical_link(family f) {
  switch (f) {
    case family::gaussian:
      return link::identity;
    case family::binomial:
      return link::logit;
    case family::poisson:
    case family::negative_binomial:
      return link::log;
    case family::gamma:
      return link::inverse;
    case family::inverse_gaussian:
      return link::inverse_squared;
  }
  return link::identity;
}

bool goes_with(family f, link l) {
  const bool of_proportions =
      l == link::logit || l == link::probit || l == link::cauchit || l == link::cloglog || l == link::loglog;
  if (f == family::binomial) return of_proportions || l == link::log || l == link::identity;
  if (f == family::gaussian) return l == link::identity || l == link::log || l == link::inverse;
  if (f == family::inverse_gaussian) return !of_proportions && l != link::sqrt;
  if (f == family::gamma) return l == link::inverse || l == link::identity || l == link::log;
  return l == link::log || l == link::identity || l == link::sqrt;
}

double link_value(link l, double mean) {
  switch (l) {
    case link::canonical:
    case link::identity:
      return mean;
    case link::log:
      return math::log(mean);
    case link::logit:
      return math::log(mean) - math::log1p(-mean);
    case link::probit:
      return quantile(normal(0.0, 1.0), mean);
    case link::cauchit:
      return std::tan(constants::pi * (mean - 0.5));
    case link::cloglog:
      return math::log(-math::log1p(-mean));
    case link::loglog:
      return -math::log(-math::log(mean));
    case link::inverse:
      return 1.0 / mean;
    case link::inverse_squared:
      return 1.0 / (mean * mean);
    case link::sqrt:
      return std::sqrt(mean);
  }
  return mean;
}

double inverse_link(link l, double eta) {
  switch (l) {
    case link::canonical:
    case link::identity:
      return eta;
    case link::log:
      return math::exp(eta);
    case link::logit:
      return math::inv_logit(eta);
    case link::probit:
      return cdf(normal(0.0, 1.0), eta);
    case link::cauchit:
      return eta < 0.0 ? std::atan(-1.0 / eta) / constants::pi : 0.5 + std::atan(eta) / constants::pi;
    case link::cloglog:
      return -math::expm1(-math::exp(eta));
    case link::loglog:
      return math::exp(-math::exp(-eta));
    case link::inverse:
      return 1.0 / eta;
    case link::inverse_squared:
      return 1.0 / std::sqrt(eta);
    case link::sqrt:
      return eta * eta;
  }
  return eta;
}

double inverse_link_slope(link l, double eta) {
  switch (l) {
    case link::canonical:
    case link::identity:
      return 1.0;
    case link::log:
      return math::exp(eta);
    case link::logit:
      return math::inv_logit(eta) * math::inv_logit(-eta);
    case link::probit:
      return inverse_sqrt_two_pi * math::exp(-0.5 * eta * eta);
    case link::cauchit:
      return 1.0 / (constants::pi * (1.0 + eta * eta));
    case link::cloglog:
      return math::exp(eta - math::exp(eta));
    case link::loglog:
      return math::exp(-eta - math::exp(-eta));
    case link::inverse:
      return -1.0 / (eta * eta);
    case link::inverse_squared:
      return -0.5 / (eta * std::sqrt(eta));
    case link::sqrt:
      return 2.0 * eta;
  }
  return 1.0;
}

double variance(family f, double mean, double theta) {
  switch (f) {
    case family::gaussian:
      return 1.0;
    case family::binomial:
      return mean * (1.0 - mean);
    case family::poisson:
      return mean;
    case family::gamma:
      return mean * mean;
    case family::inverse_gaussian:
      return mean * mean * mean;
    case family::negative_binomial:
      return mean + mean * mean / theta;
  }
  return 1.0;
}

double unit_deviance(family f, double y, double mean, double theta) {
  switch (f) {
    case family::gaussian:
      return (y - mean) * (y - mean);
    case family::binomial:
      return 2.0 * (y_log_ratio(y, mean) + y_log_ratio(1.0 - y, 1.0 - mean));
    case family::poisson:
      return 2.0 * (y_log_ratio(y, mean) - (y - mean));
    case family::gamma:
      return -2.0 * (math::log(y / mean) - (y - mean) / mean);
    case family::inverse_gaussian:
      return (y - mean) * (y - mean) / (y * mean * mean);
    case family::negative_binomial:
      if (!std::isfinite(theta)) return 2.0 * (y_log_ratio(y, mean) - (y - mean));
      return 2.0 * (y_log_ratio(y, mean) - (y + theta) * math::log1p((y - mean) / (mean + theta)));
  }
  return 0.0;
}

}  // namespace credence::glm
