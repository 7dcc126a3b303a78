// SPDX-License-Identifier: BSD-3-Clause
// Every operation through the one harness of support/program_check.hpp.
#include "credence/autodiff/density.hpp"
#include "credence/autodiff/program.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/normal.hpp"
#include "support/catch.hpp"
#include "support/program_check.hpp"

#include <string>

using namespace credence;
using credence::test::check_program;
using credence::test::spread;

namespace {

/// The term sum_i weight_i * value_i: its gradient is the adjoint of the operation.
void weigh(recorder& r, const var& value) {
  std::vector<double> weights(static_cast<std::size_t>(value.size()));
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = spread(90000 + k, 0.5, 1.5);
  r.prior += value * r.constant(weights, value.shape());
}

struct unary_case {
  const char* name;
  var (*f)(const var&);
  double low, high;
};

}  // namespace

TEST_CASE("unary operations: value, adjoint and tangent agree", "[autodiff][operations]") {
  const auto c = GENERATE(unary_case{"negate", [](const var& a) { return -a; }, -2, 2},
                          unary_case{"exp", [](const var& a) { return exp(a); }, -2, 2},
                          unary_case{"expm1", [](const var& a) { return expm1(a); }, -1, 1},
                          unary_case{"log", [](const var& a) { return log(a); }, 0.5, 3},
                          unary_case{"log1p", [](const var& a) { return log1p(a); }, -0.4, 2},
                          unary_case{"sqrt", [](const var& a) { return sqrt(a); }, 0.5, 3},
                          unary_case{"square", [](const var& a) { return square(a); }, -2, 2},
                          unary_case{"inv", [](const var& a) { return inv(a); }, 0.5, 3},
                          unary_case{"inv_logit", [](const var& a) { return inv_logit(a); }, -3, 3},
                          unary_case{"log_inv_logit", [](const var& a) { return log_inv_logit(a); }, -3, 3},
                          unary_case{"log1p_exp", [](const var& a) { return log1p_exp(a); }, -3, 3},
                          unary_case{"tanh", [](const var& a) { return tanh(a); }, -1, 1},
                          unary_case{"sin", [](const var& a) { return sin(a); }, -3, 3},
                          unary_case{"cos", [](const var& a) { return cos(a); }, -3, 3},
                          unary_case{"abs", [](const var& a) { return abs(a); }, 0.3, 2},
                          unary_case{"atan", [](const var& a) { return atan(a); }, -2, 2},
                          unary_case{"sinh", [](const var& a) { return sinh(a); }, -2, 2},
                          unary_case{"cosh", [](const var& a) { return cosh(a); }, -2, 2},
                          unary_case{"lgamma", [](const var& a) { return lgamma(a); }, 0.3, 6},
                          unary_case{"digamma", [](const var& a) { return digamma(a); }, 0.3, 6},
                          unary_case{"erf", [](const var& a) { return erf(a); }, -2, 2},
                          unary_case{"erfc", [](const var& a) { return erfc(a); }, -2, 2},
                          unary_case{"normal_cdf", [](const var& a) { return normal_cdf(a); }, -3, 3},
                          unary_case{"log_normal_cdf", [](const var& a) { return log_normal_cdf(a); }, -6, 3},
                          unary_case{"pow 2.5", [](const var& a) { return pow(a, 2.5); }, 0.5, 2});
  const std::int64_t n = GENERATE(1, 5, 31, 130);
  CAPTURE(c.name, n);
  const program p = model([&](recorder& r) { weigh(r, c.f(r.parameter("x", {n}))); }).compile({});
  check_program(p, {.low = c.low, .high = c.high});
}

namespace {
struct binary_case {
  const char* name;
  var (*f)(const var&, const var&);
};
const binary_case binary_cases[] = {
    {"add", [](const var& a, const var& b) { return a + b; }},
    {"subtract", [](const var& a, const var& b) { return a - b; }},
    {"multiply", [](const var& a, const var& b) { return a * b; }},
    {"divide", [](const var& a, const var& b) { return a / b; }},
    {"pow", [](const var& a, const var& b) { return pow(a, b); }},
    {"min", [](const var& a, const var& b) { return min(a, b + 3.0); }},
    {"max", [](const var& a, const var& b) { return max(a, b - 3.0); }},
    {"where", [](const var& a, const var& b) { return where(less(a, b + 3.0), a * b, exp(a)); }},
    {"multiply_add", [](const var& a, const var& b) { return a * b + a; }},
};
}  // namespace

TEST_CASE("binary operations: every way of broadcasting", "[autodiff][operations]") {
  const int which = GENERATE(range(0, 9));
  const binary_case& c = binary_cases[which];
  const std::int64_t n = GENERATE(1, 7, 70);
  // 0: both full; 1: b scalar; 2: a scalar; 3: b data; 4: b scalar data; 5: a data
  const int pattern = GENERATE(range(0, 6));
  CAPTURE(c.name, n, pattern);
  const program p = model([&](recorder& r) {
                      std::vector<double> fixed(static_cast<std::size_t>(n));
                      for (std::size_t k = 0; k < fixed.size(); ++k) fixed[k] = spread(7000 + k, 0.6, 1.9);
                      const var full_a = r.parameter("a", {n}), full_b = r.parameter("b", {n});
                      const var scalar = r.parameter("s");
                      const var data = r.constant(fixed, {n}), number = r.constant(1.25);
                      const var value = pattern == 0   ? c.f(full_a, full_b)
                                        : pattern == 1 ? c.f(full_a, scalar)
                                        : pattern == 2 ? c.f(scalar, full_b)
                                        : pattern == 3 ? c.f(full_a, data)
                                        : pattern == 4 ? c.f(full_a, number)
                                                       : c.f(data, full_b);
                      weigh(r, value);
                      r.prior += full_a + full_b;  // every parameter takes part
                      r.prior += scalar;
                    }).compile({});
  check_program(p, {.low = 0.5, .high = 2.0});
}

TEST_CASE("reductions and moves: adjoints", "[autodiff][operations]") {
  const std::int64_t n = GENERATE(1, 6, 67);
  const std::string name = GENERATE(as<std::string>{}, "sum", "mean", "dot", "dot with data", "log_sum_exp", "gather",
                                    "concat", "slice", "transpose", "broadcast", "linear_recurrence");
  CAPTURE(name, n);
  const program p = model([&](recorder& r) {
                      const var a = r.parameter("a", {n}), b = r.parameter("b", {n}), s = r.parameter("s");
                      std::vector<double> fixed(static_cast<std::size_t>(n));
                      for (std::size_t k = 0; k < fixed.size(); ++k) fixed[k] = spread(7000 + k, 0.6, 1.9);
                      const var data = r.constant(fixed, {n});
                      var value;
                      if (name == "sum") value = square(sum(a));
                      if (name == "mean") value = square(mean(a * b));
                      if (name == "dot") value = square(dot(a, b));
                      if (name == "dot with data") value = square(dot(data, b));
                      if (name == "log_sum_exp") value = log_sum_exp(a * b);
                      if (name == "gather") value = square(gather(a, {n - 1, 0, n / 2, 0}));
                      if (name == "concat")
                        value = exp(concat({a, s, data, square(b), s, s, s, s, s, s, s, s, s, s, s}));
                      if (name == "slice") value = square(slice(a, n / 3, n - n / 3)) * s;
                      if (name == "transpose") value = square(transpose(reshape(concat({a, b}), {2, n}))) + s;
                      if (name == "broadcast") value = square(broadcast(s, {n})) * a;
                      if (name == "linear_recurrence")
                        value = square(linear_recurrence(a * 0.5, b, s)) + linear_recurrence(s * 0.3, b, s) +
                                linear_recurrence(a * 0.2, s, s);
                      weigh(r, value);
                      r.prior += a * b;
                      r.prior += s;
                    }).compile({});
  check_program(p, {.low = 0.2, .high = 1.5});
}

TEST_CASE("matrix products: adjoints", "[autodiff][operations]") {
  const std::int64_t n = GENERATE(1, 5, 37, 131), d = GENERATE(1, 3, 8, 25, 41);
  CAPTURE(n, d);
  std::vector<double> x(static_cast<std::size_t>(n * d));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = spread(k);
  const named_data data{{"X", data_array({n, d}, x)}};
  SECTION("data matrix times vector") {
    const program p = model([&](recorder& r) {
                        const var beta = r.parameter("beta", {d});
                        weigh(r, square(matmul(r.data("X"), beta)));
                      }).compile(data);
    check_program(p);
    // The value itself, by the definition.
    std::vector<double> beta(static_cast<std::size_t>(d));
    for (std::size_t k = 0; k < beta.size(); ++k) beta[k] = spread(k + 17);
    double expected = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
      double eta = 0.0;
      for (std::int64_t k = 0; k < d; ++k)
        eta += x[static_cast<std::size_t>(i * d + k)] * beta[static_cast<std::size_t>(k)];
      expected += eta * eta * spread(static_cast<std::uint64_t>(90000 + i), 0.5, 1.5);
    }
    // n * d products, rounded in another order
    CHECK_THAT(test::log_density_at(p, beta), WithinRel(expected, 1e-12));
  }
  SECTION("lane matrices") {
    if (n * d > 200) return;
    const program p = model([&](recorder& r) {
                        const var a = r.parameter("a", {n, d}), b = r.parameter("b", {d, 3});
                        weigh(r, square(matmul(a, b)));
                        weigh(r, matmul(r.data("X"), b));
                        weigh(r, matmul(a, slice(reshape(b, {3 * d}), 0, d)));
                      }).compile(data);
    check_program(p);
  }
}

TEST_CASE("scan: equals the unrolled loop", "[autodiff][scan]") {
  const std::int64_t steps = GENERATE(1, 2, 40);
  std::vector<double> u(static_cast<std::size_t>(steps));
  for (std::size_t k = 0; k < u.size(); ++k) u[k] = spread(k + 31);
  const named_data data{{"u", data_array(u)}};
  const auto step = [](const var& a, const var& b, const var& s, const var& x, const var& z) {
    return a * s + b * square(x) + 0.1 * sin(s * z) + exp(-s) * z;
  };
  const program scanned = model([&](recorder& r) {
                            const var a = r.parameter("a"), b = r.parameter("b"), z = r.parameter("z", {steps});
                            const var s =
                                r.scan(a * b, {r.data("u"), z}, [&](const var& state, const std::vector<var>& row) {
                                  return step(a, b, state, row[0], row[1]);
                                });
                            weigh(r, s);
                          }).compile(data);
  const program unrolled = model([&](recorder& r) {
                             const var a = r.parameter("a"), b = r.parameter("b"), z = r.parameter("z", {steps});
                             var s = a * b;
                             std::vector<var> states;
                             for (std::int64_t t = 0; t < steps; ++t) {
                               s = step(a, b, s, r.data("u")[t], z[t]);
                               states.push_back(s);
                             }
                             weigh(r, concat(states));
                           }).compile(data);
  check_program(scanned, {.low = 0.1, .high = 0.8});
  std::vector<double> x(static_cast<std::size_t>(steps + 2), 0.3);
  CHECK(test::log_density_at(scanned, x) == test::log_density_at(unrolled, x));
}

TEST_CASE("scan: a body linear in its state becomes a recurrence with the same values", "[autodiff][scan]") {
  const std::int64_t steps = GENERATE(1, 2, 50);
  const int form = GENERATE(range(0, 5));
  CAPTURE(steps, form);
  std::vector<double> u(static_cast<std::size_t>(steps));
  for (std::size_t k = 0; k < u.size(); ++k) u[k] = spread(k + 31);
  const named_data data{{"u", data_array(u)}};
  const auto body = [form](const var& a, const var& b, const var& s, const var& x) {
    switch (form) {
      case 0:
        return a + b * square(x - a) + 0.5 * b * s;
      case 1:
        return s * a * x - (b - s) / (1.0 + a);
      case 2:
        return -(s - x);
      case 3:
        return a + b * x;
      default:
        return a * s;
    }
  };
  const program scanned =
      model([&](recorder& r) {
        const var a = r.parameter("a"), b = r.parameter("b");
        weigh(r, square(r.scan(a - b, {r.data("u")},
                               [&](const var& s, const std::vector<var>& row) { return body(a, b, s, row[0]); })));
      }).compile(data);
  const program unrolled = model([&](recorder& r) {
                             const var a = r.parameter("a"), b = r.parameter("b");
                             var s = a - b;
                             std::vector<var> states;
                             for (std::int64_t t = 0; t < steps; ++t) {
                               s = body(a, b, s, r.data("u")[t]);
                               states.push_back(s);
                             }
                             weigh(r, square(concat(states)));
                           }).compile(data);
  check_program(scanned, {.low = 0.2, .high = 0.8});
  const std::vector<double> x{0.35, 0.65};
  // the recurrence rounds a * s + b once
  CHECK_THAT(test::log_density_at(scanned, x), WithinRel(test::log_density_at(unrolled, x), 1e-13));
  // one operation for the recurrence, whatever the number of steps
  CHECK(scanned.predicted_cost(1).operations < 20);
}

TEST_CASE("scan: a vector state", "[autodiff][scan]") {
  const std::int64_t steps = 12;
  const program p = model([&](recorder& r) {
                      const var start = r.parameter("start", {3}), a = r.parameter("a", {3, 3}),
                                input = r.parameter("input", {steps, 3});
                      const var s = r.scan(start, {input}, [&](const var& state, const std::vector<var>& row) {
                        return tanh(matmul(a, state) + row[0]);
                      });
                      weigh(r, s);
                    }).compile({});
  check_program(p);
}

TEST_CASE("Cholesky factors and triangular solves: adjoints and values", "[autodiff][operations]") {
  const std::int64_t n = GENERATE(1, 2, 5, 9), m = GENERATE(1, 3);
  CAPTURE(n, m);
  std::vector<double> shift(static_cast<std::size_t>(n * n), 0.0), fixed(static_cast<std::size_t>(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    shift[static_cast<std::size_t>(i * n + i)] = static_cast<double>(n) + 1.0;
    for (std::int64_t j = 0; j <= i; ++j) {
      fixed[static_cast<std::size_t>(i * n + j)] = i == j ? 1.5 : test::spread(static_cast<std::uint64_t>(i * n + j));
    }
  }
  const auto record = [&](recorder& r, bool factor_and_solve) {
    const var a = r.parameter("a", {n, n}), b = r.parameter("b", {n, m}), c = r.parameter("c", {n});
    const var spd = matmul(a, transpose(a)) + r.constant(shift, {n, n});
    const var l = cholesky(spd), data_l = cholesky(r.constant(shift, {n, n}));
    if (!factor_and_solve) return spd - matmul(l, transpose(l));
    weigh(r, l);
    weigh(r, square(solve_lower(l, b)) + square(solve_lower_transposed(l, b)));
    weigh(r, solve_lower_transposed(data_l, solve_lower(r.constant(fixed, {n, n}), c)));
    r.prior += log(diagonal(l));
    return l;
  };
  const program p = model([&](recorder& r) { record(r, true); }).compile({});
  // sums of products that cancel to about a tenth
  check_program(p, {.adjoint_tolerance = 2e-11});
  const program residual = model([&](recorder& r) {
                             const var difference = record(r, false);
                             r.prior += square(difference);
                           }).compile({});
  std::vector<double> x(static_cast<std::size_t>(residual.dimension()));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = spread(k);
  // n * n elements of size about n, each to n ulp
  CHECK(test::log_density_at(residual, x) < 1e-24 * static_cast<double>(n * n * n * n * n * n));
}

TEST_CASE("large matrices: products, factors and solves go to blocked kernels", "[autodiff][operations]") {
  const std::int64_t n = GENERATE(33, 50), m = 40;
  CAPTURE(n);
  const auto size = static_cast<std::size_t>(n * n);
  std::vector<double> base(size), shift(size);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const auto at = static_cast<std::size_t>(i * n + j);
      base[at] = spread(at, -0.3, 0.3);
      shift[at] = i == j ? static_cast<double>(n) : 0.0;
    }
  }
  // A matrix of two parameters: the whole chain in few dimensions.
  const program p =
      model([&](recorder& r) {
        const var s = r.parameter("s"), t = r.parameter("t", {n}), fixed = r.constant(base, {n, n});
        const var a = fixed * s + reshape(concat(std::vector<var>(static_cast<std::size_t>(n), t)), {n, n});
        const var spd = matmul(a, transpose(a)) + r.constant(shift, {n, n});
        const var l = cholesky(spd);
        const var b = slice(a, 0, n);
        weigh(r, l);
        weigh(r, solve_lower(l, b) + solve_lower_transposed(l, square(b)));
        weigh(r, solve_lower(l, t));
        weigh(r,
              matmul(fixed, matmul(a, r.constant(std::vector<double>(static_cast<std::size_t>(n * m), 0.25), {n, m}))));
      }).compile({});
  // Sums of n products that cancel to a hundredth; a condition number of about 10.
  check_program(p, {.adjoint_tolerance = 1e-11, .difference_tolerance = 1e-7, .dual_tolerance = 1e-12});
}

TEST_CASE("cholesky of a large matrix that is not positive definite: NaN in that lane", "[autodiff][operations]") {
  const std::int64_t n = 40;
  std::vector<double> identity(static_cast<std::size_t>(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) identity[static_cast<std::size_t>(i * n + i)] = 1.0;
  const program p = model([&](recorder& r) {
                      const var x = r.parameter("x");
                      r.prior += diagonal(cholesky(r.constant(identity, {n, n}) * x));
                    }).compile({});
  CHECK_THAT(test::log_density_at(p, {4.0}), WithinRel(80.0, 1e-14));
  CHECK(std::isnan(test::log_density_at(p, {-1.0})));
}

TEST_CASE("single precision: matrix work in f32, sums in f64", "[autodiff][operations][precision]") {
  const std::int64_t n = GENERATE(5, 128, 300, 1000), d = GENERATE(3, 25);
  CAPTURE(n, d);
  std::vector<double> x(static_cast<std::size_t>(n * d)), y(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = spread(k);
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = spread(k + 5000) > 0.0 ? 1.0 : 0.0;
  const named_data data{{"X", data_array({n, d}, x)}, {"y", data_array(y)}};
  const auto checked = [&](const model& m) {
    const program single = m.compile(data, {.precision = dtype::f32}), full = m.compile(data);
    // f32 has 6e-8; a predictor is a sum of up to 25 products, an adjoint one of 128.
    check_program(
        single,
        {.adjoint_tolerance = 1e-5, .difference_tolerance = 1e-4, .second_order = false, .dual_tolerance = 1e-5});
    std::vector<double> at(static_cast<std::size_t>(full.dimension()));
    for (std::size_t k = 0; k < at.size(); ++k) at[k] = spread(k + 77);
    const double exact = test::log_density_at(full, at), rounded = test::log_density_at(single, at);
    CHECK(rounded != exact);  // so f32 was at work
    CHECK_THAT(rounded, WithinRel(exact, 1e-5));
  };
  SECTION("fused with its density") {
    checked(model([](recorder& r) {
      const var beta = r.parameter("beta", {r.data("X").shape()[1]}), alpha = r.parameter("alpha");
      r.prior += log_pdf(normal{0.0, 1.0}, beta);
      r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("X"), beta) + alpha}, r.data("y"));
    }));
  }
  SECTION("alone") {
    checked(model(
        [](recorder& r) { weigh(r, exp(matmul(r.data("X"), r.parameter("beta", {r.data("X").shape()[1]})) * 0.2)); }));
  }
  CHECK_THROWS_AS(model([](recorder& r) { r.prior += r.parameter("x"); }).compile({}, {.precision = dtype::u8}),
                  domain_error);
}

// T49: f = x^2 + y^2 at (1, 2) along (3, 4)/5 and (1, 0).
TEST_CASE("directional derivative: the textbook case", "[autodiff][textbook]") {
  const program p = model([](recorder& r) { r.prior += square(r.parameter("xy", {2})); }).compile({});
  lanes<double> x(2, 2), v(2, 2);
  x(0, 0) = x(0, 1) = 1.0;
  x(1, 0) = x(1, 1) = 2.0;
  v(0, 0) = 0.6;
  v(1, 0) = 0.8;
  v(0, 1) = 1.0;
  double value[2], along[2];
  p.directional_derivative(exec::cpu(1), x, v, value, along);
  CHECK_THAT(along[0], WithinULP(4.4, 1));
  CHECK(along[1] == 2.0);
}

// T48: w <- w - (w - x_k) / k from any start is the mean of what was seen.
TEST_CASE("the recursion of a running mean: equals the batch mean", "[autodiff][textbook]") {
  const std::int64_t n = 1000000;
  std::vector<double> x(static_cast<std::size_t>(n)), k(static_cast<std::size_t>(n));
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = spread(i, 1.0, 3.0);
    k[i] = static_cast<double>(i + 1);
    sum += x[i];
  }
  const program p = model([&](recorder& r) {
                      const var start = r.parameter("start");
                      const var w =
                          r.scan(start, {r.data("x"), r.data("k")},
                                 [](const var& s, const std::vector<var>& row) { return s - (s - row[0]) / row[1]; });
                      r.prior += w[n - 1];
                    }).compile({{"x", data_array(x)}, {"k", data_array(k)}});
  CHECK_THAT(test::log_density_at(p, {-57.0}), WithinRel(sum / static_cast<double>(n), 1e-12));
}

TEST_CASE("where: an infinite slope behind it stays there", "[autodiff][operations]") {
  // At x = 0 the other side is log(0), whose adjoint would be 0 * inf.
  const program p = model([](recorder& r) {
                      const var x = r.parameter("x", {2});
                      r.prior += where(less(x, r.constant(0.5)), x * 2.0, log(x) + exp(x * 1e4));
                    }).compile({});
  const std::vector<double> x{0.0, 0.25};
  std::vector<double> gradient(2);
  double value = 0.0;
  p.evaluate(exec::cpu(1), lanes_view<const double>(std::span<const double>(x)), {&value, 1},
             lanes_view<double>(std::span<double>(gradient)));
  CHECK(value == 0.5);
  CHECK(gradient == std::vector<double>{2.0, 2.0});
}
