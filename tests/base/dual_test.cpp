// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/dual.hpp"

#include "support/catch.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <functional>

using namespace credence;

namespace {

using wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<200>>;

/// Central difference with a step of 1e-40 in 200 digits: exact to far below double precision.
double derivative(const std::function<wide(const wide&)>& f, double x) {
  const wide h("1e-40");
  return static_cast<double>((f(wide(x) + h) - f(wide(x) - h)) / (2 * h));
}

}  // namespace

// Four roundings or so in a tangent: 1e-14 leaves room for the error of the functions themselves.
#define CHECK_DUAL(name, formula)                                                                                 \
  for (const double point : {-0.9, -0.3, 0.05, 0.4, 0.8}) {                                                       \
    const double at = (#name[0] == 'l' && std::string(#name) != "log1p" ? 1.0 + point : point) * 0.999;           \
    const dual<double> y = math::name(dual<double>(at, 2.0));                                                     \
    CAPTURE(#name, at);                                                                                           \
    CHECK(y.value == math::name(at));                                                                             \
    CHECK_THAT(y.tangent, WithinRel(2.0 * derivative([](const wide& x) -> wide { return formula; }, at), 1e-14)); \
  }

TEST_CASE("dual: tangents are the derivatives", "[base][dual]") {
  CHECK_DUAL(exp, exp(x));
  CHECK_DUAL(expm1, exp(x) - 1);
  CHECK_DUAL(exp2, pow(wide(2), x));
  CHECK_DUAL(log, log(x));
  CHECK_DUAL(log1p, log(1 + x));
  CHECK_DUAL(log2, log(x) / log(wide(2)));
  CHECK_DUAL(sin, sin(x));
  CHECK_DUAL(cos, cos(x));
  CHECK_DUAL(tan, tan(x));
  CHECK_DUAL(atan, atan(x));
  CHECK_DUAL(asin, asin(x));
  CHECK_DUAL(acos, acos(x));
  CHECK_DUAL(sinh, sinh(x));
  CHECK_DUAL(cosh, cosh(x));
  CHECK_DUAL(tanh, tanh(x));
  CHECK_DUAL(inv_logit, 1 / (1 + exp(-x)));
}

TEST_CASE("dual: softplus and log1m_exp", "[base][dual]") {
  for (const double x : {-30.0, -2.0, -0.1, 3.0, 40.0}) {
    CAPTURE(x);
    CHECK_THAT(math::log1p_exp(dual<double>(x, 1.0)).tangent,
               WithinRel(derivative([](const wide& v) -> wide { return log(1 + exp(v)); }, x), 1e-14));
    if (x > 0) continue;
    CHECK_THAT(math::log1m_exp(dual<double>(x, 1.0)).tangent,
               WithinRel(derivative([](const wide& v) -> wide { return log(1 - exp(v)); }, x), 1e-14));
  }
}

TEST_CASE("dual: products, quotients and powers", "[base][dual]") {
  const dual<double> x(1.7, 1.0), c(0.6);
  CHECK_THAT((x * x / (x + c)).tangent,
             WithinRel(derivative([](const wide& v) -> wide { return v * v / (v + wide(0.6)); }, 1.7), 1e-14));
  CHECK_THAT(math::pow(x, c).tangent, WithinRel(0.6 * std::pow(1.7, -0.4), 1e-14));
  CHECK_THAT(math::pow(c, x).tangent, WithinRel(std::pow(0.6, 1.7) * std::log(0.6), 1e-14));
  CHECK_THAT(math::sqrt(x).tangent, WithinRel(0.5 / std::sqrt(1.7), 1e-15));
  CHECK(math::abs(dual<double>(-2.0, 3.0)).tangent == -3.0);
  CHECK(math::max(x, c).tangent == 1.0);
  CHECK(math::select(false, x, c).tangent == 0.0);
}

TEST_CASE("dual: duals of duals give second derivatives", "[base][dual]") {
  using second = dual<dual<double>>;
  const second x({0.7, 1.0}, {1.0, 0.0});
  CHECK_THAT(math::sin(x).tangent.tangent, WithinRel(-std::sin(0.7), 1e-15));
  CHECK_THAT(math::log(x).tangent.tangent, WithinRel(-1.0 / 0.49, 1e-14));
  const double t = std::tanh(0.7);
  CHECK_THAT(math::tanh(x).tangent.tangent, WithinRel(-2.0 * t * (1.0 - t * t), 1e-14));
}
