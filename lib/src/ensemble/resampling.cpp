// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/resampling.hpp"

#include "credence/base/check.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/random/uniform.hpp"
#include "credence/table/encoders.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

namespace {

std::vector<std::vector<std::int64_t>> rows_by_class(const char* where, const labelled_rows& rows) {
  check::at_least(where, "classes", rows.classes, 2);
  std::vector<std::vector<std::int64_t>> out(static_cast<std::size_t>(rows.classes));
  for (std::int64_t i = 0; i < rows.x.rows(); ++i)
    out[static_cast<std::size_t>(rows.y[static_cast<std::size_t>(i)])].push_back(i);
  for (std::size_t c = 0; c < out.size(); ++c) {
    check::at_least(where, "the number of rows of class " + std::to_string(c), static_cast<std::int64_t>(out[c].size()),
                    1);
  }
  return out;
}

std::vector<double> shares(const labelled_rows& rows) {
  std::vector<double> out(static_cast<std::size_t>(rows.classes), 0.0);
  double all = 0.0;
  for (std::int64_t i = 0; i < rows.x.rows(); ++i) {
    out[static_cast<std::size_t>(rows.y[static_cast<std::size_t>(i)])] += rows.weight(i);
    all += rows.weight(i);
  }
  for (double& s : out) s /= all;
  return out;
}

resampled_rows begin(const labelled_rows& from) {
  resampled_rows out;
  out.features.assign(from.features.begin(), from.features.end());
  out.columns = from.x.columns();
  out.classes = from.classes;
  out.share_before = shares(from);
  return out;
}

void add_row(resampled_rows& to, const labelled_rows& from, std::int64_t row) {
  for (std::int64_t c = 0; c < to.columns; ++c) to.x.push_back(from.x(row, c));
  to.y.push_back(from.y[static_cast<std::size_t>(row)]);
  if (!from.weights.empty()) to.weights.push_back(from.weight(row));
}

std::size_t largest_class(const std::vector<std::vector<std::int64_t>>& rows) {
  std::size_t n = 0;
  for (const auto& of_class : rows) n = std::max(n, of_class.size());
  return n;
}

}  // namespace

resampled_rows oversample(const training_fold& fold, rng_key key) {
  const labelled_rows from = fold.rows();
  const auto by_class = rows_by_class("ensemble::oversample", from);
  resampled_rows out = begin(from);
  for (std::int64_t i = 0; i < from.x.rows(); ++i) add_row(out, from, i);
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    const rng_key of_class = key.split(purpose::resampling, c, 1);
    for (std::size_t k = by_class[c].size(); k < largest_class(by_class); ++k) {
      add_row(out, from, by_class[c][random::integer_below(of_class, k, by_class[c].size())]);
    }
  }
  out.share_after = shares(out.rows());
  return out;
}

resampled_rows undersample(const training_fold& fold, rng_key key) {
  const labelled_rows from = fold.rows();
  const auto by_class = rows_by_class("ensemble::undersample", from);
  std::size_t least = by_class[0].size();
  for (const auto& of_class : by_class) least = std::min(least, of_class.size());
  std::vector<std::int64_t> kept;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    std::vector<std::pair<std::uint64_t, std::int64_t>> order;
    for (std::size_t k = 0; k < by_class[c].size(); ++k) {
      order.emplace_back(random::bits64(key.split(purpose::resampling, c, 2), k), by_class[c][k]);
    }
    std::sort(order.begin(), order.end());
    for (std::size_t k = 0; k < least; ++k) kept.push_back(order[k].second);
  }
  std::sort(kept.begin(), kept.end());
  resampled_rows out = begin(from);
  for (const std::int64_t row : kept) add_row(out, from, row);
  out.share_after = shares(out.rows());
  return out;
}

resampled_rows smote(const training_fold& fold, const smote_options& options) {
  const char* where = "ensemble::smote";
  const labelled_rows from = fold.rows();
  check::at_least(where, "neighbours", options.neighbours, 1);
  const auto by_class = rows_by_class(where, from);
  for (const feature_info& f : from.features) {
    if (f.categorical) check::fail_domain(where, "column " + f.name, std::string_view("categorical"), "a number");
  }
  for (const double w : from.weights) {
    if (w != 1.0) check::fail_domain(where, "a weight", w, "1");
  }
  resampled_rows out = begin(from);
  std::vector<double> scaled;
  for (std::int64_t i = 0; i < from.x.rows(); ++i) {
    add_row(out, from, i);
    for (std::int64_t c = 0; c < out.columns; ++c) {
      if (std::isnan(from.x(i, c)))
        check::fail_domain(where, "a value of row " + std::to_string(i), std::string_view("missing"), "there");
      scaled.push_back(from.x(i, c));
    }
  }
  out.weights.clear();
  const view<double, 2> all(scaled.data(), from.x.rows(), out.columns);
  fit_standardiser(all).transform(all);
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    const std::vector<std::int64_t>& rows = by_class[c];
    if (rows.size() == largest_class(by_class)) continue;
    check::at_least(where, "the number of rows of class " + std::to_string(c), static_cast<std::int64_t>(rows.size()),
                    2);
    std::vector<double> points;
    for (const std::int64_t r : rows)
      points.insert(points.end(), scaled.begin() + r * out.columns, scaled.begin() + (r + 1) * out.columns);
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::int64_t k = std::min(options.neighbours, count - 1);
    const neighbors::kd_tree<double> tree(view<const double, 2>(points.data(), count, out.columns));
    const auto near = tree.all_nearest(k);
    const rng_key of_class = options.key.split(purpose::resampling, c, 3);
    for (std::uint64_t made = 0; rows.size() + made < largest_class(by_class); ++made) {
      const auto one = random::integer_below(of_class, 2 * made, rows.size());
      const auto step = random::integer_below(of_class, 2 * made + 1, static_cast<std::uint64_t>(k));
      const auto other = static_cast<std::size_t>(near.indices[one * static_cast<std::size_t>(k) + step]);
      const double part = random::uniform(of_class.split(purpose::resampling, 1), made);
      for (std::int64_t j = 0; j < out.columns; ++j) {
        const double a = from.x(rows[one], j), b = from.x(rows[other], j);
        out.x.push_back(a + part * (b - a));
      }
      out.y.push_back(static_cast<double>(c));
    }
  }
  out.share_after = shares(out.rows());
  return out;
}

void correct_probabilities(std::span<double> probabilities, std::span<const double> share_before,
                           std::span<const double> share_after) {
  const char* where = "ensemble::correct_probabilities";
  const std::size_t k = share_before.size();
  check::at_least(where, "the number of classes", static_cast<std::int64_t>(k), 2);
  check::same_size(where, "share_after", static_cast<std::int64_t>(share_after.size()), "share_before",
                   static_cast<std::int64_t>(k));
  if (probabilities.size() % k != 0) check::fail_shape(where, "probabilities are not whole rows of the classes");
  for (const double s : share_after) check::positive(where, "a share", s);
  for (std::size_t i = 0; i < probabilities.size(); i += k) {
    double sum = 0.0;
    for (std::size_t c = 0; c < k; ++c) sum += probabilities[i + c] *= share_before[c] / share_after[c];
    for (std::size_t c = 0; c < k; ++c) probabilities[i + c] /= sum;
  }
}

}  // namespace credence::ensemble
