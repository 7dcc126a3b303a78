// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace credence {

namespace {

constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t largest_exact = std::uint64_t{1} << 53;

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Eight digits at once: all bytes between '0' and '9'?
bool eight_digits(std::uint64_t chunk) {
  return ((chunk & 0xF0F0F0F0F0F0F0F0ULL) | (((chunk + 0x0606060606060606ULL) & 0xF0F0F0F0F0F0F0F0ULL) >> 4)) ==
         0x3333333333333333ULL;
}

/// Their value, by three multiplications that join neighbours: digits to pairs to fours to eight.
std::uint64_t value_of_eight(std::uint64_t chunk) {
  chunk -= 0x3030303030303030ULL;
  chunk = chunk * 10 + (chunk >> 8);
  constexpr std::uint64_t mask = 0x000000FF000000FFULL;
  return (((chunk & mask) * 0x000F424000000064ULL) + (((chunk >> 16) & mask) * 0x0000271000000001ULL)) >> 32;
}

/// Adds digits to `mantissa` (it wraps beyond 19 of them) and returns where they end.
const char* read_digits(const char* p, const char* last, std::uint64_t& mantissa) {
  if constexpr (std::endian::native == std::endian::little) {
    while (last - p >= 8) {
      std::uint64_t chunk = 0;
      std::memcpy(&chunk, p, 8);
      if (!eight_digits(chunk)) break;
      mantissa = mantissa * 100000000U + value_of_eight(chunk);
      p += 8;
    }
  }
  for (; p != last && is_digit(*p); ++p) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
  return p;
}

/// nan, inf and infinity in any case, at `p`; returns its end, or `p`.
const char* read_word(const char* p, const char* last, double& value) {
  const auto starts_with = [&](const char* word) {
    const char* q = p;
    for (; *word != 0; ++word, ++q) {
      if (q == last || (*q | 0x20) != *word) return false;
    }
    return true;
  };
  if (starts_with("nan")) return value = std::numeric_limits<double>::quiet_NaN(), p + 3;
  if (starts_with("infinity")) return value = std::numeric_limits<double>::infinity(), p + 8;
  if (starts_with("inf")) return value = std::numeric_limits<double>::infinity(), p + 3;
  return p;
}

/// Infinity or zero for digits that are beyond the range: by the power of ten of the first digit that is not 0.
double beyond_range(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::size_t point = std::min(text.find('.'), e);
  const std::size_t first = text.find_first_of("123456789");
  const std::int64_t place =
      first < point ? static_cast<std::int64_t>(point - first) : -static_cast<std::int64_t>(first - point);
  std::int64_t written = 0;
  const bool minus = e + 1 < text.size() && text[e + 1] == '-';
  for (const char c : text.substr(std::min(e + 1, text.size()))) {
    if (is_digit(c) && written < std::int64_t{1} << 50) written = written * 10 + (c - '0');
  }
  return place + (minus ? -written : written) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

/// The general case, through the standard library, which rounds correctly.
double convert(const char* digits, const char* end) {
  double value = 0.0;
  const auto result = std::from_chars(digits, end, value);
  if (result.ec == std::errc::result_out_of_range) {
    return beyond_range({digits, static_cast<std::size_t>(end - digits)});
  }
  return value;
}

/// With 64 bits of precision, powers of ten up to 10^27 are exact, so that one operation errs by at most half a unit of
/// its last place. Rounding that to 53 bits is right unless the eleven bits cut off are exactly one half.
bool by_extended_precision([[maybe_unused]] std::uint64_t mantissa, [[maybe_unused]] std::int64_t exponent,
                           [[maybe_unused]] double& value) {
#if defined(__x86_64__) && defined(__LDBL_MANT_DIG__) && __LDBL_MANT_DIG__ == 64
  static constexpr long double powers[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                           1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                           1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
  if (exponent < -27 || exponent > 27 || mantissa == 0) return false;
  const auto whole = static_cast<long double>(mantissa);
  const long double result = exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent];
  std::uint64_t significand = 0;
  std::memcpy(&significand, &result, sizeof significand);
  if ((significand & 0x7FFU) == 0x400U) return false;
  value = static_cast<double>(result);
  return true;
#else
  return false;
#endif
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

parsed_number parse_number(const char* first, const char* last) {
  const char* p = first;
  const bool negative = p != last && *p == '-';
  if (p != last && (*p == '-' || *p == '+')) ++p;
  const char* digits = p;
  std::uint64_t mantissa = 0;
  p = read_digits(p, last, mantissa);
  std::int64_t count = p - digits, exponent = 0;
  bool whole = true;
  if (p != last && *p == '.') {
    const char* fraction = p + 1;
    const char* end = read_digits(fraction, last, mantissa);
    exponent = -(end - fraction);
    count += end - fraction;
    whole = false;
    p = end;
  }
  if (count == 0) {
    double value = 0.0;
    const char* end = digits == p ? read_word(digits, last, value) : digits;
    if (end == digits) return {0.0, first, false};
    return {negative ? -value : value, end, false};
  }
  if (p != last && (*p | 0x20) == 'e') {
    const char* q = p + 1;
    const bool minus = q != last && *q == '-';
    if (q != last && (*q == '-' || *q == '+')) ++q;
    if (q != last && is_digit(*q)) {
      std::int64_t written = 0;
      for (; q != last && is_digit(*q); ++q) written = written < 100000 ? written * 10 + (*q - '0') : written;
      exponent += minus ? -written : written;
      whole = false;
      p = q;
    }
  }
  // Nineteen digits fit 64 bits; a mantissa up to 2^53 and a power of ten up to 10^22 are exact doubles, so that one
  // multiplication or division rounds once (Clinger 1990).
  double value = 0.0;
  if (count <= 19 && mantissa <= largest_exact && exponent >= -22 && exponent <= 22) {
    value = static_cast<double>(mantissa);
    value = exponent < 0 ? value / powers_of_ten[-exponent] : value * powers_of_ten[exponent];
  } else if (count > 19 || !by_extended_precision(mantissa, exponent, value)) {
    value = convert(digits, p);
  }
  return {negative ? -value : value, p, whole && count <= 19 && mantissa <= largest_exact};
}

std::optional<double> to_number(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  const parsed_number result = parse_number(text.data(), text.data() + text.size());
  if (result.end != text.data() + text.size()) return std::nullopt;
  return result.value;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && text.front() == '+' && is_digit(text[1])) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    char buffer[32];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  }
}

void append_number(std::string& out, std::int64_t value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

}  // namespace credence
