// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/numbers.hpp"

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

using namespace credence;

namespace {

double parse(const std::string& text) {
  const parsed_number n = parse_number(text.data(), text.data() + text.size());
  CHECK(n.end == text.data() + text.size());
  return n.value;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

}  // namespace

TEST_CASE("parse_number: equals strtod bit for bit", "[table][numbers]") {
  std::mt19937_64 engine(4);
  const auto digits = [&](int count) {
    std::string s;
    for (int i = 0; i < count; ++i) s += static_cast<char>('0' + engine() % 10);
    return s;
  };
  int wrong = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text = engine() % 3 == 0 ? "-" : "";
    text += digits(1 + static_cast<int>(engine() % 20));
    if (engine() % 3 != 0) text.append(1, '.').append(digits(static_cast<int>(engine() % 22)));
    if (engine() % 2 == 0)
      text.append(engine() % 2 == 0 ? "e" : "E-").append(digits(1 + static_cast<int>(engine() % 3)));
    const parsed_number n = parse_number(text.data(), text.data() + text.size());
    if (n.end != text.data() + text.size() || !same_bits(n.value, std::strtod(text.c_str(), nullptr))) {
      if (++wrong < 5) FAIL_CHECK(text);
    }
  }
  CHECK(wrong == 0);
}

/// Joins without operator+, in which GCC 12 sees overflows that cannot happen.
std::string zeros_between(const char* front, const char* back) {
  std::string text = front;
  text.append(400, '0');
  text.append(back);
  return text;
}

TEST_CASE("parse_number: hard cases", "[table][numbers]") {
  // Half-way cases and edges of the range; the expected values are those of IEEE 754 rounding to nearest even.
  CHECK(parse("9007199254740993") == 9007199254740992.0);
  CHECK(parse("9007199254740993.00000000000000000000000001") == 9007199254740994.0);
  CHECK(parse("2.2250738585072011e-308") == std::strtod("2.2250738585072011e-308", nullptr));
  CHECK(parse("4.9406564584124654e-324") == 5e-324);
  CHECK(parse("2e-324") == 0.0);
  CHECK(parse("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(std::isinf(parse("1.7976931348623159e308")));
  CHECK(std::isinf(parse("1e999999999999999999999")));
  CHECK(parse("1e-999999999999999999999") == 0.0);
  CHECK(parse("0e999999") == 0.0);
  CHECK(std::signbit(parse("-0")));
  CHECK(std::isinf(parse(zeros_between("1", ""))));
  CHECK(parse(zeros_between("1", "e-400")) == 1.0);
  CHECK(parse(zeros_between("0.", "1e401")) == 1.0);
  CHECK(parse(zeros_between("0.", "1")) == 0.0);
  CHECK(std::isinf(parse(zeros_between("0.", "1e900"))));
  CHECK(parse(".5") == 0.5);
  CHECK(parse("5.") == 5.0);
  CHECK(std::isnan(parse("nan")));
  CHECK(parse("-Infinity") == -std::numeric_limits<double>::infinity());
  CHECK(parse("INF") == std::numeric_limits<double>::infinity());
}

TEST_CASE("parse_number: stops where the number stops", "[table][numbers]") {
  const auto length = [](std::string_view text) {
    return parse_number(text.data(), text.data() + text.size()).end - text.data();
  };
  CHECK(length("12,5") == 2);
  CHECK(length("1e") == 1);
  CHECK(length("1e+") == 1);
  CHECK(length("1.5.2") == 3);
  CHECK(length("") == 0);
  CHECK(length("-") == 0);
  CHECK(length(".") == 0);
  CHECK(length("+.e5") == 0);
  CHECK(length("x") == 0);
  CHECK(length("0x10") == 1);
}

TEST_CASE("to_number, to_integer: the whole text or nothing", "[table][numbers]") {
  CHECK(to_number(" 1.5\t") == 1.5);
  CHECK_FALSE(to_number("1.5x"));
  CHECK_FALSE(to_number(""));
  CHECK_FALSE(to_number(" "));
  CHECK(to_integer("+7") == 7);
  CHECK(to_integer(" -9223372036854775808 ") == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(to_integer("9223372036854775808"));
  CHECK_FALSE(to_integer("+-7"));
  CHECK_FALSE(to_integer("1.0"));
}

TEST_CASE("append_number: the shortest text that reads back", "[table][numbers]") {
  std::mt19937_64 engine(8);
  for (int i = 0; i < 20000; ++i) {
    const double x = std::bit_cast<double>(engine());
    if (!std::isfinite(x)) continue;
    std::string text;
    append_number(text, x);
    if (!same_bits(parse(text), x)) FAIL_CHECK(text);
  }
  std::string text;
  append_number(text, 0.1);
  append_number(text, std::nan(""));
  append_number(text, -std::numeric_limits<double>::infinity());
  append_number(text, std::int64_t{-3});
  CHECK(text == "0.1NaN-Infinity-3");
}
