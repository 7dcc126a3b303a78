// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/smooth.hpp"

#include "metrics/checks.hpp"

#include <cmath>

namespace credence::metrics {

using namespace detail;

namespace {

double sigmoid(double z) {
  const double e = std::exp(-std::abs(z));
  return z >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

void check_margins(const char* where, std::span<const double> margins, std::span<const std::int32_t> truth,
                   std::span<double> gradient, double temperature, std::span<const double> weights) {
  check_binary(where, margins.size(), truth, weights);
  check::positive(where, "temperature", temperature);
  for (const double z : margins) check::finite(where, "a margin", z);
  if (!gradient.empty()) {
    check::same_size(where, "gradient", static_cast<std::int64_t>(gradient.size()), "the truth",
                     static_cast<std::int64_t>(truth.size()));
  }
}

}  // namespace

double smooth_accuracy(std::span<const double> margins, std::span<const std::int32_t> truth, std::span<double> gradient,
                       double temperature, std::span<const double> weights) {
  check_margins("metrics::smooth_accuracy", margins, truth, gradient, temperature, weights);
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double sign = truth[i] == 1 ? 1.0 : -1.0, w = weight_of(weights, i);
    const double p = sigmoid(sign * margins[i] / temperature);
    sum += w * p;
    total += w;
    // sigmoid' at z is that at -z; the small factor is computed without 1 - p, which would cancel.
    if (!gradient.empty()) gradient[i] = w * sign * p * sigmoid(-sign * margins[i] / temperature) / temperature;
  }
  for (double& g : gradient) g /= total;
  return sum / total;
}

double smooth_f_beta(std::span<const double> margins, std::span<const std::int32_t> truth, std::span<double> gradient,
                     double beta, double temperature, std::span<const double> weights) {
  const char* where = "metrics::smooth_f_beta";
  check_margins(where, margins, truth, gradient, temperature, weights);
  check::positive(where, "beta", beta);
  const double b2 = beta * beta;
  double right = 0.0, predicted = 0.0, positives = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight_of(weights, i), p = sigmoid(margins[i] / temperature);
    predicted += w * p;
    if (truth[i] == 1) {
      right += w * p;
      positives += w;
    }
  }
  check::positive(where, "the weight of class 1", positives);
  const double below = b2 * positives + predicted, value = (1.0 + b2) * right / below;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double z = margins[i] / temperature;
    const double slope = weight_of(weights, i) * sigmoid(z) * sigmoid(-z) / temperature;
    gradient[i] = slope * ((truth[i] == 1 ? 1.0 + b2 : 0.0) - value) / below;
  }
  return value;
}

}  // namespace credence::metrics
