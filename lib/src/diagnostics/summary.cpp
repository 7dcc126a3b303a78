// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/summary.hpp"

#include "credence/base/check.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "diagnostics/estimates.hpp"
#include "diagnostics/find_warnings.hpp"

namespace credence {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Parameters gathered together: they lie beside each other in memory, and a page is visited once for all of them.
constexpr std::int64_t block = 16;

/// The k-th smallest (from 0) of |x - median|: of two ascending sequences, the values left of the median read backwards
/// and those right of it. Bisects how many come from the left.
double nth_deviation(std::span<const double> sorted, double median, std::int64_t k) {
  const auto right = static_cast<std::int64_t>(std::lower_bound(sorted.begin(), sorted.end(), median) - sorted.begin());
  const std::int64_t rights = static_cast<std::int64_t>(sorted.size()) - right;
  const auto on_left = [&](std::int64_t i) { return median - sorted[static_cast<std::size_t>(right - 1 - i)]; };
  const auto on_right = [&](std::int64_t i) { return sorted[static_cast<std::size_t>(right + i)] - median; };
  std::int64_t low = std::max<std::int64_t>(0, k + 1 - rights), high = std::min(right, k + 1);
  while (low < high) {
    const std::int64_t from_left = (low + high) / 2;  // then k + 1 - from_left come from the right, at least one
    if (on_left(from_left) < on_right(k - from_left)) {
      low = from_left + 1;
    } else {
      high = from_left;
    }
  }
  double result = 0.0;
  if (low > 0) result = on_left(low - 1);
  if (k + 1 - low > 0) result = std::max(result, on_right(k - low));
  return result;
}

double median_deviation(std::span<const double> sorted, double median) {
  const auto n = static_cast<std::int64_t>(sorted.size());
  const double upper = nth_deviation(sorted, median, n / 2);
  return n % 2 == 1 ? upper : 0.5 * (nth_deviation(sorted, median, n / 2 - 1) + upper);
}

void summarise_moments(detail::draws_work& work, parameter_summary& out) {
  const auto moments = detail::moments_of(work.values());
  out.mean = moments.mean;
  out.sd = std::sqrt(moments.variance);
  if (!work.finite()) {
    out.sd = out.mad = out.q5 = out.q50 = out.q95 = nan;
    return;
  }
  const std::span<const double> sorted = work.sorted();
  out.q5 = detail::quantile_of_sorted(sorted, 0.05);
  out.q50 = detail::quantile_of_sorted(sorted, 0.5);
  out.q95 = detail::quantile_of_sorted(sorted, 0.95);
  out.mad = 1.4826 * median_deviation(sorted, out.q50);
}

void summarise_parameter(detail::draws_work& work, const detail::normal_scores& scores,
                         detail::estimate_buffers& buffers, parameter_summary& out) {
  summarise_moments(work, out);
  const auto by_ranks = detail::estimate_by_ranks(work, scores, buffers);
  out.rhat = by_ranks.r_hat;
  out.ess_bulk = by_ranks.ess_bulk;
  out.ess_tail = detail::ess_tail(work, buffers);
  out.mcse_mean = out.sd / std::sqrt(detail::ess_mean(work, buffers));
  out.mcse_sd = detail::mcse_sd(work, buffers);
}

/// Copies `count` neighbouring parameters into (count, chains, draws).
void gather(view<const double, 3> draws, std::int64_t first, std::int64_t count, std::vector<double>& out) {
  const std::int64_t chains = draws.extent(0), length = draws.extent(1), each = chains * length;
  out.resize(static_cast<std::size_t>(count * each));
  for (std::int64_t c = 0; c < chains; ++c) {
    for (std::int64_t d = 0; d < length; ++d) {
      const double* from = &draws(c, d, first);
      double* to = out.data() + c * length + d;
      for (std::int64_t p = 0; p < count; ++p) to[p * each] = from[p * draws.strides[2]];
    }
  }
}

void check_statistic(const char* name, view<const double, 2> statistic, view<const double, 3> draws) {
  if (statistic.data == nullptr) return;
  if (statistic.extent(0) != draws.extent(0) || statistic.extent(1) != draws.extent(1)) {
    check::fail_shape("summary", std::string(name) + " is (" + std::to_string(statistic.extent(0)) + ", " +
                                     std::to_string(statistic.extent(1)) + "), but draws has (chains, draws) = (" +
                                     std::to_string(draws.extent(0)) + ", " + std::to_string(draws.extent(1)) + ")");
  }
}

}  // namespace

sampler_summary summarise_sampler(const sampler_statistics& statistics) {
  sampler_summary result;
  const auto& divergent = statistics.divergent;
  if (divergent.data != nullptr) {
    for (std::int64_t c = 0; c < divergent.extent(0); ++c) {
      std::int64_t count = 0;
      for (std::int64_t d = 0; d < divergent.extent(1); ++d) count += divergent(c, d) != 0.0 ? 1 : 0;
      result.divergences_per_chain.push_back(count);
      result.divergences += count;
    }
  }
  const auto& depth = statistics.tree_depth;
  if (depth.data != nullptr) {
    for (std::int64_t c = 0; c < depth.extent(0); ++c) {
      for (std::int64_t d = 0; d < depth.extent(1); ++d) {
        result.max_depth_hits += depth(c, d) >= static_cast<double>(statistics.max_tree_depth) ? 1 : 0;
      }
    }
  }
  const auto& energy = statistics.energy;
  if (energy.data != nullptr) {
    std::vector<double> one;
    for (std::int64_t c = 0; c < energy.extent(0); ++c) {
      one.clear();
      for (std::int64_t d = 0; d < energy.extent(1); ++d) one.push_back(energy(c, d));
      result.ebfmi.push_back(e_bfmi(one));
    }
  }
  return result;
}

draws_summary summary(const exec::context& ctx, std::span<const std::string> names, view<const double, 3> draws,
                      const sampler_statistics& statistics, const summary_options& options) {
  const std::int64_t chains = draws.extent(0), length = draws.extent(1), count = draws.extent(2);
  check::same_size("summary", "names", static_cast<std::int64_t>(names.size()), "the parameters of draws", count);
  check_statistic("divergent", statistics.divergent, draws);
  check_statistic("tree_depth", statistics.tree_depth, draws);
  check_statistic("energy", statistics.energy, draws);
  if (!options.superchain.empty()) {
    check::same_size("summary", "superchain", static_cast<std::int64_t>(options.superchain.size()),
                     "the chains of draws", chains);
  }

  draws_summary result{chains, length, std::vector<parameter_summary>(names.size()), summarise_sampler(statistics), {}};
  const detail::normal_scores scores(2 * chains * (length / 2));
  exec::for_each_task(ctx, (count + block - 1) / block, [&](std::int64_t task) {
    const std::int64_t first = task * block, here = std::min(block, count - first);
    std::vector<double> gathered;
    gather(draws, first, here, gathered);
    detail::draws_work work;
    detail::estimate_buffers buffers;
    for (std::int64_t p = 0; p < here; ++p) {
      const view<const double, 2> one(gathered.data() + p * chains * length, chains, length);
      parameter_summary& out = result.parameters[static_cast<std::size_t>(first + p)];
      out.name = names[static_cast<std::size_t>(first + p)];
      work.load(one);
      summarise_parameter(work, scores, buffers, out);
      if (!options.superchain.empty()) out.nested_rhat = r_hat_nested(one, options.superchain);
    }
  });
  result.warnings = detail::find_warnings(result, draws, statistics, options);
  return result;
}

}  // namespace credence
