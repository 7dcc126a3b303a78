// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/kl_divergence.hpp"

#include "credence/distributions/kernels/gamma_functions.hpp"
#include "distributions/tails.hpp"

#include <cmath>

namespace credence {

namespace {

double normal_divergence(double mean_p, double sd_p, double mean_q, double sd_q) {
  const double ratio = sd_p / sd_q, shift = (mean_p - mean_q) / sd_q;
  return 0.5 * ((ratio - 1.0) * (ratio + 1.0) + shift * shift) - std::log(ratio);
}

/// a log(a / b), 0 where a is.
double weighted_log(double a, double b) { return a == 0.0 ? 0.0 : (b == 0.0 ? detail::infinity : a * std::log(a / b)); }

}  // namespace

double kl_divergence(const normal<>& p, const normal<>& q) { return normal_divergence(p.mean, p.sd, q.mean, q.sd); }
double kl_divergence(const lognormal<>& p, const lognormal<>& q) {
  return normal_divergence(p.log_mean, p.log_sd, q.log_mean, q.log_sd);
}
double kl_divergence(const laplace<>& p, const laplace<>& q) {
  const double shift = std::abs(p.location - q.location);
  return std::log(q.scale / p.scale) + (p.scale * std::exp(-shift / p.scale) + shift) / q.scale - 1.0;
}
double kl_divergence(const exponential<>& p, const exponential<>& q) {
  const double ratio = q.rate / p.rate;
  return ratio - 1.0 - std::log(ratio);
}
double kl_divergence(const gamma<>& p, const gamma<>& q) {
  const double ratio = q.rate / p.rate;
  return (p.shape - q.shape) * kernels::digamma(p.shape) - kernels::lgamma(p.shape) + kernels::lgamma(q.shape) -
         q.shape * std::log(ratio) + p.shape * (ratio - 1.0);
}
double kl_divergence(const beta<>& p, const beta<>& q) {
  const double sum = kernels::digamma(p.a + p.b);
  return kernels::log_beta(q.a, q.b) - kernels::log_beta(p.a, p.b) + (p.a - q.a) * (kernels::digamma(p.a) - sum) +
         (p.b - q.b) * (kernels::digamma(p.b) - sum);
}
double kl_divergence(const bernoulli<>& p, const bernoulli<>& q) {
  return weighted_log(p.probability, q.probability) + weighted_log(1.0 - p.probability, 1.0 - q.probability);
}
double kl_divergence(const poisson<>& p, const poisson<>& q) {
  return weighted_log(p.rate, q.rate) + (q.rate - p.rate);
}
double kl_divergence(const geometric<>& p, const geometric<>& q) {
  return std::log(p.probability / q.probability) +
         (1.0 - p.probability) / p.probability * (std::log1p(-p.probability) - std::log1p(-q.probability));
}

}  // namespace credence
