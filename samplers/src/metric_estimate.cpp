// SPDX-License-Identifier: BSD-3-Clause
#include "metric_estimate.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

namespace credence::detail {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using rows = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

constexpr double regularisation = 1e-5;  ///< added to both covariances, in units of the diagonal estimate
constexpr double kept_beyond = 2.0;      ///< eigenvalues within this factor of 1 are not worth their flops
/// Beyond this dimension the last draws span the subspace that is searched, so that a window costs seconds at most.
constexpr std::int64_t whole_space = 256, spanning_draws = 128;

MatrixXd centred(std::span<const double> values, std::int64_t d) {
  const rows all(values.data(), static_cast<std::int64_t>(values.size()) / d, d);
  return all.rowwise() - all.colwise().mean();
}

/// f of a symmetric positive definite matrix, by its eigenvalues.
template <class F>
MatrixXd apply_to_eigenvalues(const MatrixXd& a, const F& f) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(a);
  return eigen.eigenvectors() * eigen.eigenvalues().unaryExpr(f).asDiagonal() * eigen.eigenvectors().transpose();
}

/// The positive definite S with S gradients S = draws.
MatrixXd geometric_mean(const MatrixXd& draws, const MatrixXd& gradients) {
  const auto root = [](double x) { return std::sqrt(std::max(x, 1e-300)); };
  const MatrixXd half = apply_to_eigenvalues(draws, root);
  const MatrixXd middle = apply_to_eigenvalues(half * gradients * half, [&](double x) { return 1.0 / root(x); });
  const MatrixXd mean = half * middle * half;
  return 0.5 * (mean + mean.transpose());
}

metric low_rank(const VectorXd& scale, const MatrixXd& basis, const MatrixXd& mean) {
  metric made{metric::shape::low_rank, {scale.begin(), scale.end()}, {}, {}, {}};
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(mean);
  for (std::int64_t k = 0; k < mean.rows(); ++k) {
    const double value = eigen.eigenvalues()[k];
    if (!(value > kept_beyond || value < 1.0 / kept_beyond) || !(value > 0.0) || !std::isfinite(value)) continue;
    const VectorXd direction = basis * eigen.eigenvectors().col(k);
    made.stretch.push_back(std::sqrt(value));
    made.directions.insert(made.directions.end(), direction.begin(), direction.end());
  }
  return made;
}

metric dense(const MatrixXd& covariance) {
  const Eigen::LLT<MatrixXd> cholesky(covariance);
  const MatrixXd factor = cholesky.matrixL();
  metric made{metric::shape::dense, {}, {}, {}, {}};
  made.factor.resize(static_cast<std::size_t>(covariance.size()));
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      made.factor.data(), covariance.rows(), covariance.cols()) = factor;
  return made;
}

}  // namespace

double variance_from_gradients(double draw_variance, double gradient_variance) {
  const double variance = std::sqrt(draw_variance / gradient_variance);
  return std::isnan(variance) ? 1.0 : std::clamp(variance, 1e-20, 1e20);
}

metric dense_from_draws(const window_draws& window, double diagonal_weight) {
  const MatrixXd x = centred(window.positions, window.dimension);
  const auto n = static_cast<double>(x.rows());
  MatrixXd covariance = n > 1 ? MatrixXd(x.transpose() * x / (n - 1.0)) : MatrixXd::Zero(x.cols(), x.cols()).eval();
  const VectorXd diagonal = covariance.diagonal();
  covariance *= n / (n + diagonal_weight);
  covariance.diagonal() = diagonal;
  covariance *= n / (n + 5.0);
  covariance.diagonal().array() += 1e-3 * (5.0 / (n + 5.0));
  return dense(covariance);
}

metric from_gradients(metric::shape shape, const window_draws& window) {
  const std::int64_t d = window.dimension;
  MatrixXd x = centred(window.positions, d), g = centred(window.gradients, d);
  const auto n = static_cast<double>(x.rows());
  VectorXd scale(d);
  for (std::int64_t i = 0; i < d; ++i) {
    scale[i] = std::sqrt(variance_from_gradients(x.col(i).squaredNorm(), g.col(i).squaredNorm()));
  }
  if (shape == metric::shape::diagonal) return {shape, {scale.begin(), scale.end()}, {}, {}, {}};
  x.array().rowwise() /= scale.transpose().array();
  g.array().rowwise() *= scale.transpose().array();
  MatrixXd basis = MatrixXd::Identity(d, d);
  if (d > whole_space && shape == metric::shape::low_rank) {
    const std::int64_t last = std::min<std::int64_t>(x.rows(), spanning_draws);
    MatrixXd spanned(d, 2 * last);
    spanned << x.bottomRows(last).transpose(), g.bottomRows(last).transpose();
    if (spanned.cols() < d) {
      const Eigen::ColPivHouseholderQR<MatrixXd> qr(spanned);
      basis = qr.householderQ() * MatrixXd::Identity(d, std::min<std::int64_t>(qr.rank(), spanned.cols()));
    }
  }
  const auto covariance_of = [&](const MatrixXd& v) {
    const MatrixXd projected = v * basis;
    MatrixXd c = projected.transpose() * projected / n;
    c.diagonal().array() += regularisation;
    return c;
  };
  const MatrixXd mean = geometric_mean(covariance_of(x), covariance_of(g));
  if (!mean.allFinite()) return {metric::shape::diagonal, {scale.begin(), scale.end()}, {}, {}, {}};
  if (shape == metric::shape::low_rank) return low_rank(scale, basis, mean);
  return dense(scale.asDiagonal() * mean * scale.asDiagonal());
}

}  // namespace credence::detail
