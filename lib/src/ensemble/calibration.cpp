// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/calibration.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence::ensemble {

namespace {

void check_numbers(const char* where, std::span<const double> x, std::size_t others, std::span<const double> weights) {
  check::at_least(where, "the number of rows", static_cast<std::int64_t>(x.size()), 1);
  check::same_size(where, "the answers", static_cast<std::int64_t>(others), "the scores",
                   static_cast<std::int64_t>(x.size()));
  if (!weights.empty()) {
    check::same_size(where, "weights", static_cast<std::int64_t>(weights.size()), "the scores",
                     static_cast<std::int64_t>(x.size()));
  }
  for (const double v : x) check::finite(where, "a score", v);
  for (const double w : weights) check::non_negative(where, "a weight", w);
}

double weight_of(std::span<const double> weights, std::size_t i) { return weights.empty() ? 1.0 : weights[i]; }

}  // namespace

double platt_scaling::operator()(double score) const {
  const double z = slope * score + intercept, e = std::exp(-std::abs(z));
  return z >= 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

platt_scaling platt_scaling::fit(std::span<const double> scores, std::span<const std::int32_t> truth,
                                 std::span<const double> weights) {
  const char* where = "platt_scaling::fit";
  check_numbers(where, scores, truth.size(), weights);
  double n[2] = {0.0, 0.0};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    check::less_than(where, "a class", truth[i], 2);
    n[truth[i]] += weight_of(weights, i);
  }
  check::positive(where, "the weight of class 0", n[0]);
  check::positive(where, "the weight of class 1", n[1]);
  const double target[2] = {1.0 / (n[0] + 2.0), (n[1] + 1.0) / (n[1] + 2.0)};
  // Scores are centred and scaled first, which makes Newton's steps well conditioned.
  double mean = 0.0, square = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) mean += weight_of(weights, i) * scores[i] / (n[0] + n[1]);
  for (std::size_t i = 0; i < scores.size(); ++i)
    square += weight_of(weights, i) * (scores[i] - mean) * (scores[i] - mean) / (n[0] + n[1]);
  const double scale = square > 0.0 ? std::sqrt(square) : 1.0;
  platt_scaling now{0.0, std::log((n[0] + 1.0) / (n[1] + 1.0))};
  const auto loss = [&](const platt_scaling& at) {
    double sum = 0.0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double z = at.slope * ((scores[i] - mean) / scale) + at.intercept;
      sum += weight_of(weights, i) *
             (std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - (1.0 - target[truth[i]]) * z);
    }
    return sum;
  };
  double value = loss(now);
  for (int iteration = 0; iteration < 100; ++iteration) {
    double ga = 0.0, gb = 0.0, haa = 1e-12, hab = 0.0, hbb = 1e-12;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double x = (scores[i] - mean) / scale, w = weight_of(weights, i), p = now(x);
      const double g = w * (target[truth[i]] - p), h = w * p * (1.0 - p);
      ga += g * x;
      gb += g;
      haa += h * x * x;
      hab += h * x;
      hbb += h;
    }
    if (std::abs(ga) + std::abs(gb) < 1e-12 * (n[0] + n[1])) break;
    const double det = haa * hbb - hab * hab;
    const double da = -(hbb * ga - hab * gb) / det, db = -(haa * gb - hab * ga) / det;
    double step = 1.0;
    for (; step > 1e-10; step *= 0.5) {
      const platt_scaling next{now.slope + step * da, now.intercept + step * db};
      const double at_next = loss(next);
      if (at_next < value + 1e-4 * step * (ga * da + gb * db)) {
        now = next;
        value = at_next;
        break;
      }
    }
    if (step <= 1e-10) break;
  }
  return {now.slope / scale, now.intercept - now.slope * mean / scale};
}

isotonic_regression isotonic_regression::fit(std::span<const double> x, std::span<const double> y,
                                             std::span<const double> weights) {
  const char* where = "isotonic_regression::fit";
  check_numbers(where, x, y.size(), weights);
  for (const double v : y) check::finite(where, "an answer", v);
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  struct block {
    double first, last, sum, weight;
    [[nodiscard]] double mean() const { return sum / weight; }
  };
  std::vector<block> blocks;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    const double w = weight_of(weights, i);
    if (w == 0.0) continue;
    if (!blocks.empty() && blocks.back().last == x[i] && blocks.back().first == x[i]) {  // equal x: one point
      blocks.back().sum += w * y[i];
      blocks.back().weight += w;
    } else {
      blocks.push_back({x[i], x[i], w * y[i], w});
    }
    const bool more = k + 1 < order.size() && x[order[k + 1]] == x[i];
    while (!more && blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
      const block last = blocks.back();
      blocks.pop_back();
      blocks.back().last = last.last;
      blocks.back().sum += last.sum;
      blocks.back().weight += last.weight;
    }
  }
  check::at_least(where, "the number of rows with weight", static_cast<std::int64_t>(blocks.size()), 1);
  isotonic_regression out;
  for (const block& b : blocks) {
    out.x.push_back(b.first);
    out.y.push_back(b.mean());
    if (b.last == b.first) continue;
    out.x.push_back(b.last);
    out.y.push_back(b.mean());
  }
  return out;
}

double isotonic_regression::operator()(double at) const {
  if (std::isnan(at)) return at;
  const auto above = std::upper_bound(x.begin(), x.end(), at);
  if (above == x.begin()) return y.front();
  if (above == x.end()) return y.back();
  const auto i = static_cast<std::size_t>(above - x.begin());
  return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
}

}  // namespace credence::ensemble
