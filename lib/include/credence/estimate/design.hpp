// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/formula.hpp"
#include "credence/table/table.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

struct design_options {
  factor_coding coding = factor_coding::treatment;  ///< of factors whose formula does not say
  /// The order of the levels of a column, by its name; the first is the base. Other columns: sorted order, numbers by
  /// value.
  std::map<std::string, std::vector<std::string>> levels{};
};

/// Numbers that a formula makes of a table.
struct design_matrix {
  std::int64_t rows = 0;
  std::vector<std::string> names;     ///< of the columns, as R names them: (Intercept), sexM, x1:x2
  std::vector<double> x;              ///< column after column
  std::vector<std::int64_t> term_of;  ///< which term a column belongs to; -1 for the intercept
  std::vector<std::string> terms;     ///< texts of the terms
  std::vector<double> response;       ///< proportions where `trials` is not empty
  std::vector<double> trials;         ///< of cbind(successes, failures): their sums
  std::vector<double> offset;         ///< empty without offsets
  std::vector<std::int64_t> kept;     ///< rows of the table that are here; the others have missing cells
  std::string response_level;         ///< of a text response with two levels: the one that counts as 1

  [[nodiscard]] std::int64_t columns() const { return static_cast<std::int64_t>(names.size()); }
  [[nodiscard]] view<const double, 2> matrix() const {
    view<const double, 2> v(x.data(), rows, columns());
    v.strides[0] = 1;
    v.strides[1] = rows;
    return v;
  }
};

/// How a formula turns tables into numbers: made from one table, applied to others (predictions) with the same levels
/// and columns.
///
/// A factor within a term is coded by contrasts when the term without it is in the model too, else with one column a
/// level: the rule of R, by which `0 + g` has a column for every level.
class design_recipe {
 public:
  /// @throws domain_error  when a column is absent, or a level that `options` names is not there, or a level of the
  /// data is
  ///                       missing among those named
  design_recipe(model_formula formula, const table& data, const design_options& options = {});

  /// @param extra  further columns whose rows must not be missing either (weights)
  /// @throws domain_error  when an expression is not finite (the row is named), a level was not seen before, or no row
  /// is left
  [[nodiscard]] design_matrix apply(const table& data, std::span<const std::string> extra = {}) const;
  /// Without the response: for predictions. Rows with missing cells are left out likewise.
  [[nodiscard]] design_matrix apply_without_response(const table& data) const;

  [[nodiscard]] const model_formula& formula() const { return formula_; }
  /// The levels of each variable; empty where it is numeric.
  [[nodiscard]] const std::vector<std::vector<std::string>>& levels() const { return levels_; }

 private:
  [[nodiscard]] design_matrix build(const table& data, std::span<const std::string> extra, bool with_response) const;

  model_formula formula_;
  std::vector<std::vector<std::string>> levels_;
  std::vector<factor_coding> coding_;
  std::vector<std::vector<bool>> full_;  ///< for each term and each of its variables: one column a level
  std::string response_column_;          ///< a text response
  std::vector<std::string> response_levels_;
};

}  // namespace credence
