// SPDX-License-Identifier: BSD-3-Clause
// The same bits in vector bodies and scalar tails, for every instruction set this machine runs, and from scalar calls.
#include "credence/base/portable_math.hpp"
#include "credence/base/portable_math_exp.hpp"
#include "credence/base/simd.hpp"

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace credence::detail {
#define CREDENCE_TEST_DECLARE(name)                                                        \
  CREDENCE_SIMD_DECLARE(void, array_##name, const double* in, double* out, std::int64_t n) \
  CREDENCE_SIMD_DECLARE(void, array_##name##_f32, const float* in, float* out, std::int64_t n)
CREDENCE_MATH_UNARY(CREDENCE_TEST_DECLARE)
CREDENCE_SIMD_DECLARE(void, array_pow, const double* x, const double* y, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_pow_f32, const float* x, const float* y, float* out, std::int64_t n)
}  // namespace credence::detail

using namespace credence;

namespace {

/// Numbers of every magnitude and sign, the edges among them.
template <class T>
std::vector<T> awkward_numbers(int n) {
  using bits_type = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  std::vector<T> x = {T(0),
                      -T(0),
                      T(1),
                      -T(1),
                      T(0.5),
                      T(2),
                      math::infinity<T>,
                      -math::infinity<T>,
                      math::not_a_number<T>,
                      std::bit_cast<T>(bits_type{1}),
                      T(709.9),
                      T(-745.1),
                      T(8),
                      T(1048576)};
  std::mt19937_64 engine(7);
  std::uniform_real_distribution<double> uniform(-20.0, 20.0);
  while (static_cast<int>(x.size()) < n) {
    x.push_back(std::bit_cast<T>(static_cast<bits_type>(engine())));
    x.push_back(static_cast<T>(uniform(engine)));
    x.push_back(static_cast<T>(0.05 * uniform(engine)));
  }
  return x;
}

/// Equal bits, except that every NaN is the same to us: its sign and payload are not promised.
template <class T>
bool same(T a, T b) {
  return (a != a && b != b) || std::memcmp(&a, &b, sizeof a) == 0;
}

template <class T>
using kernel = void (*)(const T*, T*, std::int64_t);

/// Counts elements where `other` run at once, `reference` run at once and both run one at a time differ.
template <class T>
int count_differences(kernel<T> reference, kernel<T> other, const std::vector<T>& x) {
  const std::int64_t n = static_cast<std::int64_t>(x.size());
  std::vector<T> expected(x.size()), got(x.size());
  reference(x.data(), expected.data(), n);
  other(x.data(), got.data(), n);
  int different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    T alone = T(0);
    other(&x[i], &alone, 1);
    if (!same(expected[i], got[i]) || !same(expected[i], alone)) ++different;
  }
  return different;
}

}  // namespace

#define CHECK_LEVEL(name, level)                                                                                  \
  CHECK(count_differences<double>(detail::isa_generic::array_##name, detail::level::array_##name, doubles) == 0); \
  CHECK(count_differences<float>(detail::isa_generic::array_##name##_f32, detail::level::array_##name##_f32,      \
                                 floats) == 0);

TEST_CASE("portable_math: the same bits for every instruction set, body and tail", "[base][portable_math]") {
  const std::vector<double> doubles = awkward_numbers<double>(6001);
  const std::vector<float> floats = awkward_numbers<float>(6001);
#define CHECK_ALONE(name) CHECK_LEVEL(name, isa_generic)
  CREDENCE_MATH_UNARY(CHECK_ALONE)
  if (simd() >= simd_level::avx2) {
#define CHECK_AVX2(name) CHECK_LEVEL(name, isa_avx2)
    CREDENCE_MATH_UNARY(CHECK_AVX2)
  }
  if (simd() >= simd_level::avx512) {
#define CHECK_AVX512(name) CHECK_LEVEL(name, isa_avx512)
    CREDENCE_MATH_UNARY(CHECK_AVX512)
  }
}

TEST_CASE("portable_math: scalar calls give the bits of the arrays", "[base][portable_math]") {
  const std::vector<double> doubles = awkward_numbers<double>(3001);
  const std::vector<float> floats = awkward_numbers<float>(3001);
  std::vector<double> y(doubles.size());
  std::vector<float> z(floats.size());
#define CHECK_SCALAR(name)                                                                       \
  {                                                                                              \
    CREDENCE_SIMD_PICK(array_##name)(doubles.data(), y.data(), std::ssize(y));                   \
    CREDENCE_SIMD_PICK(array_##name##_f32)(floats.data(), z.data(), std::ssize(z));              \
    int different = 0;                                                                           \
    for (std::size_t i = 0; i < y.size(); ++i) different += !same(math::name(doubles[i]), y[i]); \
    for (std::size_t i = 0; i < z.size(); ++i) different += !same(math::name(floats[i]), z[i]);  \
    INFO(#name);                                                                                 \
    CHECK(different == 0);                                                                       \
  }
  CREDENCE_MATH_UNARY(CHECK_SCALAR)
}

TEST_CASE("portable_math: pow has the same bits for every instruction set", "[base][portable_math]") {
  const std::vector<double> x = awkward_numbers<double>(4001);
  std::vector<double> y = x, expected(x.size()), got(x.size());
  std::rotate(y.begin(), y.begin() + 5, y.end());
  const std::int64_t n = std::ssize(x);
  detail::isa_generic::array_pow(x.data(), y.data(), expected.data(), n);
  CREDENCE_SIMD_PICK(array_pow)(x.data(), y.data(), got.data(), n);
  int different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    different += !same(expected[i], got[i]) || !same(expected[i], math::pow(x[i], y[i]));
  }
  CHECK(different == 0);
}

TEST_CASE("portable_math: exp of what is not positive is exp, and 0 below -708", "[base][portable_math]") {
  std::mt19937_64 engine(11);
  std::uniform_real_distribution<double> uniform(-708.0, 0.0);
  int different = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = i % 2 == 0 ? uniform(engine) : 0.01 * uniform(engine);
    if (math::inlined::exp_nonpositive(x) != math::exp(x)) ++different;  // what kernels inline
    if (math::exp_nonpositive(x) != math::exp(x)) ++different;
  }
  CHECK(different == 0);
  for (const double x : {-708.1, -745.0, -1e9, -math::infinity<double>}) {
    CHECK(math::inlined::exp_nonpositive(x) == 0.0);
    CHECK(math::exp_nonpositive(x) == 0.0);
  }
  CHECK(math::inlined::exp_nonpositive(-0.0) == 1.0);
  CHECK(std::isnan(math::inlined::exp_nonpositive(math::not_a_number<double>)));
  CHECK(math::exp_nonpositive(-87.5F) == 0.0F);
  CHECK(math::exp_nonpositive(-2.0F) == math::exp(-2.0F));
}
