// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// A named array of numbers: a scalar (empty shape), vector, matrix, ..., row-major.
struct data_array {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool integer = false;  ///< every value was written as a whole number

  data_array() = default;
  data_array(double value) : values{value} {}
  data_array(std::vector<double> vector)
      : shape{static_cast<std::int64_t>(vector.size())}, values(std::move(vector)) {}
  data_array(std::initializer_list<double> vector) : data_array(std::vector<double>(vector)) {}
  /// @throws shape_error  when the product of the sizes is not the number of values
  data_array(std::vector<std::int64_t> sizes, std::vector<double> row_major);
};

/// What a model is fitted to: arrays by name, as in a Stan data file.
class named_data {
 public:
  named_data() = default;
  named_data(std::initializer_list<std::pair<const std::string, data_array>> entries) : entries_(entries) {}

  [[nodiscard]] bool contains(std::string_view name) const { return entries_.find(name) != entries_.end(); }
  /// @throws domain_error  when there is no such entry; the message lists those there are
  [[nodiscard]] const data_array& at(std::string_view name) const;
  /// The single whole number of that name.
  /// @throws domain_error  when it is absent, not a scalar or not whole
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  void set(std::string name, data_array array) { entries_[std::move(name)] = std::move(array); }

  [[nodiscard]] const std::map<std::string, data_array, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, data_array, std::less<>> entries_;
};

}  // namespace credence
