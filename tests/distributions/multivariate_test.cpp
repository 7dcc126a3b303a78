// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/distributions/categorical.hpp"
#include "credence/distributions/dirichlet.hpp"
#include "credence/distributions/multivariate_normal.hpp"
#include "support/catch.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

using namespace credence;

namespace {

using doubles = std::vector<double>;
constexpr double inf = std::numeric_limits<double>::infinity();

/// Derivative by central differences with Richardson extrapolation: error some 1e-10 for numbers of size 1.
double slope(const std::function<double(double)>& f, double at) {
  const double h = 1e-3 * (1.0 + std::abs(at));
  const auto difference = [&](double step) { return (f(at + step) - f(at - step)) / (2.0 * step); };
  return (64.0 * difference(h / 4) - 20.0 * difference(h / 2) + difference(h)) / 45.0;
}

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
matrix covariance_matrix() {
  matrix a(3, 3);
  a << 2.0, 0.0, 0.0, 0.5, 0.7, 0.0, -1.0, 0.3, 1.5;
  return a * a.transpose();
}
view<const double, 2> viewed(const matrix& m) { return view<const double, 2>(m.data(), m.rows(), m.cols()); }

}  // namespace

TEST_CASE("multivariate_normal: the three ways to state it agree with the textbook formula",
          "[distributions][multivariate_normal]") {
  const doubles mean{1.0, -2.0, 0.5}, x{0.3, 0.1, 2.0};
  const matrix sigma = covariance_matrix(), factor = sigma.llt().matrixL(), precision = sigma.inverse();
  const Eigen::Map<const Eigen::VectorXd> m(mean.data(), 3), v(x.data(), 3);
  const double expected = -0.5 * (v - m).dot(precision * (v - m)) - 0.5 * std::log(sigma.determinant()) -
                          1.5 * std::log(2.0 * 3.14159265358979323846);
  for (const auto& d : {multivariate_normal::from_covariance(mean, viewed(sigma)),
                        multivariate_normal::from_cholesky(mean, viewed(factor)),
                        multivariate_normal::from_precision(mean, viewed(precision))}) {
    CHECK_THAT(log_pdf(d, x), WithinRel(expected, 1e-13));  // condition number of sigma about 10
    for (std::size_t k = 0; k < 9; ++k) CHECK_THAT(covariance(d)[k], WithinAbs(sigma.data()[k], 1e-13));
    CHECK_THAT(entropy(d),
               WithinRel(0.5 * std::log((2.0 * 3.14159265358979323846 * std::exp(1.0) * sigma).determinant()), 1e-13));
    CHECK_THAT(kl_divergence(d, d), WithinAbs(0.0, 1e-14));
  }
  const matrix wide = 2.0 * sigma + matrix::Identity(3, 3);
  const doubles other{0.0, 0.0, 1.0};
  const auto p = multivariate_normal::from_covariance(mean, viewed(sigma));
  const auto q = multivariate_normal::from_covariance(other, viewed(wide));
  const Eigen::Map<const Eigen::VectorXd> o(other.data(), 3);
  const matrix inverse = wide.inverse();
  const double kl = 0.5 * ((inverse * sigma).trace() + (m - o).dot(inverse * (m - o)) - 3.0 +
                           std::log(wide.determinant() / sigma.determinant()));
  CHECK_THAT(kl_divergence(p, q), WithinRel(kl, 1e-13));
}

TEST_CASE("multivariate_normal: partials agree with finite differences", "[distributions][multivariate_normal]") {
  const doubles mean{1.0, -2.0, 0.5};
  doubles x{0.3, 0.1, 2.0}, dx(3), dcholesky(9);
  const auto d = multivariate_normal::from_covariance(mean, viewed(covariance_matrix()));
  CHECK(log_pdf_partials(d, x, dx, dcholesky) == log_pdf(d, x));
  for (std::size_t i = 0; i < 3; ++i) {
    const double expected = slope(
        [&](double v) {
          doubles y = x;
          y[i] = v;
          return log_pdf(d, y);
        },
        x[i]);
    CHECK_THAT(dx[i], WithinAbs(expected, 1e-8));
  }
  for (std::size_t k = 0; k < 9; ++k) {
    const bool below = k % 3 <= k / 3;
    const double expected = !below ? 0.0
                                   : slope(
                                         [&](double v) {
                                           auto e = d;
                                           e.cholesky[k] = v;
                                           return log_pdf(e, x);
                                         },
                                         d.cholesky[k]);
    CHECK_THAT(dcholesky[k], WithinAbs(expected, 1e-8));
  }
  x[1] = inf;
  CHECK(log_pdf_partials(d, x, dx, dcholesky) == -inf);
  CHECK((dx[0] == 0.0 && dcholesky[0] == 0.0));
  x[1] = std::nan("");
  CHECK(std::isnan(log_pdf(d, x)));
}

TEST_CASE("multivariate_normal: draws have its mean and covariance", "[distributions][multivariate_normal]") {
  const doubles mean{1.0, -2.0, 0.5};
  const matrix sigma = covariance_matrix();
  const auto d = multivariate_normal::from_covariance(mean, viewed(sigma));
  constexpr int draws = 20000;
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(3), x(3);
  matrix square = matrix::Zero(3, 3);
  for (int i = 0; i < draws; ++i) {
    sample(d, rng_key{5, 0}, static_cast<std::uint64_t>(i), std::span<double>(x.data(), 3));
    for (int k = 0; k < 3; ++k) x[k] -= mean[static_cast<std::size_t>(k)];
    sum += x;
    square += x * x.transpose();
  }
  for (int i = 0; i < 3; ++i) {
    CHECK_THAT(sum[i] / draws, WithinAbs(0.0, 5.0 * std::sqrt(sigma(i, i) / draws)));  // 5 standard errors
    for (int j = 0; j < 3; ++j) {
      const double error = std::sqrt((sigma(i, i) * sigma(j, j) + sigma(i, j) * sigma(i, j)) / draws);
      CHECK_THAT(square(i, j) / draws, WithinAbs(sigma(i, j), 5.0 * error));
    }
  }
}

TEST_CASE("multivariate_normal: refuses what is no covariance", "[distributions][multivariate_normal]") {
  const doubles mean{0.0, 0.0};
  matrix m(2, 2);
  m << 1.0, 2.0, 2.0, 1.0;
  CHECK_THROWS_WITH(multivariate_normal::from_covariance(mean, viewed(m)),
                    Contains("covariance") && Contains("positive definite"));
  m << 1.0, 0.5, 0.2, 1.0;
  CHECK_THROWS_AS(multivariate_normal::from_covariance(mean, viewed(m)), domain_error);
  CHECK_THROWS_WITH(multivariate_normal::from_cholesky(mean, viewed(m)), Contains("cholesky[0, 1] is 0.5"));
  m << 1.0, 0.0, 0.2, 0.0;
  CHECK_THROWS_WITH(multivariate_normal::from_cholesky(mean, viewed(m)), Contains("cholesky[1, 1] is 0"));
  const doubles longer{0.0, 0.0, 0.0};
  CHECK_THROWS_AS(multivariate_normal::from_covariance(longer, viewed(m)), shape_error);
}

TEST_CASE("dirichlet: agrees with the beta distribution and its own formula", "[distributions][dirichlet]") {
  const dirichlet d({2.0, 3.0, 0.5});
  const doubles x{0.2, 0.7, 0.1};
  const double expected = std::lgamma(5.5) - std::lgamma(2.0) - std::lgamma(3.0) - std::lgamma(0.5) + std::log(0.2) +
                          2.0 * std::log(0.7) - 0.5 * std::log(0.1);
  CHECK_THAT(log_pdf(d, x), WithinRel(expected, 1e-14));
  doubles dx(3), da(3);
  CHECK(log_pdf_partials(d, x, dx, da) == log_pdf(d, x));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK_THAT(dx[k], WithinRel((d.concentration[k] - 1.0) / x[k], 1e-15));
    const double by_a = slope(
        [&](double v) {
          doubles a = d.concentration;
          a[k] = v;
          return log_pdf(dirichlet(a), x);
        },
        d.concentration[k]);
    CHECK_THAT(da[k], WithinAbs(by_a, 1e-8));
  }
  CHECK(log_pdf(d, doubles{0.5, 0.6, -0.1}) == -inf);
  CHECK(log_pdf(d, doubles{0.5, 0.6, 0.1}) == -inf);
  CHECK(std::isnan(log_pdf(d, doubles{0.5, std::nan(""), 0.1})));
  CHECK(log_pdf_partials(d, doubles{0.5, 0.6, 0.1}, dx, da) == -inf);
  CHECK((dx[1] == 0.0 && da[1] == 0.0));
  CHECK_THROWS_WITH(dirichlet({1.0, 0.0}), Contains("concentration[1] is 0"));
  CHECK_THROWS_AS(log_pdf(d, doubles{0.5, 0.5}), shape_error);

  constexpr int draws = 20000;
  doubles total(3, 0.0), square(3, 0.0), draw(3);
  double log_sum = 0.0;
  for (int i = 0; i < draws; ++i) {
    sample(d, rng_key{9, 0}, static_cast<std::uint64_t>(i), draw);
    CHECK_THAT(std::accumulate(draw.begin(), draw.end(), 0.0), WithinAbs(1.0, 1e-14));
    for (std::size_t k = 0; k < 3; ++k) {
      const double centred = draw[k] - mean(d)[k];
      total[k] += centred;
      square[k] += centred * centred;
    }
    log_sum -= log_pdf(d, draw);
  }
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK_THAT(total[k] / draws, WithinAbs(0.0, 5.0 * std::sqrt(variance(d)[k] / draws)));  // 5 standard errors
    CHECK_THAT(square[k] / draws, WithinRel(variance(d)[k], 0.06));  // kurtosis below 6: 5 standard errors
  }
  CHECK_THAT(log_sum / draws, WithinAbs(entropy(d), 0.06));  // sd of log f about 1.5: 5 standard errors
}

TEST_CASE("categorical: log probabilities, partials and draws", "[distributions][categorical]") {
  const categorical d({0.2, 0.0, 0.5, 0.3});
  const categorical_logit same({std::log(0.2) + 700.0, -inf, std::log(0.5) + 700.0, std::log(0.3) + 700.0});
  for (int k = 0; k < 4; ++k) {
    const double expected = std::log(d.probabilities[static_cast<std::size_t>(k)]);
    CHECK_THAT(log_pdf(d, k), WithinRel(expected, 1e-15) || WithinAbs(expected, 0.0));
    if (k != 1) CHECK_THAT(log_pdf(same, k), WithinAbs(expected, 3e-13));  // logits of size 700: some units of 1e-13
  }
  for (const double x : {-1.0, 4.0, 0.5, inf}) {
    CHECK(log_pdf(d, x) == -inf);
    CHECK(log_pdf(same, x) == -inf);
  }
  CHECK(std::isnan(log_pdf(d, std::nan(""))));
  CHECK_THAT(entropy(same), WithinAbs(entropy(d), 1e-12));
  doubles dl(4);
  const categorical_logit free({0.3, -1.0, 2.0, 0.1});
  CHECK(log_pdf_partials(free, 2.0, dl) == log_pdf(free, 2.0));
  for (std::size_t k = 0; k < 4; ++k) {
    const double by = slope(
        [&](double v) {
          doubles l = free.logits;
          l[k] = v;
          return log_pdf(categorical_logit(l), 2.0);
        },
        free.logits[k]);
    CHECK_THAT(dl[k], WithinAbs(by, 1e-9));
  }
  CHECK(log_pdf_partials(d, 2.0, dl) == log_pdf(d, 2.0));
  CHECK((dl[2] == 2.0 && dl[0] == 0.0));
  constexpr int draws = 20000;
  doubles seen(4, 0.0), seen_logit(4, 0.0);
  for (int i = 0; i < draws; ++i) {
    ++seen[static_cast<std::size_t>(sample(d, rng_key{3, 0}, static_cast<std::uint64_t>(i)))];
    ++seen_logit[static_cast<std::size_t>(sample(same, rng_key{4, 0}, static_cast<std::uint64_t>(i)))];
  }
  for (std::size_t k = 0; k < 4; ++k) {
    const double p = d.probabilities[k];
    CHECK_THAT(seen[k] / draws, WithinAbs(p, 5.0 * std::sqrt(p * (1 - p) / draws)));
    CHECK_THAT(seen_logit[k] / draws, WithinAbs(p, 5.0 * std::sqrt(p * (1 - p) / draws)));
  }
  CHECK_THROWS_WITH(categorical({0.5, 0.6}), Contains("sum of probabilities is 1.1"));
  CHECK_THROWS_WITH(categorical({1.5, -0.5}), Contains("probabilities[0] is 1.5"));
  CHECK_THROWS_WITH(categorical_logit({0.0, std::nan("")}), Contains("logits[1] is NaN"));
}
