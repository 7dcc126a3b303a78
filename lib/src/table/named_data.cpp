// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/named_data.hpp"

#include "credence/base/check.hpp"

#include <cmath>

namespace credence {

data_array::data_array(std::vector<std::int64_t> sizes, std::vector<double> row_major)
    : shape(std::move(sizes)), values(std::move(row_major)) {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) product *= size;
  check::same_size("data_array", "the shape", product, "values", static_cast<std::int64_t>(values.size()));
}

const data_array& named_data::at(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::string known;
    for (const auto& [key, value] : entries_) known += (known.empty() ? "" : ", ") + key;
    throw domain_error("data: there is no entry named " + std::string(name) +
                       (known.empty() ? "; the data are empty" : "; there are " + known));
  }
  return found->second;
}

std::int64_t named_data::integer(std::string_view name) const {
  const data_array& array = at(name);
  if (!array.shape.empty()) throw domain_error("data: " + std::string(name) + " must be a single whole number");
  const double value = array.values[0];
  if (!(std::floor(value) == value && std::abs(value) < 9007199254740992.0)) {
    check::fail_domain("data", name, value, "a whole number");
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace credence
