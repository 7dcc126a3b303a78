// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/distributions/beta.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/gaussian_series.hpp"
#include "credence/distributions/inverse_gamma.hpp"
#include "credence/distributions/lkj.hpp"
#include "credence/distributions/matrix_normal.hpp"
#include "credence/distributions/multivariate_normal.hpp"
#include "credence/distributions/multivariate_normal_low_rank.hpp"
#include "credence/distributions/multivariate_t.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/distributions/transforms.hpp"
#include "credence/distributions/wishart.hpp"
#include "several_numbers.hpp"

#include <boost/math/quadrature/tanh_sinh.hpp>

using namespace credence;
using namespace credence::test;

namespace {

/// Moments of draws of n numbers: mean and covariance within 5 standard errors of those given.
template <class Draw>
void check_moments(const Draw& draw, const doubles& mean, const matrix& covariance, double kurtosis = 1.0) {
  constexpr int draws = 20000;
  const auto n = static_cast<Eigen::Index>(mean.size());
  const Eigen::Map<const Eigen::VectorXd> m(mean.data(), n);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(n), x(n);
  matrix square = matrix::Zero(n, n);
  for (std::uint64_t i = 0; i < draws; ++i) {
    draw(i, std::span<double>(x.data(), mean.size()));
    sum += x - m;
    square += (x - m) * (x - m).transpose();
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    CHECK_THAT(sum[i] / draws, WithinAbs(0.0, 5.0 * std::sqrt(covariance(i, i) / draws) + 1e-300));
    for (Eigen::Index j = 0; j < n; ++j) {
      const double error =
          std::sqrt(kurtosis * (covariance(i, i) * covariance(j, j) + covariance(i, j) * covariance(i, j)) / draws);
      CHECK_THAT(square(i, j) / draws, WithinAbs(covariance(i, j), 5.0 * error + 1e-300));
    }
  }
}

}  // namespace

TEST_CASE("multivariate_t: one dimension is student_t, many degrees of freedom a normal",
          "[distributions][multivariate_t]") {
  matrix one(1, 1);
  one << 2.5;
  const auto d1 = multivariate_t::from_cholesky(3.7, doubles{0.4}, viewed(one));
  for (const double x : {-3.0, 0.4, 1e5}) {
    CHECK_THAT(log_pdf(d1, doubles{x}), WithinRel(log_pdf(student_t{3.7, 0.4, 2.5}, x), 1e-14));
  }
  const doubles mean{1.0, -2.0, 0.5}, x{0.3, 0.1, 2.0};
  const matrix sigma = example_covariance();
  const auto wide = multivariate_t::from_scale(1e12, mean, viewed(sigma));
  CHECK_THAT(log_pdf(wide, x), WithinAbs(log_pdf(multivariate_normal::from_covariance(mean, viewed(sigma)), x), 1e-10));
  const auto d = multivariate_t::from_scale(4.5, mean, viewed(sigma));
  doubles dx(3), dl(9);
  double ddf = 0.0;
  CHECK(log_pdf_partials(d, x, dx, ddf, dl) == log_pdf(d, x));
  check_slopes([&](const doubles& v) { return log_pdf(d, v); }, x, dx);
  check_slopes(
      [&](const doubles& v) {
        auto e = d;
        e.df = v[0];
        return log_pdf(e, x);
      },
      {4.5}, {ddf});
  doubles expected = dl;
  for (std::size_t k = 0; k < 9; ++k) {
    if (k % 3 > k / 3) {
      CHECK(dl[k] == 0.0);
      continue;
    }
    expected[k] = slope(
        [&](double v) {
          auto e = d;
          e.cholesky[k] = v;
          return log_pdf(e, x);
        },
        d.cholesky[k]);
    CHECK_THAT(dl[k], WithinAbs(expected[k], 1e-8));
  }
  const auto many = multivariate_t::from_scale(12.0, mean, viewed(sigma));  // fourth moments exist: excess 6 / 8
  check_moments(
      [&](std::uint64_t i, std::span<double> out) {
        sample(many, rng_key{5, 0}, i, out);
      },
      mean, as_matrix(covariance(many), 3, 3), 1.75);
  CHECK(log_pdf_partials(d, doubles{0.3, inf, 2.0}, dx, ddf, dl) == -inf);
  CHECK((dx[0] == 0.0 && ddf == 0.0 && dl[0] == 0.0));
  CHECK(std::isnan(log_pdf(d, doubles{0.3, std::nan(""), 2.0})));
  CHECK_THROWS_WITH(multivariate_t::from_scale(0.0, mean, viewed(sigma)), Contains("df is 0"));
  CHECK_THROWS_WITH(multivariate_t::from_cholesky(1.0, mean, viewed(sigma)), Contains("above the diagonal"));
}

TEST_CASE("multivariate_normal_low_rank: the dense normal with the same covariance",
          "[distributions][multivariate_normal]") {
  matrix f(4, 2);
  f << 1.0, 0.2, -0.5, 0.7, 0.0, 1.5, 2.0, -0.3;
  const doubles mean{1.0, -2.0, 0.5, 0.0}, v{0.5, 2.0, 0.1, 1.0}, x{0.3, 0.1, 2.0, -1.0};
  const multivariate_normal_low_rank d(mean, viewed(f), v);
  const matrix sigma = as_matrix(covariance(d), 4, 4);
  CHECK((sigma - f * f.transpose() - matrix(Eigen::Map<const Eigen::VectorXd>(v.data(), 4).asDiagonal())).norm() <
        1e-14);
  const auto dense = multivariate_normal::from_covariance(mean, viewed(sigma));
  CHECK_THAT(log_pdf(d, x), WithinRel(log_pdf(dense, x), 1e-13));  // condition number about 60
  CHECK_THAT(entropy(d), WithinRel(entropy(dense), 1e-13));
  doubles dx(4), df(8), dv(4);
  CHECK(log_pdf_partials(d, x, dx, df, dv) == log_pdf(d, x));
  check_slopes([&](const doubles& y) { return log_pdf(d, y); }, x, dx);
  check_slopes(
      [&](const doubles& y) { return log_pdf(multivariate_normal_low_rank(mean, viewed(as_matrix(y, 4, 2)), v), x); },
      doubles(f.data(), f.data() + 8), df);
  check_slopes([&](const doubles& y) { return log_pdf(multivariate_normal_low_rank(mean, viewed(f), y), x); }, v, dv);
  check_moments([&](std::uint64_t i, std::span<double> out) { sample(d, rng_key{6, 0}, i, out); }, mean, sigma);
  CHECK(log_pdf(d, doubles{0.3, -inf, 2.0, 1.0}) == -inf);
  CHECK_THROWS_WITH(multivariate_normal_low_rank(mean, viewed(f), doubles{1.0, 0.0, 1.0, 1.0}), Contains("variances"));
  CHECK_THROWS_AS(multivariate_normal_low_rank(mean, viewed(f), doubles{1.0}), shape_error);
}

TEST_CASE("wishart and inverse_wishart: gamma and inverse_gamma in one dimension", "[distributions][wishart]") {
  matrix v(1, 1), x(1, 1);
  v << 0.7;
  for (const double at : {0.1, 2.0, 9.0}) {
    x << at;
    CHECK_THAT(log_pdf(wishart(3.3, viewed(v)), viewed(x)),
               WithinRel(log_pdf(credence::gamma{1.65, 1.0 / 1.4}, at), 1e-13));
    CHECK_THAT(log_pdf(inverse_wishart(3.3, viewed(v)), viewed(x)),
               WithinRel(log_pdf(inverse_gamma{1.65, 0.35}, at), 1e-13));
  }
}

TEST_CASE("wishart and inverse_wishart: related by X -> X^-1, with their partials and draws",
          "[distributions][wishart]") {
  const matrix v = example_covariance();
  matrix x(3, 3);
  x << 5.0, 1.0, -0.5, 1.0, 3.0, 0.2, -0.5, 0.2, 6.0;
  const double df = 5.5;
  const matrix v_inverse = v.inverse(), x_inverse = x.inverse();
  const matrix symmetric = 0.5 * (v_inverse + v_inverse.transpose()),
               inverse = 0.5 * (x_inverse + x_inverse.transpose());
  const wishart d(df, viewed(v));
  const inverse_wishart e(df, viewed(symmetric));
  // the Jacobian of X -> X^-1 is det(X)^(n + 1)
  CHECK_THAT(log_pdf(e, viewed(inverse)), WithinRel(log_pdf(d, viewed(x)) + 4.0 * std::log(x.determinant()), 1e-12));
  const auto check = [&](const auto& law) {
    using law_type = std::decay_t<decltype(law)>;
    doubles dx(9), ds(9);
    double ddf = 0.0;
    CHECK(log_pdf_partials(law, viewed(x), dx, ddf, ds) == log_pdf(law, viewed(x)));
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j <= i; ++j) {
        // both entries move together; on the diagonal there is one
        const auto moved = [&](const matrix& from, double by) {
          matrix m = from;
          m(i, j) += by;
          if (i != j) m(j, i) += by;
          return m;
        };
        const auto together = [&](const doubles& g) {
          return i == j ? g[static_cast<std::size_t>(4 * i)]
                        : g[static_cast<std::size_t>(3 * i + j)] + g[static_cast<std::size_t>(3 * j + i)];
        };
        const matrix s = as_matrix(law.scale, 3, 3);
        CHECK_THAT(together(dx),
                   WithinAbs(slope([&](double t) { return log_pdf(law, viewed(moved(x, t))); }, 0.0), 1e-7));
        CHECK_THAT(
            together(ds),
            WithinAbs(slope([&](double t) { return log_pdf(law_type(df, viewed(moved(s, t))), viewed(x)); }, 0.0),
                      1e-7));
      }
    }
    check_slopes(
        [&](const doubles& t) { return log_pdf(law_type(t[0], viewed(as_matrix(law.scale, 3, 3))), viewed(x)); }, {df},
        {ddf});
    matrix bad = x;
    bad(0, 0) = -1.0;
    CHECK(log_pdf_partials(law, viewed(bad), dx, ddf, ds) == -inf);
    CHECK((dx[0] == 0.0 && ddf == 0.0));
    bad(0, 0) = std::nan("");
    CHECK(std::isnan(log_pdf(law, viewed(bad))));
  };
  check(d);
  check(inverse_wishart(df, viewed(v)));

  // draws: means, entry by entry; Var(W_ij) = df (v_ij^2 + v_ii v_jj)
  constexpr int draws = 20000;
  const inverse_wishart tall(14.0, viewed(v));
  doubles w(9), sum(9, 0.0), inverse_sum(9, 0.0), inverse_square(9, 0.0);
  for (std::uint64_t i = 0; i < draws; ++i) {
    sample(d, rng_key{3, 0}, i, w);
    for (std::size_t k = 0; k < 9; ++k) sum[k] += w[k];
    sample(tall, rng_key{4, 0}, i, w);
    for (std::size_t k = 0; k < 9; ++k) {
      inverse_sum[k] += w[k];
      inverse_square[k] += w[k] * w[k];
    }
  }
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const auto k = static_cast<std::size_t>(3 * i + j);
      const double sd = std::sqrt(df * (v(i, j) * v(i, j) + v(i, i) * v(j, j)));
      CHECK_THAT(sum[k] / draws, WithinAbs(mean(d)[k], 5.0 * sd / std::sqrt(draws)));
      const double m = inverse_sum[k] / draws, spread = std::sqrt(inverse_square[k] / draws - m * m);
      CHECK_THAT(m, WithinAbs(mean(tall)[k], 5.0 * spread / std::sqrt(draws)));
    }
  }
  CHECK_THROWS_WITH(wishart(2.0, viewed(v)), Contains("df is 2, but must be finite and above 2"));
  CHECK_THROWS_AS(mean(inverse_wishart(3.5, viewed(v))), domain_error);
  matrix skew = v;
  skew(0, 1) += 1.0;
  CHECK_THROWS_WITH(wishart(5.0, viewed(skew)), Contains("scale"));
}

TEST_CASE("lkj: normalised in two and three dimensions", "[distributions][lkj]") {
  boost::math::quadrature::tanh_sinh<double> rule;
  for (const double eta : {0.6, 1.0, 4.0}) {
    CAPTURE(eta);
    const lkj two(2, eta), three(3, eta);
    const auto density = [&](double r) {
      matrix m(2, 2);
      m << 1.0, r, r, 1.0;
      const double l = log_pdf(two, viewed(m));
      return std::exp(l);
    };
    // the singular ends of eta < 1 lie closer than doubles near 1 reach
    CHECK_THAT(rule.integrate(density, -1.0, 1.0), WithinAbs(1.0, eta < 1.0 ? 1e-6 : 1e-10));
    if (eta < 1.0) continue;
    // r23 between its bounds, in partial correlation: r23 = r12 r13 + p sqrt((1 - r12^2)(1 - r13^2))
    const auto inner = [&](double a, double b) {
      const double width = std::sqrt((1.0 - a * a) * (1.0 - b * b));
      return width * rule.integrate(
                         [&](double p) {
                           const double c = a * b + p * width;
                           matrix m(3, 3);
                           m << 1.0, a, b, a, 1.0, c, b, c, 1.0;
                           return std::exp(log_pdf(three, viewed(m)));
                         },
                         -1.0, 1.0, 1e-7);
    };
    // a rule is not to be entered again while it works
    boost::math::quadrature::tanh_sinh<double> middle, outer;
    const double total = outer.integrate(
        [&](double a) { return middle.integrate([&](double b) { return inner(a, b); }, -1.0, 1.0, 1e-6); }, -1.0, 1.0,
        1e-6);
    CHECK_THAT(total, WithinAbs(1.0, 1e-4));  // the three nested tolerances
  }
}

TEST_CASE("lkj and lkj_cholesky: differ by the Jacobian, partials, draws", "[distributions][lkj]") {
  const double eta = 2.3;
  const std::int64_t n = 4;
  doubles free{0.3, -0.8, 0.5, 1.1, -0.2, 0.4}, l(16), r(16);
  const double jacobian_l = constrain(transforms::cholesky_corr{}, n, free, l),
               jacobian_r = constrain(transforms::corr{}, n, free, r);
  const lkj_cholesky d(n, eta);
  const lkj e(n, eta);
  // both are densities of the same free numbers
  CHECK_THAT(log_pdf(d, viewed(as_matrix(l, n, n))) + jacobian_l,
             WithinAbs(log_pdf(e, viewed(as_matrix(r, n, n))) + jacobian_r, 1e-12));
  doubles dx(16);
  double deta = 0.0;
  CHECK(log_pdf_partials(d, viewed(as_matrix(l, n, n)), dx, deta) == log_pdf(d, viewed(as_matrix(l, n, n))));
  check_slopes([&](const doubles& t) { return log_pdf(lkj_cholesky(n, t[0]), viewed(as_matrix(l, n, n))); }, {eta},
               {deta});
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK_THAT(dx[5 * i],
               WithinRel((static_cast<double>(n) - static_cast<double>(i) + 2.0 * eta - 3.0) / l[5 * i], 1e-14));
  }
  CHECK(log_pdf_partials(e, viewed(as_matrix(r, n, n)), dx, deta) == log_pdf(e, viewed(as_matrix(r, n, n))));
  check_slopes([&](const doubles& t) { return log_pdf(lkj(n, t[0]), viewed(as_matrix(r, n, n))); }, {eta}, {deta});
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double together = slope(
          [&](double t) {
            doubles m = r;
            m[4 * i + j] += t;
            m[4 * j + i] += t;
            return log_pdf(e, viewed(as_matrix(m, n, n)));
          },
          0.0);
      CHECK_THAT(dx[4 * i + j] + dx[4 * j + i], WithinAbs(together, 1e-7));
    }
  }
  // each correlation of a draw is 2 beta(a, a) - 1 with a = eta + n / 2 - 1: its distribution function is uniform
  constexpr int draws = 4000;
  const double a = eta + 0.5 * static_cast<double>(n) - 1.0;
  for (const std::size_t place : {4U, 9U, 14U, 12U}) {
    double largest = 0.0;
    doubles u;
    for (std::uint64_t i = 0; i < draws; ++i) {
      sample(e, rng_key{7, 0}, i, r);
      u.push_back(cdf(beta{a, a}, 0.5 + 0.5 * r[place]));
    }
    std::sort(u.begin(), u.end());
    for (std::size_t k = 0; k < u.size(); ++k) {
      largest = std::max(largest, std::abs(u[k] - (static_cast<double>(k) + 0.5) / draws));
    }
    CHECK(largest < 2.5 / std::sqrt(draws));  // Kolmogorov: exceeded with probability 7e-6
  }
  sample(d, rng_key{7, 0}, 3, l);
  CHECK(log_pdf(d, viewed(as_matrix(l, n, n))) > -inf);
  l[0] = 1.1;
  CHECK(log_pdf(d, viewed(as_matrix(l, n, n))) == -inf);
  r[0] = 1.1;
  CHECK(log_pdf(e, viewed(as_matrix(r, n, n))) == -inf);
  r[1] = std::nan("");
  CHECK(std::isnan(log_pdf(e, viewed(as_matrix(r, n, n)))));
  CHECK_THROWS_WITH(lkj(3, 0.0), Contains("concentration is 0"));
  CHECK_THROWS_WITH(lkj_cholesky(0, 1.0), Contains("size is 0"));
}

TEST_CASE("matrix_normal: a multivariate normal of its entries", "[distributions][matrix_normal]") {
  matrix m(2, 3), a(2, 2), b(3, 3), x(2, 3);
  m << 1.0, 0.0, -1.0, 2.0, 0.5, 0.0;
  a << 1.5, 0.0, 0.4, 0.6;
  b = example_covariance().llt().matrixL();
  x << 0.3, 1.0, 0.2, -1.0, 0.5, 2.0;
  const matrix_normal d(viewed(m), viewed(a), viewed(b));
  matrix kron(6, 6);
  const matrix rows = a * a.transpose(), columns = b * b.transpose();
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) kron(i, j) = rows(i / 3, j / 3) * columns(i % 3, j % 3);
  }
  const doubles mean(m.data(), m.data() + 6), flat(x.data(), x.data() + 6);
  CHECK_THAT(log_pdf(d, viewed(x)),
             WithinRel(log_pdf(multivariate_normal::from_covariance(mean, viewed(kron)), flat), 1e-12));
  doubles dx(6), da(4), db(9);
  CHECK(log_pdf_partials(d, viewed(x), dx, da, db) == log_pdf(d, viewed(x)));
  check_slopes([&](const doubles& v) { return log_pdf(d, viewed(as_matrix(v, 2, 3))); }, flat, dx);
  const auto moved = [&](doubles matrix_normal::*which, const doubles& got, std::size_t n) {
    for (std::size_t k = 0; k < got.size(); ++k) {
      if (k % n > k / n) {
        CHECK(got[k] == 0.0);
        continue;
      }
      auto e = d;
      const double at = (e.*which)[k];
      CHECK_THAT(got[k], WithinAbs(slope(
                                       [&](double v) {
                                         (e.*which)[k] = v;
                                         return log_pdf(e, viewed(x));
                                       },
                                       at),
                                   1e-7));
    }
  };
  moved(&matrix_normal::row_cholesky, da, 2);
  moved(&matrix_normal::column_cholesky, db, 3);
  check_moments([&](std::uint64_t i, std::span<double> out) { sample(d, rng_key{9, 0}, i, out); }, mean, kron);
  x(0, 0) = inf;
  CHECK(log_pdf_partials(d, viewed(x), dx, da, db) == -inf);
  CHECK(da[0] == 0.0);
  CHECK_THROWS_AS(matrix_normal(viewed(m), viewed(b), viewed(b)), shape_error);
}

TEST_CASE("gaussian_ar1 and gaussian_random_walk: multivariate normals with known covariances",
          "[distributions][gaussian_series]") {
  const doubles x{0.4, 1.0, 0.2, -0.7, 0.9};
  const gaussian_ar1 ar(0.3, 0.7, 0.8);
  const gaussian_random_walk walk(0.1, 0.6, -0.2, 1.3);
  matrix ar_covariance(5, 5), walk_covariance(5, 5);
  doubles walk_mean;
  for (int i = 0; i < 5; ++i) {
    walk_mean.push_back(-0.2 + 0.1 * i);
    for (int j = 0; j < 5; ++j) {
      ar_covariance(i, j) = 0.64 / (1.0 - 0.49) * std::pow(0.7, std::abs(i - j));
      walk_covariance(i, j) = 1.69 + 0.36 * std::min(i, j);
    }
  }
  const doubles ar_mean(5, 0.3);
  CHECK_THAT(log_pdf(ar, x),
             WithinRel(log_pdf(multivariate_normal::from_covariance(ar_mean, viewed(ar_covariance)), x), 1e-12));
  CHECK_THAT(log_pdf(walk, x),
             WithinRel(log_pdf(multivariate_normal::from_covariance(walk_mean, viewed(walk_covariance)), x), 1e-12));
  doubles dx(5);
  gaussian_ar1_slopes s{};
  CHECK(log_pdf_partials(ar, x, dx, s) == log_pdf(ar, x));
  check_slopes([&](const doubles& v) { return log_pdf(ar, v); }, x, dx);
  check_slopes([&](const doubles& v) { return log_pdf(gaussian_ar1(v[0], v[1], v[2]), x); }, {0.3, 0.7, 0.8},
               {s.mean, s.coefficient, s.sd});
  gaussian_random_walk_slopes w{};
  CHECK(log_pdf_partials(walk, x, dx, w) == log_pdf(walk, x));
  check_slopes([&](const doubles& v) { return log_pdf(walk, v); }, x, dx);
  check_slopes([&](const doubles& v) { return log_pdf(gaussian_random_walk(v[0], v[1], v[2], v[3]), x); },
               {0.1, 0.6, -0.2, 1.3}, {w.drift, w.sd, w.start_mean, w.start_sd});
  check_moments(
      [&](std::uint64_t i, std::span<double> out) {
        sample(ar, rng_key{1, 0}, i, out);
      },
      ar_mean, ar_covariance);
  check_moments(
      [&](std::uint64_t i, std::span<double> out) {
        sample(walk, rng_key{2, 0}, i, out);
      },
      walk_mean, walk_covariance);
  CHECK(log_pdf(ar, {}) == 0.0);
  CHECK(log_pdf_partials(walk, doubles{0.0, inf, 0.0, 0.0, 0.0}, dx, w) == -inf);
  CHECK((dx[1] == 0.0 && w.sd == 0.0));
  CHECK(std::isnan(log_pdf(ar, doubles{0.0, std::nan("")})));
  CHECK_THROWS_WITH(gaussian_ar1(0.0, 1.0, 1.0), Contains("coefficient is 1, but must be strictly between -1 and 1"));
  CHECK_THROWS_WITH(gaussian_random_walk(0.0, 0.0, 0.0, 1.0), Contains("sd is 0"));
}
