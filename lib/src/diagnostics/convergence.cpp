// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/convergence.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "diagnostics/draws_work.hpp"
#include "diagnostics/estimates.hpp"

namespace credence {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// One parameter, loaded, with the buffers that the estimates need.
struct loaded {
  explicit loaded(view<const double, 2> draws) { work.load(draws); }
  detail::draws_work work;
  detail::estimate_buffers buffers;
  [[nodiscard]] detail::normal_scores scores() const { return detail::normal_scores(work.series() * work.half()); }
};

void check_probability(const char* where, double probability) { check::probability(where, "probability", probability); }

}  // namespace

double r_hat(view<const double, 2> draws) {
  loaded one(draws);
  return detail::r_hat(one.work, one.scores(), one.buffers);
}

double r_hat_plain(view<const double, 2> draws) {
  loaded one(draws);
  one.work.split(one.buffers.series);
  return detail::scale_reduction(one.buffers.series.data(), one.work.series(), one.work.half());
}

double ess_bulk(view<const double, 2> draws) {
  loaded one(draws);
  return detail::ess_bulk(one.work, one.scores(), one.buffers);
}

double ess_quantile(view<const double, 2> draws, double probability) {
  check_probability("ess_quantile", probability);
  loaded one(draws);
  return detail::ess_quantile(one.work, probability, one.buffers);
}

double ess_tail(view<const double, 2> draws) {
  loaded one(draws);
  return detail::ess_tail(one.work, one.buffers);
}

double ess_mean(view<const double, 2> draws) {
  loaded one(draws);
  return detail::ess_mean(one.work, one.buffers);
}

double ess_sd(view<const double, 2> draws) {
  loaded one(draws);
  return detail::ess_sd(one.work, detail::moments_of(one.work.values()).mean, one.buffers);
}

double mcse_mean(view<const double, 2> draws) {
  loaded one(draws);
  const double sd = std::sqrt(detail::moments_of(one.work.values()).variance);
  return sd / std::sqrt(detail::ess_mean(one.work, one.buffers));
}

double mcse_sd(view<const double, 2> draws) {
  loaded one(draws);
  return detail::mcse_sd(one.work, one.buffers);
}

double mcse_quantile(view<const double, 2> draws, double probability) {
  check_probability("mcse_quantile", probability);
  loaded one(draws);
  return detail::mcse_quantile(one.work, probability, one.buffers);
}

double quantile(view<const double, 2> draws, double probability) {
  check_probability("quantile", probability);
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(draws.size()));
  for (std::int64_t c = 0; c < draws.extent(0); ++c) {
    for (std::int64_t d = 0; d < draws.extent(1); ++d) values.push_back(draws(c, d));
  }
  if (values.empty() || std::any_of(values.begin(), values.end(), [](double x) { return std::isnan(x); })) return nan;
  std::sort(values.begin(), values.end());
  return detail::quantile_of_sorted(values, probability);
}

double r_hat_nested(view<const double, 2> draws, std::span<const std::int64_t> superchain) {
  const std::int64_t chains = draws.extent(0);
  check::same_size("r_hat_nested", "superchain", static_cast<std::int64_t>(superchain.size()), "the chains of draws",
                   chains);
  std::map<std::int64_t, std::vector<std::int64_t>> members;
  for (std::int64_t c = 0; c < chains; ++c) members[superchain[static_cast<std::size_t>(c)]].push_back(c);
  check::at_least("r_hat_nested", "the number of superchains", static_cast<std::int64_t>(members.size()), 2);
  const std::size_t each = members.begin()->second.size();
  for (const auto& [id, list] : members) {
    if (list.size() != each) {
      check::fail_domain("r_hat_nested", "the size of superchain " + std::to_string(id),
                         static_cast<std::int64_t>(list.size()), std::to_string(each) + " like that of the first");
    }
  }
  loaded one(draws);
  if (!one.work.finite() || one.work.constant()) return nan;
  std::vector<double> means;
  double within = 0.0;
  for (const auto& [id, list] : members) {
    std::vector<double> chain_means;
    double variance = 0.0;
    for (const std::int64_t c : list) {
      const auto moments = detail::moments_of(one.work.values().data() + c * one.work.draws(), one.work.draws());
      chain_means.push_back(moments.mean);
      if (one.work.draws() > 1) variance += moments.variance / static_cast<double>(each);
    }
    const auto between = detail::moments_of(chain_means);
    means.push_back(between.mean);
    within += variance + (each > 1 ? between.variance : 0.0);
  }
  within /= static_cast<double>(members.size());
  return std::sqrt(1.0 + detail::moments_of(means).variance / within);
}

std::vector<double> rank_normalise(std::span<const double> x) {
  std::vector<double> result(x.size(), nan);
  if (x.empty()) return result;
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return x[a] < x[b] || (!std::isnan(x[a]) && std::isnan(x[b])); });
  const detail::normal_scores scores(static_cast<std::int64_t>(x.size()));
  for (std::size_t begin = 0; begin < order.size() && !std::isnan(x[order[begin]]);) {
    std::size_t end = begin + 1;
    while (end < order.size() && x[order[end]] == x[order[begin]]) ++end;
    const double score = scores.at(static_cast<std::int64_t>(begin + 1 + end));
    for (; begin < end; ++begin) result[order[begin]] = score;
  }
  return result;
}

std::vector<double> autocovariance(std::span<const double> x) {
  if (x.empty()) return {};
  const auto n = static_cast<std::int64_t>(x.size());
  const double mean = detail::moments_of(x).mean;
  std::vector<double> centred(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) centred[i] = x[i] - mean;
  detail::series_buffers buffers;
  std::vector<double> sums;
  detail::lagged_sums_by_fourier(centred.data(), 1, n, n, buffers, sums);
  for (double& sum : sums) sum /= static_cast<double>(n);
  return sums;
}

std::vector<double> autocorrelation(std::span<const double> x) {
  if (x.empty()) return {};
  if (detail::not_finite_or_constant(x.data(), static_cast<std::int64_t>(x.size()))) {
    return std::vector<double>(x.size(), nan);
  }
  std::vector<double> result = autocovariance(x);
  const double variance = result.front();
  for (double& value : result) value /= variance;
  return result;
}

double e_bfmi(std::span<const double> energy) {
  if (energy.size() < 3 || detail::not_finite_or_constant(energy.data(), static_cast<std::int64_t>(energy.size()))) {
    return nan;
  }
  const double n = static_cast<double>(energy.size());
  double steps = 0.0;
  for (std::size_t i = 1; i < energy.size(); ++i) steps += (energy[i] - energy[i - 1]) * (energy[i] - energy[i - 1]);
  return steps / (detail::moments_of(energy).variance * (n - 1.0));
}

}  // namespace credence
