// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/ensemble/binning.hpp"
#include "credence/ensemble/gradient_boosting.hpp"
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

/// Gain of the best cut of a node between any two bins, by adding up everything anew: the slow twin of the histograms.
double exhaustive_gain(const made_rows& data, const std::vector<feature_bins>& cuts,
                       const std::vector<std::int64_t>& rows, const std::vector<double>& gradient, double l2,
                       double least_rows) {
  double best = 0.0, all_g = 0.0;
  for (const std::int64_t r : rows) all_g += gradient[static_cast<std::size_t>(r)];
  const auto n = static_cast<double>(rows.size());
  for (std::int64_t c = 0; c < data.columns; ++c) {
    std::vector<double> g(256, 0.0), h(256, 0.0);
    for (const std::int64_t r : rows) {
      const std::uint8_t bin =
          cuts[static_cast<std::size_t>(c)].bin(data.x[static_cast<std::size_t>(r * data.columns + c)]);
      g[bin] += gradient[static_cast<std::size_t>(r)];
      h[bin] += 1.0;
    }
    for (const bool missing_left : {false, true}) {
      double gl = missing_left ? g[255] : 0.0, hl = missing_left ? h[255] : 0.0;
      for (std::int32_t b = 0; b < cuts[static_cast<std::size_t>(c)].bins(); ++b) {
        gl += g[static_cast<std::size_t>(b)];
        hl += h[static_cast<std::size_t>(b)];
        if (hl < least_rows || n - hl < least_rows) continue;
        best = std::max(best,
                        gl * gl / (hl + l2) + (all_g - gl) * (all_g - gl) / (n - hl + l2) - all_g * all_g / (n + l2));
      }
    }
  }
  return best;
}

}  // namespace

TEST_CASE("gradient boosting: every split is the best of all cuts", "[ensemble][boosting]") {
  // Rows enough that the first levels need wide sums, the lower ones narrow ones; 20 columns are two groups.
  const made_rows data = make_rows({.seed = 3, .rows = 40000, .columns = 20, .missing = 0.05});
  const double l2 = 1.0;
  const auto model = gradient_boosting::fit(
      data.labelled(),
      {.rounds = 1, .learning_rate = 1.0, .max_depth = 6, .min_child_weight = 5.0, .l2 = l2, .context = exec::cpu(2)});
  const decision_tree& tree = model.trees[0];
  const auto cuts = find_bins(data.matrix(), data.features);
  std::vector<double> gradient;
  for (const double y : data.y) gradient.push_back(model.start[0] - y);
  std::vector<std::vector<std::int64_t>> rows(tree.nodes.size());
  rows[0].resize(static_cast<std::size_t>(data.rows));
  std::iota(rows[0].begin(), rows[0].end(), std::int64_t{0});
  std::int64_t splits = 0;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const tree_node& node = tree.nodes[i];
    double sum = 0.0;
    for (const std::int64_t r : rows[i]) sum += gradient[static_cast<std::size_t>(r)];
    CHECK(node.weight == static_cast<double>(rows[i].size()));
    if (node.feature < 0) {
      // Float storage of the leaf value: 2^-24.
      CHECK_THAT(tree.values[static_cast<std::size_t>(node.left)],
                 WithinRel(-sum / (static_cast<double>(rows[i].size()) + l2), 1e-6) || WithinAbs(0.0, 1e-9));
      continue;
    }
    ++splits;
    CAPTURE(i, node.feature, node.threshold, rows[i].size());
    // In the histograms gradients (up to 16 here) are multiples of 2^-13: the sum of n is off by 2^-13 sqrt(n / 12),
    // and the gain by twice that times the mean gradient, which is up to 5.
    const double tolerance = 20.0 * 0x1p-13 * std::sqrt(static_cast<double>(rows[i].size()) / 12.0);
    CHECK_THAT(node.gain, WithinAbs(exhaustive_gain(data, cuts, rows[i], gradient, l2, 5.0), tolerance));
    for (const std::int64_t r : rows[i]) {
      const auto x = [&](std::int32_t c) { return data.x[static_cast<std::size_t>(r * data.columns + c)]; };
      rows[static_cast<std::size_t>(tree.child(node, x))].push_back(r);
    }
  }
  CHECK(splits > 40);
}

TEST_CASE("gradient boosting: the same bits for any number of threads, for every loss and growth",
          "[ensemble][boosting]") {
  struct kind {
    boosting_loss loss;
    std::int32_t classes;
  };
  for (const kind k : {kind{boosting_loss::squared, 0}, kind{boosting_loss::absolute, 0},
                       kind{boosting_loss::logistic, 2}, kind{boosting_loss::softmax, 3}}) {
    const made_rows data =
        make_rows({.seed = 5, .rows = 50000, .columns = 7, .classes = k.classes, .missing = 0.02, .categorical = 1});
    for (const auto growth : {tree_growth::depth_wise, tree_growth::leaf_wise}) {
      boosting_options o{.loss = k.loss, .rounds = 4, .growth = growth, .row_fraction = 0.7, .column_fraction = 0.6};
      o.context = exec::cpu(1);
      const auto one = gradient_boosting::fit(data.labelled(), o);
      for (const int threads : {2, 5}) {
        o.context = exec::cpu(threads);
        const auto other = gradient_boosting::fit(data.labelled(), o);
        CHECK(one.trees == other.trees);
        CHECK(one.predict(data.matrix(), exec::cpu(1)) == other.predict(data.matrix(), exec::cpu(threads)));
      }
    }
  }
}

TEST_CASE("gradient boosting: batches, single rows and threads predict the same bits", "[ensemble][boosting]") {
  for (const std::int32_t classes : {0, 2, 3}) {
    for (const double missing : {0.0, 0.1}) {
      const made_rows data = make_rows({.seed = 8, .rows = 3000, .columns = 9, .classes = classes, .missing = missing});
      // Asked for rows unlike those of training too: missing where there was none, far outside, infinite.
      made_rows fresh = make_rows({.seed = 9, .rows = 1501, .columns = 9, .classes = classes, .missing = missing});
      fresh.x[5] = std::nan("");
      fresh.x[77] = 1e30;
      fresh.x[78] = -1e30;
      fresh.x[99] = HUGE_VAL;
      fresh.x[100] = -HUGE_VAL;
      for (const std::int32_t depth : {1, 3, 4, 5, 6, 8}) {
        const auto model = gradient_boosting::fit(data.labelled(), {.rounds = 25, .max_depth = depth});
        const std::int64_t k = classes > 0 ? classes : 1;
        const std::vector<double> all = model.predict(fresh.matrix(), exec::cpu(2));
        std::vector<float> narrow(fresh.x.begin(), fresh.x.end());
        std::vector<double> widened(narrow.begin(), narrow.end());
        const std::vector<double> of_floats =
            model.predict(view<const float, 2>(narrow.data(), fresh.rows, 9), exec::cpu(1));
        CHECK(of_floats == model.predict(view<const double, 2>(widened.data(), fresh.rows, 9), exec::cpu(1)));
        std::vector<double> one(static_cast<std::size_t>(k));
        std::int64_t different = 0;
        for (std::int64_t i = 0; i < fresh.rows; ++i) {
          model.predict_row(std::span<const double>(fresh.x).subspan(static_cast<std::size_t>(i * 9), 9), one);
          for (std::size_t c = 0; c < one.size(); ++c)
            different += one[c] != all[static_cast<std::size_t>(i * k) + c] ? 1 : 0;
        }
        CAPTURE(classes, missing, depth);
        CHECK(different == 0);
      }
    }
  }
}
