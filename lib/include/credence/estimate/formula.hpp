// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/expression.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// How the levels of a factor become columns.
enum class factor_coding : std::uint8_t {
  treatment,  ///< one column for each level but the first, which is the base
  sum,        ///< the last level is -1 in every column: effects add up to zero
};

/// One variable of a formula: a column, an expression of columns, or a factor.
struct model_variable {
  expression value;           ///< of numbers; of a factor its column
  std::string text;           ///< as it appears in the names of coefficients
  std::string column;         ///< the column, where the variable is nothing else
  bool factor = false;        ///< asked for by factor(...) or C(...); text columns are factors anyway
  bool coding_given = false;  ///< by C(g, sum) or C(g, treatment)
  factor_coding coding = factor_coding::treatment;
};

/// A formula of a linear predictor, as R and others write it:
///
///     y ~ x1 + log(x2) + factor(g) + x1:x2 + offset(z)
///
/// Operators: + adds terms, - takes away, a:b is an interaction, a*b = a + b + a:b, a/b = a + a:b, (a + b)^2 crosses up
/// to that order, 0 or -1 removes the intercept, . is every other column. Within functions (log, sqrt, ... and I(x^2))
/// arithmetic is arithmetic. The left side is an expression, or cbind(successes, failures).
/// @source Wilkinson and Rogers, "Symbolic description of factorial models", Applied Statistics 22, 1973; R's `formula`
class model_formula {
 public:
  /// @param columns  the columns of the table, where the formula uses a dot
  /// @throws parse_error  with the column (from 1) of what is wrong
  static model_formula parse(std::string_view text, std::span<const std::string> columns = {});

  std::string text;                  ///< as given
  std::vector<expression> response;  ///< one, or two for cbind; empty for a one-sided formula `~ x`
  std::vector<model_variable> variables;
  std::vector<std::vector<int>> terms;  ///< each the variables it multiplies; main effects first
  std::vector<expression> offsets;
  bool intercept = true;

  /// "x1:x2" for a term.
  [[nodiscard]] std::string term_text(std::size_t term) const;
};

/// The text with a caret under a column (from 1), on two lines: what people see when a formula is wrong.
std::string caret_text(std::string_view text, std::int64_t column);

}  // namespace credence
