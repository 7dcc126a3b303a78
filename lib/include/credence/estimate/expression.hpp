// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/var.hpp"
#include "credence/table/table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

/// What a node of an expression does.
enum class expression_op : std::uint8_t {
  number,
  name,
  add,
  subtract,
  multiply,
  divide,
  power,
  negate,
  call,  ///< a function of one or two arguments
};

/// One node; its operands stand before it.
struct expression_node {
  expression_op op = expression_op::number;
  double number = 0.0;
  std::string text{};  ///< of a name or a function
  std::int32_t left = -1;
  std::int32_t right = -1;
};

/// An arithmetic formula in text form: `b1*(1-exp(-b2*x))`. Operators + - * / and ^ or ** (power, from the right,
/// binding more tightly than a sign before it), round or square brackets, numbers, names, names in `backticks`, pi, and
/// the functions exp expm1 log (= ln) log10 log2 log1p sqrt abs sin cos tan asin acos atan (= arctan) sinh cosh tanh
/// pow min max lgamma digamma erf erfc logit inv_logit normal_cdf.
class expression {
 public:
  /// @throws parse_error  with the column (from 1) of what is wrong
  static expression parse(std::string_view text);
  /// Parses a part of a longer text, whose columns appear in messages.
  static expression parse(std::string_view whole, std::size_t begin, std::size_t end);

  [[nodiscard]] const std::vector<expression_node>& nodes() const { return nodes_; }
  /// The names that stand in it, in order of appearance, each once.
  [[nodiscard]] std::vector<std::string> names() const;
  /// As text in one fixed spelling, that of R: `a + b * log(x)^2`.
  [[nodiscard]] std::string text() const;

  /// The value for each row of numbers: `columns[k]` holds the values of the name names()[k], of one length or of
  /// length 1. NaN where a function is not defined.
  [[nodiscard]] std::vector<double> evaluate(const std::vector<std::vector<double>>& columns, std::int64_t rows) const;
  /// The same with the columns of a table. @throws domain_error  when one is absent or text
  [[nodiscard]] std::vector<double> evaluate(const table& data) const;
  /// Records the expression: `variables[k]` stands for the name names()[k].
  [[nodiscard]] var record(const std::vector<var>& variables) const;

 private:
  std::vector<expression_node> nodes_;
};

/// Whether the text is one of the functions that expressions know.
bool is_expression_function(std::string_view name);

}  // namespace credence
