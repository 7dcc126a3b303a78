// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/portable_math.hpp"
#include "credence/base/array_math.hpp"

#include "support/catch.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

using namespace credence;
using boost::multiprecision::cpp_bin_float_quad;  // 113 bits

namespace {

using wide = cpp_bin_float_quad;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_number = std::numeric_limits<double>::quiet_NaN();

/// |got - expected| in units of the last place of the expected double.
double error_in_ulp(double got, const wide& expected) {
  const double rounded = static_cast<double>(expected);
  if (!std::isfinite(rounded) || !std::isfinite(got)) return got == rounded ? 0.0 : inf;
  const int exponent = rounded == 0.0 ? -1022 : std::max(std::ilogb(rounded), -1022);
  const wide ulp = ldexp(wide(1), exponent - 52);
  return static_cast<double>(abs(wide(got) - expected) / ulp);
}

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
