// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/metrics/calibration.hpp"
#include "credence/metrics/classification.hpp"
#include "credence/metrics/intervals.hpp"
#include "credence/metrics/ranking.hpp"
#include "credence/metrics/regression.hpp"
#include "credence/metrics/smooth.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace credence;
using namespace credence::metrics;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Scores with many ties, classes that go with them, and whole weights (some 0).
struct sample {
  std::vector<double> scores, weights;
  std::vector<std::int32_t> truth;
};

sample make_sample(std::uint64_t seed, std::size_t n, std::uint64_t levels = 12) {
  const rng_key key{seed, 0};
  const auto part = [&](std::uint64_t what) { return key.split(purpose::test, what); };
  sample out;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = static_cast<double>(random::integer_below(part(0), i, levels)) / static_cast<double>(levels);
    out.scores.push_back(s);
    out.truth.push_back(random::uniform(part(1), i) < 0.2 + 0.5 * s ? 1 : 0);
    out.weights.push_back(static_cast<double>(random::integer_below(part(2), i, 4)));
  }
  return out;
}

/// Every row as often as its weight says.
sample repeat(const sample& s) {
  sample out;
  for (std::size_t i = 0; i < s.scores.size(); ++i) {
    for (int k = 0; k < static_cast<int>(s.weights[i]); ++k) {
      out.scores.push_back(s.scores[i]);
      out.truth.push_back(s.truth[i]);
    }
  }
  return out;
}

/// P(positive above negative) + half of ties, pair by pair.
double auc_by_pairs(const sample& s) {
  double right = 0.0, pairs = 0.0;
  for (std::size_t i = 0; i < s.scores.size(); ++i) {
    for (std::size_t j = 0; j < s.scores.size(); ++j) {
      if (s.truth[i] != 1 || s.truth[j] != 0) continue;
      const double w = s.weights[i] * s.weights[j];
      pairs += w;
      right += w * (s.scores[i] > s.scores[j] ? 1.0 : (s.scores[i] == s.scores[j] ? 0.5 : 0.0));
    }
  }
  return right / pairs;
}

/// Average precision by counting anew at each distinct score.
double average_precision_by_counting(const sample& s) {
  std::vector<double> levels = s.scores;
  std::sort(levels.begin(), levels.end(), std::greater<>());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  double all = 0.0, sum = 0.0, recall = 0.0;
  for (std::size_t i = 0; i < s.scores.size(); ++i) all += s.truth[i] * s.weights[i];
  for (const double level : levels) {
    double tp = 0.0, fp = 0.0;
    for (std::size_t i = 0; i < s.scores.size(); ++i) {
      if (s.scores[i] >= level) (s.truth[i] == 1 ? tp : fp) += s.weights[i];
    }
    if (tp + fp == 0.0) continue;
    sum += (tp / all - recall) * tp / (tp + fp);
    recall = tp / all;
  }
  return sum;
}

}  // namespace

TEST_CASE("roc_auc and average_precision: two textbook examples", "[metrics][ranking]") {
  // Fawcett, "An introduction to ROC analysis", 2006, figure 3: twenty instances.
  const std::vector<double> scores = {.9, .8,  .7,  .6,  .55, .54, .53, .52, .51, .505,
                                      .4, .39, .38, .37, .36, .35, .34, .33, .3,  .1};
  const std::vector<std::int32_t> truth = {1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0};
  CHECK_THAT(roc_auc(scores, truth), WithinAbs(0.68, 1e-15));
  const roc_points curve = roc_curve(scores, truth);
  CHECK(curve.thresholds.front() == infinity);
  CHECK(curve.true_positive_rate[1] == 0.1);
  CHECK(curve.false_positive_rate[3] == 0.1);
  CHECK(curve.true_positive_rate.back() == 1.0);
  // The example of scikit-learn's documentation.
  const std::vector<double> four = {.1, .4, .35, .8};
  const std::vector<std::int32_t> labels = {0, 0, 1, 1};
  CHECK(roc_auc(four, labels) == 0.75);
  CHECK_THAT(average_precision(four, labels), WithinAbs(5.0 / 6.0, 1e-15));
}

TEST_CASE("ranking metrics: equal counting by hand, with ties and weights", "[metrics][ranking]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const sample s = make_sample(seed, 60, 3 + seed);
    CAPTURE(seed);
    // Sums of at most a few hundred whole numbers are exact; only the divisions round.
    CHECK_THAT(roc_auc(s.scores, s.truth, s.weights), WithinAbs(auc_by_pairs(s), 1e-14));
    CHECK_THAT(average_precision(s.scores, s.truth, s.weights), WithinAbs(average_precision_by_counting(s), 1e-14));
    const sample r = repeat(s);
    CHECK(roc_auc(s.scores, s.truth, s.weights) == roc_auc(r.scores, r.truth));
    CHECK(average_precision(s.scores, s.truth, s.weights) == average_precision(r.scores, r.truth));
    CHECK(precision_recall_area(s.scores, s.truth, s.weights) == precision_recall_area(r.scores, r.truth));
    // Only the order counts.
    sample moved = s;
    for (double& x : moved.scores) x = std::exp(3.0 * x) - 5.0;
    CHECK(roc_auc(moved.scores, s.truth, s.weights) == roc_auc(s.scores, s.truth, s.weights));
    // Classes swapped and scores negated: the same area.
    sample turned = s;
    for (double& x : turned.scores) x = -x;
    for (auto& c : turned.truth) c = 1 - c;
    CHECK_THAT(roc_auc(turned.scores, turned.truth, s.weights),
               WithinAbs(roc_auc(s.scores, s.truth, s.weights), 1e-14));
  }
  const std::vector<double> same(6, 0.3);
  const std::vector<std::int32_t> truth = {0, 1, 1, 0, 0, 0};
  CHECK(roc_auc(same, truth) == 0.5);
  CHECK(average_precision(same, truth) == 2.0 / 6.0);
  CHECK(precision_recall_area(same, truth) == 2.0 / 6.0);
}

TEST_CASE("precision_recall_area: is the integral of the interpolated curve", "[metrics][ranking]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const sample s = make_sample(seed, 80, 6);
    const ranking_counts c = count_ranking(s.scores, s.truth, s.weights);
    double sum = 0.0;
    for (std::size_t i = 1; i < c.thresholds.size(); ++i) {
      const double from = c.true_positives[i - 1], to = c.true_positives[i];
      const int steps = 20000;
      for (int k = 0; k < steps; ++k) {
        const double t = (k + 0.5) / steps, tp = from + t * (to - from);
        const double fp = c.false_positives[i - 1] + t * (c.false_positives[i] - c.false_positives[i - 1]);
        sum += (to - from) / steps * tp / (tp + fp);
      }
    }
    // The midpoint rule with 20,000 steps a piece: error of the order 1e-9.
    CHECK_THAT(precision_recall_area(s.scores, s.truth, s.weights), WithinAbs(sum / c.positives, 1e-8));
  }
}

TEST_CASE("classification metrics: worked examples", "[metrics][classification]") {
  // Cohen's kappa of the usual table 20 5 / 10 15: (0.7 - 0.5) / (1 - 0.5).
  const confusion_matrix two{2, {20, 5, 10, 15}};
  CHECK_THAT(cohen_kappa(two), WithinAbs(0.4, 1e-15));
  CHECK_THAT(accuracy(two), WithinAbs(0.7, 1e-15));
  CHECK_THAT(balanced_accuracy(two), WithinAbs(0.7, 1e-15));
  CHECK_THAT(matthews_correlation(two), WithinAbs((20.0 * 15 - 5 * 10) / std::sqrt(25.0 * 25 * 30 * 20), 1e-15));
  CHECK_THAT(f_beta(two, 1), WithinAbs(2 * 0.75 * 0.6 / (0.75 + 0.6), 1e-15));
  CHECK_THAT(f_beta(two, 1, 2.0), WithinAbs(5 * 0.75 * 0.6 / (4 * 0.75 + 0.6), 1e-15));
  CHECK_THAT(macro_f_beta(two), WithinAbs(0.5 * (f_beta(two, 0) + f_beta(two, 1)), 1e-15));
  // Gorodkin's coefficient, computed from the covariances of the indicators.
  const confusion_matrix three{3, {4, 1, 0, 2, 3, 1, 0, 0, 5}};
  double cov_tp = 0.0, cov_tt = 0.0, cov_pp = 0.0;
  const double n = three.total();
  for (int k = 0; k < 3; ++k) {
    const double t = three.of_truth(k) / n, p = three.of_predicted(k) / n;
    cov_tp += three.count(k, k) / n - t * p;
    cov_tt += t - t * t;
    cov_pp += p - p * p;
  }
  CHECK_THAT(matthews_correlation(three), WithinAbs(cov_tp / std::sqrt(cov_tt * cov_pp), 1e-14));
  CHECK(std::isnan(cohen_kappa({2, {7, 0, 0, 0}})));
  CHECK(matthews_correlation({2, {7, 0, 3, 0}}) == 0.0);
  CHECK(f_beta({2, {7, 0, 0, 0}}, 1) == 0.0);

  const std::vector<double> p = {0.9, 0.1, 0.3, 0.7, 0.5, 0.5, 1.0, 0.0};
  const std::vector<std::int32_t> truth = {0, 1, 0, 1};
  const view<const double, 2> rows(p.data(), 4, 2);
  // The last row is wrong and certain: it costs -ln 2^-52.
  CHECK_THAT(log_loss(rows, truth),
             WithinRel(-(std::log(0.9) + std::log(0.7) + std::log(0.5) + std::log(0x1p-52)) / 4, 1e-14));
  CHECK(most_probable(rows) == std::vector<std::int32_t>{0, 1, 0, 0});
  const std::vector<double> of_one = {0.1, 0.7, 0.5, 0.0};
  CHECK_THAT(brier_score(of_one, truth), WithinAbs((0.01 + 0.09 + 0.25 + 1.0) / 4, 1e-15));
  CHECK_THAT(brier_score(rows, truth), WithinAbs(2 * (0.01 + 0.09 + 0.25 + 1.0) / 4, 1e-15));
  const std::vector<double> weights = {1, 0, 2, 0};
  CHECK_THAT(log_loss(rows, truth, weights), WithinAbs(-(std::log(0.9) + 2 * std::log(0.5)) / 3, 1e-14));
}

TEST_CASE("regression metrics: worked example and weights", "[metrics][regression]") {
  const std::vector<double> y = {3, -0.5, 2, 7}, p = {2.5, 0.0, 2, 8};
  CHECK(mean_squared_error(y, p) == 0.375);
  CHECK(root_mean_squared_error(y, p) == std::sqrt(0.375));
  CHECK(mean_absolute_error(y, p) == 0.5);
  CHECK_THAT(r2(y, p), WithinAbs(0.948608137044967, 1e-14));  // 1 - 1.5 / 29.1875
  CHECK_THAT(pinball_loss(y, p, 0.1), WithinAbs((0.1 * 0.5 + 0.9 * 0.5 + 0.9 * 1.0) / 4, 1e-15));
  const std::vector<double> weights = {2, 1, 0, 1}, y2 = {3, 3, -0.5, 7}, p2 = {2.5, 2.5, 0.0, 8};
  CHECK(mean_squared_error(y, p, weights) == mean_squared_error(y2, p2));
  CHECK_THAT(r2(y, p, weights), WithinAbs(r2(y2, p2), 1e-15));
  const std::vector<double> constant = {2, 2}, off = {2, 3};
  CHECK(r2(constant, constant) == 1.0);
  CHECK(r2(constant, off) == -infinity);
  const std::vector<double> counts = {0, 2}, rates = {0.5, 1.0};
  CHECK_THAT(poisson_deviance(counts, rates), WithinAbs(0.5 * 2 * (0.5 + 2 * std::log(2.0) - 1), 1e-15));
}

TEST_CASE("calibration_curve: every row in one bin, ties together", "[metrics][calibration]") {
  const sample s = make_sample(3, 500, 40);
  for (const auto how : {calibration_bins::equal_width, calibration_bins::equal_count}) {
    const calibration_points all = calibration_curve(s.scores, s.truth, 7, how, s.weights);
    double weight = 0.0, positives = 0.0, sum = 0.0, expected_weight = 0.0, expected_positives = 0.0, expected = 0.0;
    for (std::size_t b = 0; b < all.weight.size(); ++b) {
      weight += all.weight[b];
      positives += all.weight[b] * all.observed[b];
      sum += all.weight[b] * all.mean_probability[b];
      if (b > 0) CHECK(all.mean_probability[b] > all.mean_probability[b - 1]);
    }
    for (std::size_t i = 0; i < s.scores.size(); ++i) {
      expected_weight += s.weights[i];
      expected_positives += s.weights[i] * s.truth[i];
      expected += s.weights[i] * s.scores[i];
    }
    CHECK(weight == expected_weight);
    CHECK_THAT(positives, WithinAbs(expected_positives, 1e-10));
    CHECK_THAT(sum, WithinAbs(expected, 1e-10));
    CHECK(all.weight.size() == 7);
  }
  const std::vector<double> p = {0.1, 0.15, 0.95, 1.0};
  const std::vector<std::int32_t> truth = {0, 1, 1, 1};
  const calibration_points two = calibration_curve(p, truth, 10);
  CHECK(two.observed == std::vector<double>{0.5, 1.0});
  CHECK_THAT(expected_calibration_error(two), WithinAbs(0.5 * 0.375 + 0.5 * 0.025, 1e-15));
}

TEST_CASE("delong_interval: equals the definition by pairs", "[metrics][intervals]") {
  const sample s = make_sample(5, 70, 15), other = make_sample(6, 70, 9);
  const auto parts = [&](const std::vector<double>& scores, std::vector<double>& v10, std::vector<double>& v01) {
    for (int c = 1; c >= 0; --c) {
      for (std::size_t i = 0; i < scores.size(); ++i) {
        if (s.truth[i] != c) continue;
        double sum = 0.0, count = 0.0;
        for (std::size_t j = 0; j < scores.size(); ++j) {
          if (s.truth[j] == c) continue;
          const double high = c == 1 ? scores[i] : scores[j], low = c == 1 ? scores[j] : scores[i];
          sum += high > low ? 1.0 : (high == low ? 0.5 : 0.0);
          count += 1.0;
        }
        (c == 1 ? v10 : v01).push_back(sum / count);
      }
    }
  };
  const auto mean = [](const std::vector<double>& v) {
    double sum = 0.0;
    for (const double x : v) sum += x;
    return sum / static_cast<double>(v.size());
  };
  const auto cov = [&](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean(a)) * (b[i] - mean(b));
    return sum / static_cast<double>(a.size() - 1) / static_cast<double>(a.size());
  };
  std::vector<double> a10, a01, b10, b01;
  parts(s.scores, a10, a01);
  parts(other.scores, b10, b01);
  const interval got = delong_interval(s.scores, s.truth);
  CHECK_THAT(got.estimate, WithinAbs(mean(a10), 1e-14));
  CHECK_THAT(got.estimate, WithinAbs(roc_auc(s.scores, s.truth), 1e-14));
  CHECK_THAT(got.std_error, WithinAbs(std::sqrt(cov(a10, a10) + cov(a01, a01)), 1e-14));
  CHECK_THAT(got.upper - got.lower, WithinAbs(2 * 1.959963984540054 * got.std_error, 1e-12));
  const auc_comparison test = delong_test(s.scores, other.scores, s.truth);
  const double variance =
      cov(a10, a10) + cov(a01, a01) + cov(b10, b10) + cov(b01, b01) - 2 * (cov(a10, b10) + cov(a01, b01));
  CHECK_THAT(test.difference, WithinAbs(mean(a10) - mean(b10), 1e-14));
  CHECK_THAT(test.std_error, WithinAbs(std::sqrt(variance), 1e-13));
  CHECK_THAT(test.p_value, WithinAbs(std::erfc(std::abs(test.z) / std::sqrt(2.0)), 1e-14));
  const auc_comparison self = delong_test(s.scores, s.scores, s.truth);
  CHECK(self.p_value == 1.0);
}

TEST_CASE("intervals: cover the truth as often as they say", "[metrics][intervals]") {
  // Positives are N(1, 1), negatives N(0, 1): the area is Phi(1 / sqrt 2).
  const double area = 0.5 * std::erfc(-0.5);
  const rng_key key{9, 0};
  int delong = 0, bootstrap = 0;
  const int repeats = 400;
  for (int r = 0; r < repeats; ++r) {
    std::vector<double> scores;
    std::vector<std::int32_t> truth;
    for (std::uint64_t i = 0; i < 120; ++i) {
      truth.push_back(i % 3 == 0 ? 1 : 0);
      scores.push_back(random::normal<double>(key.split(purpose::test, static_cast<std::uint64_t>(r)), i) +
                       truth.back());
    }
    const interval d = delong_interval(scores, truth, 0.9);
    delong += d.lower <= area && area <= d.upper ? 1 : 0;
    if (r >= 100) continue;
    const interval b = bootstrap_interval(
        120, [&](std::span<const double> w) { return roc_auc(scores, truth, w); },
        {.context = exec::cpu(1), .key = {static_cast<std::uint64_t>(r), 0}, .replicates = 200, .level = 0.9});
    bootstrap += b.lower <= area && area <= b.upper ? 1 : 0;
  }
  // 0.9 with four standard errors of 400 and 100 repeats (0.015, 0.03), and a few points for finite samples.
  CHECK(delong >= 0.9 * repeats - 0.08 * repeats);
  CHECK(delong <= 0.9 * repeats + 0.06 * repeats);
  CHECK(bootstrap >= 90 - 15);
}

TEST_CASE("bootstrap_interval: the same for any number of threads", "[metrics][intervals]") {
  const sample s = make_sample(8, 200);
  const auto score = [&](std::span<const double> w) { return average_precision(s.scores, s.truth, w); };
  const interval one = bootstrap_interval(200, score, {.context = exec::cpu(1), .key = {4, 0}, .replicates = 150});
  const interval three = bootstrap_interval(200, score, {.context = exec::cpu(3), .key = {4, 0}, .replicates = 150});
  CHECK(one.lower == three.lower);
  CHECK(one.upper == three.upper);
  CHECK(one.std_error == three.std_error);
  CHECK(one.lower < one.estimate);
  CHECK(one.estimate < one.upper);
}

TEST_CASE("smooth metrics: gradients by differences, hard limits", "[metrics][smooth]") {
  const sample s = make_sample(11, 40);
  std::vector<double> margins, gradient(40), unused;
  for (std::size_t i = 0; i < 40; ++i) margins.push_back(3.0 * random::normal<double>({1, 2}, i));
  const auto check_gradient = [&](const auto& score) {
    score(margins, std::span<double>(gradient));
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double h = 1e-5;
      std::vector<double> up = margins, down = margins;
      up[i] += h;
      down[i] -= h;
      const double difference = (score(up, std::span<double>()) - score(down, std::span<double>())) / (2 * h);
      CHECK_THAT(gradient[i], WithinAbs(difference, 1e-10));  // h^2 and eps / h are both about 1e-11
    }
  };
  check_gradient([&](const std::vector<double>& z, std::span<double> g) {
    return smooth_accuracy(z, s.truth, g, 0.7, s.weights);
  });
  check_gradient([&](const std::vector<double>& z, std::span<double> g) {
    return smooth_f_beta(z, s.truth, g, 2.0, 1.3, s.weights);
  });
  std::vector<std::int32_t> predicted;
  for (const double z : margins) predicted.push_back(z > 0 ? 1 : 0);
  const confusion_matrix hard = confusion(s.truth, predicted, 2, s.weights);
  CHECK_THAT(smooth_accuracy(margins, s.truth, {}, 1e-6, s.weights), WithinAbs(accuracy(hard), 1e-12));
  CHECK_THAT(smooth_f_beta(margins, s.truth, {}, 2.0, 1e-6, s.weights), WithinAbs(f_beta(hard, 1, 2.0), 1e-12));
}

TEST_CASE("metrics: bad input is named", "[metrics]") {
  const std::vector<double> scores = {0.1, 0.2, 0.3};
  const std::vector<std::int32_t> truth = {0, 1, 0}, none = {0, 0, 0}, wrong = {0, 2, 0};
  const std::vector<double> nan = {0.1, std::nan(""), 0.3}, zero(3, 0.0), negative = {1, -1, 1}, two = {1, 1};
  CHECK_THROWS_WITH(roc_auc(scores, none), Contains("class 1") && Contains("positive"));
  CHECK_THROWS_WITH(roc_auc(nan, truth), Contains("NaN"));
  CHECK_THROWS_WITH(roc_auc(scores, wrong), Contains("a class is 2"));
  CHECK_THROWS_WITH(roc_auc(scores, truth, zero), Contains("sum of the weights"));
  CHECK_THROWS_WITH(roc_auc(scores, truth, negative), Contains("weight is -1"));
  CHECK_THROWS_AS(roc_auc(scores, truth, two), shape_error);
  CHECK_THROWS_WITH(roc_auc({}, {}), Contains("rows"));
  CHECK_THROWS_WITH(delong_interval(scores, truth), Contains("at least 2"));
  CHECK_THROWS_WITH(f_beta({2, {1, 0, 0, 1}}, 1, 0.0), Contains("beta"));
  CHECK_THROWS_WITH(r2(scores, nan), Contains("NaN") && Contains("finite"));
  CHECK_THROWS_WITH(pinball_loss(scores, scores, 1.0), Contains("q is 1"));
}
