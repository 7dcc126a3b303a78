// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/metric.hpp"
#include "credence/base/errors.hpp"
#include "credence/random/normal.hpp"
#include "credence/samplers/hmc.hpp"
#include "credence/samplers/nuts.hpp"
#include "credence/samplers/windowed_adaptation.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

#include <Eigen/Dense>

#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A normal target with any covariance, centred at 0.
struct normal_target {
  MatrixXd precision;
  [[nodiscard]] std::int64_t dimension() const { return precision.rows(); }
  void evaluate(const exec::context&, lanes_view<const double> x, std::span<double> value,
                lanes_view<double> gradient) const {
    const VectorXd at = Eigen::Map<const VectorXd>(x.data, precision.rows());
    const VectorXd slope = -(precision * at);
    value[0] = 0.5 * at.dot(slope);
    if (!gradient.empty()) Eigen::Map<VectorXd>(gradient.data, precision.rows()) = slope;
  }
};

MatrixXd example_covariance(std::int64_t d) {
  MatrixXd a(d, d);
  for (std::int64_t k = 0; k < d * d; ++k)
    a(k / d, k % d) = random::normal<double>({8, 0}, static_cast<std::uint64_t>(k));
  MatrixXd c = a * a.transpose() + 0.3 * MatrixXd::Identity(d, d);
  for (std::int64_t i = 0; i < d; ++i) {  // scales over some orders of magnitude
    const double scale = std::pow(10.0, 2.0 * static_cast<double>(i) / static_cast<double>(d) - 1.0);
    c.row(i) *= scale;
    c.col(i) *= scale;
  }
  return c;
}

std::vector<double> row_major(const MatrixXd& m) {
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = m;
  return {rows.data(), rows.data() + rows.size()};
}

MatrixXd covariance_of(const metric& m, std::int64_t d) {
  const std::vector<double> c = covariance(m, d);
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(c.data(), d, d);
}

metric low_rank_example(std::int64_t d) {
  // Two orthonormal directions from the QR decomposition of anything.
  MatrixXd any(d, 2);
  for (std::int64_t k = 0; k < 2 * d; ++k) any(k / 2, k % 2) = std::sin(1.0 + 3.0 * static_cast<double>(k));
  const MatrixXd q = Eigen::HouseholderQR<MatrixXd>(any).householderQ() * MatrixXd::Identity(d, 2);
  metric m{metric::shape::low_rank, {}, {}, {3.0, 0.2}, {}};
  for (std::int64_t i = 0; i < d; ++i) m.scale.push_back(0.5 + 0.1 * static_cast<double>(i));
  for (std::int64_t k = 0; k < 2; ++k) m.directions.insert(m.directions.end(), q.col(k).begin(), q.col(k).end());
  return m;
}

}  // namespace

TEST_CASE("metric: covariances and their diagonals", "[samplers][metric]") {
  const std::int64_t d = 7;
  const MatrixXd c = example_covariance(d);
  CHECK((covariance_of(dense_metric(row_major(c)), d) - c).norm() < 1e-12 * c.norm());
  const metric low = low_rank_example(d);
  MatrixXd l = MatrixXd::Identity(d, d);
  for (std::int64_t k = 0; k < 2; ++k) {
    const VectorXd u = Eigen::Map<const VectorXd>(low.directions.data() + k * d, d);
    l += (low.stretch[static_cast<std::size_t>(k)] - 1.0) * u * u.transpose();
  }
  l = Eigen::Map<const VectorXd>(low.scale.data(), d).asDiagonal() * l;
  CHECK((covariance_of(low, d) - l * l.transpose()).norm() < 1e-12);
  const std::vector<double> diagonal = variances(low, d);
  for (std::int64_t i = 0; i < d; ++i) {
    CHECK_THAT(diagonal[static_cast<std::size_t>(i)], WithinRel(covariance_of(low, d)(i, i), 1e-12));
  }
  CHECK(variances(metric{}, 2) == std::vector<double>{1.0, 1.0});
  CHECK(variances(diagonal_metric(std::vector<double>{4.0, 9.0}), 2) == std::vector<double>{4.0, 9.0});
}

TEST_CASE("metric: refuses what is none", "[samplers][metric]") {
  CHECK_THROWS_AS(dense_metric(std::vector<double>{1.0, 0.0, 0.0}), shape_error);
  CHECK_THROWS_WITH(dense_metric(std::vector<double>{1.0, 2.0, 2.0, 1.0}), Contains("pivot"));
  const correlated_normal target{2, 0.0};
  const std::vector<double> start{0.0, 0.0};
  metric wrong = diagonal_metric(std::vector<double>{1.0});
  CHECK_THROWS_AS(nuts::init(target, {.metric = wrong}, start), shape_error);
  wrong = low_rank_example(2);
  wrong.stretch[0] = -1.0;
  CHECK_THROWS_WITH(hmc::init(target, {.metric = wrong}, start), Contains("stretch is -1"));
}

TEST_CASE("metric: a transition is that of the whitened target with a unit metric", "[samplers][metric]") {
  // With x = L y, a chain on the target with metric L L^T and one on the target of y with unit metric take the same
  // steps, as both draw the same momenta.
  const std::int64_t d = 6;
  const bool low_rank = GENERATE(true, false);
  CAPTURE(low_rank);
  const MatrixXd target_covariance = example_covariance(d);
  const metric shape = low_rank ? low_rank_example(d) : dense_metric(row_major(0.7 * target_covariance));
  MatrixXd l(d, d);
  if (low_rank) {
    l.setIdentity();
    for (std::int64_t k = 0; k < 2; ++k) {
      const VectorXd u = Eigen::Map<const VectorXd>(shape.directions.data() + k * d, d);
      l += (shape.stretch[static_cast<std::size_t>(k)] - 1.0) * u * u.transpose();
    }
    l = Eigen::Map<const VectorXd>(shape.scale.data(), d).asDiagonal() * l;
  } else {
    l = MatrixXd(Eigen::LLT<MatrixXd>(0.7 * target_covariance).matrixL());
  }
  const normal_target plain{target_covariance.inverse()};
  const normal_target whitened{l.transpose() * plain.precision * l};
  VectorXd y = VectorXd::LinSpaced(d, -0.5, 0.5);
  const VectorXd x = l * y;
  const auto check = [&](const auto& with_metric, const auto& with_unit) {
    chain_state one = init(density_ref(plain), with_metric, {x.data(), static_cast<std::size_t>(d)});
    chain_state two = init(density_ref(whitened), with_unit, {y.data(), static_cast<std::size_t>(d)});
    for (std::uint64_t i = 0; i < 20; ++i) {
      const auto info_one = step({{3, 0}, 1, i}, density_ref(plain), with_metric, one);
      const auto info_two = step({{3, 0}, 1, i}, density_ref(whitened), with_unit, two);
      REQUIRE(info_one.leapfrogs == info_two.leapfrogs);
      CHECK_THAT(info_one.acceptance_rate, WithinAbs(info_two.acceptance_rate, 1e-8));
      const VectorXd seen = l * Eigen::Map<const VectorXd>(two.position.data(), d);
      for (std::int64_t k = 0; k < d; ++k) {
        // rounding, amplified along trajectories and by the condition of the metric
        CHECK_THAT(one.position[static_cast<std::size_t>(k)], WithinAbs(seen[k], 1e-8 * (1.0 + std::abs(seen[k]))));
      }
    }
  };
  check(nuts::options{.step_size = 0.2, .metric = shape, .max_depth = 6},
        nuts::options{.step_size = 0.2, .max_depth = 6});
  check(hmc::options{.step_size = 0.2, .metric = shape}, hmc::options{.step_size = 0.2});
}

TEST_CASE("windowed adaptation: gradients give the covariance of a normal target exactly", "[samplers][adaptation]") {
  const std::int64_t d = 12;
  const MatrixXd truth = example_covariance(d);
  const MatrixXd factor = Eigen::LLT<MatrixXd>(truth).matrixL();
  const MatrixXd precision = truth.inverse();
  const auto estimate = [&](metric::shape shape, metric_estimator estimator, int draws) {
    const windowed_adaptation::options opt{.start = 0, .window = draws, .finish = 0, .adapt_step_size = false};
    windowed_adaptation::options with = opt;
    with.shape = shape;
    with.estimator = estimator;
    auto now = windowed_adaptation::init(with, draws, d, 1.0, metric{});
    for (int i = 0; i < draws; ++i) {
      VectorXd z(d);
      for (std::int64_t k = 0; k < d; ++k) {
        z[k] = random::normal<double>({9, 1}, static_cast<std::uint64_t>(i * d + k));
      }
      const VectorXd x = factor * z, g = -(precision * x);
      windowed_adaptation::update(with, now, 0.8, {x.data(), static_cast<std::size_t>(d)},
                                  {g.data(), static_cast<std::size_t>(d)});
    }
    return now.estimate;
  };
  /// The largest factor by which a variance in any direction is wrong.
  const auto wrong_by = [&](const metric& m) {
    const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> both(covariance_of(m, d), truth);
    return std::max(both.eigenvalues().maxCoeff(), 1.0 / both.eigenvalues().minCoeff());
  };
  // 30 draws of a 12-dimensional target: their covariance is off manyfold, the geometric mean by its regularisation.
  CHECK(wrong_by(estimate(metric::shape::dense, metric_estimator::variance, 30)) > 2.0);
  CHECK(wrong_by(estimate(metric::shape::dense, metric_estimator::fisher, 30)) < 1.01);
  // The low-rank one leaves out what is within a factor of two.
  const metric low = estimate(metric::shape::low_rank, metric_estimator::fisher, 30);
  CHECK(wrong_by(low) < 2.05);
  CHECK(low.stretch.size() < 12);
  CHECK(low.stretch.size() > 1);
  // The directions are orthonormal.
  const auto k = static_cast<std::int64_t>(low.stretch.size());
  const MatrixXd u = Eigen::Map<const MatrixXd>(low.directions.data(), d, k);
  CHECK((u.transpose() * u - MatrixXd::Identity(k, k)).norm() < 1e-12);
  // A diagonal metric: sqrt(var x / var g), by hand.
  const metric diagonal = estimate(metric::shape::diagonal, metric_estimator::fisher, 30);
  VectorXd mean_x = VectorXd::Zero(d), mean_g = VectorXd::Zero(d), xx = VectorXd::Zero(d), gg = VectorXd::Zero(d);
  std::vector<VectorXd> xs, gs;
  for (int i = 0; i < 30; ++i) {
    VectorXd z(d);
    for (std::int64_t j = 0; j < d; ++j) z[j] = random::normal<double>({9, 1}, static_cast<std::uint64_t>(i * d + j));
    xs.emplace_back(factor * z);
    gs.emplace_back(-(precision * xs.back()));
    mean_x += xs.back() / 30.0;
    mean_g += gs.back() / 30.0;
  }
  for (int i = 0; i < 30; ++i) {
    xx += (xs[static_cast<std::size_t>(i)] - mean_x).cwiseAbs2();
    gg += (gs[static_cast<std::size_t>(i)] - mean_g).cwiseAbs2();
  }
  for (std::int64_t j = 0; j < d; ++j) {
    CHECK_THAT(diagonal.scale[static_cast<std::size_t>(j)], WithinRel(std::pow(xx[j] / gg[j], 0.25), 1e-10));
  }
}

TEST_CASE("windowed adaptation: refuses what cannot be learnt", "[samplers][adaptation]") {
  windowed_adaptation::options opt{.shape = metric::shape::low_rank};
  CHECK_THROWS_WITH(windowed_adaptation::init(opt, 100, 2, 1.0, metric{}), Contains("fisher"));
  opt.shape = metric::shape::unit;
  CHECK_THROWS_WITH(windowed_adaptation::init(opt, 100, 2, 1.0, metric{}), Contains("unit"));
}
