// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/univariate.hpp"

#include "credence/base/check.hpp"
#include "credence/special/incomplete_beta.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace credence {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A sum in twice the precision. @source Knuth's two-sum; Dekker, 1971
struct exact_sum {
  double high = 0.0, low = 0.0;
  void add(double x) {
    const double sum = high + x, part = sum - high;
    low += (high - (sum - part)) + (x - part);
    high = sum;
  }
  /// The product a * b without its rounding error.
  void add_product(double a, double b) {
    const double product = a * b;
    add(product);
    low += std::fma(a, b, -product);
  }
  [[nodiscard]] double value() const { return high + low; }
};

/// A number as the sum of two doubles: the mean of data with many leading digits in common needs both.
struct two_part {
  double high = 0.0, low = 0.0;
};
two_part mean_of(const exact_sum& sum, double count) {
  two_part out;
  out.high = sum.value() / count;
  exact_sum rest = sum;
  rest.add_product(-out.high, count);
  out.low = rest.value() / count;
  return out;
}

void check_finite(const char* who, std::span<const double> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) check::fail_domain(who, "value " + std::to_string(i), x[i], "finite");
  }
}

}  // namespace

sample_moments moments_of(std::span<const double> x) {
  check::at_least("moments_of", "number of values", static_cast<std::int64_t>(x.size()), 1);
  check_finite("moments_of", x);
  sample_moments out;
  out.count = static_cast<std::int64_t>(x.size());
  const auto n = static_cast<double>(x.size());
  exact_sum sum;
  for (const double v : x) sum.add(v);
  const two_part centre = mean_of(sum, n);
  out.mean = centre.high;
  exact_sum second, third, fourth, lagged;
  double before = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = (x[i] - centre.high) - centre.low;
    second.add_product(d, d);
    third.add(d * d * d);
    fourth.add(d * d * d * d);
    if (i > 0) lagged.add_product(before, d);
    before = d;
  }
  const double m2 = second.value() / n;
  out.sd = n > 1.0 ? std::sqrt(second.value() / (n - 1.0)) : not_a_number;
  out.skewness = m2 > 0.0 ? third.value() / n / (m2 * std::sqrt(m2)) : not_a_number;
  out.excess_kurtosis = m2 > 0.0 ? fourth.value() / n / (m2 * m2) - 3.0 : not_a_number;
  out.autocorrelation = m2 > 0.0 ? lagged.value() / second.value() : not_a_number;
  const auto ends = std::minmax_element(x.begin(), x.end());
  out.minimum = *ends.first;
  out.maximum = *ends.second;
  return out;
}

anova_table one_way_anova(std::span<const double> values, std::span<const std::int64_t> group) {
  const char* who = "one_way_anova";
  check::same_size(who, "group", static_cast<std::int64_t>(group.size()), "values",
                   static_cast<std::int64_t>(values.size()));
  check_finite(who, values);
  std::int64_t groups = 0;
  for (const std::int64_t g : group) {
    check::at_least(who, "group", g, 0);
    groups = std::max(groups, g + 1);
  }
  check::at_least(who, "number of groups", groups, 2);
  const auto k = static_cast<std::size_t>(groups);
  std::vector<exact_sum> sums(k);
  std::vector<double> counts(k, 0.0);
  exact_sum total;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto g = static_cast<std::size_t>(group[i]);
    sums[g].add(values[i]);
    counts[g] += 1.0;
    total.add(values[i]);
  }
  const auto n = static_cast<double>(values.size());
  const two_part grand = mean_of(total, n);
  anova_table out;
  std::vector<two_part> means;
  exact_sum between, within;
  for (std::size_t g = 0; g < k; ++g) {
    if (counts[g] == 0.0) check::fail_domain(who, "size of group " + std::to_string(g), std::int64_t{0}, "at least 1");
    means.push_back(mean_of(sums[g], counts[g]));
    out.means.push_back(means.back().high);
    const double d = (means[g].high - grand.high) + (means[g].low - grand.low);
    between.add_product(counts[g] * d, d);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const two_part& mean = means[static_cast<std::size_t>(group[i])];
    const double d = (values[i] - mean.high) - mean.low;
    within.add_product(d, d);
  }
  out.df_between = groups - 1;
  out.df_within = static_cast<std::int64_t>(values.size()) - groups;
  out.ss_between = between.value();
  out.ss_within = within.value();
  const auto d1 = static_cast<double>(out.df_between), d2 = static_cast<double>(out.df_within);
  out.ms_between = out.ss_between / d1;
  out.ms_within = d2 > 0.0 ? out.ss_within / d2 : not_a_number;
  out.f = out.ms_between / out.ms_within;
  out.p = out.f > 0.0 ? special::beta_p(0.5 * d2, 0.5 * d1, d2 / (d2 + d1 * out.f)) : out.f == 0.0 ? 1.0 : not_a_number;
  out.r_squared = out.ss_between / (out.ss_between + out.ss_within);
  out.residual_sd = std::sqrt(out.ms_within);
  return out;
}

}  // namespace credence
