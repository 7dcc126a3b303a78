// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/npy.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;

namespace {

/// A file of version 1 with this header and these data bytes.
std::string file(const std::string& header, const std::string& data, char version = 1) {
  std::string out = "\x93NUMPY";
  out += version;
  out += '\0';
  out += static_cast<char>(header.size());
  out += '\0';
  if (version > 1) out.append(2, '\0');
  return out + header + data;
}

std::string error_of(const std::string& bytes) {
  try {
    parse_npy(bytes, "a.npy");
  } catch (const parse_error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("npy: every type that is written reads back", "[table][npy]") {
  const std::vector<double> values{0, 1, 2, 100, 7, 1};
  const std::vector<std::int64_t> shape{2, 3};
  const npy_type type = GENERATE(npy_type::f8, npy_type::f4, npy_type::i8, npy_type::i4, npy_type::u1);
  const std::string bytes = to_npy(values, shape, type);
  CHECK(bytes.find('\n') % 64 == 63);  // data begin at a multiple of 64
  const npy_array back = parse_npy(bytes);
  CHECK(back.shape == shape);
  CHECK(back.values == values);
  CHECK(parse_npy(to_npy(values, shape, npy_type::b1)).values == std::vector<double>{0, 1, 1, 1, 1, 1});
}

TEST_CASE("npy: scalars, vectors, empty arrays", "[table][npy]") {
  const std::vector<std::int64_t> scalar{}, vector{3}, empty{0, 4};
  CHECK(parse_npy(to_npy(std::vector<double>{2.5}, scalar)).values == std::vector<double>{2.5});
  CHECK(parse_npy(to_npy(std::vector<double>{1, 2, 3}, vector)).shape == vector);
  CHECK(parse_npy(to_npy({}, empty)).shape == empty);
  const double nan = std::nan("");
  CHECK(std::isnan(parse_npy(to_npy(std::vector<double>{nan}, scalar)).values[0]));
}

TEST_CASE("npy: big endian, Fortran order, versions 2 and 3", "[table][npy]") {
  const std::string big =
      file("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }\n", std::string("\0\0\1\2\xFF\xFF\xFF\xFE", 8));
  CHECK(parse_npy(big).values == std::vector<double>{258, -2});
  const char version = GENERATE(1, 2, 3);
  const std::string fortran =
      file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", std::string("\1\4\2\5\3\6", 6), version);
  CHECK(parse_npy(fortran).values == std::vector<double>{1, 2, 3, 4, 5, 6});
  // Three axes: element (i, j, k) of shape (2, 1, 2) lies at i + 2 j + 2 k.
  const std::string cube =
      file("{\"shape\": (2, 1, 2), \"fortran_order\": True, \"descr\": \"<i2\"}", std::string("\1\0\3\0\2\0\4\0", 8));
  CHECK(parse_npy(cube).values == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("npy: every error has its byte", "[table][npy]") {
  const std::string good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
  CHECK(error_of("") == "a.npy: byte 1: the signature of NPY is missing");
  CHECK(error_of("\x93NUMPY\x01") == "a.npy: byte 8: the file ends inside its header");
  CHECK_THAT(error_of(file(good, std::string(8, '\0'), 9)), Contains("byte 7: version 9"));
  CHECK(error_of(file(good, "")) == "a.npy: byte 68: the data are shorter than their shape");
  CHECK(error_of(file(good, std::string(9, '\0'))) == "a.npy: byte 76: the data are longer than their shape");
  CHECK_THAT(error_of(file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "")),
             Contains("Python objects are refused"));
  CHECK_THAT(error_of(file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", "")),
             Contains("structured arrays are not read"));
  CHECK_THAT(error_of(file("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", "")), Contains("<c16"));
  CHECK_THAT(error_of(file("{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,), }", "")),
             Contains("True or False"));
  CHECK_THAT(error_of(file("{'descr': '<f8', 'shape': (1,), }", "")), Contains("lacks"));
  CHECK_THAT(error_of(file("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "")),
             Contains("whole numbers"));
  CHECK_THAT(error_of(file("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", "")),
             Contains("shorter than their shape"));
  CHECK_THAT(error_of(file("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "")),
             Contains("too long"));
  CHECK_THAT(error_of(file("{'a': 1}", "")), Contains("unknown key a"));
}

TEST_CASE("npy: writing refuses what does not fit, tables come from vectors and matrices", "[table][npy]") {
  const std::vector<std::int64_t> two{2}, three{1, 1, 1};
  CHECK_THROWS_AS(to_npy(std::vector<double>{1}, two), shape_error);
  CHECK_THROWS_AS(to_npy(std::vector<double>{1, 256}, two, npy_type::u1), domain_error);
  CHECK_THROWS_AS(to_npy(std::vector<double>{1, std::nan("")}, two, npy_type::i8), domain_error);
  const std::vector<std::int64_t> matrix{2, 2};
  const table t = to_table(parse_npy(to_npy(std::vector<double>{1, 2, 3, 4}, matrix, npy_type::i4)));
  CHECK(t.at("x2").integers() == std::vector<std::int64_t>{2, 4});
  CHECK_THROWS_AS(to_table(parse_npy(to_npy(std::vector<double>{1}, three))), shape_error);
}
