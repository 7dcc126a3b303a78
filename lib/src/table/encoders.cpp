// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/encoders.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace credence {

namespace {

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Rows of a numeric column that are not missing, in ascending order of their values.
std::vector<std::int64_t> present_rows_by_value(const column& data, const std::vector<double>& values) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    if (!data.is_missing(i)) rows.push_back(i);
  }
  const auto before = [&](std::int64_t a, std::int64_t b) {
    const double x = values[to_size(a)], y = values[to_size(b)];
    return x < y || (!std::isnan(x) && std::isnan(y));
  };
  std::stable_sort(rows.begin(), rows.end(), before);
  return rows;
}

std::vector<std::string> levels_of(const column& data) {
  std::vector<std::string> levels;
  if (data.type() != column_type::text) {
    const std::vector<double> values = data.numbers();
    for (const std::int64_t row : present_rows_by_value(data, values)) {
      std::string text = data.text(row);
      if (levels.empty() || levels.back() != text) levels.push_back(std::move(text));
    }
    return levels;
  }
  std::vector<std::uint8_t> used(data.texts().levels.size(), 0);
  for (const std::int32_t code : data.texts().codes) {
    if (code >= 0) used[to_size(code)] = 1;
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] != 0) levels.push_back(data.texts().levels[i]);
  }
  return levels;
}

double mean_of(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

}  // namespace

category_encoder fit_categories(const column& data, unseen_policy unseen) {
  return {data.name, levels_of(data), unseen};
}

std::vector<std::int32_t> category_encoder::codes(const column& data) const {
  std::map<std::string, std::int32_t, std::less<>> place;
  for (std::size_t i = 0; i < levels.size(); ++i) place.emplace(levels[i], static_cast<std::int32_t>(i));
  const auto code_of = [&](const std::string& text) {
    const auto found = place.find(text);
    if (found != place.end()) return found->second;
    if (unseen == unseen_policy::error) {
      throw domain_error("category_encoder: column " + name + " has the value " + text +
                         ", which was not there when it was fitted");
    }
    return std::int32_t{-1};
  };
  std::vector<std::int32_t> result(to_size(data.size()), -1);
  if (data.type() == column_type::text) {
    constexpr std::int32_t not_yet = -2;
    std::vector<std::int32_t> translated(data.texts().levels.size(), not_yet);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::int32_t code = data.texts().codes[i];
      if (code < 0) continue;
      std::int32_t& to = translated[to_size(code)];
      if (to == not_yet) to = code_of(data.texts().levels[to_size(code)]);
      result[i] = to;
    }
    return result;
  }
  for (std::int64_t i = 0; i < data.size(); ++i) {
    if (!data.is_missing(i)) result[to_size(i)] = code_of(data.text(i));
  }
  return result;
}

std::vector<double> spread(const category_encoder& encoder, const column& data, contrasts how) {
  const std::vector<std::int32_t> codes = encoder.codes(data);
  const std::int32_t base = how == contrasts::treatment ? 1 : 0;
  const std::size_t width = encoder.levels.size() - std::min<std::size_t>(encoder.levels.size(), to_size(base));
  std::vector<double> result(codes.size() * width, 0.0);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (data.is_missing(static_cast<std::int64_t>(i))) {
      std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(i * width), width, nan);
    } else if (codes[i] >= base) {
      result[i * width + to_size(codes[i] - base)] = 1.0;
    }
  }
  return result;
}

std::vector<std::string> spread_names(const category_encoder& encoder, contrasts how) {
  std::vector<std::string> names;
  for (std::size_t i = how == contrasts::treatment ? 1 : 0; i < encoder.levels.size(); ++i) {
    names.push_back(encoder.name + encoder.levels[i]);
  }
  return names;
}

standardiser fit_standardiser(view<const double, 2> data) {
  standardiser result;
  for (std::int64_t c = 0; c < data.extent(1); ++c) {
    std::vector<double> x;
    for (std::int64_t r = 0; r < data.extent(0); ++r) {
      if (!std::isnan(data(r, c))) x.push_back(data(r, c));
    }
    const double mean = x.empty() ? 0.0 : mean_of(x);
    for (double& v : x) v = (v - mean) * (v - mean);
    const double scale = x.empty() ? 0.0 : std::sqrt(mean_of(x));
    // What rounding of the mean leaves of a constant column is no variation.
    const bool constant = !(scale > 1e-14 * std::abs(mean));
    result.means.push_back(mean);
    result.scales.push_back(constant ? 1.0 : scale);
  }
  return result;
}

void standardiser::transform(view<double, 2> data) const {
  check::same_size("standardiser", "its means", static_cast<std::int64_t>(means.size()), "a row", data.extent(1));
  for (std::int64_t r = 0; r < data.extent(0); ++r) {
    for (std::int64_t c = 0; c < data.extent(1); ++c)
      data(r, c) = (data(r, c) - means[to_size(c)]) / scales[to_size(c)];
  }
}

void standardiser::inverse(view<double, 2> data) const {
  check::same_size("standardiser", "its means", static_cast<std::int64_t>(means.size()), "a row", data.extent(1));
  for (std::int64_t r = 0; r < data.extent(0); ++r) {
    for (std::int64_t c = 0; c < data.extent(1); ++c) data(r, c) = data(r, c) * scales[to_size(c)] + means[to_size(c)];
  }
}

imputer fit_imputer(const column& data, impute_by how) {
  imputer result{data.name, 0.0, {}, false};
  if (data.missing_count() == data.size()) {
    throw domain_error("fit_imputer: column " + data.name + " has no values, but must have one that is not missing");
  }
  if (data.type() == column_type::text) {
    if (how != impute_by::most_frequent) {
      throw domain_error("fit_imputer: column " + data.name + " holds text, but must hold numbers to have a mean");
    }
    std::vector<std::int64_t> counts(data.texts().levels.size(), 0);
    for (const std::int32_t code : data.texts().codes) {
      if (code >= 0) ++counts[to_size(code)];
    }
    result.text = data.texts().levels[to_size(std::max_element(counts.begin(), counts.end()) - counts.begin())];
    return result;
  }
  const std::vector<double> values = data.numbers();
  std::vector<double> sorted;
  for (const std::int64_t row : present_rows_by_value(data, values)) sorted.push_back(values[to_size(row)]);
  if (how == impute_by::mean) {
    result.number = mean_of(sorted);
  } else if (how == impute_by::median) {
    const std::size_t middle = sorted.size() / 2;
    result.number = sorted.size() % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
  } else {
    std::size_t best = 0;
    for (std::size_t begin = 0; begin < sorted.size();) {
      std::size_t end = begin + 1;
      while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
      if (end - begin > best) best = end - begin, result.number = sorted[begin];
      begin = end;
    }
  }
  result.integer = std::floor(result.number) == result.number && std::abs(result.number) < 9007199254740992.0;
  return result;
}

column imputer::transform(const column& data) const {
  column result = data;
  result.missing.clear();
  if (data.missing_count() == 0) return result;
  if (data.type() == column_type::text) {
    std::vector<std::string> texts;
    for (std::int64_t i = 0; i < data.size(); ++i) texts.push_back(data.is_missing(i) ? text : data.text(i));
    return make_column(data.name, texts);
  }
  if (data.type() == column_type::integer && integer) {
    auto& values = std::get<1>(result.values);
    for (std::int64_t i = 0; i < data.size(); ++i) {
      if (data.is_missing(i)) values[to_size(i)] = static_cast<std::int64_t>(number);
    }
    return result;
  }
  std::vector<double> values = data.numbers();
  for (std::int64_t i = 0; i < data.size(); ++i) {
    if (data.is_missing(i)) values[to_size(i)] = number;
  }
  result.values = std::move(values);
  return result;
}

}  // namespace credence
