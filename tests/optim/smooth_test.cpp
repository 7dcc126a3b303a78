// SPDX-License-Identifier: BSD-3-Clause
#include "support/catch.hpp"

#include "credence/base/errors.hpp"
#include "credence/optim/conjugate_gradient.hpp"
#include "credence/optim/lbfgs.hpp"
#include "credence/optim/multi_start.hpp"
#include "credence/optim/nelder_mead.hpp"
#include "credence/optim/newton.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace credence;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Chained Rosenbrock's valley; minimum 0 at (1, ..., 1).
double rosenbrock(std::span<const double> x, std::span<double> g) {
  double value = 0.0;
  for (double& v : g) v = 0.0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
    value += 100.0 * a * a + b * b;
    if (!g.empty()) {
      g[i] += -400.0 * a * x[i] - 2.0 * b;
      g[i + 1] += 200.0 * a;
    }
  }
  return value;
}

void rosenbrock_hessian(std::span<const double> x, std::span<double> h) {
  h[0] = 1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0;
  h[1] = h[2] = -400.0 * x[0];
  h[3] = 200.0;
}

/// Powell's badly scaled function: solution near (1.098e-5, 9.106).
double powell_bad(std::span<const double> x, std::span<double> g) {
  const double a = 1e4 * x[0] * x[1] - 1.0, e0 = std::exp(-x[0]), e1 = std::exp(-x[1]), b = e0 + e1 - 1.0001;
  if (!g.empty()) {
    g[0] = 2.0 * a * 1e4 * x[1] - 2.0 * b * e0;
    g[1] = 2.0 * a * 1e4 * x[0] - 2.0 * b * e1;
  }
  return a * a + b * b;
}

}  // namespace

TEST_CASE("lbfgs_minimize: reaches the floor of Rosenbrock's valley and says why it stopped", "[optim][lbfgs]") {
  for (const std::size_t n : {2U, 10U, 100U}) {
    std::vector<double> start(n, 1.0);
    for (std::size_t i = 0; i < n; i += 2) start[i] = -1.2;
    const auto found = lbfgs_minimize(rosenbrock, start);
    CAPTURE(n, to_string(found.why), found.iterations, found.evaluations);
    CHECK(converged(found.why));
    CHECK(found.gradient_norm < 1e-7);
    CHECK(found.evaluations < 30 * static_cast<int>(n) + 100);
    // From -1.2 the chained valley of 4 to 7 variables has a local minimum too; these sizes end at the global one.
    for (const double x : found.x) CHECK_THAT(x, WithinAbs(1.0, 1e-6));
  }
}

TEST_CASE("lbfgs_minimize: a start at the minimum, or one rounding away, is an end and not an error",
          "[optim][lbfgs]") {
  const auto at = lbfgs_minimize(rosenbrock, std::vector<double>{1.0, 1.0});
  CHECK(at.why == stop_reason::gradient_small);
  CHECK(at.iterations == 0);
  const auto near = lbfgs_minimize(rosenbrock, std::vector<double>{1.0 + 2.3e-16, 1.0}, {.gradient_tolerance = 1e-300});
  CHECK(near.value < 1e-25);
  CHECK(near.why != stop_reason::not_finite);
  // No tolerance can be met where values carry a large constant: the end has a reason, the point is good.
  const auto shifted = [](std::span<const double> x, std::span<double> g) { return 1e9 + rosenbrock(x, g); };
  const auto found = lbfgs_minimize(shifted, std::vector<double>{-1.2, 1.0}, {.gradient_tolerance = 1e-14});
  CAPTURE(to_string(found.why));
  CHECK_THAT(found.x[0], WithinAbs(1.0, 2e-3));  // 1e9 eps / curvature: sqrt(1e-7 / 0.2)
  CHECK(found.why != stop_reason::max_iterations);
}

TEST_CASE("lbfgs_minimize: steps back from forbidden points", "[optim][lbfgs]") {
  // -log barrier: x > 0 only. Minimum of x - 2 log x at 2.
  const auto barrier = [](std::span<const double> x, std::span<double> g) {
    if (!g.empty()) g[0] = 1.0 - 2.0 / x[0];
    return x[0] - 2.0 * std::log(x[0]);
  };
  const auto found = lbfgs_minimize(barrier, std::vector<double>{1e-3});
  CHECK(found.why == stop_reason::gradient_small);
  CHECK_THAT(found.x[0], WithinRel(2.0, 1e-7));
  const auto bad = lbfgs_minimize(barrier, std::vector<double>{-1.0});
  CHECK(bad.why == stop_reason::not_finite);
  CHECK_THROWS_WITH(lbfgs_minimize(barrier, std::vector<double>{std::nan("")}), Contains("start[0]"));
  const auto falls = [](std::span<const double> x, std::span<double> g) {
    if (!g.empty()) g[0] = -std::exp(-x[0]) - 1.0;
    return std::exp(-x[0]) - x[0];
  };
  const auto lost = lbfgs_minimize(falls, std::vector<double>{0.0}, {.max_iterations = 5000});
  CHECK_FALSE(converged(lost.why));
}

TEST_CASE("lbfgs_minimize: Powell's badly scaled function", "[optim][lbfgs]") {
  // More, Garbow, Hillstrom 1981, problem 3: f = 0 at (1.098e-5, 9.106).
  const auto found = lbfgs_minimize(powell_bad, std::vector<double>{0.0, 1.0});
  CAPTURE(to_string(found.why), found.iterations);
  CHECK(found.value < 1e-10);
  const auto newton = newton_minimize(powell_bad, std::vector<double>{0.0, 1.0}, {.max_iterations = 1000});
  CHECK_THAT(newton.x[0], WithinRel(1.098159e-5, 1e-3));
  CHECK_THAT(newton.x[1], WithinRel(9.106146, 1e-3));
}

TEST_CASE("lbfgs_minimize with bounds: active bounds, inactive bounds, a start outside", "[optim][lbfgs][bounds]") {
  const std::vector<double> low{-infinity, -infinity}, high{infinity, infinity};
  const auto free = lbfgs_minimize(rosenbrock, std::vector<double>{-1.2, 1.0}, low, high);
  CHECK(converged(free.why));
  CHECK_THAT(free.x[0], WithinAbs(1.0, 1e-6));
  // x1 <= 0.5: the minimum is on the face, at x2 = 0.25 with value 0.25.
  const auto face = lbfgs_minimize(rosenbrock, std::vector<double>{-1.2, 1.0}, low, std::vector<double>{0.5, 10.0});
  CAPTURE(to_string(face.why), face.iterations);
  CHECK(face.why == stop_reason::gradient_small);
  CHECK(face.x[0] == 0.5);
  CHECK_THAT(face.x[1], WithinAbs(0.25, 1e-8));
  CHECK_THAT(face.value, WithinAbs(0.25, 1e-12));
  // A corner: both bounds active.
  const auto corner = lbfgs_minimize(rosenbrock, std::vector<double>{9.0, 9.0}, std::vector<double>{2.0, 5.0},
                                     std::vector<double>{4.0, 8.0});
  CHECK(corner.why == stop_reason::gradient_small);
  CHECK(corner.x[0] >= 2.0);
  CHECK_THAT(corner.x[0] * corner.x[0], WithinAbs(corner.x[1], 0.02));  // in the valley, at its nearest end
  CHECK(corner.x[1] == 5.0);
  CHECK_THROWS_AS(lbfgs_minimize(rosenbrock, std::vector<double>{0.0, 0.0}, high, low), domain_error);
}

TEST_CASE("lbfgs_minimize with bounds: a quadratic on a box agrees with enumeration of its faces",
          "[optim][lbfgs][bounds]") {
  // 25 variables, x_i in [0, 1], A = tridiagonal: compared with the conditions that hold at the solution and nowhere
  // else.
  const std::size_t n = 25;
  const auto f = [&](std::span<const double> x, std::span<double> g) {
    double value = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double b = std::sin(static_cast<double>(3 * i + 1)) * 2.0;
      double ax = 2.5 * x[i];
      if (i > 0) ax -= x[i - 1];
      if (i + 1 < n) ax -= x[i + 1];
      value += 0.5 * x[i] * ax - b * x[i];
      if (!g.empty()) g[i] = ax - b;
    }
    return value;
  };
  const auto found =
      lbfgs_minimize(f, std::vector<double>(n, 0.5), std::vector<double>(n, 0.0), std::vector<double>(n, 1.0));
  CHECK(found.why == stop_reason::gradient_small);
  int at_bounds = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (found.x[i] == 0.0) {
      CHECK(found.gradient[i] >= 0.0);
      ++at_bounds;
    } else if (found.x[i] == 1.0) {
      CHECK(found.gradient[i] <= 0.0);
      ++at_bounds;
    } else {
      CHECK_THAT(found.gradient[i], WithinAbs(0.0, 1e-7));
    }
  }
  CHECK(at_bounds > 5);
}

TEST_CASE("newton_minimize: quadratic convergence, and no fear of saddles", "[optim][newton]") {
  const auto found = newton_minimize(rosenbrock, rosenbrock_hessian, std::vector<double>{-1.2, 1.0});
  CHECK(found.why == stop_reason::gradient_small);
  CHECK(found.iterations < 40);
  CHECK_THAT(found.x[0], WithinAbs(1.0, 1e-12));
  CHECK_THAT(found.x[1], WithinAbs(1.0, 1e-12));
  // x^4/4 - x^2/2 + y^2/2: a saddle at the origin, minima at (+-1, 0). The gradient at the start is zero.
  const auto saddle = [](std::span<const double> x, std::span<double> g) {
    if (!g.empty()) {
      g[0] = x[0] * x[0] * x[0] - x[0];
      g[1] = x[1];
    }
    return 0.25 * std::pow(x[0], 4) - 0.5 * x[0] * x[0] + 0.5 * x[1] * x[1];
  };
  const auto off = newton_minimize(saddle, std::vector<double>{0.0, 0.0});
  CHECK_THAT(std::fabs(off.x[0]), WithinAbs(1.0, 1e-8));
  CHECK(off.why == stop_reason::gradient_small);
}

TEST_CASE("conjugate_gradient_minimize: nonlinear", "[optim][cg]") {
  std::vector<double> start(50, 1.0);
  for (std::size_t i = 0; i < start.size(); i += 2) start[i] = -1.2;
  const auto found = conjugate_gradient_minimize(rosenbrock, start);
  CAPTURE(to_string(found.why), found.iterations, found.evaluations);
  CHECK(converged(found.why));
  for (const double x : found.x) CHECK_THAT(x, WithinAbs(1.0, 1e-5));
}

TEST_CASE("conjugate_gradient_solve: exact after as many steps as eigenvalues, and says when A is not definite",
          "[optim][cg]") {
  // Three different eigenvalues: three steps in exact arithmetic.
  const auto map = [](std::span<const double> v, std::span<double> out) {
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = (i % 3 == 0 ? 1.0 : i % 3 == 1 ? 4.0 : 9.0) * v[i];
  };
  std::vector<double> b(30);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i + 1);
  const auto found = conjugate_gradient_solve(map, b);
  CHECK(found.why == stop_reason::gradient_small);
  CHECK(found.iterations <= 4);
  CHECK_THAT(found.x[4], WithinRel(5.0 / 4.0, 1e-12));
  std::vector<double> diagonal(30);
  for (std::size_t i = 0; i < 30; ++i) diagonal[i] = i % 3 == 0 ? 1.0 : i % 3 == 1 ? 4.0 : 9.0;
  CHECK(conjugate_gradient_solve(map, b, {.diagonal = diagonal}).iterations == 1);
  const auto indefinite = [](std::span<const double> v, std::span<double> out) {
    out[0] = v[0];
    out[1] = -2.0 * v[1];
  };
  const auto refused = conjugate_gradient_solve(indefinite, std::vector<double>{1.0, 1.0});
  CHECK(refused.why == stop_reason::indefinite);
  REQUIRE(refused.direction.size() == 2);
  CHECK(refused.direction[0] * refused.direction[0] - 2.0 * refused.direction[1] * refused.direction[1] <= 0.0);
}

TEST_CASE("nelder_mead_minimize: without derivatives, over kinks and forbidden regions", "[optim][nelder_mead]") {
  const auto value = [](std::span<const double> x) { return rosenbrock(x, {}); };
  const auto found = nelder_mead_minimize(value, std::vector<double>{-1.2, 1.0});
  CHECK(found.why == stop_reason::value_settled);
  CHECK_THAT(found.x[0], WithinAbs(1.0, 1e-6));
  CHECK_THAT(found.x[1], WithinAbs(1.0, 1e-6));
  const auto kink = [](std::span<const double> x) {
    return x[0] < 0.0 ? std::nan("") : std::fabs(x[0] - 2.0) + 3.0 * std::fabs(x[1] + 1.0) + 0.5 * std::fabs(x[2]);
  };
  const auto corner = nelder_mead_minimize(kink, std::vector<double>{5.0, 5.0, 5.0}, {.restarts = 3});
  CHECK_THAT(corner.x[0], WithinAbs(2.0, 1e-5));
  CHECK_THAT(corner.x[1], WithinAbs(-1.0, 1e-5));
  CHECK_THAT(corner.x[2], WithinAbs(0.0, 1e-5));
}

TEST_CASE("objective: a function without gradient gets one by differences", "[optim]") {
  const auto value = [](std::span<const double> x) { return rosenbrock(x, {}); };
  const auto found = lbfgs_minimize(value, std::vector<double>{-1.2, 1.0}, {.gradient_tolerance = 1e-6});
  CHECK_THAT(found.x[0], WithinAbs(1.0, 1e-4));
}

TEST_CASE("check_gradient: accepts the right gradient and names the wrong component", "[optim]") {
  const std::vector<double> x{-0.7, 0.4, 1.9};
  const auto good = check_gradient(rosenbrock, x);
  CHECK(good.agrees);
  CHECK(good.largest_error < 1e-9);
  const auto wrong = [](std::span<const double> at, std::span<double> g) {
    const double v = rosenbrock(at, g);
    if (!g.empty()) g[1] *= 1.001;
    return v;
  };
  const auto bad = check_gradient(wrong, x);
  CHECK_FALSE(bad.agrees);
  CHECK(bad.worst == 1);
}

TEST_CASE("minimize_from_many: finds both minima, whatever the number of threads", "[optim][multi_start]") {
  // Minima near -1 and 1; the tilt makes the left one lower.
  const auto two = [](std::span<const double> x, std::span<double> g) {
    const double u = x[0] * x[0] - 1.0;
    if (!g.empty()) {
      g[0] = 4.0 * u * x[0] + 0.3;
      g[1] = 2.0 * x[1];
    }
    return u * u + 0.3 * x[0] + x[1] * x[1];
  };
  const std::vector<double> starts{2.0, 1.0, -2.0, 1.0, 0.5, -3.0, -0.1, 0.0};
  const view<const double, 2> rows(starts.data(), 4, 2);
  const auto one = minimize_from_many(exec::cpu(1), two, rows);
  const auto three = minimize_from_many(exec::cpu(3), two, rows);
  CHECK(one.distinct == 2);
  CHECK(one.best == three.best);
  CHECK(one.runs[static_cast<std::size_t>(one.best)].x[0] < 0.0);
  CHECK(one.basin[1] == one.basin[3]);
  CHECK(one.basin[0] == one.basin[2]);
  for (std::size_t i = 0; i < 4; ++i) CHECK(one.runs[i].x == three.runs[i].x);
}
