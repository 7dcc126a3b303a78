// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/npy.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace credence {

namespace {

constexpr std::string_view signature = "\x93NUMPY";

/// The header: a Python dictionary with the keys descr, fortran_order and shape.
struct npy_header {
  std::string type;
  bool fortran = false;
  std::vector<std::int64_t> shape;
  std::size_t data_begin = 0;
};

class header_reader {
 public:
  header_reader(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  npy_header read() {
    if (!bytes_.starts_with(signature)) fail(0, "the signature of NPY is missing");
    if (bytes_.size() < 10) fail(bytes_.size(), "the file ends inside its header");
    const int version = static_cast<unsigned char>(bytes_[6]);
    if (version < 1 || version > 3) fail(6, "version " + std::to_string(version) + ", but must be 1, 2 or 3");
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    if (bytes_.size() < 8 + length_bytes) fail(bytes_.size(), "the file ends inside its header");
    std::size_t length = 0;
    for (std::size_t k = 0; k < length_bytes; ++k) {
      length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[8 + k])) << (8 * k);
    }
    at_ = 8 + length_bytes;
    if (length > bytes_.size() - at_) fail(8, "the header is longer than the file");
    end_ = at_ + length;
    read_dictionary();
    result_.data_begin = end_;
    return std::move(result_);
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    throw parse_error(source_, 0, static_cast<std::int64_t>(offset) + 1, what);
  }

 private:
  char peek() {
    while (at_ < end_ && (bytes_[at_] == ' ' || bytes_[at_] == '\n' || bytes_[at_] == '\t')) ++at_;
    return at_ < end_ ? bytes_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(at_, std::string("the header must have ") + c + " here");
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail(at_, "the header must have a string here");
    const std::size_t close = bytes_.substr(0, end_).find(quote, at_ + 1);
    if (close == std::string_view::npos) fail(at_, "a string in the header is not closed");
    std::string text(bytes_.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
    return text;
  }
  bool accept_word(std::string_view word) {
    peek();
    if (!bytes_.substr(at_, end_ - at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  void read_dictionary() {
    bool have_type = false, have_order = false, have_shape = false;
    expect('{');
    while (peek() != '}') {
      const std::size_t begin = at_;
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        have_type = true;
        if (peek() == '[') fail(at_, "structured arrays are not read");
        result_.type = quoted();
      } else if (key == "fortran_order") {
        have_order = true;
        result_.fortran = accept_word("True");
        if (!result_.fortran && !accept_word("False")) fail(at_, "fortran_order must be True or False");
      } else if (key == "shape") {
        have_shape = true;
        read_shape();
      } else {
        fail(begin, "the header has the unknown key " + key);
      }
      if (!accept(',')) break;
    }
    expect('}');
    if (!have_type || !have_order || !have_shape) fail(at_, "the header lacks descr, fortran_order or shape");
  }

  void read_shape() {
    expect('(');
    result_.shape.clear();
    while (peek() != ')') {
      std::int64_t size = 0;
      const std::size_t begin = at_;
      while (at_ < end_ && bytes_[at_] >= '0' && bytes_[at_] <= '9') {
        if (size > (std::int64_t{1} << 56)) fail(begin, "an axis is too long");
        size = size * 10 + (bytes_[at_++] - '0');
      }
      if (at_ == begin) fail(at_, "the shape must hold whole numbers");
      result_.shape.push_back(size);
      if (!accept(',')) break;
    }
    expect(')');
    if (result_.shape.size() > 32) fail(at_, "more than 32 axes");
  }

  std::string_view bytes_;
  const std::string& source_;
  std::size_t at_ = 0, end_ = 0;
  npy_header result_;
};

template <class T>
double element(const char* p, bool swap) {
  char copy[sizeof(T)];
  std::memcpy(copy, p, sizeof(T));
  if (swap) std::reverse(copy, copy + sizeof(T));
  T value;
  std::memcpy(&value, copy, sizeof(T));
  return static_cast<double>(value);
}

using element_reader = double (*)(const char*, bool);

/// The function that reads an element of this type, and its size; null when there is none.
element_reader reader_of(std::string_view type, std::size_t& size) {
  if (type.size() != 3) return nullptr;
  size = static_cast<std::size_t>(type[2] - '0');
  switch (type[1]) {
    case 'f':
      return size == 8 ? element<double> : size == 4 ? element<float> : nullptr;
    case 'i':
      return size == 8   ? element<std::int64_t>
             : size == 4 ? element<std::int32_t>
             : size == 2 ? element<std::int16_t>
             : size == 1 ? element<std::int8_t>
                         : nullptr;
    case 'u':
      return size == 8   ? element<std::uint64_t>
             : size == 4 ? element<std::uint32_t>
             : size == 2 ? element<std::uint16_t>
             : size == 1 ? element<std::uint8_t>
                         : nullptr;
    case 'b':
      return size == 1 ? element<std::uint8_t> : nullptr;
    default:
      return nullptr;
  }
}

/// Fortran order to C order.
std::vector<double> to_row_major(const std::vector<double>& columns_first, const std::vector<std::int64_t>& shape) {
  std::vector<double> result(columns_first.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (const double value : columns_first) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) offset = offset * shape[axis] + index[axis];
    result[static_cast<std::size_t>(offset)] = value;
    for (std::size_t axis = 0; axis < shape.size() && ++index[axis] == shape[axis]; ++axis) index[axis] = 0;
  }
  return result;
}

template <class T>
void append_as(std::string& out, double value) {
  if constexpr (std::is_integral_v<T>) {
    // Both ends are powers of two, exact as doubles.
    const double low = static_cast<double>(std::numeric_limits<T>::min());
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (!(value >= low && value < end)) check::fail_domain("to_npy", "a value", value, "within the integer type");
  }
  const T converted = static_cast<T>(value);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &converted, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) std::reverse(bytes, bytes + sizeof(T));
  out.append(bytes, sizeof(T));
}

}  // namespace

npy_array parse_npy(std::string_view bytes, const std::string& source) {
  header_reader reader(bytes, source);
  const npy_header header = reader.read();
  std::size_t size = 0;
  const element_reader element_of = reader_of(header.type, size);
  if (element_of == nullptr || std::string_view("<>|=").find(header.type[0]) == std::string_view::npos) {
    const bool object = header.type.find('O') != std::string::npos;
    reader.fail(signature.size(), "elements of type " + header.type +
                                      (object ? ": Python objects are refused" : ", but must be floats or integers"));
  }
  const std::size_t room = (bytes.size() - header.data_begin) / size;
  std::size_t count = 1;
  for (const std::int64_t axis : header.shape) {
    if (axis == 0) count = 0;
  }
  for (const std::int64_t axis : header.shape) {
    // Never more than the file can hold: the product cannot overflow.
    if (count > 0 && static_cast<std::size_t>(axis) > room / count) {
      reader.fail(bytes.size(), "the data are shorter than their shape");
    }
    count *= static_cast<std::size_t>(axis);
  }
  if (count > room) reader.fail(bytes.size(), "the data are shorter than their shape");
  if (header.data_begin + count * size != bytes.size()) {
    reader.fail(header.data_begin + count * size, "the data are longer than their shape");
  }
  npy_array result{header.shape, std::vector<double>(count), header.type};
  const bool big = header.type[0] == '>';
  const bool swap = big != (std::endian::native == std::endian::big) && header.type[0] != '|' && header.type[0] != '=';
  for (std::size_t i = 0; i < count; ++i) {
    result.values[i] = element_of(bytes.data() + header.data_begin + i * size, swap);
  }
  if (header.fortran && header.shape.size() > 1) result.values = to_row_major(result.values, header.shape);
  return result;
}

npy_array read_npy(const std::string& path) { return parse_npy(read_file(path), path); }

std::string to_npy(std::span<const double> values, std::span<const std::int64_t> shape, npy_type type) {
  std::int64_t count = 1;
  std::string sizes;
  if (std::find(shape.begin(), shape.end(), std::int64_t{0}) != shape.end()) count = 0;
  for (const std::int64_t axis : shape) {
    count *= axis;
    sizes += std::to_string(axis) + (sizes.empty() || shape.size() > 1 ? ", " : "");
  }
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);
  check::same_size("to_npy", "values", static_cast<std::int64_t>(values.size()), "the shape", count);
  constexpr const char* names[] = {"<f8", "<f4", "<i8", "<i4", "|u1", "|b1"};
  std::string header = std::string("{'descr': '") + names[static_cast<std::size_t>(type)] +
                       "', 'fortran_order': False, 'shape': (" + sizes + "), }";
  // Padded so that the data begin at a multiple of 64 bytes.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string out(signature);
  out += '\x01';
  out += '\0';
  out += static_cast<char>(header.size() & 0xFF);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  for (const double value : values) {
    switch (type) {
      case npy_type::f8:
        append_as<double>(out, value);
        break;
      case npy_type::f4:
        append_as<float>(out, value);
        break;
      case npy_type::i8:
        append_as<std::int64_t>(out, value);
        break;
      case npy_type::i4:
        append_as<std::int32_t>(out, value);
        break;
      case npy_type::u1:
        append_as<std::uint8_t>(out, value);
        break;
      case npy_type::b1:
        out += value != 0.0 ? '\x01' : '\0';
        break;
    }
  }
  return out;
}

void write_npy(const std::string& path, std::span<const double> values, std::span<const std::int64_t> shape,
               npy_type type) {
  write_file(path, to_npy(values, shape, type));
}

table to_table(const npy_array& array) {
  if (array.shape.size() > 2) {
    check::fail_shape("to_table",
                      "the array has " + std::to_string(array.shape.size()) + " axes, but must have 1 or 2");
  }
  const std::int64_t rows = array.shape.empty() ? 1 : array.shape[0];
  const std::int64_t columns = array.shape.size() < 2 ? 1 : array.shape[1];
  const bool integer = array.type[1] != 'f';
  table result;
  for (std::int64_t c = 0; c < columns; ++c) {
    std::vector<double> values(static_cast<std::size_t>(rows));
    for (std::int64_t r = 0; r < rows; ++r) {
      values[static_cast<std::size_t>(r)] = array.values[static_cast<std::size_t>(r * columns + c)];
    }
    std::string name = "x" + std::to_string(c + 1);
    const bool exact = std::all_of(values.begin(), values.end(), [](double v) { return std::abs(v) < 0x1p63; });
    if (integer && exact) {
      result.set(make_column(std::move(name), std::vector<std::int64_t>(values.begin(), values.end())));
    } else {
      result.set(make_column(std::move(name), std::move(values)));
    }
  }
  return result;
}

}  // namespace credence
