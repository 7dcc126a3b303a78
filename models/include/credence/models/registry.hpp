// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/program.hpp"
#include "credence/table/named_data.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Ready-made models: log densities written with the public recorder, each taking a user's own data of the same form.
namespace credence::models {

/// What the values of one data entry may be.
enum class data_domain : std::uint8_t { real, positive, count, positive_count, binary };

/// One entry of the data that a model needs.
struct data_need {
  std::string name;
  std::string meaning;
  data_domain domain = data_domain::real;
  /// Each size is the name of a count among the data, or "length of NAME" of another entry; empty for a scalar.
  std::vector<std::string> shape{};
};

/// One reported quantity.
struct reported_quantity {
  std::string name;
  std::string shape;  ///< "J", "2"; empty for a scalar
  std::string meaning;
};

struct entry {
  std::string name;
  std::vector<std::string> aliases;
  std::string summary;     ///< one line
  std::string definition;  ///< the model in mathematical notation
  std::string source;
  std::vector<reported_quantity> parameters;  ///< what is reported, in this order
  std::vector<data_need> data;
  model recipe{nullptr};
  /// Checks what shapes and domains cannot say, and derives entries that the recipe uses; empty where nothing is to do.
  std::function<named_data(named_data)> prepare{};
  /// Makes the recipe where it depends on values of the data (indices, cumulative sums), not on their sizes alone.
  std::function<model(const named_data&)> recipe_for{};

  /// The names of `parameters`: hand them to a sampler as the variables to keep.
  [[nodiscard]] std::vector<std::string> reported() const;
};

/// Every built-in model, in alphabetical order.
const std::vector<entry>& all();

/// The model of that name or alias.
/// @throws domain_error  when there is none; the message names the nearest one
const entry& find(std::string_view name);

/// Checks the data against what the model needs, then records and compiles it.
/// @throws domain_error  when an entry is absent, not finite or outside its domain; it is named
/// @throws shape_error   when an entry has another shape than the model needs; it is named
program compile(const entry& of, const named_data& data);

}  // namespace credence::models
