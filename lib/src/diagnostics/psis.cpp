// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/psis.hpp"

#include "credence/base/check.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "diagnostics/draws_work.hpp"
#include "diagnostics/estimates.hpp"

namespace credence {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double log_sum_exp(std::span<const double> x) {
  const double largest = *std::max_element(x.begin(), x.end());
  if (!(largest > -infinity)) return -infinity;
  double sum = 0.0;
  for (const double v : x) sum += std::exp(v - largest);
  return largest + std::log(sum);
}

double mean_log1p(std::span<const double> x, double factor) {
  double sum = 0.0;
  for (const double v : x) sum += std::log1p(factor * v);
  return sum / static_cast<double>(x.size());
}

double pareto_quantile(const pareto_tail& tail, double p) {
  const double rate = -std::log1p(-p);
  return tail.shape == 0.0 ? tail.scale * rate : tail.scale * std::expm1(tail.shape * rate) / tail.shape;
}

/// Replaces the tail of `weights` (largest 0) by quantiles of the fitted distribution; returns k.
double smooth_tail(std::vector<double>& weights, std::int64_t length) {
  if (length < 5) return infinity;
  std::vector<std::uint32_t> order;
  std::vector<std::uint64_t> scratch;
  detail::sort_positions(weights, order, scratch);
  const auto first = weights.size() - static_cast<std::size_t>(length);
  const double low = weights[order[first]], high = weights[order.back()];
  if (high - low < std::numeric_limits<double>::epsilon() / 100.0) return infinity;
  const double cutoff = std::exp(weights[order[first - 1]]);
  std::vector<double> exceedances;
  for (std::size_t i = first; i < order.size(); ++i) exceedances.push_back(std::exp(weights[order[i]]) - cutoff);
  const pareto_tail tail = fit_pareto_tail(exceedances);
  if (!std::isfinite(tail.shape)) return infinity;
  for (std::size_t i = first; i < order.size(); ++i) {
    const double p = (static_cast<double>(i - first) + 0.5) / static_cast<double>(length);
    weights[order[i]] = std::min(0.0, std::log(pareto_quantile(tail, p) + cutoff));
  }
  return tail.shape;
}

void check_likelihood(const char* where, view<const double, 3> ll) {
  check::at_least(where, "the number of values of log_likelihood", ll.size(), 1);
}

/// One point's log likelihoods, chain after chain.
std::vector<double> of_point(const char* where, view<const double, 3> ll, std::int64_t point) {
  std::vector<double> x;
  x.reserve(static_cast<std::size_t>(ll.extent(0) * ll.extent(1)));
  for (std::int64_t c = 0; c < ll.extent(0); ++c) {
    for (std::int64_t d = 0; d < ll.extent(1); ++d) {
      if (!(ll(c, d, point) < infinity)) {
        check::fail_domain(where, "log_likelihood of point " + std::to_string(point), ll(c, d, point),
                           "a number below infinity");
      }
      x.push_back(ll(c, d, point));
    }
  }
  return x;
}

void finish(predictive_density& out) {
  const auto total = [](const std::vector<double>& x, double& sum, double& se) {
    const auto moments = detail::moments_of(x);
    const double n = static_cast<double>(x.size());
    sum = moments.mean * n;
    se = std::sqrt(n * moments.variance);
  };
  total(out.pointwise_elpd, out.elpd, out.se_elpd);
  total(out.pointwise_parameters, out.effective_parameters, out.se_effective_parameters);
  out.information_criterion = -2.0 * out.elpd;
}

}  // namespace

pareto_tail fit_pareto_tail(std::span<const double> x) {
  const auto n = x.size();
  if (n < 2) return {nan, nan};
  const double size = static_cast<double>(n);
  const double quartile = x[static_cast<std::size_t>(std::floor(size / 4.0 + 0.5)) - 1];
  if (!(quartile > x.front())) return {nan, nan};
  const auto points = static_cast<std::size_t>(30 + std::floor(std::sqrt(size)));
  std::vector<double> theta(points), profile(points);
  for (std::size_t j = 0; j < points; ++j) {
    const double spread = std::sqrt(static_cast<double>(points) / (static_cast<double>(j) + 0.5));
    theta[j] = 1.0 / x.back() + (1.0 - spread) / (3.0 * quartile);
    const double k = mean_log1p(x, -theta[j]);
    profile[j] = size * (std::log(-theta[j] / k) - k - 1.0);
  }
  const double normaliser = log_sum_exp(profile);
  double mean = 0.0;
  for (std::size_t j = 0; j < points; ++j) mean += theta[j] * std::exp(profile[j] - normaliser);
  const double k = mean_log1p(x, -mean);
  const double shape = (k * size + 5.0) / (size + 10.0);
  return std::isnan(shape) ? pareto_tail{infinity, nan} : pareto_tail{shape, -k / mean};
}

psis_result psis(std::span<const double> log_ratios, double relative_efficiency) {
  check::at_least("psis", "the number of log_ratios", static_cast<std::int64_t>(log_ratios.size()), 1);
  check::positive("psis", "relative_efficiency", relative_efficiency);
  for (const double ratio : log_ratios) {
    if (!(ratio < infinity)) check::fail_domain("psis", "a log ratio", ratio, "a number below infinity");
  }
  psis_result result;
  result.log_weights.assign(log_ratios.begin(), log_ratios.end());
  const double largest = *std::max_element(log_ratios.begin(), log_ratios.end());
  if (!(largest > -infinity)) check::fail_domain("psis", "the largest log ratio", largest, "finite");
  // No weight is below the smallest double anyway; a finite floor keeps differences defined.
  for (double& weight : result.log_weights) weight = std::max(weight - largest, -std::numeric_limits<double>::max());
  const double size = static_cast<double>(log_ratios.size());
  result.tail_length =
      static_cast<std::int64_t>(std::ceil(std::min(0.2 * size, 3.0 * std::sqrt(size / relative_efficiency))));
  result.pareto_k = smooth_tail(result.log_weights, result.tail_length);
  const double total = log_sum_exp(result.log_weights);
  for (double& weight : result.log_weights) weight -= total;
  return result;
}

double pareto_k_threshold(std::int64_t size) {
  return std::min(1.0 - 1.0 / std::log10(static_cast<double>(size)), 0.7);
}

predictive_density psis_loo(const exec::context& ctx, view<const double, 3> log_likelihood) {
  check_likelihood("psis_loo", log_likelihood);
  const std::int64_t points = log_likelihood.extent(2), chains = log_likelihood.extent(0),
                     draws = log_likelihood.extent(1);
  predictive_density result;
  result.pointwise_elpd.resize(static_cast<std::size_t>(points));
  result.pointwise_parameters.resize(static_cast<std::size_t>(points));
  result.pareto_k.resize(static_cast<std::size_t>(points));
  exec::for_each_task(ctx, points, [&](std::int64_t task) {
    const auto p = static_cast<std::size_t>(task);
    const std::vector<double> ll = of_point("psis_loo", log_likelihood, task);
    const double size = static_cast<double>(ll.size());
    std::vector<double> work(ll.size());
    for (std::size_t i = 0; i < ll.size(); ++i) work[i] = std::exp(ll[i]);
    const double effective = ess_mean(view<const double, 2>(work.data(), chains, draws));
    for (std::size_t i = 0; i < ll.size(); ++i) work[i] = -ll[i];
    const psis_result weights = psis(work, std::isnan(effective) ? 1.0 : effective / size);
    for (std::size_t i = 0; i < ll.size(); ++i) work[i] = ll[i] + weights.log_weights[i];
    result.pointwise_elpd[p] = log_sum_exp(work);
    result.pointwise_parameters[p] = log_sum_exp(ll) - std::log(size) - result.pointwise_elpd[p];
    result.pareto_k[p] = weights.pareto_k;
  });
  const double threshold = pareto_k_threshold(chains * draws);
  result.unreliable =
      std::count_if(result.pareto_k.begin(), result.pareto_k.end(), [&](double k) { return k > threshold; });
  finish(result);
  return result;
}

predictive_density waic(const exec::context& ctx, view<const double, 3> log_likelihood) {
  check_likelihood("waic", log_likelihood);
  const std::int64_t points = log_likelihood.extent(2);
  predictive_density result;
  result.pointwise_elpd.resize(static_cast<std::size_t>(points));
  result.pointwise_parameters.resize(static_cast<std::size_t>(points));
  exec::for_each_task(ctx, points, [&](std::int64_t task) {
    const auto p = static_cast<std::size_t>(task);
    const std::vector<double> ll = of_point("waic", log_likelihood, task);
    const double variance = detail::moments_of(ll).variance;
    result.pointwise_elpd[p] = log_sum_exp(ll) - std::log(static_cast<double>(ll.size())) - variance;
    result.pointwise_parameters[p] = variance;
  });
  result.unreliable = std::count_if(result.pointwise_parameters.begin(), result.pointwise_parameters.end(),
                                    [](double variance) { return variance > 0.4; });
  finish(result);
  return result;
}

std::int64_t sbc_rank(double truth, std::span<const double> draws) {
  return std::count_if(draws.begin(), draws.end(), [&](double draw) { return draw < truth; });
}

uniformity_test test_uniform_ranks(std::span<const std::int64_t> ranks, std::int64_t largest, std::int64_t bins) {
  check::at_least("test_uniform_ranks", "bins", bins, 2);
  check::at_least("test_uniform_ranks", "largest", largest, bins - 1);
  check::at_least("test_uniform_ranks", "the number of ranks", static_cast<std::int64_t>(ranks.size()), 1);
  // Bin of a rank, and how many of the ranks 0..largest fall into each bin.
  const auto bin_of = [&](std::int64_t rank) { return rank * bins / (largest + 1); };
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bins), 0), widths(static_cast<std::size_t>(bins), 0);
  for (std::int64_t rank = 0; rank <= largest; ++rank) ++widths[static_cast<std::size_t>(bin_of(rank))];
  for (const std::int64_t rank : ranks) {
    check::less_than("test_uniform_ranks", "a rank", rank, largest + 1);
    ++counts[static_cast<std::size_t>(bin_of(rank))];
  }
  uniformity_test result;
  result.degrees = bins - 1;
  const double each = static_cast<double>(ranks.size()) / static_cast<double>(largest + 1);
  for (std::size_t b = 0; b < counts.size(); ++b) {
    const double expected = each * static_cast<double>(widths[b]);
    const double difference = static_cast<double>(counts[b]) - expected;
    result.chi_square += difference * difference / expected;
  }
  result.p_value = boost::math::gamma_q(0.5 * static_cast<double>(result.degrees), 0.5 * result.chi_square);
  return result;
}

}  // namespace credence
