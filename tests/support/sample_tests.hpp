// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

/// Goodness-of-fit tests for draws. All return p-values, to be compared with `smallest_p`: with fixed keys a test
/// either always passes or never, and 1e-6 keeps hundreds of such tests free of false alarms.
namespace credence::test {

inline constexpr double smallest_p = 1e-6;

/// Kolmogorov-Smirnov: the p-value of probabilities u (the cdf at each draw) being uniform.
/// @source Stephens, "EDF statistics for goodness of fit", JASA 69 (1974): the small-sample factor
inline double kolmogorov_smirnov(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  const double n = static_cast<double>(u.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    distance = std::max({distance, static_cast<double>(i + 1) / n - u[i], u[i] - static_cast<double>(i) / n});
  }
  if (!(u.front() >= 0.0 && u.back() <= 1.0)) return 0.0;  // NaN too
  const double root = std::sqrt(n), lambda = (root + 0.12 + 0.11 / root) * distance;
  double p = 0.0;
  for (int k = 1; k <= 100; ++k) p += (k % 2 == 1 ? 2.0 : -2.0) * std::exp(-2.0 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1.0 : std::clamp(p, 0.0, 1.0);
}

/// Chi-square of counts against expected counts; neighbours with fewer than ten expected are pooled.
inline double chi_square(const std::vector<double>& counts, const std::vector<double>& expected) {
  double statistic = 0.0, pooled_count = 0.0, pooled_expected = 0.0;
  int bins = 0;
  const auto close = [&] {
    statistic += (pooled_count - pooled_expected) * (pooled_count - pooled_expected) / pooled_expected;
    pooled_count = pooled_expected = 0.0;
    ++bins;
  };
  double left = 0.0;
  for (const double e : expected) left += e;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    pooled_count += counts[k];
    pooled_expected += expected[k];
    left -= expected[k];
    if (pooled_expected >= 10.0 && left >= 10.0) close();
  }
  if (pooled_expected > 0.0) close();
  if (pooled_count > 0.0) return 0.0;  // draws where there is no probability at all
  return bins < 2 ? 1.0 : boost::math::gamma_q(0.5 * (bins - 1), 0.5 * statistic);
}

/// Chi-square of probabilities u in 2 N^0.4 equal bins.
inline double chi_square_uniform(const std::vector<double>& u) {
  const std::size_t bins = static_cast<std::size_t>(2.0 * std::pow(static_cast<double>(u.size()), 0.4));
  std::vector<double> counts(bins, 0.0);
  for (const double x : u) {
    if (!(x >= 0.0 && x <= 1.0)) return 0.0;
    ++counts[std::min(bins - 1, static_cast<std::size_t>(x * static_cast<double>(bins)))];
  }
  return chi_square(counts, std::vector<double>(bins, static_cast<double>(u.size()) / static_cast<double>(bins)));
}

/// Chi-square of counts 0, 1, 2, ... against pmf(k), on the draws between the smallest and the largest; what lies
/// outside is pooled with the ends.
template <class Pmf, class Cdf>
double chi_square_counts(const std::vector<std::int64_t>& draws, const Pmf& pmf, const Cdf& cdf) {
  const auto [smallest, largest] = std::minmax_element(draws.begin(), draws.end());
  const std::int64_t low = *smallest, high = *largest;
  const double n = static_cast<double>(draws.size());
  std::vector<double> counts(static_cast<std::size_t>(high - low + 1), 0.0), expected(counts.size());
  for (const std::int64_t k : draws) ++counts[static_cast<std::size_t>(k - low)];
  for (std::int64_t k = low; k <= high; ++k) expected[static_cast<std::size_t>(k - low)] = n * pmf(k);
  expected.front() = n * cdf(low);
  expected.back() += n * (1.0 - cdf(high));
  return chi_square(counts, expected);
}

}  // namespace credence::test
