// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/calibration.hpp"

#include "metrics/checks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence::metrics {

using namespace detail;

calibration_points calibration_curve(std::span<const double> probability, std::span<const std::int32_t> truth,
                                     std::int64_t bins, calibration_bins how, std::span<const double> weights) {
  const char* where = "metrics::calibration_curve";
  check_binary(where, probability.size(), truth, weights);
  check::at_least(where, "bins", bins, 1);
  double total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    check::probability(where, "a probability", probability[i]);
    total += weight_of(weights, i);
  }
  std::vector<std::size_t> order(truth.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return probability[a] < probability[b]; });
  calibration_points out;
  double before = 0.0, weight = 0.0, sum = 0.0, positive = 0.0;
  const auto close = [&] {
    if (weight <= 0.0) return;
    out.mean_probability.push_back(sum / weight);
    out.observed.push_back(positive / weight);
    out.weight.push_back(weight);
    weight = sum = positive = 0.0;
  };
  const auto count = static_cast<double>(bins);
  double current = -1.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    const double p = probability[i], w = weight_of(weights, i);
    const double scaled = how == calibration_bins::equal_width ? p * count : before / total * count;
    const double bin = std::min(count - 1.0, std::floor(scaled));
    const bool same_score = k > 0 && p == probability[order[k - 1]];
    if (bin != current && !(same_score && how == calibration_bins::equal_count)) {
      close();
      current = bin;
    }
    before += w;
    weight += w;
    sum += w * p;
    positive += truth[i] == 1 ? w : 0.0;
  }
  close();
  return out;
}

double expected_calibration_error(const calibration_points& points) {
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < points.weight.size(); ++i) {
    sum += points.weight[i] * std::abs(points.observed[i] - points.mean_probability[i]);
    total += points.weight[i];
  }
  return sum / total;
}

}  // namespace credence::metrics
