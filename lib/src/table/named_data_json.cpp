// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"
#include "credence/table/json.hpp"
#include "credence/table/numbers.hpp"

#include <cmath>

#include "credence/table/json_scan.hpp"

namespace credence {

namespace {

using detail::json_scanner;

constexpr std::size_t most_nested = 32;

/// Reads one entry: a number, or nested arrays whose shape is found on the way.
class array_reader {
 public:
  array_reader(json_scanner& in, const std::string& name) : in_(in), name_(name) {}

  data_array read() {
    result_.integer = true;
    read_value(0);
    return std::move(result_);
  }

 private:
  void read_value(std::size_t depth) {
    const char next = in_.peek();
    const std::size_t begin = in_.offset();
    if (next == '[') return read_array(depth, begin);
    if (known_depth_ && depth != result_.shape.size()) ragged(begin);
    known_depth_ = true;
    if (next == '"') {
      double value = 0.0;
      if (!detail::non_finite_word(in_.string(), value)) {
        in_.fail_at(begin, name_ + " holds a text, but must hold numbers");
      }
      result_.values.push_back(value);
      result_.integer = false;
      return;
    }
    if (next == '{' || next == 't' || next == 'f' || next == 'n') {
      in_.fail(name_ +
               (next == '{'   ? " holds an object"
                : next == 'n' ? " holds null"
                              : " holds a truth value") +
               ", but must hold numbers");
    }
    const auto number = in_.take_number();
    result_.values.push_back(number.value);
    result_.integer = result_.integer && number.integer;
  }

  void read_array(std::size_t depth, std::size_t begin) {
    if (depth == most_nested) in_.fail(name_ + " is nested deeper than " + std::to_string(most_nested) + " arrays");
    if (known_depth_ && depth >= result_.shape.size()) ragged(begin);
    const bool first = depth == result_.shape.size();
    if (first) result_.shape.push_back(-1);
    in_.expect('[', "[");
    std::int64_t count = 0;
    if (!in_.accept(']')) {
      do {
        read_value(depth + 1);
        ++count;
      } while (in_.accept(','));
      in_.expect(']', ", or ]");
    } else {
      if (known_depth_ && depth + 1 != result_.shape.size()) ragged(begin);
      known_depth_ = true;
    }
    std::int64_t& size = result_.shape[depth];
    if (size < 0) size = count;
    if (size != count) ragged(begin);
  }

  [[noreturn]] void ragged(std::size_t offset) const {
    throw shape_error(in_.place(offset) + ": " + name_ + " is ragged: its arrays must all have the same sizes");
  }

  json_scanner& in_;
  const std::string& name_;
  data_array result_;
  bool known_depth_ = false;  // the first number, or the first empty array, fixed how deep it goes
};

void append_array(std::string& out, const data_array& array, std::size_t depth, std::size_t& next) {
  if (depth == array.shape.size()) {
    detail::append_json_number(out, array.values[next++]);
    return;
  }
  out += '[';
  for (std::int64_t i = 0; i < array.shape[depth]; ++i) {
    if (i > 0) out += ", ";
    append_array(out, array, depth + 1, next);
  }
  out += ']';
}

}  // namespace

named_data parse_named_data(std::string_view text, const std::string& source) {
  json_scanner in(text, source);
  named_data result;
  in.expect('{', "an object, {");
  if (!in.accept('}')) {
    do {
      in.peek();
      const std::size_t begin = in.offset();
      std::string name = in.string();
      if (result.contains(name)) in.fail_at(begin, "the name " + name + " is there twice");
      in.expect(':', ":");
      if (in.peek() == '"') {  // a remark beside the data, or a number that is not finite
        double value = 0.0;
        if (detail::non_finite_word(in.string(), value)) result.set(std::move(name), data_array(value));
        continue;
      }
      data_array array = array_reader(in, name).read();
      result.set(std::move(name), std::move(array));
    } while (in.accept(','));
    in.expect('}', ", or }");
  }
  in.finish();
  return result;
}

named_data read_named_data(const std::string& path) { return parse_named_data(read_file(path), path); }

std::string to_json(const named_data& data) {
  std::string out = "{";
  for (const auto& [name, array] : data.entries()) {
    out += out.size() > 1 ? ",\n  " : "\n  ";
    detail::append_json_string(out, name);
    out += ": ";
    std::size_t next = 0;
    append_array(out, array, 0, next);
  }
  return out + "\n}\n";
}

named_data to_named_data(const table& data) {
  named_data result;
  for (const column& c : data.columns()) {
    if (c.missing_count() > 0) {
      check::fail_domain("to_named_data", "the number of missing elements of column " + c.name, c.missing_count(), "0");
    }
    data_array array(c.numbers());
    array.integer = c.type() == column_type::integer;
    result.set(c.name, std::move(array));
  }
  return result;
}

}  // namespace credence
