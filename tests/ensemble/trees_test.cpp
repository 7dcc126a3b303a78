// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/ensemble/cart.hpp"
#include "credence/ensemble/forest.hpp"
#include "credence/metrics/classification.hpp"
#include "ensemble/support.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace credence;
using namespace credence::ensemble;
using test::made_rows;
using test::make_rows;

namespace {

/// Weighted impurity of rows times their weight, by definition.
double impurity(const made_rows& data, const std::vector<std::int64_t>& rows, split_criterion criterion) {
  double all = 0.0, sum = 0.0;
  std::vector<double> part(static_cast<std::size_t>(std::max(1, data.classes)), 0.0);
  std::vector<double> y;
  for (const std::int64_t r : rows) {
    const double w = data.weights.empty() ? 1.0 : data.weights[static_cast<std::size_t>(r)];
    all += w;
    sum += w * data.y[static_cast<std::size_t>(r)];
    if (data.classes > 0) part[static_cast<std::size_t>(data.y[static_cast<std::size_t>(r)])] += w;
    for (int k = 0; k < static_cast<int>(w); ++k) y.push_back(data.y[static_cast<std::size_t>(r)]);
  }
  double out = 0.0;
  if (criterion == split_criterion::gini || criterion == split_criterion::entropy) {
    for (const double n : part) {
      const double p = n / all;
      out += criterion == split_criterion::gini ? p * (1.0 - p) : (p > 0.0 ? -p * std::log(p) : 0.0);
    }
    return out * all;
  }
  std::sort(y.begin(), y.end());
  const double middle = criterion == split_criterion::absolute ? y[y.size() / 2] : sum / all;
  for (const double v : y) {
    if (criterion == split_criterion::squared) out += (v - middle) * (v - middle);
    if (criterion == split_criterion::absolute) out += std::abs(v - middle);
    if (criterion == split_criterion::poisson) out += (v > 0.0 ? v * std::log(v / middle) : 0.0) - v + middle;
  }
  return out;
}

/// The largest fall of impurity by any cut of any column, missing values on either side.
double best_fall(const made_rows& data, const std::vector<std::int64_t>& rows, split_criterion criterion,
                 bool missing_may_go_left) {
  const double before = impurity(data, rows, criterion);
  double best = 0.0;
  for (std::int64_t c = 0; c < data.columns; ++c) {
    const auto value = [&](std::int64_t r) { return data.x[static_cast<std::size_t>(r * data.columns + c)]; };
    for (const std::int64_t at : rows) {
      if (std::isnan(value(at))) continue;
      for (const bool left_too : {false, true}) {
        if (left_too && !missing_may_go_left) continue;
        std::vector<std::int64_t> left, right;
        for (const std::int64_t r : rows) {
          const bool to_left = std::isnan(value(r)) ? left_too : value(r) <= value(at);
          (to_left ? left : right).push_back(r);
        }
        if (left.empty() || right.empty()) continue;
        best = std::max(best, before - impurity(data, left, criterion) - impurity(data, right, criterion));
      }
    }
  }
  return best;
}

void check_every_split(const made_rows& data, const tree_options& options, split_criterion criterion) {
  const cart fitted = cart::fit(data.labelled(), options);
  const decision_tree& tree = fitted.tree;
  std::vector<std::vector<std::int64_t>> rows(tree.nodes.size());
  rows[0].resize(static_cast<std::size_t>(data.rows));
  std::iota(rows[0].begin(), rows[0].end(), std::int64_t{0});
  int splits = 0;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const tree_node& node = tree.nodes[i];
    const double best = best_fall(data, rows[i], criterion, criterion != split_criterion::absolute);
    CAPTURE(to_string(criterion), i, rows[i].size(), node.feature, node.threshold);
    if (node.feature < 0) continue;
    ++splits;
    // Float storage of the gain: 2^-24 of it; sums in another order: 1e-12 of the impurity.
    CHECK_THAT(node.gain, WithinRel(best, 1e-6) || WithinAbs(best, 1e-9));
    for (const std::int64_t r : rows[i]) {
      const auto x = [&](std::int32_t c) { return data.x[static_cast<std::size_t>(r * data.columns + c)]; };
      rows[static_cast<std::size_t>(tree.child(node, x))].push_back(r);
    }
    const double fall = impurity(data, rows[i], criterion) -
                        impurity(data, rows[static_cast<std::size_t>(node.left)], criterion) -
                        impurity(data, rows[static_cast<std::size_t>(node.right)], criterion);
    CHECK_THAT(fall, WithinRel(best, 1e-6) || WithinAbs(best, 1e-9));
  }
  CHECK(splits > 3);
}

}  // namespace

TEST_CASE("cart: every split is the best of all, for every criterion", "[ensemble][cart]") {
  for (const std::uint64_t levels : {0U, 9U}) {  // exact search of many values; bins that hold one value each
    for (const std::int32_t classes : {0, 2, 3}) {
      made_rows data = make_rows(
          {.seed = 7 + levels, .rows = 160, .columns = 4, .classes = classes, .levels = levels, .missing = 0.08});
      const auto criteria = classes > 0
                                ? std::vector<split_criterion>{split_criterion::gini, split_criterion::entropy}
                                : std::vector<split_criterion>{split_criterion::squared, split_criterion::absolute,
                                                               split_criterion::poisson};
      for (const split_criterion criterion : criteria) {
        if (criterion == split_criterion::poisson) {
          for (double& y : data.y) y = std::floor(std::abs(3.0 * y));
        }
        check_every_split(data, {.criterion = criterion, .max_depth = 4, .context = exec::cpu(1)}, criterion);
      }
    }
  }
}

TEST_CASE("cart: histogram and exact search agree where distinct values fit the bins", "[ensemble][cart]") {
  const made_rows data =
      make_rows({.seed = 11, .rows = 3000, .columns = 5, .classes = 3, .levels = 40, .missing = 0.03});
  const cart by_bins = cart::fit(data.labelled(), {.max_depth = 8, .exact_rows = 0, .context = exec::cpu(1)});
  const cart by_values = cart::fit(data.labelled(), {.max_depth = 8, .exact_rows = 1 << 30, .context = exec::cpu(1)});
  CHECK(by_bins.tree == by_values.tree);
}

TEST_CASE("cart and forest: a weight of k is k equal rows", "[ensemble][cart][forest]") {
  for (const std::int32_t classes : {0, 2, 4}) {
    made_rows data = make_rows({.seed = 21, .rows = 250, .columns = 5, .classes = classes});
    made_rows repeated = data;
    repeated.x.clear();
    repeated.y.clear();
    repeated.rows = 0;
    for (std::int64_t i = 0; i < data.rows; ++i) {
      data.weights.push_back(static_cast<double>(1 + i % 3));
      for (std::int64_t k = 0; k < 1 + i % 3; ++k) {
        repeated.x.insert(repeated.x.end(), data.x.begin() + i * data.columns, data.x.begin() + (i + 1) * data.columns);
        repeated.y.push_back(data.y[static_cast<std::size_t>(i)]);
        ++repeated.rows;
      }
    }
    const tree_options o{.max_depth = 6, .min_leaf_weight = 3.0, .exact_rows = 1 << 20, .context = exec::cpu(1)};
    const cart weighted = cart::fit(data.labelled(), o), longer = cart::fit(repeated.labelled(), o);
    REQUIRE(weighted.tree.nodes.size() == longer.tree.nodes.size());
    for (std::size_t i = 0; i < weighted.tree.nodes.size(); ++i) {
      CHECK(weighted.tree.nodes[i].feature == longer.tree.nodes[i].feature);
      CHECK(weighted.tree.nodes[i].threshold == longer.tree.nodes[i].threshold);
      CHECK(weighted.tree.nodes[i].weight == longer.tree.nodes[i].weight);
    }
    // Units of the target depend on the number of rows and the weights: rounding of 2^-40 each.
    for (std::size_t i = 0; i < weighted.tree.values.size(); ++i) {
      CHECK_THAT(weighted.tree.values[i], WithinAbs(longer.tree.values[i], 1e-9));
    }
  }
}

TEST_CASE("cart: order of rows and columns does not matter", "[ensemble][cart]") {
  const made_rows data = make_rows({.seed = 31, .rows = 700, .columns = 5, .missing = 0.05});
  made_rows turned = data;
  for (std::int64_t i = 0; i < data.rows; ++i) {
    const std::int64_t from = (i * 311 + 17) % data.rows;
    turned.y[static_cast<std::size_t>(i)] = data.y[static_cast<std::size_t>(from)];
    for (std::int64_t c = 0; c < data.columns; ++c) {
      turned.x[static_cast<std::size_t>(i * data.columns + c)] =
          data.x[static_cast<std::size_t>(from * data.columns + c)];
    }
  }
  const tree_options o{.max_depth = 7, .context = exec::cpu(1)};
  CHECK(cart::fit(data.labelled(), o).tree == cart::fit(turned.labelled(), o).tree);
}

TEST_CASE("prune: the path falls from the whole tree to its root, and each step is the cheapest", "[ensemble][cart]") {
  const made_rows data = make_rows({.seed = 41, .rows = 500, .columns = 4, .classes = 2});
  const cart full = cart::fit(data.labelled(), {.max_depth = 7, .context = exec::cpu(1)});
  const std::vector<pruning_step> path = pruning_path(full.tree);
  REQUIRE(path.size() > 5);
  CHECK(path.front().leaves == full.tree.leaves());
  CHECK(path.back().leaves == 1);
  const auto cost = [&](const decision_tree& tree) {  // impurity of the leaves as part of all rows
    std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(tree.leaves()));
    for (std::int64_t r = 0; r < data.rows; ++r) {
      rows[static_cast<std::size_t>(tree.leaf([&](std::int32_t c) {
        return data.x[static_cast<std::size_t>(r * data.columns + c)];
      }))].push_back(r);
    }
    double sum = 0.0;
    for (const auto& of_leaf : rows) sum += impurity(data, of_leaf, split_criterion::gini);
    return sum / static_cast<double>(data.rows);
  };
  for (std::size_t k = 1; k < path.size(); ++k) {
    CHECK(path[k].alpha > path[k - 1].alpha);
    CHECK(path[k].leaves < path[k - 1].leaves);
    // At its alpha, the next tree costs as much as the one before (gains are floats: 1e-6), and in between the earlier
    // is kept.
    const decision_tree before = prune(full.tree, path[k - 1].alpha), now = prune(full.tree, path[k].alpha);
    CHECK(now.leaves() == path[k].leaves);
    CHECK(prune(full.tree, 0.5 * (path[k - 1].alpha + path[k].alpha)).leaves() == before.leaves());
    const double a = path[k].alpha;
    CHECK_THAT(cost(now) + a * static_cast<double>(now.leaves()),
               WithinRel(cost(before) + a * static_cast<double>(before.leaves()), 1e-5));
  }
}

TEST_CASE("forest: the same bits for any number of threads; out-of-bag error is that of new rows",
          "[ensemble][forest]") {
  const made_rows data =
      make_rows({.seed = 51, .rows = 3000, .columns = 8, .classes = 3, .missing = 0.02, .categorical = 1});
  const made_rows fresh =
      make_rows({.seed = 52, .rows = 3000, .columns = 8, .classes = 3, .missing = 0.02, .categorical = 1});
  for (const bool extra : {false, true}) {
    forest_options o = extra ? extra_trees() : forest_options{};
    o.trees = 60;
    o.bootstrap = true;
    o.key = {5, 0};
    o.context = exec::cpu(1);
    const forest one = forest::fit(data.labelled(), o);
    o.context = exec::cpu(4);
    const forest four = forest::fit(data.labelled(), o);
    CHECK(one.trees == four.trees);
    CHECK(one.out_of_bag == four.out_of_bag);
    const auto error = [](const std::vector<double>& p, const made_rows& rows) {
      const auto predicted = metrics::most_probable(view<const double, 2>(p.data(), rows.rows, 3));
      double wrong = 0.0;
      for (std::size_t i = 0; i < predicted.size(); ++i)
        wrong += predicted[i] != static_cast<std::int32_t>(rows.y[i]) ? 1.0 : 0.0;
      return wrong / static_cast<double>(predicted.size());
    };
    const double bag = error(one.out_of_bag, data), test = error(one.predict(fresh.matrix(), exec::cpu(1)), fresh);
    CAPTURE(bag, test);
    // Two samples of 3000: standard error of the difference 0.012; and fewer trees vote out of bag.
    CHECK(std::abs(bag - test) < 0.04);
    CHECK(test < 0.35);
    // One row at a time: the same bits.
    const std::vector<double> all = one.predict(fresh.matrix(), exec::cpu(2));
    for (std::int64_t i = 0; i < 50; ++i) {
      std::vector<double> out(3);
      one.predict_row(std::span<const double>(fresh.x).subspan(static_cast<std::size_t>(i * 8), 8), out);
      for (std::size_t k = 0; k < 3; ++k) CHECK(out[k] == all[static_cast<std::size_t>(3 * i) + k]);
    }
  }
}

TEST_CASE("forest quantiles: those of the weighted training targets in a row's leaves", "[ensemble][forest]") {
  const made_rows data = make_rows({.seed = 61, .rows = 600, .columns = 4});
  const forest fitted = forest::fit(data.labelled(), {.trees = 20,
                                                      .tree = {.min_leaf_weight = 10.0, .exact_rows = 0},
                                                      .bootstrap = false,
                                                      .keep_rows = true,
                                                      .context = exec::cpu(2)});
  const std::vector<double> wanted = {0.1, 0.5, 0.9};
  const std::vector<double> got = fitted.predict_quantiles(data.matrix(), wanted);
  double covered = 0.0;
  for (std::int64_t i = 0; i < 100; ++i) {
    std::vector<double> weight(static_cast<std::size_t>(data.rows), 0.0);
    for (const decision_tree& tree : fitted.trees) {
      const auto leaf_of = [&](std::int64_t r) {
        return tree.leaf([&](std::int32_t c) { return data.x[static_cast<std::size_t>(r * data.columns + c)]; });
      };
      const std::int32_t leaf = leaf_of(i);
      std::vector<std::size_t> same;
      for (std::int64_t r = 0; r < data.rows; ++r) {
        if (leaf_of(r) == leaf) same.push_back(static_cast<std::size_t>(r));
      }
      for (const std::size_t r : same) weight[r] += 1.0 / static_cast<double>(same.size()) / 20.0;
    }
    std::vector<std::pair<double, double>> ordered;
    for (std::size_t r = 0; r < weight.size(); ++r) ordered.emplace_back(data.y[r], weight[r]);
    std::sort(ordered.begin(), ordered.end());
    for (std::size_t q = 0; q < wanted.size(); ++q) {
      double below = 0.0;
      std::size_t k = 0;
      while ((below += ordered[k].second) < wanted[q] - 1e-9) ++k;
      CHECK_THAT(got[static_cast<std::size_t>(3 * i) + q],
                 WithinAbs(ordered[k].first, 1e-6));  // targets kept as floats
    }
    covered += data.y[static_cast<std::size_t>(i)] >= got[static_cast<std::size_t>(3 * i)] &&
                       data.y[static_cast<std::size_t>(i)] <= got[static_cast<std::size_t>(3 * i) + 2]
                   ? 1.0
                   : 0.0;
  }
  CHECK(covered > 70.0);
}

TEST_CASE("trees: bad input is named", "[ensemble][cart][forest]") {
  made_rows data = make_rows({.seed = 71, .rows = 50, .columns = 3, .classes = 2});
  CHECK_THROWS_WITH(cart::fit(data.labelled(), {.criterion = split_criterion::squared}),
                    Contains("criterion") && Contains("gini"));
  CHECK_THROWS_WITH(forest::fit(data.labelled(), {.trees = 0}), Contains("trees is 0"));
  data.y[7] = 2.0;
  CHECK_THROWS_WITH(cart::fit(data.labelled()), Contains("row 7") && Contains("class"));
  data.y[7] = 1.0;
  data.x[4] = HUGE_VAL;
  CHECK_THROWS_WITH(cart::fit(data.labelled()), Contains("row 1") && Contains("Infinity"));
  for (std::size_t i = 1; i < data.x.size(); i += 3) data.x[i] = std::nan("");
  CHECK_THROWS_WITH(cart::fit(data.labelled()), Contains("column b") && Contains("missing in every row"));
  const made_rows good = make_rows({.seed = 72, .rows = 50, .columns = 3});
  const forest fitted = forest::fit(good.labelled(), {.trees = 2});
  CHECK_THROWS_AS(fitted.predict(view<const double, 2>(good.x.data(), 75, 2)), shape_error);
  const std::vector<double> half = {0.5};
  CHECK_THROWS_WITH(fitted.predict_quantiles(good.matrix(), half), Contains("keep_rows"));
}
