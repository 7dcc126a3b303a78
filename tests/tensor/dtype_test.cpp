// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/dtype.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/layout.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

#include <cmath>

using namespace credence;
using test::inf;

namespace {

float round_trip_bf16(float x) { return to_float(to_bfloat16(x)); }
float round_trip_f16(float x) { return to_float(to_float16(x)); }

/// Nearest in a binary format with `digits` significant bits and least exponent `least`, ties to even: in exact
/// arithmetic, by scaling with powers of two and rounding to an integer.
double nearest_in_format(double x, int digits, int least, double largest) {
  if (!(std::abs(x) <= 1e300) || x == 0.0) return x;
  const int exponent = std::max(std::ilogb(x), least);
  const double unit = std::ldexp(1.0, exponent - digits + 1);
  const double rounded = std::nearbyint(x / unit) * unit;
  return std::abs(rounded) > largest ? std::copysign(inf, x) : rounded;
}

}  // namespace

TEST_CASE("bfloat16: known roundings", "[tensor][dtype]") {
  CHECK(round_trip_bf16(0.1F) == 0.10009765625F);
  CHECK(round_trip_bf16(1.0F / 3.0F) == 0.333984375F);
  CHECK(round_trip_bf16(3.14159265F) == 3.140625F);
  CHECK(round_trip_bf16(257.0F) == 256.0F);                          // so that 256 + 1 = 256
  CHECK(round_trip_bf16(3.4028235e38F) == static_cast<float>(inf));  // the largest float is nearer to 2^128
  CHECK(to_bfloat16(1e-45F) == bfloat16{0});
  CHECK(round_trip_bf16(9.1835e-41F) == std::ldexp(1.0F, -133));  // the smallest subnormal number
}

TEST_CASE("float16: known roundings", "[tensor][dtype]") {
  CHECK(round_trip_f16(65504.0F) == 65504.0F);
  CHECK(round_trip_f16(65519.996F) == 65504.0F);
  CHECK(round_trip_f16(65520.0F) == static_cast<float>(inf));
  CHECK(round_trip_f16(2049.0F) == 2048.0F);                      // so that 2048 + 1 = 2048
  CHECK(round_trip_f16(5.9604645e-8F) == std::ldexp(1.0F, -24));  // the smallest subnormal number
  CHECK(round_trip_f16(std::ldexp(1.0F, -25)) == 0.0F);           // half of it: a tie, to even
  CHECK(round_trip_f16(std::ldexp(1.0F, -14)) == std::ldexp(1.0F, -14));
  CHECK(round_trip_f16(1e-8F) == 0.0F);
  CHECK(round_trip_f16(1e-8F * 1024.0F) > 0.0F);  // what loss scaling is for
}

TEST_CASE("16-bit types: every value survives the way to float and back", "[tensor][dtype]") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const bfloat16 b{static_cast<std::uint16_t>(bits)};
    const float16 h{static_cast<std::uint16_t>(bits)};
    const bool b_nan = (bits & 0x7FFFU) > 0x7F80U, h_nan = (bits & 0x7FFFU) > 0x7C00U;
    // NaN comes back quiet, its sign and other payload bits kept
    if (to_bfloat16(to_float(b)).bits != (b_nan ? (bits | 0x40U) : bits)) FAIL("bf16 " << bits);
    if (to_float16(to_float(h)).bits != (h_nan ? (bits | 0x200U) : bits)) FAIL("f16 " << bits);
    if (std::isnan(to_float(b)) != b_nan || std::isnan(to_float(h)) != h_nan) FAIL("NaN " << bits);
  }
  SUCCEED();
}

TEST_CASE("16-bit types: rounding agrees with exact arithmetic", "[tensor][dtype]") {
  std::mt19937_64 engine(7);
  for (int i = 0; i < 300000; ++i) {
    const auto word = engine();
    float x = 0.0F;
    const auto bits = static_cast<std::uint32_t>(word);
    std::memcpy(&x, &bits, sizeof x);
    if (std::isnan(x)) continue;
    REQUIRE(round_trip_bf16(x) == static_cast<float>(nearest_in_format(x, 8, -126, 3.3895313892515355e38)));
    REQUIRE(round_trip_f16(x) == static_cast<float>(nearest_in_format(x, 11, -14, 65504.0)));
    // doubles around ties: a float would round them twice
    const double near = static_cast<double>(round_trip_bf16(x)) * (1.0 + 0x1p-9 + ((word >> 40) & 1U ? 0x1p-40 : 0.0));
    REQUIRE(to_float(to_bfloat16(near)) == static_cast<float>(nearest_in_format(near, 8, -126, 3.3895313892515355e38)));
    REQUIRE(to_float(to_float16(near)) == static_cast<float>(nearest_in_format(near, 11, -14, 65504.0)));
  }
}

TEST_CASE("cast: between all dtypes, also strided", "[tensor][dtype]") {
  const exec::context ctx = exec::cpu(2);
  const tensor<double> x({10}, {0.1, -0.1, 2.5, 300.7, -3e9, 3e9, inf, -inf, test::not_a_number, 1e300});
  CHECK(cast<std::int32_t>(ctx, x) ==
        tensor<std::int32_t>({10}, {0, 0, 2, 300, std::numeric_limits<int>::min(), std::numeric_limits<int>::max(),
                                    std::numeric_limits<int>::max(), std::numeric_limits<int>::min(), 0,
                                    std::numeric_limits<int>::max()}));
  CHECK(cast<std::uint8_t>(ctx, x) == tensor<std::uint8_t>({10}, {0, 0, 2, 255, 0, 255, 255, 0, 0, 255}));
  CHECK(cast<float>(ctx, x)[0] == 0.1F);
  CHECK(cast<bfloat16>(ctx, x)[0] == to_bfloat16(0.1));
  CHECK(std::isinf(to_float(cast<float16>(ctx, x)[9])));
  CHECK(std::isnan(to_float(cast<bfloat16>(ctx, x)[8])));
  const tensor<std::int32_t> whole({3}, {-7, 16777217, 255});
  CHECK(cast<double>(ctx, whole) == tensor<double>({3}, {-7.0, 16777217.0, 255.0}));
  CHECK(cast<float>(ctx, whole)[1] == 16777216.0F);  // a tie, to even
  CHECK(cast<std::uint8_t>(ctx, whole) == tensor<std::uint8_t>({3}, {0, 255, 255}));
  const auto awkward = test::random_tensor({597, 43});
  const auto seen = test::make_strided(awkward);
  CHECK(cast<float>(ctx, seen.seen) == cast<float>(exec::context{}, awkward));
  CHECK(cast<double>(ctx, cast<float>(ctx, awkward))[5] == static_cast<double>(static_cast<float>(awkward[5])));
  CHECK(cast<float>(ctx, tensor<double>({0, 3})).shape() == tensor_shape{0, 3});
}

TEST_CASE("dtype: names and sizes", "[tensor][dtype]") {
  for (const dtype type : {dtype::f64, dtype::f32, dtype::bf16, dtype::f16, dtype::i32, dtype::u8}) {
    CHECK(dtype_from_text(to_text(type)) == type);
  }
  CHECK(size_of(dtype_of<bfloat16>) == 2);
  CHECK_THROWS_WITH(dtype_from_text("f8"), Contains("f8"));
}
