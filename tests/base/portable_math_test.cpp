// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/portable_math.hpp"
#include "credence/base/array_math.hpp"

#include "support/catch.hpp"
#include "support/ulp.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <vector>

using namespace credence;
using test::error_in_ulp;
using test::wide;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_number = std::numeric_limits<double>::quiet_NaN();

struct range {
  double low, high;
  bool logarithmic;  // magnitudes uniform in the logarithm, both signs where low < 0
};

std::vector<double> sample(const range& r, int n) {
  std::mt19937_64 engine(20240607);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& value : x) {
    if (r.logarithmic) {
      const double least = std::log(1e-307);
      value = std::exp(least + uniform(engine) * (std::log(r.high) - least));
      if (r.low < 0.0 && uniform(engine) < 0.5) value = -value;
    } else {
      value = r.low + uniform(engine) * (r.high - r.low);
    }
  }
  return x;
}

using array_function = void (*)(std::span<const double>, std::span<double>);
using scalar_function = double (*)(double);
using wide_function = std::function<wide(const wide&)>;

/// Largest error over a range, from the array function; the scalar function must give the same bits.
double largest_error(array_function array, scalar_function scalar, const wide_function& expected, const range& r) {
  const std::vector<double> x = sample(r, 20000);
  std::vector<double> y(x.size());
  array(x, y);
  double largest = 0.0;
  int different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    largest = std::max(largest, error_in_ulp(y[i], expected(wide(x[i]))));
    if (scalar(x[i]) != y[i] && !(std::isnan(y[i]) && std::isnan(scalar(x[i])))) ++different;
  }
  CHECK(different == 0);
  return largest;
}

}  // namespace

// The bounds are the largest errors of a run of 2e6 points a row, rounded up by a few hundredths; the promise is 1.5.
#define CHECK_ERROR(name, expected, low, high, logarithmic, bound)                            \
  CHECK(largest_error(                                                                        \
            static_cast<array_function>(array::name), [](double x) { return math::name(x); }, \
            [](const wide& x) -> wide { return expected; }, {low, high, logarithmic}) <= bound)

TEST_CASE("portable_math: exp family errors in f64", "[base][portable_math]") {
  CHECK_ERROR(exp, exp(x), -745.0, 709.7, false, 1.1);
  CHECK_ERROR(exp, exp(x), -1.0, 1.0, false, 1.1);
  CHECK_ERROR(expm1, expm1(x), -1.0, 1.0, false, 1.2);
  CHECK_ERROR(expm1, expm1(x), -50.0, 709.7, false, 1.2);
  CHECK_ERROR(expm1, expm1(x), -1.0, 1.0, true, 1.2);
  CHECK_ERROR(exp2, pow(wide(2), x), -1074.0, 1023.9, false, 0.95);
  CHECK_ERROR(tanh, tanh(x), -20.0, 20.0, false, 0.95);
}

TEST_CASE("portable_math: log family errors in f64", "[base][portable_math]") {
  CHECK_ERROR(log, log(x), 0.0, 2.0, false, 0.9);
  CHECK_ERROR(log, log(x), 0.0, 1e300, true, 0.9);
  CHECK_ERROR(log1p, log1p(x), -0.999, 1.0, false, 0.9);
  CHECK_ERROR(log1p, log1p(x), 0.0, 1e6, false, 0.9);
  CHECK_ERROR(log2, log(x) / log(wide(2)), 0.0, 2.0, false, 0.52);
}

TEST_CASE("portable_math: trigonometric errors in f64", "[base][portable_math]") {
  CHECK_ERROR(sin, sin(x), -4.0, 4.0, false, 0.85);
  CHECK_ERROR(cos, cos(x), -4.0, 4.0, false, 0.85);
  CHECK_ERROR(tan, tan(x), -4.0, 4.0, false, 1.0);
  CHECK_ERROR(sin, sin(x), -1e6, 1e6, false, 0.85);
  CHECK_ERROR(atan, atan(x), -5.0, 5.0, false, 1.1);
  CHECK_ERROR(asin, asin(x), -1.0, 1.0, false, 0.85);
  CHECK_ERROR(acos, acos(x), -1.0, 1.0, false, 0.85);
}

TEST_CASE("portable_math: edges of exp and log", "[base][portable_math]") {
  CHECK(math::exp(0.0) == 1.0);
  CHECK(math::exp(710.0) == inf);
  CHECK(math::exp(inf) == inf);
  CHECK(math::exp(-inf) == 0.0);
  CHECK(math::exp(-746.0) == 0.0);
  CHECK(math::exp(-745.0) == 4.9406564584124654e-324);
  CHECK(std::isnan(math::exp(not_number)));
  CHECK(math::log(1.0) == 0.0);
  CHECK(math::log(0.0) == -inf);
  CHECK(math::log(-0.0) == -inf);
  CHECK(math::log(inf) == inf);
  CHECK(std::isnan(math::log(-1.0)));
  CHECK(std::isnan(math::log(not_number)));
  CHECK(math::log(4.9406564584124654e-324) == -744.44007192138122);
  CHECK(std::signbit(math::expm1(-0.0)));
  CHECK(std::signbit(math::log1p(-0.0)));
  CHECK(math::log1p(-1.0) == -inf);
  CHECK(std::isnan(math::log1p(-1.5)));
  CHECK(math::log1p(inf) == inf);
  CHECK(math::expm1(-inf) == -1.0);
  CHECK(math::expm1(inf) == inf);
  CHECK(math::tanh(-inf) == -1.0);
  CHECK(std::signbit(math::tanh(-0.0)));
  CHECK(std::signbit(math::sin(-0.0)));
  CHECK(std::isnan(math::sin(inf)));
  CHECK(std::isnan(math::cos(not_number)));
}

TEST_CASE("portable_math: edges of pow", "[base][portable_math]") {
  CHECK(math::pow(not_number, 0.0) == 1.0);
  CHECK(math::pow(1.0, not_number) == 1.0);
  CHECK(math::pow(-1.0, inf) == 1.0);
  CHECK(math::pow(-1.0, -inf) == 1.0);
  CHECK(std::isnan(math::pow(not_number, 1.0)));
  CHECK(std::isnan(math::pow(-2.0, 0.5)));
  CHECK(math::pow(-2.0, 3.0) == -8.0);
  CHECK(math::pow(0.0, 2.0) == 0.0);
  CHECK(std::signbit(math::pow(-0.0, 3.0)));
  CHECK(math::pow(-0.0, -3.0) == -inf);
  CHECK(math::pow(-0.0, -2.0) == inf);
  CHECK(math::pow(-inf, 3.0) == -inf);
  CHECK(math::pow(-inf, -2.0) == 0.0);
  CHECK(math::pow(-inf, 0.5) == inf);
  CHECK(math::pow(0.5, inf) == 0.0);
  CHECK(math::pow(0.5, -inf) == inf);
  CHECK(math::pow(2.0, 1024.0) == inf);
  CHECK(math::pow(2.0, -1074.0) == 4.9406564584124654e-324);
  CHECK(math::pow(-2.0, 1e300) == inf);
  CHECK(math::pow(3.0, 2.0) == 9.0);
}

TEST_CASE("portable_math: edges of the rest", "[base][portable_math]") {
  CHECK(math::atan(inf) == 1.5707963267948966);
  CHECK(std::signbit(math::atan(-0.0)));
  CHECK(math::acos(1.0) == 0.0);
  CHECK(math::acos(-1.0) == 3.1415926535897931);
  CHECK(std::isnan(math::asin(1.0000000000000002)));
  CHECK(std::isnan(math::acos(not_number)));
  CHECK(math::sinh(-inf) == -inf);
  CHECK(math::cosh(-inf) == inf);
  CHECK(math::cosh(711.0) == inf);
  CHECK(math::log_factorial(0.0) == 0.0);
  CHECK(math::log_factorial(1.0) == 0.0);
  CHECK(math::log_factorial(2.0) == 0.69314718055994531);
  CHECK(math::log_factorial(inf) == inf);
  CHECK(math::log_factorial(1e306) == inf);
  CHECK(std::isnan(math::log_factorial(-0.5)));
  CHECK(std::isnan(math::log_factorial(not_number)));
  CHECK(math::inv_logit(-inf) == 0.0);
  CHECK(math::inv_logit(inf) == 1.0);
  CHECK(math::log1p_exp(-inf) == 0.0);
  CHECK(math::log1p_exp(inf) == inf);
  CHECK(math::log1m_exp(0.0) == -inf);
  CHECK(std::isnan(math::log1m_exp(0.5)));
  double s = 0.0, c = 0.0;
  math::sincos_pi(1.0, s, c);
  CHECK(s == 0.0);
  CHECK(c == -1.0);
  math::sincos_pi(-0.5, s, c);
  CHECK(s == -1.0);
  CHECK(c == 0.0);
  math::sincos_pi(1e300, s, c);
  CHECK(s == 0.0);
  CHECK(c == 1.0);
  for (const float x : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CHECK(std::isnan(math::sin(x)));
    CHECK(std::isnan(math::pow(x, std::numeric_limits<float>::quiet_NaN())));
  }
}

namespace {

using scalar_map = std::map<std::string, scalar_function>;
scalar_map unary_functions() {
  scalar_map functions;
#define CREDENCE_TEST_ENTRY(name) functions[#name] = [](double x) { return math::name(x); };
  CREDENCE_MATH_UNARY(CREDENCE_TEST_ENTRY)
#undef CREDENCE_TEST_ENTRY
  return functions;
}

}  // namespace

// tests/reference/portable_math.py wrote the table. 1.5 ulp is the promise for every function here.
TEST_CASE("portable_math: agrees with the high-precision table", "[base][portable_math]") {
  const scalar_map functions = unary_functions();
  const auto rows = test::read_table(CREDENCE_SOURCE_DIR "/tests/reference/portable_math.csv");
  REQUIRE(rows.size() > 800);
  for (const test::table_row& row : rows) {
    const double x = row.arguments[0];
    const double got = row.function == "pow" ? math::pow(x, row.arguments[1]) : functions.at(row.function)(x);
    CAPTURE(row.function, x, got);
    CHECK(error_in_ulp(got, row.value) <= 1.5);
  }
}
