// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/intervals.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"
#include "credence/special/erf.hpp"

#include "metrics/checks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace credence::metrics {

using namespace detail;

namespace {

/// Ranks from 1, equal values share the mean of theirs.
std::vector<double> mid_ranks(std::span<const double> x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::vector<double> rank(x.size());
  for (std::size_t begin = 0, end = 0; begin < x.size(); begin = end) {
    while (end < x.size() && x[order[end]] == x[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) rank[order[i]] = 0.5 * static_cast<double>(begin + end + 1);
  }
  return rank;
}

/// The part of the other class that each row is ranked right against, positives and negatives apart.
struct placements {
  std::vector<double> positive, negative;
  double auc = 0.0;
};

placements place(const char* where, std::span<const double> scores, std::span<const std::int32_t> truth) {
  check_binary(where, scores.size(), truth, {});
  std::vector<double> of_class[2];
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) check::fail_domain(where, "a score", scores[i], "a number");
    of_class[truth[i]].push_back(scores[i]);
  }
  for (const auto& rows : of_class) {
    check::at_least(where, "the number of rows of a class", static_cast<std::int64_t>(rows.size()), 2);
  }
  const std::vector<double> all = mid_ranks(scores), within0 = mid_ranks(of_class[0]), within1 = mid_ranks(of_class[1]);
  const auto m = static_cast<double>(of_class[1].size()), n = static_cast<double>(of_class[0].size());
  placements out;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (truth[i] == 1) {
      out.positive.push_back((all[i] - within1[out.positive.size()]) / n);
    } else {
      out.negative.push_back(1.0 - (all[i] - within0[out.negative.size()]) / m);
    }
  }
  out.auc = std::accumulate(out.positive.begin(), out.positive.end(), 0.0) / m;
  return out;
}

double covariance(std::span<const double> a, std::span<const double> b, double mean_a, double mean_b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / (static_cast<double>(a.size()) * static_cast<double>(a.size() - 1));
}

double covariance(const placements& a, const placements& b) {
  return covariance(a.positive, b.positive, a.auc, b.auc) + covariance(a.negative, b.negative, a.auc, b.auc);
}

void check_level(const char* where, double level) {
  if (!(level > 0.0 && level < 1.0)) check::fail_domain(where, "level", level, "between 0 and 1");
}

/// Type 7.
double quantile_of_sorted(const std::vector<double>& x, double p) {
  const double at = p * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, x.size() - 1);
  return x[below] + (at - static_cast<double>(below)) * (x[above] - x[below]);
}

}  // namespace

interval delong_interval(std::span<const double> scores, std::span<const std::int32_t> truth, double level) {
  const char* where = "metrics::delong_interval";
  check_level(where, level);
  const placements all = place(where, scores, truth);
  const double se = std::sqrt(std::max(0.0, covariance(all, all)));
  const double z = 1.4142135623730951 * special::erf_inv(level);
  return {all.auc, se, std::max(0.0, all.auc - z * se), std::min(1.0, all.auc + z * se)};
}

auc_comparison delong_test(std::span<const double> first, std::span<const double> second,
                           std::span<const std::int32_t> truth) {
  const placements a = place("metrics::delong_test", first, truth), b = place("metrics::delong_test", second, truth);
  auc_comparison out;
  out.difference = a.auc - b.auc;
  out.std_error = std::sqrt(std::max(0.0, covariance(a, a) + covariance(b, b) - 2.0 * covariance(a, b)));
  if (out.std_error > 0.0) {
    out.z = out.difference / out.std_error;
    out.p_value = std::erfc(std::abs(out.z) / 1.4142135623730951);
  } else if (out.difference != 0.0) {
    out.z = std::copysign(HUGE_VAL, out.difference);
    out.p_value = 0.0;
  }
  return out;
}

interval detail::bootstrap(const bootstrap_options& options, std::span<const double> weights, std::int64_t rows,
                           double (*score)(const void*, std::span<const double>), const void* state) {
  const char* where = "metrics::bootstrap_interval";
  check::at_least(where, "rows", rows, 1);
  check::at_least(where, "replicates", options.replicates, 2);
  check_level(where, options.level);
  check_weights(where, weights, static_cast<std::size_t>(rows));
  const auto n = static_cast<std::size_t>(rows);
  std::vector<double> given(n, 1.0);
  if (!weights.empty()) given.assign(weights.begin(), weights.end());
  std::vector<double> scores(static_cast<std::size_t>(options.replicates));
  exec::for_each_task(options.context, options.replicates, [&](std::int64_t r) {
    const rng_key key = options.key.split(purpose::resampling, static_cast<std::uint64_t>(r));
    std::vector<double> drawn(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) drawn[random::integer_below(key, i, n)] += 1.0;
    for (std::size_t i = 0; i < n; ++i) drawn[i] *= given[i];
    scores[static_cast<std::size_t>(r)] = score(state, drawn);
  });
  scores.erase(std::remove_if(scores.begin(), scores.end(), [](double x) { return std::isnan(x); }), scores.end());
  interval out;
  out.estimate = score(state, given);
  if (scores.size() < 2) {
    out.std_error = out.lower = out.upper = NAN;
    return out;
  }
  std::sort(scores.begin(), scores.end());
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  double square = 0.0;
  for (const double x : scores) square += (x - mean) * (x - mean);
  out.std_error = std::sqrt(square / static_cast<double>(scores.size() - 1));
  out.lower = quantile_of_sorted(scores, 0.5 * (1.0 - options.level));
  out.upper = quantile_of_sorted(scores, 0.5 * (1.0 + options.level));
  return out;
}

}  // namespace credence::metrics
