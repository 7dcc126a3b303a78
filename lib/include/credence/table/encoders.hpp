// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/table/table.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Values that are learned from training rows (`fit_...`) and applied to any rows (`transform`, `codes`).
namespace credence {

/// What to do with a text that was not there when the encoder was fitted.
enum class unseen_policy : std::uint8_t {
  error,          ///< throw domain_error, naming the text
  treat_missing,  ///< code -1; all zeros when spread over columns
};

/// The distinct texts of a column, sorted (numbers by their value): the code of a text is its place.
struct category_encoder {
  std::string name;  ///< of the column
  std::vector<std::string> levels;
  unseen_policy unseen = unseen_policy::error;

  /// Codes of a column, which may have other levels; -1 where it is missing.
  [[nodiscard]] std::vector<std::int32_t> codes(const column& data) const;
};
category_encoder fit_categories(const column& data, unseen_policy unseen = unseen_policy::error);

/// How codes become numeric columns.
enum class contrasts : std::uint8_t {
  one_hot,    ///< one column a level
  treatment,  ///< one column for each level but the first, which is the base (as in R)
};
/// (rows, levels) or (rows, levels - 1), row-major; rows whose code is -1 are NaN where the element was missing, and 0
/// where the level was unseen.
std::vector<double> spread(const category_encoder& encoder, const column& data, contrasts how);
/// name + level for each of these columns, as R names them (sexM).
std::vector<std::string> spread_names(const category_encoder& encoder, contrasts how);

/// Centres and scales columns. A column without variation is centred only.
struct standardiser {
  std::vector<double> means;
  std::vector<double> scales;  ///< standard deviations with divisor n, as scikit-learn; 1 where that is 0

  /// In place on (rows, columns). @throws shape_error  when the number of columns is another
  void transform(view<double, 2> data) const;
  void inverse(view<double, 2> data) const;
};
/// NaN elements are left out.
standardiser fit_standardiser(view<const double, 2> data);

/// Fills missing elements.
enum class impute_by : std::uint8_t { mean, median, most_frequent };
struct imputer {
  std::string name;
  double number = 0.0;   ///< for numeric columns
  std::string text;      ///< for text columns
  bool integer = false;  ///< the number is whole, so that integer columns stay integer

  /// The column without missing elements; an integer column becomes real when `number` is not whole.
  [[nodiscard]] column transform(const column& data) const;
};
/// Text columns need most_frequent; ties go to the smallest value.
/// @throws domain_error  when everything is missing, or a text column is to have a mean or median
imputer fit_imputer(const column& data, impute_by how);

}  // namespace credence
