// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/glm_likelihood.hpp"

#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/reduce.hpp"
#include "credence/special/gamma.hpp"

#include <cmath>
#include <functional>
#include <limits>

namespace credence::estimate_detail {

using glm::family;

namespace {

double log_choose(double n, double k) {
  return special::lgamma(n + 1.0) - special::lgamma(k + 1.0) - special::lgamma(n - k + 1.0);
}
double times_log(double y, double x) { return y == 0.0 ? 0.0 : y * math::log(x); }

/// The log likelihood of one row, beside what the deviance says.
double log_density(family f, double y, double w, double mean, double theta, double dispersion) {
  switch (f) {
    case family::binomial: {
      if (w == 1.0 && (y == 0.0 || y == 1.0)) return math::log(y == 1.0 ? mean : 1.0 - mean);
      // w trials, of which y w succeeded. Where trials are not whole (weights) the constant is left out.
      const double successes = std::round(y * w);
      const double constant = w == std::round(w) ? log_choose(w, successes) : 0.0;
      return constant + times_log(y * w, mean) + times_log((1.0 - y) * w, 1.0 - mean);
    }
    case family::poisson:
      return w * (times_log(y, mean) - mean - special::lgamma(y + 1.0));
    case family::gamma: {
      const double shape = 1.0 / dispersion, rate = shape / mean;
      return w * (shape * math::log(rate) - special::lgamma(shape) + (shape - 1.0) * math::log(y) - rate * y);
    }
    case family::negative_binomial:
      if (!std::isfinite(theta)) return w * (times_log(y, mean) - mean - special::lgamma(y + 1.0));
      return w * (special::lgamma(theta + y) - special::lgamma(theta) - special::lgamma(y + 1.0) + times_log(y, mean) +
                  theta * math::log(theta) - (theta + y) * math::log(theta + mean));
    default:
      return 0.0;
  }
}

}  // namespace

void describe_likelihood(const glm_rows& rows, std::span<const double> coefficients, glm::fitted& out) {
  const std::int64_t n = rows.rows();
  const std::vector<double> eta = rows.predictor(coefficients);
  const family f = rows.family();
  const auto mean_of = [&](std::int64_t i) { return glm::inverse_link(rows.link(), eta[static_cast<std::size_t>(i)]); };
  const auto total = [&](const auto& term) {
    return exec::transform_reduce(rows.context(), n, 0.0, term, std::plus<>());
  };
  const double count = static_cast<double>(out.observations);
  out.pearson = f == family::gaussian ? out.deviance : total([&](std::int64_t i) {
    if (rows.weight(i) == 0.0) return 0.0;
    const double mean = mean_of(i), gap = rows.y(i) - mean;
    return gap == 0.0 ? 0.0 : rows.weight(i) * gap * gap / glm::variance(f, mean, rows.theta);
  });
  const double sum_weights = total([&](std::int64_t i) { return rows.weight(i); });
  double extra = 0.0;  // parameters besides the coefficients
  switch (f) {
    case family::gaussian:
      out.log_likelihood =
          -0.5 * count * (std::log(constants::two_pi * out.deviance / count) + 1.0) +
          0.5 * total([&](std::int64_t i) { return rows.weight(i) > 0.0 ? math::log(rows.weight(i)) : 0.0; });
      extra = 1.0;
      break;
    case family::inverse_gaussian:
      out.log_likelihood = -0.5 * (sum_weights * (std::log(out.deviance / sum_weights * constants::two_pi) + 1.0) +
                                   3.0 * total([&](std::int64_t i) { return rows.weight(i) * math::log(rows.y(i)); }));
      extra = 1.0;
      break;
    default: {
      if (rows.bernoulli() && rows.unweighted()) {
        out.log_likelihood = -0.5 * out.deviance;
        break;
      }
      const double dispersion = f == family::gamma ? out.deviance / sum_weights : 1.0;
      out.log_likelihood = total([&](std::int64_t i) {
        return rows.weight(i) == 0.0 ? 0.0
                                     : log_density(f, rows.y(i), rows.weight(i), mean_of(i), rows.theta, dispersion);
      });
      if (f == family::gamma || (f == family::negative_binomial && out.theta_estimated)) extra = 1.0;
    }
  }
  const double parameters = static_cast<double>(out.rank) + extra;
  out.aic = 2.0 * parameters - 2.0 * out.log_likelihood;
  out.bic = std::log(count) * parameters - 2.0 * out.log_likelihood;
}

theta_answer estimate_theta(const glm_rows& rows, std::span<const double> means, double start) {
  const std::int64_t n = rows.rows();
  struct sums {
    double score, information;
  };
  const auto join = [](const sums& a, const sums& b) { return sums{a.score + b.score, a.information + b.information}; };
  const auto at = [&](double theta) {
    return exec::transform_reduce(
        rows.context(), n, sums{0.0, 0.0},
        [&](std::int64_t i) {
          const double y = rows.y(i), m = means[static_cast<std::size_t>(i)], w = rows.weight(i);
          if (w == 0.0) return sums{0.0, 0.0};
          // digamma(theta + y) - digamma(theta) as a sum for small counts: no cancellation at large theta.
          double digamma = 0.0, trigamma = 0.0;
          if (y < 64.0 && y == std::floor(y)) {
            for (double k = 0.0; k < y; k += 1.0) {
              const double r = 1.0 / (theta + k);
              digamma += r;
              trigamma += r * r;
            }
          } else {
            digamma = special::digamma(theta + y) - special::digamma(theta);
            trigamma = special::trigamma(theta) - special::trigamma(theta + y);
          }
          const double total = theta + m;
          // log(theta / (theta + m)) + 1 - (y + theta) / (theta + m) = log(1 - q) + q - y / total, q = m / total
          const double q = m / total;
          return sums{w * (digamma + (math::log1p(-q) + q) - y / total),
                      w * (trigamma - q / theta + (m - y) / (total * total))};
        },
        join);
  };
  theta_answer out;
  double theta = start;
  if (!(theta > 0.0)) {
    // MASS's moment start: n / sum (y / mu - 1)^2
    const double spread = exec::transform_reduce(
        rows.context(), n, 0.0,
        [&](std::int64_t i) {
          const double r = rows.y(i) / means[static_cast<std::size_t>(i)] - 1.0;
          return rows.weight(i) * r * r;
        },
        std::plus<>());
    theta = spread > 0.0 ? static_cast<double>(n) / spread : 1.0;
  }
  // In log theta the score is nearly linear; bracketed so that no step goes astray.
  double low = 0.0, high = HUGE_VAL;
  for (int i = 0; i < 200; ++i) {
    const sums now = at(theta);
    (now.score > 0.0 ? low : high) = theta;
    if (low > 1e9) {
      out.theta = std::numeric_limits<double>::infinity();
      out.std_error = out.theta;
      out.bounded = false;
      return out;
    }
    out.theta = theta;
    out.std_error = now.information > 0.0 ? 1.0 / std::sqrt(now.information) : 0.0;
    // d score / d log theta = theta * d score / d theta = -theta * information
    double next = now.information > 0.0
                      ? theta * std::exp(std::fmax(-2.0, std::fmin(2.0, now.score / (theta * now.information))))
                      : theta * (now.score > 0.0 ? 4.0 : 0.25);
    if (!(next > low)) next = low > 0.0 ? std::sqrt(low * theta) : theta * 0.5;
    if (!(next < high)) next = std::sqrt(high * theta);
    if (std::fabs(next - theta) <= 4e-16 * theta) break;
    theta = next;
  }
  return out;
}

}  // namespace credence::estimate_detail
