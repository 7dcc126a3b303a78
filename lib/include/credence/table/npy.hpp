// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/table/table.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// An array as NumPy stores it, its elements converted to doubles (exact for every type but 64-bit integers above
/// 2^53).
struct npy_array {
  std::vector<std::int64_t> shape;  ///< empty for a scalar
  std::vector<double> values;       ///< row-major, whatever the order in the file
  std::string type = "<f8";         ///< as in the file: byte order, kind, size
};

/// Reads NumPy's NPY format, versions 1 to 3: floats of 8 and 4 bytes, signed and unsigned integers of 1 to 8, truth
/// values; little and big endian; C and Fortran order.
/// @throws io_error     when the file cannot be read
/// @throws parse_error  with the byte: no NPY signature, a header that is not understood, other types (objects and
///                      pickles are refused), data too short or too long
npy_array read_npy(const std::string& path);
npy_array parse_npy(std::string_view bytes, const std::string& source = "npy");

enum class npy_type : std::uint8_t { f8, f4, i8, i4, u1, b1 };

/// Version 1.0, little endian, C order. Values are rounded to the type as C++ converts them.
/// @throws shape_error   when `values` does not have the size of `shape`
/// @throws domain_error  when a value does not fit an integer type
std::string to_npy(std::span<const double> values, std::span<const std::int64_t> shape, npy_type type = npy_type::f8);
void write_npy(const std::string& path, std::span<const double> values, std::span<const std::int64_t> shape,
               npy_type type = npy_type::f8);

/// A vector or matrix as a table with columns x1, x2, ...
/// @throws shape_error  when it has more than two axes
table to_table(const npy_array& array);

}  // namespace credence
