// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/binning.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include "ensemble/bin_search.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

std::uint8_t feature_bins::bin(double x) const {
  if (std::isnan(x)) return missing_bin;
  if (categorical) {
    const auto found = std::find(codes.begin(), codes.end(), static_cast<std::int32_t>(x));
    return static_cast<std::uint8_t>(found == codes.end() ? missing_bin : found - codes.begin());
  }
  return static_cast<std::uint8_t>(std::lower_bound(upper.begin(), upper.end(), x) - upper.begin());
}

namespace {

/// Half way between two numbers, rounded towards the lower: a <= middle < b.
double between(double a, double b) {
  const double middle = a + (b - a) * 0.5;
  return middle < b && middle >= a ? middle : a;
}

/// The distinct values, when there are no more than `most`; else nothing.
bool few_values(const feature_rows& x, std::int64_t column, std::size_t most, std::vector<double>& values) {
  values.clear();
  double last = NAN;
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    const double v = x(r, column);
    if (v == last || std::isnan(v)) continue;
    last = v;
    const auto at = std::lower_bound(values.begin(), values.end(), v);
    if (at != values.end() && *at == v) continue;
    if (values.size() == most) return false;
    values.insert(at, v);
  }
  return true;
}

/// Cuts sorted values so that bins hold about equal numbers; a value that fills a bin gets one of its own.
std::vector<double> quantile_cuts(const std::vector<double>& sorted, std::int32_t max_bins) {
  std::vector<double> upper;
  const std::size_t n = sorted.size();
  std::size_t begin = 0;  // of the rows without a bin yet
  for (std::int32_t left = max_bins; left > 1 && begin < n; --left) {
    const std::size_t wanted = std::max<std::size_t>(1, (n - begin) / static_cast<std::size_t>(left));
    std::size_t end = begin + wanted;
    if (end >= n) break;
    // Not inside a run of equal values: behind it, or before it when that is nearer and leaves something.
    if (sorted[end] == sorted[end - 1]) {
      const auto low = static_cast<std::size_t>(
          std::lower_bound(sorted.begin() + static_cast<std::ptrdiff_t>(begin), sorted.end(), sorted[end]) -
          sorted.begin());
      const auto high = static_cast<std::size_t>(
          std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(end), sorted.end(), sorted[end]) -
          sorted.begin());
      end = low > begin && end - low <= high - end ? low : high;
    }
    if (end >= n) break;
    upper.push_back(between(sorted[end - 1], sorted[end]));
    begin = end;
  }
  return upper;
}

feature_bins number_bins(const feature_rows& x, std::int64_t column, const binning_options& options) {
  feature_bins out;
  std::vector<double> values;
  if (few_values(x, column, static_cast<std::size_t>(options.max_bins), values)) {
    out.exact = true;
    for (std::size_t i = 1; i < values.size(); ++i) out.upper.push_back(between(values[i - 1], values[i]));
    return out;
  }
  values.clear();
  const std::int64_t step = std::max<std::int64_t>(1, x.rows() / options.sample_rows);
  for (std::int64_t r = 0; r < x.rows(); r += step) {
    const double v = x(r, column);
    if (!std::isnan(v)) values.push_back(v);
  }
  std::sort(values.begin(), values.end());
  out.upper = quantile_cuts(values, options.max_bins);
  return out;
}

feature_bins category_bins(const feature_rows& x, std::int64_t column, std::int32_t max_bins) {
  feature_bins out;
  out.categorical = true;
  std::vector<std::pair<std::int64_t, std::int32_t>> counts;  // (-rows, code)
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    const double v = x(r, column);
    if (std::isnan(v)) continue;
    const auto code = static_cast<std::size_t>(v);
    if (code >= 256) continue;  // sets hold codes below 256; see category_set
    if (code >= counts.size()) counts.resize(code + 1);
    --counts[code].first;
  }
  for (std::size_t c = 0; c < counts.size(); ++c) counts[c].second = static_cast<std::int32_t>(c);
  std::stable_sort(counts.begin(), counts.end());
  out.exact = true;
  for (const auto& [rows, code] : counts) {
    if (rows == 0) continue;
    if (out.bins() == max_bins) {
      out.exact = false;
      break;
    }
    out.codes.push_back(code);
  }
  std::sort(out.codes.begin(), out.codes.end());
  return out;
}

}  // namespace

std::vector<feature_bins> find_bins(const feature_rows& x, std::span<const feature_info> features,
                                    const binning_options& options) {
  const char* where = "ensemble::find_bins";
  if (options.max_bins < 2 || options.max_bins > 255) {
    check::fail_domain(where, "max_bins", std::int64_t{options.max_bins}, "from 2 to 255");
  }
  check::at_least(where, "sample_rows", options.sample_rows, 256);
  std::vector<feature_bins> cuts(static_cast<std::size_t>(x.columns()));
  exec::for_each_task(options.context, x.columns(), [&](std::int64_t c) {
    const auto at = static_cast<std::size_t>(c);
    const bool categorical = !features.empty() && features[at].categorical;
    cuts[at] = categorical ? category_bins(x, c, std::min(options.max_bins, 254)) : number_bins(x, c, options);
  });
  return cuts;
}

binned_rows::binned_rows(const feature_rows& x, std::vector<feature_bins> cuts, const exec::context& context)
    : rows_(x.rows()), cuts_(std::move(cuts)) {
  check_columns("ensemble::binned_rows", x, columns());
  for (std::int64_t first = 0; first < columns(); first += 16) {
    group g;
    g.first = first;
    g.columns = std::min<std::int64_t>(16, columns() - first);
    g.width = (g.columns + 3) / 4 * 4;
    g.bins.resize(static_cast<std::size_t>(rows_ * g.width), 0);
    groups_.push_back(std::move(g));
  }
  std::vector<detail::bin_search> searches;
  for (const feature_bins& c : cuts_) searches.emplace_back(c.upper);
  exec::for_each_range(
      context, rows_,
      [&](std::int64_t begin, std::int64_t end) {
        for (group& g : groups_) {
          for (std::int64_t k = 0; k < g.columns; ++k) {
            const auto c = static_cast<std::size_t>(g.first + k);
            std::uint8_t* out = g.bins.data() + k;
            for (std::int64_t r = begin; r < end; ++r) {
              const double v = x(r, g.first + k);
              out[r * g.width] = cuts_[c].categorical ? cuts_[c].bin(v) : searches[c](v);
            }
          }
        }
      },
      1024);
}

}  // namespace credence::ensemble
