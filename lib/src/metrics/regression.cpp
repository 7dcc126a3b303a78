// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/regression.hpp"

#include "metrics/checks.hpp"

#include <cmath>
#include <limits>

namespace credence::metrics {

using namespace detail;

namespace {

template <class Loss>
double weighted_mean(const char* where, std::span<const double> truth, std::span<const double> predicted,
                     std::span<const double> weights, const Loss& loss) {
  check_rows(where, truth.size());
  check::same_size(where, "predicted", static_cast<std::int64_t>(predicted.size()), "the truth",
                   static_cast<std::int64_t>(truth.size()));
  check_weights(where, weights, truth.size());
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    check::finite(where, "a true number", truth[i]);
    check::finite(where, "a predicted number", predicted[i]);
    const double w = weight_of(weights, i);
    if (w == 0.0) continue;
    sum += w * loss(truth[i], predicted[i]);
    total += w;
  }
  return sum / total;
}

}  // namespace

double mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                          std::span<const double> weights) {
  return weighted_mean("metrics::mean_squared_error", truth, predicted, weights,
                       [](double y, double p) { return (y - p) * (y - p); });
}

double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                               std::span<const double> weights) {
  return std::sqrt(weighted_mean("metrics::root_mean_squared_error", truth, predicted, weights,
                                 [](double y, double p) { return (y - p) * (y - p); }));
}

double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted,
                           std::span<const double> weights) {
  return weighted_mean("metrics::mean_absolute_error", truth, predicted, weights,
                       [](double y, double p) { return std::abs(y - p); });
}

double r2(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights) {
  const char* where = "metrics::r2";
  const double residual =
      weighted_mean(where, truth, predicted, weights, [](double y, double p) { return (y - p) * (y - p); });
  const double mean = weighted_mean(where, truth, predicted, weights, [](double y, double) { return y; });
  const double spread =
      weighted_mean(where, truth, predicted, weights, [&](double y, double) { return (y - mean) * (y - mean); });
  if (spread == 0.0) return residual == 0.0 ? 1.0 : -std::numeric_limits<double>::infinity();
  return 1.0 - residual / spread;
}

double pinball_loss(std::span<const double> truth, std::span<const double> predicted, double q,
                    std::span<const double> weights) {
  if (!(q > 0.0 && q < 1.0)) check::fail_domain("metrics::pinball_loss", "q", q, "between 0 and 1");
  return weighted_mean("metrics::pinball_loss", truth, predicted, weights,
                       [q](double y, double p) { return y >= p ? q * (y - p) : (1.0 - q) * (p - y); });
}

double poisson_deviance(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weights) {
  const char* where = "metrics::poisson_deviance";
  for (const double y : truth) check::non_negative(where, "a true number", y);
  for (const double p : predicted) check::positive(where, "a predicted number", p);
  return weighted_mean(where, truth, predicted, weights,
                       [](double y, double p) { return 2.0 * ((y > 0.0 ? y * std::log(y / p) : 0.0) - y + p); });
}

}  // namespace credence::metrics
