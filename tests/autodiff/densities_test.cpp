// SPDX-License-Identifier: BSD-3-Clause
// Recorded log densities: every family in every role, the fused linear predictor, and the options of an evaluation.
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/beta.hpp"
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/lognormal.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/student_t.hpp"
#include "support/catch.hpp"
#include "support/program_check.hpp"

#include <string>

namespace credence {
namespace {

using test::check_program;
using test::spread;

std::vector<double> values(std::int64_t n, double low, double high, bool whole = false) {
  std::vector<double> out(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = spread(3000 + k, low, high);
    if (whole) out[k] = std::floor(out[k]);
  }
  return out;
}

/// The parts of a two-parameter family in all roles: variate and parameters full, scalar, data.
template <class Make>
program in_roles(std::int64_t n, int roles, double x_low, double x_high, const Make& make) {
  return model([&](recorder& r) {
           const var full = r.parameter("full", {n}, lower(0.0)), other = r.parameter("other", {n}, lower(0.0)),
                     scalar = r.parameter("scalar", lower(0.0)), second = r.parameter("second", lower(0.0));
           const var data = r.constant(values(n, x_low, x_high), {n});
           const var x = r.parameter("x", {n}, interval(x_low, x_high));
           if (roles == 0) r.likelihood += log_pdf(make(full, other), data);
           if (roles == 1) r.likelihood += log_pdf(make(scalar, second), data);
           if (roles == 2) r.likelihood += log_pdf(make(full, scalar), data);
           if (roles == 3) r.likelihood += log_pdf(make(scalar, other), x);
           if (roles == 4) r.likelihood += log_pdf(make(2.5, 1.5), x);
           if (roles == 5) r.likelihood += log_pdf(make(scalar, 1.5), x);
           // in the middle of an expression
           if (roles == 6) r.likelihood += exp(log_pdf(make(full, second), x) * 0.3);
           if (roles == 7)
             r.likelihood += log_sum_exp(concat({log_pdf(make(scalar, second), x), log_pdf(make(2.0, other), data)}));
         })
      .compile({});
}

}  // namespace

TEST_CASE("recorded log densities: partials in every role", "[autodiff][densities]") {
  const std::int64_t n = GENERATE(1, 9, 70);
  const int roles = GENERATE(range(0, 8));
  const std::string family = GENERATE(as<std::string>{}, "normal", "cauchy", "lognormal", "gamma", "beta", "student_t");
  CAPTURE(family, n, roles);
  const auto build = [&](const auto& make, double low, double high) {
    // lgamma and digamma near their minimum lose a digit or two to cancellation
    check_program(in_roles(n, roles, low, high, make),
                  {.low = -0.7, .high = 0.7, .adjoint_tolerance = 1e-11, .step = 0.01});
  };
  if (family == "normal") build([](const auto& a, const auto& b) { return normal{a, b}; }, 0.3, 2.0);
  if (family == "cauchy") build([](const auto& a, const auto& b) { return cauchy{a, b}; }, 0.3, 2.0);
  if (family == "lognormal") build([](const auto& a, const auto& b) { return lognormal{a, b}; }, 0.3, 2.0);
  if (family == "gamma") build([](const auto& a, const auto& b) { return gamma{a, b}; }, 0.3, 2.0);
  if (family == "beta") build([](const auto& a, const auto& b) { return beta{a, b}; }, 0.1, 0.9);
  if (family == "student_t") build([](const auto& a, const auto& b) { return student_t{4.0, a, b}; }, 0.3, 2.0);
}

TEST_CASE("recorded log densities: the value is the sum of scalar log densities", "[autodiff][densities]") {
  const std::int64_t n = 37;
  const std::vector<double> y = values(n, 0.2, 3.0);
  const named_data data{{"y", data_array(y)}};
  const program p = model([](recorder& r) {
                      const var a = r.parameter("a", lower(0.0)), b = r.parameter("b", lower(0.0));
                      r.prior += log_pdf(exponential{0.5}, a) + log_pdf(gamma{2.0, 3.0}, b);
                      r.likelihood += log_pdf(gamma{a, b}, r.data("y"));
                    }).compile(data);
  const double a = 1.7, b = 0.6;
  double expected = log_pdf(exponential{0.5}, a) + log_pdf(gamma{2.0, 3.0}, b) + std::log(a) + std::log(b);
  for (const double v : y) expected += log_pdf(gamma{a, b}, v);
  const auto x = p.unconstrain({{"a", a}, {"b", b}});
  CHECK_THAT(test::log_density_at(p, x), WithinRel(expected, 1e-13));  // 40 terms in another order

  SECTION("the pointwise likelihood") {
    lanes<double> point(2, 1), out(n, 1);
    point(0, 0) = x[0];
    point(1, 0) = x[1];
    p.pointwise_log_likelihood(exec::cpu(1), point, out);
    for (std::int64_t i = 0; i < n; ++i) {
      CHECK_THAT(out(i, 0), WithinRel(log_pdf(gamma{a, b}, y[static_cast<std::size_t>(i)]), 1e-13));
    }
  }
  SECTION("parts and weights") {
    const auto with = [&](const evaluation_options& options) {
      double value = 0.0;
      p.evaluate(exec::cpu(1), lanes_view<const double>(std::span<const double>(x)), {&value, 1}, {}, options);
      return value;
    };
    const double prior = log_pdf(exponential{0.5}, a) + log_pdf(gamma{2.0, 3.0}, b);
    const double jacobian = std::log(a) + std::log(b), likelihood = expected - prior - jacobian;
    const double half = 0.5;
    CHECK_THAT(with({.prior = false}), WithinRel(expected - prior, 1e-13));
    CHECK_THAT(with({.jacobian = false}), WithinRel(expected - jacobian, 1e-13));
    CHECK_THAT(with({.likelihood_weight = {&half, 1}}), WithinRel(prior + jacobian + 0.5 * likelihood, 1e-13));
  }
}

TEST_CASE("linear predictors: fused with their density", "[autodiff][densities]") {
  const std::int64_t n = GENERATE(1, 7, 130, 300), d = GENERATE(1, 5, 25, 33);
  const int kind = GENERATE(range(0, 4));
  CAPTURE(n, d, kind);
  std::vector<double> x(static_cast<std::size_t>(n * d));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = spread(k);
  const named_data data{{"X", data_array({n, d}, x)}, {"y", data_array(values(n, 0.0, 2.0, kind == 2))}};
  const program p =
      model([&](recorder& r) {
        const var beta_ = r.parameter("beta", {d}), alpha = r.parameter("alpha"),
                  sigma = r.parameter("sigma", lower(0.0));
        const var eta = matmul(r.data("X"), beta_);
        if (kind == 0) r.likelihood += log_pdf(normal{eta + alpha, sigma}, r.data("y"));
        if (kind == 1) r.likelihood += log_pdf(normal{eta, 2.0}, r.data("y"));
        if (kind == 2) r.likelihood += log_pdf(bernoulli_logit{alpha + eta}, r.data("y"));
        if (kind == 3)
          r.likelihood += log_pdf(student_t{4.0, eta + r.constant(values(n, -1, 1), {n}), sigma}, r.data("y"));
        r.prior +=
            log_pdf(normal{0.0, 1.0}, beta_) + log_pdf(normal{0.0, 3.0}, alpha) + log_pdf(exponential{1.0}, sigma);
      }).compile(data);
  check_program(p, {.low = -0.5, .high = 0.5, .adjoint_tolerance = 1e-11});
  // The unfused program: the predictor is used twice.
  const program loose =
      model([&](recorder& r) {
        const var beta_ = r.parameter("beta", {d}), alpha = r.parameter("alpha"),
                  sigma = r.parameter("sigma", lower(0.0));
        const var eta = matmul(r.data("X"), beta_);
        if (kind == 0) r.likelihood += log_pdf(normal{eta + alpha, sigma}, r.data("y"));
        if (kind == 1) r.likelihood += log_pdf(normal{eta, 2.0}, r.data("y"));
        if (kind == 2) r.likelihood += log_pdf(bernoulli_logit{alpha + eta}, r.data("y"));
        if (kind == 3)
          r.likelihood += log_pdf(student_t{4.0, eta + r.constant(values(n, -1, 1), {n}), sigma}, r.data("y"));
        r.prior +=
            log_pdf(normal{0.0, 1.0}, beta_) + log_pdf(normal{0.0, 3.0}, alpha) + log_pdf(exponential{1.0}, sigma);
        r.prior += eta * 0.0;
      }).compile(data);
  std::vector<double> at(static_cast<std::size_t>(d + 2), 0.2);
  CHECK_THAT(test::log_density_at(p, at), WithinRel(test::log_density_at(loose, at), 1e-14));
}

TEST_CASE("logistic regression: thousands of rows, against scalar log densities", "[autodiff][densities]") {
  const std::int64_t n = GENERATE(4095, 4096, 9001), d = 3;
  std::vector<double> x(static_cast<std::size_t>(n * d)), y(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = spread(k, -3.0, 3.0);
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = spread(k + 50000) > 0.2 ? 1.0 : 0.0;
  const program p = model([](recorder& r) {
                      const var b = r.parameter("b", {3});
                      r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("X"), b)}, r.data("y"));
                    }).compile({{"X", data_array({n, d}, x)}, {"y", data_array(y)}});
  const std::vector<double> b{0.7, -1.2, 4.0};
  double expected = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i * d);
    expected +=
        log_pdf(bernoulli_logit{x[at] * b[0] + x[at + 1] * b[1] + x[at + 2] * b[2]}, y[static_cast<std::size_t>(i)]);
  }
  CHECK_THAT(test::log_density_at(p, b), WithinRel(expected, 1e-12));  // 9001 terms in another order
  check_program(p, {.adjoint_tolerance = 1e-11, .difference_tolerance = 1e-7, .second_order = false});
}

TEST_CASE("programs: rebinding data equals recording anew", "[autodiff][program]") {
  const model m([](recorder& r) {
    const var mu = r.parameter("mu"), sigma = r.parameter("sigma", lower(0.0));
    r.likelihood += log_pdf(normal{mu, sigma}, r.data("y"));
    r.generated("twice", 2.0 * mu);
  });
  const named_data first{{"y", data_array{1.0, 2.0, 4.0}}}, second{{"y", data_array{0.5, -2.0, 3.0}}};
  const std::vector<double> x{0.3, -0.2};
  const program p = m.compile(first);
  CHECK(test::log_density_at(p.rebind(second), x) == test::log_density_at(m.compile(second), x));
  CHECK_THROWS_WITH(p.rebind({{"y", data_array{1.0, 2.0}}}), Contains("y has shape (2)") && Contains("(3)"));
  CHECK_THROWS_WITH(p.rebind({}), Contains("no entry named y"));
  CHECK(p.output_names() == std::vector<std::string>{"mu", "sigma", "twice"});
  lanes<double> point(2, 1), out(3, 1);
  point(0, 0) = 0.3;
  point(1, 0) = -0.2;
  p.evaluate_outputs(exec::cpu(1), point, out);
  CHECK(out(0, 0) == 0.3);
  CHECK_THAT(out(1, 0), WithinULP(std::exp(-0.2), 2));
  CHECK(out(2, 0) == 0.6);
}

TEST_CASE("programs: noise is fresh at each replay and the same in any tile", "[autodiff][program]") {
  const program p = model([](recorder& r) {
                      const var mu = r.parameter("mu", {3});
                      r.prior += square(mu + normal_noise(r.key(), {3})) + uniform_noise(r.key(), {3});
                    }).compile({});
  const std::int64_t count = 70;
  lanes<double> x(3, count), one_lane(3, 1);
  std::vector<double> all(count);
  p.evaluate(exec::cpu(1), x, all, {}, {.noise_key = {7, 0}, .replay = 3});
  double alone = 0.0, later = 0.0;
  p.evaluate(exec::cpu(1), one_lane, {&alone, 1}, {}, {.noise_key = {7, 0}, .replay = 3, .first_lane = 42});
  p.evaluate(exec::cpu(1), one_lane, {&later, 1}, {}, {.noise_key = {7, 0}, .replay = 4, .first_lane = 42});
  CHECK(alone == all[42]);
  CHECK(alone != later);
  CHECK(all[0] != all[1]);
  // One key, one value; two keys, two values.
  const program keys = model([](recorder& r) {
                         const noise_key first = r.key(), second = r.key();
                         const var a = r.parameter("a");
                         r.prior += a * (normal_noise(first) - normal_noise(first));
                         r.likelihood += a * (normal_noise(first) - normal_noise(second));
                       }).compile({});
  const std::vector<double> one{1.0};
  const lanes_view<const double> at{std::span<const double>(one)};
  double both = 0.0, likelihood = 0.0;
  keys.evaluate(exec::cpu(1), at, {&both, 1}, {});
  keys.evaluate(exec::cpu(1), at, {&likelihood, 1}, {}, {.prior = false});
  CHECK(both == likelihood);
  CHECK(likelihood != 0.0);
}

TEST_CASE("recorder: says what is wrong", "[autodiff][recorder]") {
  const named_data data{{"y", data_array{1.0, 2.0, 3.0}}};
  recorder r(data);
  const var a = r.parameter("a"), b = r.parameter("b", {2});
  CHECK_THROWS_WITH(r.parameter("a"), Contains("name is a"));
  CHECK_THROWS_WITH(r.parameter("c", {0}), Contains("at least 1"));
  CHECK_THROWS_AS(b + r.data("y"), shape_error);
  CHECK_THROWS_WITH(r.data("z"), Contains("no entry named z") && Contains("there are y"));
  CHECK_THROWS_WITH(r.data("y", {4}), Contains("(3)") && Contains("(4)"));
  CHECK_THROWS_AS(b[2], shape_error);
  CHECK_THROWS_AS(a[0], shape_error);
  CHECK_THROWS_AS(matmul(b, b), shape_error);
  CHECK_THROWS_WITH(r.integer("y"), Contains("single whole number"));
  CHECK_THROWS_AS(log_pdf(normal{b, 1.0}, r.data("y")), shape_error);
  recorder other(data);
  const var foreign = other.parameter("a");
  CHECK_THROWS_AS(a + foreign, domain_error);
  CHECK_THROWS_AS((r.prior += foreign), domain_error);
  CHECK_THROWS_AS(r.scan(a, {a}, [](const var& s, const std::vector<var>&) { return s; }), shape_error);
}

TEST_CASE("programs: unconstrain inverts the constraints", "[autodiff][program]") {
  const program p = model([](recorder& r) {
                      const var low = r.parameter("low"), high = r.parameter("high", lower(low));
                      const var inside = r.parameter("inside", {2}, interval(low, high));
                      const var below = r.parameter("below", upper(3.0));
                      r.prior += square(inside) + below;
                    }).compile({});
  const auto x = p.unconstrain({{"low", -1.0}, {"high", 2.5}, {"inside", data_array{0.0, 2.0}}, {"below", 2.0}});
  lanes<double> point(5, 1), out(5, 1);
  for (int d = 0; d < 5; ++d) point(d, 0) = x[static_cast<std::size_t>(d)];
  p.evaluate_outputs(exec::cpu(1), point, out);
  const double expected[] = {-1.0, 2.5, 0.0, 2.0, 2.0};
  for (int d = 0; d < 5; ++d) CHECK_THAT(out(d, 0), WithinAbs(expected[d], 4e-15));
  CHECK_THROWS_WITH(p.unconstrain({{"low", -1.0}, {"high", -2.5}, {"inside", data_array{0.0, 2.0}}, {"below", 2.0}}),
                    Contains("high is -2.5") && Contains("greater than -1"));
  CHECK_THROWS_WITH(p.unconstrain({{"low", -1.0}}), Contains("no entry named high"));
  test::check_program(p);
}

}  // namespace credence
