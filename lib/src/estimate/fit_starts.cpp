// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/constants.hpp"
#include "estimate/fit_likelihood.hpp"
#include "estimate/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::estimate_detail {

namespace {

constexpr double euler = 0.57721566490153286061;

/// A finite point for an observation: the middle of an interval, the finite end of an open one.
double point_of(const fit_data& data, std::size_t i) {
  if (!data.values.empty()) return data.values[i];
  const double low = data.lower[i], high = data.upper[i];
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  return has_low && has_high ? 0.5 * (low + high)
         : has_low           ? low
         : has_high          ? high
                             : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

data_summary summary_of(const fit_data& data) {
  data_summary s;
  const std::size_t n = data.values.empty() ? data.lower.size() : data.values.size();
  std::vector<double> kept;
  kept.reserve(n);
  bool positive = true;
  double log_sum = 0.0, log_squares = 0.0, sum = 0.0;
  // Long data are thinned for the quantiles and moments: a start need not be exact.
  const std::size_t step = std::max<std::size_t>(1, n / 20000);
  for (std::size_t i = 0; i < n; i += step) {
    const double x = point_of(data, i), w = data.weights.empty() ? 1.0 : data.weights[i];
    if (x != x || w == 0.0) continue;
    kept.push_back(x);
    s.n += w;
    sum += w * x;
    positive = positive && x > 0.0;
    if (positive) {
      log_sum += w * std::log(x);
      log_squares += w * std::log(x) * std::log(x);
    }
    s.zeros += x == 0.0 ? w : 0.0;
    s.cosine += w * std::cos(x);
    s.sine += w * std::sin(x);
  }
  if (kept.empty()) return s;
  s.mean = sum / s.n;
  s.zeros /= s.n;
  double third = 0.0;
  for (std::size_t i = 0; i < n; i += step) {
    const double x = point_of(data, i), w = data.weights.empty() ? 1.0 : data.weights[i];
    if (x != x || w == 0.0) continue;
    const double d = x - s.mean;
    s.variance += w * d * d / s.n;
    third += w * d * d * d / s.n;
  }
  s.skewness = s.variance > 0.0 ? third / std::pow(s.variance, 1.5) : 0.0;
  const double none = std::numeric_limits<double>::quiet_NaN();
  s.log_mean = positive ? log_sum / s.n : none;
  s.log_sd = positive ? std::sqrt(std::fmax(1e-12, log_squares / s.n - s.log_mean * s.log_mean)) : none;
  std::sort(kept.begin(), kept.end());
  s.median = quantile_of_sorted(kept, 0.5);
  s.lower_quartile = quantile_of_sorted(kept, 0.25);
  s.upper_quartile = quantile_of_sorted(kept, 0.75);
  s.minimum = kept.front();
  s.maximum = kept.back();
  return s;
}

std::vector<std::vector<double>> starts_of(const std::string& family, const data_summary& s,
                                           const std::vector<double>& held) {
  const double m = s.mean, v = std::fmax(s.variance, 1e-12 * (m * m + 1e-290)), sd = std::sqrt(v);
  const double spread = std::fmax(0.7413 * (s.upper_quartile - s.lower_quartile), 1e-3 * sd);
  const double positive_mean = std::fmax(std::fabs(m), 1e-300), raw = v + m * m;
  const double log_sd = s.log_sd == s.log_sd ? std::fmax(s.log_sd, 1e-6) : 1.0;
  const double log_mean = s.log_mean == s.log_mean ? s.log_mean : std::log(positive_mean);
  const double log_slope = constants::pi / std::sqrt(6.0) / log_sd;
  const double beyond = std::fmax(v - m, 0.01 * m + 1e-6);  // overdispersion of counts
  using list = std::vector<std::vector<double>>;
  if (family == "normal") return {{m, sd}};
  if (family == "lognormal") return {{log_mean, log_sd}};
  if (family == "student_t") {
    return {{5.0, s.median, spread}, {1.5, s.median, 0.8 * spread}, {30.0, m, sd}};
  }
  if (family == "cauchy") return {{s.median, std::fmax(0.5 * (s.upper_quartile - s.lower_quartile), 1e-3 * sd)}};
  if (family == "laplace") return {{s.median, std::sqrt(0.5) * sd}};
  if (family == "logistic") return {{m, std::sqrt(3.0) / constants::pi * sd}};
  if (family == "gumbel") return {{m - euler * 0.7796968 * sd, 0.7796968 * sd}};
  if (family == "generalized_extreme_value") {
    const double scale = 0.7796968 * sd, location = m - euler * scale;
    // A bounded tail has to hold the data.
    const double reach = std::fmax(s.maximum - location, 1e-300), low = std::fmax(location - s.minimum, 1e-300);
    list out{{location, scale, 0.01},
             {location, 1.2 * scale, -0.8 * std::fmin(0.3, 1.2 * scale / reach)},
             {location, scale, 0.8 * std::fmin(0.5, scale / low)}};
    return out;
  }
  if (family == "skew_normal") {
    const double side = s.skewness < 0.0 ? -1.0 : 1.0;
    return {{m - side * 0.8 * sd, 1.3 * sd, 2.0 * side}, {m, sd, 0.3 * side}, {m - side * sd, 1.5 * sd, 6.0 * side}};
  }
  if (family == "exp_mod_normal") {
    const double tail = sd * std::cbrt(std::fmax(s.skewness, 0.1) / 2.0);
    return {{m - tail, std::sqrt(std::fmax(v - tail * tail, 0.05 * v)), 1.0 / tail}};
  }
  if (family == "von_mises") {
    const double r = std::fmin(std::hypot(s.cosine, s.sine) / s.n, 1.0 - 1e-9);
    return {{std::atan2(s.sine, s.cosine), std::fmax(r * (2.0 - r * r) / (1.0 - r * r), 1e-3)}};
  }
  if (family == "exponential") return {{1.0 / positive_mean}};
  if (family == "gamma") return {{m * m / v, m / v}};
  if (family == "chi_squared") return {{positive_mean}};
  if (family == "inverse_gamma") return {{m * m / v + 2.0, positive_mean * (m * m / v + 1.0)}};
  if (family == "inverse_chi_squared") return {{2.0 + 1.0 / positive_mean}};
  if (family == "half_normal") return {{std::sqrt(raw)}};
  if (family == "half_cauchy") return {{std::fmax(s.median, 1e-300)}};
  if (family == "half_student_t")
    return {{4.0, std::fmax(s.median, 1e-300)}, {1.0, std::fmax(s.median, 1e-300)}, {30.0, std::sqrt(raw)}};
  if (family == "rayleigh") return {{std::sqrt(0.5 * raw)}};
  if (family == "nakagami") return {{std::fmax(0.3, 0.25 * m * m / v), raw}};
  if (family == "beta") {
    const double both = std::fmax(m * (1.0 - m) / v - 1.0, 0.1);
    return {{m * both, (1.0 - m) * both}};
  }
  if (family == "kumaraswamy") {
    const double both = std::fmax(m * (1.0 - m) / v - 1.0, 0.1);
    return {{std::fmax(0.5, m * both), std::fmax(0.5, (1.0 - m) * both)}, {1.0, 1.0}};
  }
  if (family == "weibull") return {{log_slope, std::exp(log_mean + euler / log_slope)}};
  if (family == "frechet") return {{log_slope, std::exp(log_mean - euler / log_slope)}};
  if (family == "log_logistic") return {{std::exp(log_mean), constants::pi / std::sqrt(3.0) / log_sd}};
  if (family == "inverse_gaussian") return {{positive_mean, positive_mean * m * m / v}};
  if (family == "gompertz")
    return {{0.1 / positive_mean, 0.7 / positive_mean},
            {1.0 / positive_mean, 0.2 / positive_mean},
            {0.1, 0.1},
            {0.7, 1.0 / positive_mean}};
  if (family == "burr_xii") {
    const double c = constants::pi / std::sqrt(3.0) / log_sd, median = std::fmax(s.median, 1e-300);
    return {{median, c, 1.0}, {2.0 * median, 0.8 * c, 3.0}, {0.6 * median, 1.5 * c, 0.5}};
  }
  if (family == "pareto_ii") return {{held[0], positive_mean, 2.0}, {held[0], 5.0 * positive_mean, 6.0}};
  if (family == "generalized_pareto") {
    const double excess = std::fmax(m - held[0], 1e-300), ratio = excess * excess / v;
    return {{held[0], excess * 0.9, 0.1},
            {held[0], 0.5 * excess * (ratio + 1.0), std::fmin(0.45, 0.5 * (1.0 - ratio))}};
  }
  if (family == "poisson") return {{std::fmax(m, 1e-8)}};
  if (family == "geometric") return {{1.0 / (1.0 + std::fmax(m, 1e-8))}};
  if (family == "negative_binomial") return {{std::fmax(m, 1e-8), m * m / beyond + 1e-3}, {std::fmax(m, 1e-8), 1.0}};
  if (family == "bernoulli") return {{std::clamp(m, 1e-6, 1.0 - 1e-6)}};
  if (family == "binomial") return {{held[0], std::clamp(m / held[0], 1e-6, 1.0 - 1e-6)}};
  if (family == "beta_binomial") {
    const double q = std::clamp(m / held[0], 1e-3, 1.0 - 1e-3), base = held[0] * q * (1.0 - q);
    const double ratio = std::clamp(v / base, 1.01, held[0] - 0.01);
    const double both = (held[0] - ratio) / (ratio - 1.0);
    return {{held[0], q * both, (1.0 - q) * both}};
  }
  if (family == "zero_inflated_poisson") {
    const double rate = std::fmax(m + (v - m) / std::fmax(m, 1e-8), 0.1);
    return {{std::clamp(1.0 - m / rate, 0.05, 0.95), rate},
            {std::clamp(s.zeros, 0.05, 0.9), m / (1.0 - std::fmin(s.zeros, 0.9)) + 1e-3}};
  }
  if (family == "zero_inflated_negative_binomial") {
    const double share = std::clamp(0.5 * s.zeros, 0.02, 0.9);
    return {{share, m / (1.0 - share) + 1e-3, 1.0},
            {0.05, m + 1e-3, m * m / beyond + 1e-2},
            {share, m / (1.0 - share) + 1e-3, 5.0}};
  }
  if (family == "zero_truncated_poisson") return {{std::fmax(m - 0.8, 0.1)}};
  if (family == "zero_truncated_negative_binomial")
    return {{std::fmax(m - 0.8, 0.1), 1.0}, {std::fmax(m - 0.5, 0.1), 5.0}};
  return {};
}

}  // namespace credence::estimate_detail
