// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/tuning.hpp"

#include "credence/base/check.hpp"
#include "credence/random/uniform.hpp"
#include "credence/table/splits.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

double value_of(const scores& s, tuning_score which, std::int32_t classes) {
  if (which == tuning_score::automatic) which = classes > 0 ? tuning_score::log_loss : tuning_score::rmse;
  switch (which) {
    case tuning_score::accuracy:
      return s.accuracy;
    case tuning_score::auc:
      return s.auc;
    case tuning_score::average_precision:
      return s.average_precision;
    case tuning_score::log_loss:
      return -s.log_loss;
    case tuning_score::f1:
      return s.f1;
    case tuning_score::mae:
      return -s.mae;
    case tuning_score::r2:
      return s.r2;
    default:
      return -s.rmse;
  }
}

search_result grid_search(std::span<const candidate> candidates, const fold_set& folds, const fit_settings& settings,
                          tuning_score which) {
  check::at_least("ensemble::grid_search", "the number of candidates", static_cast<std::int64_t>(candidates.size()), 1);
  search_result out;
  for (const candidate& one : candidates) {
    if (settings.interrupt != nullptr && settings.interrupt->requested() && !out.means.empty()) break;
    fit_settings now = settings;
    now.progress = nullptr;
    out.folds.push_back(cross_validate(*one.by, folds, now));
    double sum = 0.0, square = 0.0;
    const auto n = static_cast<double>(out.folds.back().size());
    for (const scores& s : out.folds.back()) sum += value_of(s, which, folds.rows().classes) / n;
    for (const scores& s : out.folds.back()) {
      const double miss = value_of(s, which, folds.rows().classes) - sum;
      square += miss * miss;
    }
    out.means.push_back(sum);
    out.std_errors.push_back(n > 1.0 ? std::sqrt(square / (n - 1.0) / n) : NAN);
    if (sum > out.means[static_cast<std::size_t>(out.best)]) out.best = static_cast<std::int64_t>(out.means.size()) - 1;
    if (settings.progress) {
      settings.progress(
          {"candidates", static_cast<std::int64_t>(out.means.size()), static_cast<std::int64_t>(candidates.size())});
    }
  }
  return out;
}

std::vector<double> detail::uniforms(std::int64_t count, rng_key key, std::int64_t draw) {
  std::vector<double> out;
  const rng_key of_draw = key.split(purpose::split, 0, static_cast<std::uint64_t>(draw), 9);
  for (std::int64_t i = 0; i < count; ++i) out.push_back(random::uniform(of_draw, static_cast<std::uint64_t>(i)));
  return out;
}

namespace {

std::vector<double> copy_of(const feature_rows& x) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(x.rows() * x.columns()));
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    for (std::int64_t c = 0; c < x.columns(); ++c) out.push_back(x(i, c));
  }
  return out;
}

}  // namespace

std::vector<importance> permutation_importances(const fitted_model& model, const labelled_rows& rows,
                                                std::int64_t repeats, const fit_settings& settings,
                                                tuning_score which) {
  const char* where = "ensemble::permutation_importances";
  check::at_least(where, "repeats", repeats, 1);
  check_columns(where, rows.x, static_cast<std::int64_t>(model.features().size()));
  const auto score = [&](const feature_rows& x) {
    const scores s = score_predictions(model.predict(x, settings.context), rows.y, rows.classes, rows.weights,
                                       std::max(0, rows.classes - 1));
    return value_of(s, which, rows.classes);
  };
  const std::int64_t n = rows.x.rows(), d = rows.x.columns();
  const double whole = score(rows.x);
  std::vector<double> changed = copy_of(rows.x);
  std::vector<importance> out;
  for (std::int64_t c = 0; c < d; ++c) {
    std::vector<double> falls;
    for (std::int64_t r = 0; r < repeats; ++r) {
      const std::vector<std::int64_t> order = shuffled_rows(n, settings.key, c * repeats + r);
      for (std::int64_t i = 0; i < n; ++i)
        changed[static_cast<std::size_t>(i * d + c)] = rows.x(order[static_cast<std::size_t>(i)], c);
      falls.push_back(whole - score(view<const double, 2>(changed.data(), n, d)));
    }
    for (std::int64_t i = 0; i < n; ++i) changed[static_cast<std::size_t>(i * d + c)] = rows.x(i, c);
    importance one;
    for (const double f : falls) one.mean += f / static_cast<double>(repeats);
    for (const double f : falls) one.sd += (f - one.mean) * (f - one.mean);
    one.sd = repeats > 1 ? std::sqrt(one.sd / static_cast<double>(repeats - 1)) : 0.0;
    out.push_back(one);
  }
  return out;
}

std::vector<double> partial_dependence(const fitted_model& model, const feature_rows& rows, std::int64_t column,
                                       std::span<const double> grid, const exec::context& context) {
  const char* where = "ensemble::partial_dependence";
  check_columns(where, rows, static_cast<std::int64_t>(model.features().size()));
  check::less_than(where, "column", column, rows.columns());
  check::at_least(where, "the number of rows", rows.rows(), 1);
  std::vector<double> changed = copy_of(rows), out;
  const auto k = static_cast<std::size_t>(model.outputs());
  for (const double at : grid) {
    for (std::int64_t i = 0; i < rows.rows(); ++i) changed[static_cast<std::size_t>(i * rows.columns() + column)] = at;
    const std::vector<double> predicted =
        model.predict(view<const double, 2>(changed.data(), rows.rows(), rows.columns()), context);
    std::vector<double> sums(k, 0.0);
    for (std::size_t i = 0; i < predicted.size(); ++i) sums[i % k] += predicted[i];
    for (const double s : sums) out.push_back(s / static_cast<double>(rows.rows()));
  }
  return out;
}

}  // namespace credence::ensemble
