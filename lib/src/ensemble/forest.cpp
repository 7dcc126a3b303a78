// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/forest.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include "ensemble/cart_checks.hpp"
#include "ensemble/cart_grower.hpp"
#include "ensemble/score_trees.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

namespace credence::ensemble {

using namespace detail;

forest_options extra_trees() {
  forest_options o;
  o.tree.random_cuts = true;
  o.bootstrap = false;
  return o;
}

namespace {

std::vector<std::uint32_t> draw_rows(const forest_options& o, std::int64_t tree, std::int64_t rows) {
  const auto n = static_cast<std::size_t>(rows);
  if (!o.bootstrap) return std::vector<std::uint32_t>(n, 1);
  std::vector<std::uint32_t> counts(n, 0);
  const rng_key key = o.key.split(purpose::resampling, static_cast<std::uint64_t>(tree));
  for (std::size_t i = 0; i < n; ++i) ++counts[random::integer_below(key, i, n)];
  return counts;
}

/// Marks of the rows that a tree did not see, one bit each.
using row_marks = std::vector<std::uint64_t>;

forest::leaf_targets keep_targets(const cart_grower& grower, const decision_tree& tree, const labelled_rows& train,
                                  double weight_unit) {
  forest::leaf_targets kept;
  std::vector<std::pair<float, float>> rows;
  for (std::int32_t leaf = 0; leaf < static_cast<std::int32_t>(tree.leaves()); ++leaf) {
    rows.clear();
    for (const cart_entry& e : grower.entries_of_leaf(leaf)) {
      rows.emplace_back(static_cast<float>(train.y[e.row]),
                        static_cast<float>(static_cast<double>(e.weight) * weight_unit));
    }
    std::sort(rows.begin(), rows.end());
    kept.begin.push_back(static_cast<std::int64_t>(kept.target.size()));
    for (const auto& [target, weight] : rows) {
      kept.target.push_back(target);
      kept.weight.push_back(weight);
    }
  }
  kept.begin.push_back(static_cast<std::int64_t>(kept.target.size()));
  return kept;
}

}  // namespace

forest forest::fit(const labelled_rows& train, const forest_options& options) {
  const char* where = "forest::fit";
  check_rows(where, train);
  check_tree_options(where, train, options.tree);
  check::at_least(where, "trees", options.trees, 1);
  if (options.keep_rows && train.classes > 0) {
    check::fail_domain(where, "keep_rows", std::string_view("true"), "false for classes, which have no quantiles");
  }
  const std::int64_t n = train.x.rows(), columns = train.x.columns();
  tree_options of_tree = options.tree;
  if (of_tree.columns_per_split == 0) {
    of_tree.columns_per_split = std::max<std::int64_t>(
        1, train.classes > 0 ? static_cast<std::int64_t>(std::sqrt(static_cast<double>(columns))) : columns / 3);
  }
  const cart_data data(train, of_tree, options.context);
  forest model;
  model.classes = train.classes;
  model.features = named_features(train);
  const auto count = static_cast<std::size_t>(options.trees);
  model.trees.resize(count);
  model.kept.resize(options.keep_rows ? count : 0);
  std::vector<row_marks> outside(options.bootstrap ? count : 0);
  std::vector<std::uint8_t> done(count, 0);
  std::atomic<std::int64_t> finished{0};
  std::mutex telling;
  exec::for_each_task(options.context, options.trees, [&](std::int64_t t) {
    if (options.interrupt != nullptr && options.interrupt->requested()) return;
    const auto at = static_cast<std::size_t>(t);
    const std::vector<std::uint32_t> counts = draw_rows(options, t, n);
    bool any = false;
    for (std::size_t r = 0; r < counts.size() && !any; ++r) any = counts[r] > 0 && data.weight[r] > 0;
    cart_grower grower(data, of_tree, options.key.split(purpose::tree, static_cast<std::uint64_t>(t)));
    // A draw of rows of weight 0 only: all rows, once.
    model.trees[at] = grower.grow(any ? counts : std::vector<std::uint32_t>(counts.size(), 1));
    if (options.keep_rows) model.kept[at] = keep_targets(grower, model.trees[at], train, data.weight_unit);
    if (options.bootstrap) {
      outside[at].assign(static_cast<std::size_t>((n + 63) / 64), 0);
      for (std::int64_t i = 0; i < n; ++i) {
        if (counts[static_cast<std::size_t>(i)] == 0)
          outside[at][static_cast<std::size_t>(i >> 6)] |= std::uint64_t{1} << (i & 63);
      }
    }
    done[at] = 1;
    const std::int64_t now = ++finished;
    if (options.progress) {
      const std::lock_guard<std::mutex> lock(telling);
      options.progress({"growing trees", now, options.trees});
    }
  });
  if (finished.load() < options.trees) {
    model.why = forest_stop::interrupted;
    std::size_t to = 0;
    for (std::size_t t = 0; t < count; ++t) {
      if (done[t] == 0) continue;
      if (to != t) {
        model.trees[to] = std::move(model.trees[t]);
        if (options.keep_rows) model.kept[to] = std::move(model.kept[t]);
        if (options.bootstrap) outside[to] = std::move(outside[t]);
      }
      ++to;
    }
    model.trees.resize(to);
    if (options.keep_rows) model.kept.resize(to);
  }
  if (options.bootstrap && !model.trees.empty()) {
    model.out_of_bag.resize(static_cast<std::size_t>(n * std::max(1, train.classes)));
    mean_outside(model.trees, train.x, outside, model.out_of_bag, options.context);
  }
  return model;
}

std::vector<double> forest::predict(const feature_rows& x, const exec::context& context) const {
  check_columns("forest::predict", x, columns());
  check::at_least("forest::predict", "the number of trees", static_cast<std::int64_t>(trees.size()), 1);
  std::vector<double> out(static_cast<std::size_t>(x.rows() * std::max(1, classes)));
  mean_of_trees(trees, x, out, context);
  return out;
}

void forest::predict_row(std::span<const double> x, std::span<double> out) const {
  const char* where = "forest::predict_row";
  check::same_size(where, "x", static_cast<std::int64_t>(x.size()), "a row of the training data", columns());
  check::same_size(where, "out", static_cast<std::int64_t>(out.size()), "a prediction", std::max(1, classes));
  std::fill(out.begin(), out.end(), 0.0);
  for (const decision_tree& tree : trees) {
    const double* value = tree.value_of(tree.leaf([&](std::int32_t c) { return x[static_cast<std::size_t>(c)]; }));
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += value[k];
  }
  for (double& v : out) v /= static_cast<double>(trees.size());
}

std::vector<double> forest::predict_quantiles(const feature_rows& x, std::span<const double> probabilities,
                                              const exec::context& context) const {
  const char* where = "forest::predict_quantiles";
  check_columns(where, x, columns());
  if (kept.empty() || kept.size() != trees.size()) {
    check::fail_domain(where, "the forest", std::string_view("without training targets"), "fitted with keep_rows");
  }
  for (const double p : probabilities) check::probability(where, "a probability", p);
  const std::size_t q = probabilities.size();
  std::vector<double> out(static_cast<std::size_t>(x.rows()) * q);
  exec::for_each_range(
      context, x.rows(),
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::pair<float, double>> rows;
        for (std::int64_t i = begin; i < end; ++i) {
          rows.clear();
          for (std::size_t t = 0; t < trees.size(); ++t) {
            const auto leaf = static_cast<std::size_t>(trees[t].leaf([&](std::int32_t c) { return x(i, c); }));
            const auto from = static_cast<std::size_t>(kept[t].begin[leaf]),
                       to = static_cast<std::size_t>(kept[t].begin[leaf + 1]);
            double all = 0.0;
            for (std::size_t k = from; k < to; ++k) all += kept[t].weight[k];
            for (std::size_t k = from; k < to; ++k) rows.emplace_back(kept[t].target[k], kept[t].weight[k] / all);
          }
          std::sort(rows.begin(), rows.end());
          for (std::size_t j = 0; j < q; ++j) {
            const double wanted = probabilities[j] * static_cast<double>(trees.size());
            double below = 0.0;
            std::size_t k = 0;
            // The sum of the weights is the number of trees, up to rounding.
            while (k + 1 < rows.size() && (below += rows[k].second) < wanted - 1e-9) ++k;
            out[static_cast<std::size_t>(i) * q + j] = rows[k].first;
          }
        }
      },
      64);
  return out;
}

}  // namespace credence::ensemble
