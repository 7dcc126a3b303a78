// SPDX-License-Identifier: BSD-3-Clause
// Single precision against the double functions, which other tests hold to 1.2 ulp of double: their error is 2^-29 ulp
// here.
#include "credence/base/array_math.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

using namespace credence;

namespace {

/// The distance of neighbouring floats at x (below the largest power of two for infinity).
double unit(float x) {
  const std::uint32_t field = std::clamp<std::uint32_t>(std::bit_cast<std::uint32_t>(x) >> 23 & 255U, 1U, 254U);
  return std::bit_cast<double>(std::uint64_t{field + 1023U - 150U} << 52);
}

/// |got - expected| in units of the last place of the expected float.
double error_in_ulp(float got, double expected) {
  const float rounded = static_cast<float>(expected);
  if (std::isnan(expected)) return std::isnan(got) ? 0.0 : std::numeric_limits<double>::infinity();
  if (got == rounded) return std::isinf(got) ? 0.0 : std::abs(got - expected) / unit(rounded);
  // Next to overflow: infinity counts as the number after the largest.
  const auto bounded = [](double v) { return std::clamp(v, -0x1p128, 0x1p128); };
  return std::abs(bounded(got) - bounded(expected)) / unit(rounded);
}

using f32_function = void (*)(std::span<const float>, std::span<float>);
using f64_function = void (*)(std::span<const double>, std::span<double>);

/// All 2^32 floats with CREDENCE_EXHAUSTIVE=1 in the environment, else every 1021st (a prime), in blocks. `libm` is a
/// second opinion, so that an error shared by the f32 and f64 functions shows.
double largest_error(f32_function f32, f64_function f64, double (*libm)(double)) {
  const bool exhaustive = std::getenv("CREDENCE_EXHAUSTIVE") != nullptr;
  const std::uint64_t stride = exhaustive ? 1 : 1021;
  constexpr std::size_t block = 4096;
  std::vector<float> x, y(block);
  std::vector<double> wide, expected(block);
  double largest = 0.0;
  double disagreement = 0.0;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32);) {
    x.clear();
    wide.clear();
    for (; x.size() < block && bits < (std::uint64_t{1} << 32); bits += stride) {
      x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      wide.push_back(x.back());
    }
    f32(x, std::span(y).first(x.size()));
    f64(wide, std::span(expected).first(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      largest = std::max(largest, error_in_ulp(y[i], expected[i]));
      if (i % 64 == 0) disagreement = std::max(disagreement, error_in_ulp(y[i], libm(wide[i])));
    }
  }
  CHECK(disagreement <= largest + 0.01);  // libm's own error, and that of the formulas around it
  return largest;
}

}  // namespace

#define CHECK_F32(name, libm, bound)                                                                             \
  SECTION(#name) {                                                                                               \
    const double largest = largest_error(static_cast<f32_function>(array::name),                                 \
                                         static_cast<f64_function>(array::name), [](double x) { return libm; }); \
    INFO("largest error " << largest);                                                                           \
    if (std::getenv("CREDENCE_EXHAUSTIVE") != nullptr) WARN(#name << ": " << largest << " ulp");                 \
    CHECK(largest <= bound);                                                                                     \
  }

TEST_CASE("portable_math: f32 errors over all floats", "[base][portable_math]") {
  CHECK_F32(exp, std::exp(x), 1.5)
  CHECK_F32(expm1, std::expm1(x), 1.5)
  CHECK_F32(exp2, std::exp2(x), 1.5)
  CHECK_F32(log, std::log(x), 1.5)
  CHECK_F32(log1p, std::log1p(x), 1.5)
  CHECK_F32(log2, std::log2(x), 1.5)
  CHECK_F32(sin, std::sin(x), 1.5)
  CHECK_F32(cos, std::cos(x), 1.5)
  CHECK_F32(tan, std::tan(x), 1.5)
  CHECK_F32(atan, std::atan(x), 1.5)
  CHECK_F32(asin, std::asin(x), 1.5)
  CHECK_F32(acos, std::acos(x), 1.5)
  CHECK_F32(sinh, std::sinh(x), 1.5)
  CHECK_F32(cosh, std::cosh(x), 1.5)
  CHECK_F32(tanh, std::tanh(x), 1.5)
  CHECK_F32(log_factorial,
            (x < 0      ? std::numeric_limits<double>::quiet_NaN()
             : x < 1e-9 ? -0.57721566490153286 * x
                        : std::lgamma(x + 1)),
            1.5)
  CHECK_F32(inv_logit, 1 / (1 + std::exp(-x)), 1.5)
  CHECK_F32(log1p_exp, (x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))), 1.5)
  CHECK_F32(log1m_exp, (x > -0.5 ? std::log(-std::expm1(x)) : std::log1p(-std::exp(x))), 1.5)
}
