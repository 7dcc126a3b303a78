// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/losses.hpp"

#include "credence/base/array_math.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble::detail {

double weighted_quantile(std::vector<std::pair<double, double>>& rows, double q) {
  std::sort(rows.begin(), rows.end());
  double total = 0.0;
  for (const auto& row : rows) total += row.second;
  double below = 0.0;
  for (const auto& [value, weight] : rows) {
    below += weight;
    if (weight > 0.0 && below >= q * total) return value;
  }
  return rows.empty() ? 0.0 : rows.back().first;
}

std::vector<double> best_constant(const loss_settings& loss, const labelled_rows& data) {
  const std::int64_t n = data.x.rows();
  if (loss.kind == boosting_loss::user) return {loss.user->start(data)};
  if (leaves_are_quantiles(loss.kind) || loss.kind == boosting_loss::huber) {
    std::vector<std::pair<double, double>> rows;
    for (std::int64_t i = 0; i < n; ++i) rows.emplace_back(data.y[static_cast<std::size_t>(i)], data.weight(i));
    return {weighted_quantile(rows, loss.kind == boosting_loss::quantile ? loss.quantile : 0.5)};
  }
  const auto outputs = static_cast<std::size_t>(loss.kind == boosting_loss::softmax ? data.classes : 1);
  std::vector<double> sums(outputs, 0.0);
  double total = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double w = data.weight(i), y = data.y[static_cast<std::size_t>(i)];
    total += w;
    if (outputs > 1) {
      sums[static_cast<std::size_t>(y)] += w;
    } else {
      sums[0] += w * y;
    }
  }
  for (double& s : sums) {
    s /= total;
    if (loss.kind == boosting_loss::logistic) s = math::log(s / (1.0 - s));
    if (loss.kind == boosting_loss::softmax || loss.kind == boosting_loss::poisson) s = math::log(s);
  }
  return sums;
}

namespace {

constexpr double least_hessian = 1e-16;

void binary_derivatives(const labelled_rows& data, std::int64_t begin, std::int64_t end, std::span<const double> scores,
                        std::span<float> gradient, std::span<float> hessian) {
  double p[512];
  for (std::int64_t from = begin; from < end; from += 512) {
    const std::int64_t count = std::min<std::int64_t>(512, end - from);
    const auto size = static_cast<std::size_t>(count);
    array::inv_logit(scores.subspan(static_cast<std::size_t>(from), size), std::span<double>(p, size));
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t i = static_cast<std::size_t>(from) + k;
      gradient[i] = static_cast<float>(p[k] - data.y[i]);
      hessian[i] = static_cast<float>(std::max(p[k] * (1.0 - p[k]), least_hessian));
    }
  }
}

void softmax_derivatives(const labelled_rows& data, std::int64_t begin, std::int64_t end,
                         std::span<const double> scores, std::int64_t outputs, std::int64_t output,
                         std::span<float> gradient, std::span<float> hessian) {
  const std::int64_t n = data.x.rows();
  double top[512], own[512], sum[512], e[512];
  for (std::int64_t from = begin; from < end; from += 512) {
    const std::int64_t count = std::min<std::int64_t>(512, end - from);
    const auto size = static_cast<std::size_t>(count);
    const auto row = [&](std::int64_t k) { return scores.data() + k * n + from; };
    std::copy_n(row(0), count, top);
    for (std::int64_t k = 1; k < outputs; ++k) {
      for (std::int64_t i = 0; i < count; ++i) top[i] = std::max(top[i], row(k)[i]);
    }
    std::fill_n(sum, count, 0.0);
    for (std::int64_t k = 0; k < outputs; ++k) {
      for (std::int64_t i = 0; i < count; ++i) e[i] = row(k)[i] - top[i];
      array::exp(std::span<const double>(e, size), std::span<double>(e, size));
      for (std::int64_t i = 0; i < count; ++i) sum[i] += e[i];
      if (k == output) std::copy_n(e, count, own);
    }
    const double factor =
        static_cast<double>(outputs) / static_cast<double>(outputs - 1);  // Friedman 2001, section 4.6
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t i = static_cast<std::size_t>(from) + k;
      const double p = own[k] / sum[k];
      gradient[i] = static_cast<float>(p - (data.y[i] == static_cast<double>(output) ? 1.0 : 0.0));
      hessian[i] = static_cast<float>(std::max(factor * p * (1.0 - p), least_hessian));
    }
  }
}

void number_derivatives(const loss_settings& loss, const labelled_rows& data, std::int64_t begin, std::int64_t end,
                        std::span<const double> scores, std::span<float> gradient, std::span<float> hessian) {
  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
    const double residual = scores[i] - data.y[i];
    double g = residual, h = 1.0;
    switch (loss.kind) {
      case boosting_loss::absolute:
        g = residual > 0.0 ? 1.0 : (residual < 0.0 ? -1.0 : 0.0);
        break;
      case boosting_loss::quantile:
        g = residual > 0.0 ? 1.0 - loss.quantile : (residual < 0.0 ? -loss.quantile : 0.0);
        break;
      case boosting_loss::huber:
        g = std::clamp(residual, -loss.huber_delta, loss.huber_delta);
        break;
      case boosting_loss::poisson:
        h = math::exp(scores[i]);
        g = h - data.y[i];
        break;
      case boosting_loss::user: {
        const user_loss::terms t = loss.user->evaluate(scores[i], data.y[i]);
        g = t.gradient;
        h = t.hessian;
        break;
      }
      default:
        break;
    }
    gradient[i] = static_cast<float>(g);
    hessian[i] = static_cast<float>(h);
  }
}

double row_loss(const loss_settings& loss, double s, double y) {
  const double r = y - s;
  switch (loss.kind) {
    case boosting_loss::absolute:
      return std::abs(r);
    case boosting_loss::quantile:
      return r >= 0.0 ? loss.quantile * r : (loss.quantile - 1.0) * r;
    case boosting_loss::huber:
      return std::abs(r) <= loss.huber_delta ? 0.5 * r * r : loss.huber_delta * (std::abs(r) - 0.5 * loss.huber_delta);
    case boosting_loss::poisson:
      return math::exp(s) - y * s;
    case boosting_loss::logistic:
      return math::log1p(math::exp(-std::abs(s))) + std::max(s, 0.0) - y * s;
    case boosting_loss::user:
      return loss.user->evaluate(s, y).value;
    default:
      return 0.5 * r * r;
  }
}

}  // namespace

void derivatives(const loss_settings& loss, const labelled_rows& data, std::int64_t begin, std::int64_t end,
                 std::span<const double> scores, std::int64_t outputs, std::int64_t output, std::span<float> gradient,
                 std::span<float> hessian) {
  if (loss.kind == boosting_loss::logistic) {
    binary_derivatives(data, begin, end, scores, gradient, hessian);
  } else if (loss.kind == boosting_loss::softmax) {
    softmax_derivatives(data, begin, end, scores, outputs, output, gradient, hessian);
  } else {
    number_derivatives(loss, data, begin, end, scores, gradient, hessian);
  }
  if (data.weights.empty()) return;
  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
    gradient[i] = static_cast<float>(gradient[i] * data.weights[i]);
    hessian[i] = static_cast<float>(hessian[i] * data.weights[i]);
  }
}

double mean_loss(const loss_settings& loss, const labelled_rows& data, std::span<const double> scores,
                 std::int64_t outputs, const exec::context& context) {
  const std::int64_t n = data.x.rows(), grain = 4096, pieces = (n + grain - 1) / grain;
  std::vector<double> sums(static_cast<std::size_t>(pieces), 0.0), weights(sums);
  exec::for_each_task(context, pieces, [&](std::int64_t piece) {
    double sum = 0.0, weight = 0.0;
    for (std::int64_t i = piece * grain; i < std::min(n, (piece + 1) * grain); ++i) {
      const double w = data.weight(i), y = data.y[static_cast<std::size_t>(i)];
      weight += w;
      if (outputs == 1) {
        sum += w * row_loss(loss, scores[static_cast<std::size_t>(i)], y);
        continue;
      }
      const auto score = [&](std::int64_t k) { return scores[static_cast<std::size_t>(k * n + i)]; };
      double top = score(0), all = 0.0;
      for (std::int64_t k = 1; k < outputs; ++k) top = std::max(top, score(k));
      for (std::int64_t k = 0; k < outputs; ++k) all += math::exp(score(k) - top);
      sum += w * (math::log(all) + top - score(static_cast<std::int64_t>(y)));
    }
    sums[static_cast<std::size_t>(piece)] = sum;
    weights[static_cast<std::size_t>(piece)] = weight;
  });
  double sum = 0.0, weight = 0.0;
  for (std::size_t p = 0; p < sums.size(); ++p) {
    sum += sums[p];
    weight += weights[p];
  }
  return sum / weight;
}

}  // namespace credence::ensemble::detail
