// SPDX-License-Identifier: BSD-3-Clause
#include "support/catch.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/base/errors.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/optim/coordinate_descent.hpp"
#include "credence/optim/least_squares.hpp"
#include "credence/optim/multi_start.hpp"
#include "credence/optim/newton.hpp"
#include "credence/optim/program_objective.hpp"
#include "credence/optim/quadratic.hpp"
#include "credence/optim/scalar_search.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace credence;

TEST_CASE("minimize_quadratic: definite, semidefinite and indefinite forms each get their answer",
          "[optim][quadratic]") {
  const auto ask = [](std::vector<double> a, std::vector<double> b, double c = 0.0) {
    const auto n = static_cast<std::int64_t>(b.size());
    return minimize_quadratic(view<const double, 2>(a.data(), n, n), b, c);
  };
  const auto unique = ask({4.0, 1.0, 1.0, 3.0}, {-1.0, -2.0}, 5.0);  // A x = (1, 2): x = (1/11, 7/11)
  CHECK(unique.kind == quadratic_kind::unique_minimum);
  CHECK_THAT(unique.x[0], WithinRel(1.0 / 11.0, 1e-13));
  CHECK_THAT(unique.x[1], WithinRel(7.0 / 11.0, 1e-13));
  CHECK_THAT(unique.value, WithinRel(5.0 - 15.0 / 22.0, 1e-13));
  CHECK(unique.direction.empty());

  const auto flat = ask({1.0, 1.0, 1.0, 1.0}, {-2.0, -2.0});  // (x + y)^2 / 2 - 2 (x + y): x + y = 2
  CHECK(flat.kind == quadratic_kind::many_minima);
  CHECK(flat.rank == 1);
  CHECK_THAT(flat.x[0], WithinAbs(1.0, 1e-12));
  CHECK_THAT(flat.x[1], WithinAbs(1.0, 1e-12));
  CHECK_THAT(flat.value, WithinRel(-2.0, 1e-12));

  const auto slope = ask({1.0, 0.0, 0.0, 0.0}, {0.0, 3.0});
  CHECK(slope.kind == quadratic_kind::unbounded_below);
  CHECK(slope.x.empty());
  CHECK(slope.value == -std::numeric_limits<double>::infinity());
  CHECK_THAT(slope.direction[1], WithinAbs(-1.0, 1e-14));

  const auto saddle = ask({1.0, 2.0, 2.0, 1.0}, {1.0, 0.0});  // eigenvalues -1, 3; stationary at (1/3, -2/3)
  CHECK(saddle.kind == quadratic_kind::saddle);
  CHECK_THAT(saddle.x[0], WithinRel(1.0 / 3.0, 1e-12));
  CHECK_THAT(saddle.x[1], WithinRel(-2.0 / 3.0, 1e-12));
  const auto& d = saddle.direction;
  CHECK(d[0] * d[0] + 4.0 * d[0] * d[1] + d[1] * d[1] < 0.0);
  CHECK(d[0] <= 0.0);  // the slope along it is not upwards

  CHECK(ask({-1.0, 0.0, 0.0, -2.0}, {1.0, 0.0}).kind == quadratic_kind::unique_maximum);
  CHECK(ask({-1.0, 0.0, 0.0, 0.0}, {0.0, 1.0}).kind == quadratic_kind::unbounded);
  const std::vector<double> square{1.0, 0.0, 0.0, 1.0}, three{1.0, 2.0, 3.0};
  CHECK_THROWS_AS(minimize_quadratic(view<const double, 2>(square.data(), 2, 2), three), shape_error);
}

TEST_CASE("scalar searches: golden sections, Brent's minimum and root", "[optim][scalar]") {
  const auto f = [](double x) { return (x - 2.0) * (x - 2.0) + std::exp(-x); };
  // The minimum is where 2 (x - 2) = exp(-x); the root is checked by putting it in.
  const double answer = brent_root([](double x) { return 2.0 * (x - 2.0) - std::exp(-x); }, 0.0, 5.0).x;
  CHECK_THAT(2.0 * (answer - 2.0), WithinRel(std::exp(-answer), 1e-13));
  const auto golden = golden_section_minimize(f, 0.0, 5.0);
  const auto brent = brent_minimize(f, 0.0, 5.0);
  CHECK_THAT(golden.x, WithinAbs(answer, 5e-8));  // sqrt of the rounding unit: values cannot say more
  CHECK_THAT(brent.x, WithinAbs(answer, 5e-8));
  CHECK(brent.iterations < golden.iterations);
  CHECK(golden.why == stop_reason::step_small);
  CHECK_THROWS_WITH(brent_root(f, 0.0, 5.0), Contains("sign"));
  CHECK_THROWS_AS(golden_section_minimize(f, 2.0, 1.0), domain_error);
  CHECK_THAT(brent_root([](double x) { return x * x * x - 2.0; }, -1.0, 4.0).x, WithinRel(std::cbrt(2.0), 1e-12));
  CHECK(brent_root([](double x) { return x; }, 0.0, 4.0).x == 0.0);
}

TEST_CASE("least_squares_minimize: three methods on More's test functions", "[optim][least_squares]") {
  const auto rosenbrock = [](std::span<const double> x, std::span<double> r, std::span<double> j) {
    r[0] = 10.0 * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
    if (j.empty()) return;
    j[0] = -20.0 * x[0], j[1] = 10.0, j[2] = -1.0, j[3] = 0.0;
  };
  const auto bent = [&](std::span<const double> x, std::span<double> r, std::span<double> j,
                        std::span<const double> v) {
    if (v.empty()) return rosenbrock(x, r, j);
    r[0] = -20.0 * v[0] * v[0];
    r[1] = 0.0;
  };
  for (const auto method :
       {least_squares_method::levenberg_marquardt, least_squares_method::geodesic, least_squares_method::dogleg}) {
    CAPTURE(to_string(method));
    const std::vector<double> start{-1.2, 1.0};
    const auto found = least_squares_minimize(bent, 2, start, {.method = method});
    CHECK(found.sum_of_squares < 1e-25);
    CHECK_THAT(found.x[0], WithinAbs(1.0, 1e-12));
    CHECK(found.iterations < 60);
  }
  // Freudenstein and Roth: a local minimum of 48.98425 and the zero at (5, 4).
  const auto freudenstein = [](std::span<const double> x, std::span<double> r, std::span<double> j) {
    const double y = x[1];
    r[0] = -13.0 + x[0] + ((5.0 - y) * y - 2.0) * y;
    r[1] = -29.0 + x[0] + ((y + 1.0) * y - 14.0) * y;
    if (j.empty()) return;
    j[0] = 1.0, j[1] = 10.0 * y - 3.0 * y * y - 2.0, j[2] = 1.0, j[3] = 3.0 * y * y + 2.0 * y - 14.0;
  };
  const auto local = least_squares_minimize(freudenstein, 2, std::vector<double>{0.5, -2.0});
  CHECK_THAT(local.sum_of_squares, WithinRel(48.98425367924, 1e-9));  // More, Garbow, Hillstrom 1981, problem 2
  const auto global = least_squares_minimize(freudenstein, 2, std::vector<double>{6.0, 5.0});
  CHECK(global.sum_of_squares < 1e-20);
}

TEST_CASE("least_squares_minimize: a parameter that does nothing is no obstacle", "[optim][least_squares]") {
  const auto f = [](std::span<const double> x, std::span<double> r, std::span<double> j) {
    for (std::size_t i = 0; i < 5; ++i) {
      const double t = static_cast<double>(i);
      r[i] = std::exp(-x[0] * t) - std::exp(-0.7 * t);
      if (!j.empty()) {
        j[2 * i] = -t * std::exp(-x[0] * t);
        j[2 * i + 1] = 0.0;
      }
    }
  };
  const auto found = least_squares_minimize(f, 5, std::vector<double>{0.1, 3.0});
  CHECK_THAT(found.x[0], WithinAbs(0.7, 1e-12));
  CHECK(found.x[1] == 3.0);
  CHECK_THROWS_AS(least_squares_minimize(f, 0, std::vector<double>{0.1, 3.0}), shape_error);
}

TEST_CASE("elastic_net_minimize: agrees with the closed form of an orthogonal design and with its conditions",
          "[optim][elastic_net]") {
  const std::vector<double> g{2.0, 0.0, 0.0, 0.5}, q{3.0, -0.2};
  const auto separable = elastic_net_minimize(view<const double, 2>(g.data(), 2, 2), q, std::vector<double>{0.5, 0.5},
                                              std::vector<double>{0.25, 0.25});
  CHECK_THAT(separable.coefficients[0], WithinRel(2.5 / 2.25, 1e-14));
  CHECK(separable.coefficients[1] == 0.0);
  // Correlated: the conditions of optimality are the proof.
  const std::size_t p = 12;
  std::vector<double> gram(p * p), cross(p);
  for (std::size_t i = 0; i < p; ++i) {
    cross[i] = std::cos(static_cast<double>(5 * i)) * 2.0;
    for (std::size_t j = 0; j < p; ++j)
      gram[i * p + j] = std::pow(0.9, std::fabs(static_cast<double>(i) - static_cast<double>(j)));
  }
  const auto found = elastic_net_minimize(view<const double, 2>(gram.data(), 12, 12), cross,
                                          std::vector<double>(p, 0.7), std::vector<double>(p, 0.1));
  CHECK(found.why == stop_reason::step_small);
  CHECK(found.largest_violation < 1e-11);
  int zeros = 0;
  for (const double b : found.coefficients) zeros += b == 0.0 ? 1 : 0;
  CHECK(zeros > 0);
  CHECK(zeros < 12);
}

namespace {

/// A normal sample with a normal prior on its mean and the sd on the log scale, both in closed form below.
program normal_model() {
  named_data data;
  data.set("y", std::vector<double>{1.0, 2.5, 3.0, 4.5, 0.5});
  return model([](recorder& r) {
           const var mu = r.parameter("mu"), sigma = r.parameter("sigma", lower(0.0));
           r.prior += log_pdf(normal(0.0, 10.0), mu);
           r.likelihood += log_pdf(normal(mu, sigma), r.data("y"));
         })
      .compile(data);
}

}  // namespace

TEST_CASE("program_objective: maximum likelihood and mode of a recorded program", "[optim][program]") {
  const program p = normal_model();
  const program_objective mle(p, {}, {.jacobian = false, .prior = false});
  const auto found = newton_minimize(
      mle, [&](auto x, auto h) { mle.hessian(x, h); }, std::vector<double>{0.0, 0.0});
  // mean 2.3, variance (with divisor n) 2.06
  CHECK_THAT(found.x[0], WithinRel(2.3, 1e-10));
  CHECK_THAT(std::exp(2.0 * found.x[1]), WithinRel(2.06, 1e-9));
  CHECK(check_gradient(mle, std::vector<double>{0.3, 0.2}).agrees);
  const program_objective whole(p);
  const auto mode = newton_minimize(
      whole, [&](auto x, auto h) { whole.hessian(x, h); }, std::vector<double>{0.0, 0.0});
  const auto other = lbfgs_minimize(whole, std::vector<double>{1.0, 1.0});
  CHECK(mode.why == stop_reason::gradient_small);
  CHECK_THAT(mode.x[0], WithinAbs(other.x[0], 1e-7));
  CHECK_THAT(mode.x[1], WithinAbs(other.x[1], 1e-7));
}

TEST_CASE("lbfgs_minimize_lanes: many starts in one batch end where single ones do", "[optim][program]") {
  const program p = normal_model();
  lanes<double> starts(2, 37);
  for (std::int64_t l = 0; l < 37; ++l) {
    starts(0, l) = static_cast<double>(l) - 18.0;
    starts(1, l) = 0.1 * static_cast<double>(l % 7) - 0.3;
  }
  starts(0, 5) = std::nan("");
  auto runs = lbfgs_minimize_lanes(p, starts);
  const program_objective f(p);
  CHECK(runs[5].why == stop_reason::not_finite);
  for (std::size_t l = 0; l < 37; ++l) {
    if (l == 5) continue;
    const auto alone = lbfgs_minimize(
        f, std::vector<double>{starts(0, static_cast<std::int64_t>(l)), starts(1, static_cast<std::int64_t>(l))});
    CHECK(runs[l].x == alone.x);  // equal bits: a lane does not see the others
    CHECK(converged(runs[l].why));
  }
  const auto all = gather_runs(std::move(runs));
  CHECK(all.distinct == 1);
  CHECK(all.basin[5] == -1);
}
