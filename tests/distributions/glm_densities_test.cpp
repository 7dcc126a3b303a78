// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/glm_densities.hpp"
#include "credence/base/errors.hpp"
#include "credence/distributions/arrays.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/poisson_log.hpp"
#include "credence/random/normal.hpp"
#include "several_numbers.hpp"

using namespace credence;
using namespace credence::test;

namespace {

struct regression {
  matrix x;
  doubles coefficients;
  double intercept;
};

regression make_regression(Eigen::Index rows, Eigen::Index columns) {
  regression r{matrix(rows, columns), doubles(static_cast<std::size_t>(columns)), 0.3};
  for (Eigen::Index k = 0; k < r.x.size(); ++k)
    r.x.data()[k] = random::normal(rng_key{1, 0}, static_cast<std::uint64_t>(k));
  for (std::size_t j = 0; j < r.coefficients.size(); ++j) r.coefficients[j] = 0.4 * random::normal(rng_key{2, 0}, j);
  return r;
}

/// The plain way: every density and its derivative by eta alone, then the products.
template <class Density>
double plain(const regression& r, const doubles& y, const Density& density, double& dintercept,
             doubles& dcoefficients) {
  double value = 0.0;
  dintercept = 0.0;
  dcoefficients.assign(r.coefficients.size(), 0.0);
  for (std::size_t i = 0; i < y.size(); ++i) {
    double eta = r.intercept;
    const auto row = static_cast<Eigen::Index>(i);
    for (std::size_t j = 0; j < r.coefficients.size(); ++j)
      eta += r.x(row, static_cast<Eigen::Index>(j)) * r.coefficients[j];
    const auto g = log_pdf_partials(density(eta), y[i]);
    value += g.value;
    dintercept += g.parameters[0];
    for (std::size_t j = 0; j < r.coefficients.size(); ++j) {
      dcoefficients[j] += g.parameters[0] * r.x(row, static_cast<Eigen::Index>(j));
    }
  }
  return value;
}

/// 1e-12 of the sum of the absolute terms, which is some N for these data.
void check_close(double got, double expected, std::size_t n) {
  CHECK_THAT(got, WithinAbs(expected, 1e-13 * (1.0 + static_cast<double>(n))));
}

}  // namespace

TEST_CASE("GLM densities: the plain sums, for awkward sizes and strides", "[distributions][glm]") {
  struct size {
    Eigen::Index rows, columns;
  };
  for (const auto [rows, columns] :
       {size{1000, 25}, size{1, 1}, size{5, 3}, size{263, 8}, size{31, 0}, size{9001, 2}}) {
    CAPTURE(rows, columns);
    const regression r = make_regression(rows, columns);
    const auto n = static_cast<std::size_t>(rows);
    const auto k = static_cast<std::size_t>(columns);
    doubles binary(n), counts(n), reals(n), expected_slopes, slopes(k), again(k);
    for (std::size_t i = 0; i < n; ++i) {
      reals[i] = random::normal(rng_key{3, 0}, i);
      binary[i] = reals[i] > 0.2 ? 1.0 : 0.0;
      counts[i] = std::floor(std::abs(3.0 * reals[i]));
    }
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor> by_columns = r.x;
    view<const double, 2> other(by_columns.data(), rows, columns);
    other.strides[0] = 1;
    other.strides[1] = rows;
    double expected_intercept = 0.0, dintercept = 0.0, dsd = 0.0;
    const auto check = [&](auto glm, const doubles& y, const auto& density, const auto& partials) {
      const double expected = plain(r, y, density, expected_intercept, expected_slopes);
      const view<const double, 1> seen(y.data(), rows);
      const double value = partials(exec::cpu(1), glm, seen, slopes);
      check_close(value, expected, n);
      check_close(dintercept, expected_intercept, n);
      for (std::size_t j = 0; j < k; ++j) check_close(slopes[j], expected_slopes[j], n);
      check_close(log_pdf(exec::cpu(1), glm, seen), value, 0);
      CHECK(partials(exec::cpu(3), glm, seen, again) == value);  // any number of threads
      CHECK(again == slopes);
      glm.x = other;
      CHECK(partials(exec::cpu(1), glm, seen, again) == value);  // any strides
      CHECK(again == slopes);
    };
    check(
        bernoulli_logit_glm{viewed(r.x), r.intercept, r.coefficients}, binary,
        [](double eta) { return bernoulli_logit{eta}; },
        [&](const exec::context& ctx, const auto& glm, view<const double, 1> y, doubles& out) {
          return log_pdf_partials(ctx, glm, y, dintercept, out);
        });
    check(
        poisson_log_glm{viewed(r.x), r.intercept, r.coefficients}, counts, [](double eta) { return poisson_log{eta}; },
        [&](const exec::context& ctx, const auto& glm, view<const double, 1> y, doubles& out) {
          return log_pdf_partials(ctx, glm, y, dintercept, out);
        });
    const normal_id_glm normals{viewed(r.x), r.intercept, r.coefficients, 0.8};
    check(
        normals, reals,
        [](double eta) {
          return normal{eta, 0.8};
        },
        [&](const exec::context& ctx, const auto& glm, view<const double, 1> y, doubles& out) {
          return log_pdf_partials(ctx, glm, y, dintercept, out, dsd);
        });
    log_pdf_partials(exec::cpu(1), normals, view<const double, 1>(reals.data(), rows), dintercept, slopes, dsd);
    const double by_sd = slope(
        [&](double sd) {
          auto d = normals;
          d.sd = sd;
          return log_pdf(exec::cpu(1), d, view<const double, 1>(reals.data(), rows));
        },
        0.8);
    CHECK_THAT(dsd, WithinAbs(by_sd, 1e-7 * (1.0 + static_cast<double>(n))));
  }
}

TEST_CASE("GLM densities: bad input", "[distributions][glm]") {
  const regression r = make_regression(6, 2);
  doubles y{0.0, 1.0, 0.0, 1.0, 1.0, 0.0}, slopes(2);
  double dintercept = 0.0, dsd = 0.0;
  const bernoulli_logit_glm d{viewed(r.x), 0.0, r.coefficients};
  const view<const double, 1> seen(y.data(), 6);
  y[2] = 0.5;
  CHECK(log_pdf(exec::cpu(1), d, seen) == -inf);
  y[2] = 2.0;
  CHECK(log_pdf_partials(exec::cpu(1), d, seen, dintercept, slopes) == -inf);
  CHECK((std::isfinite(dintercept) && std::isfinite(slopes[1])));
  auto strange = d;
  strange.intercept = std::nan("");
  CHECK(std::isnan(log_pdf(exec::cpu(1), strange, seen)));
  CHECK_THROWS_AS(log_pdf(exec::cpu(1), d, view<const double, 1>(y.data(), 5)), shape_error);
  CHECK_THROWS_AS(log_pdf(exec::cpu(1), bernoulli_logit_glm{viewed(r.x), 0.0, {}}, seen), shape_error);
  CHECK_THROWS_WITH(log_pdf_partials(exec::cpu(1), normal_id_glm{viewed(r.x), 0.0, r.coefficients, 0.0}, seen,
                                     dintercept, slopes, dsd),
                    Contains("normal_id_glm: sd is 0"));
}
