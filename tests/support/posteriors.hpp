// SPDX-License-Identifier: BSD-3-Clause
// The folders of reference posteriors: data, points with log densities, summaries of reference draws.
#pragma once

#include "credence/table/named_data.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace credence::test {

inline void flatten(const nlohmann::json& value, std::size_t depth, data_array& to) {
  if (!value.is_array()) {
    to.values.push_back(value.get<double>());
    return;
  }
  if (to.shape.size() <= depth) to.shape.push_back(static_cast<std::int64_t>(value.size()));
  for (const auto& element : value) flatten(element, depth + 1, to);
}

inline nlohmann::json read_json(const std::string& path) { return nlohmann::json::parse(read_file(path)); }

/// A plain reader of our own, so that these tests do not lean on the library's.
inline named_data read_posterior_data(const std::string& folder) {
  named_data data;
  const nlohmann::json object = read_json(folder + "/data.json");
  for (const auto& [name, value] : object.items()) {
    data_array array;
    flatten(value, 0, array);
    data.set(name, array);
  }
  return data;
}

}  // namespace credence::test
