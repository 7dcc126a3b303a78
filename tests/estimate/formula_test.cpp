// SPDX-License-Identifier: BSD-3-Clause
#include "support/catch.hpp"

#include "credence/base/errors.hpp"
#include "credence/estimate/design.hpp"
#include "credence/table/csv.hpp"

#include <cmath>

using namespace credence;

namespace {

double value_of(const std::string& text, double x = 0.0) {
  const expression e = expression::parse(text);
  return e.names().empty() ? e.evaluate({}, 1)[0] : e.evaluate({{x}}, 1)[0];
}

std::int64_t column_of_error(const std::string& text) {
  try {
    static_cast<void>(expression::parse(text));
  } catch (const parse_error& failure) {
    return failure.column;
  }
  return -1;
}

std::int64_t column_of_formula_error(const std::string& text) {
  try {
    static_cast<void>(model_formula::parse(text));
  } catch (const parse_error& failure) {
    return failure.column;
  }
  return -1;
}

std::vector<std::string> names_of(const std::string& formula, const table& data, const design_options& options = {}) {
  return design_recipe(model_formula::parse(formula, data.names()), data, options).apply(data).names;
}

table small() {
  return parse_csv({}, "y,x,z,g,h,k\n1,1,2,b,u,1\n2,3,1,a,v,2\n3,4,5,c,u,3\n5,2,2,a,u,2\n4,7,3,b,v,1\n6,5,1,c,v,3\n");
}

}  // namespace

TEST_CASE("expression: precedence, associativity and functions", "[estimate][expression]") {
  CHECK(value_of("1+2*3") == 7.0);
  CHECK(value_of("-2^2") == -4.0);
  CHECK(value_of("2^-1") == 0.5);
  CHECK(value_of("2**3**2") == 512.0);
  CHECK(value_of("2^3^2") == 512.0);
  CHECK(value_of("8/4/2") == 1.0);
  CHECK(value_of("1-2-3") == -4.0);
  CHECK(value_of("(1+2)*3") == 9.0);
  CHECK(value_of("exp[0] + 1") == 2.0);
  CHECK_THAT(value_of("4*arctan(1)"), WithinRel(std::acos(-1.0), 1e-15));
  CHECK_THAT(value_of("pi"), WithinRel(std::acos(-1.0), 1e-15));
  CHECK(value_of("log(exp(x))", 2.0) == 2.0);
  CHECK(value_of("max(x, 3) - min(x, 3)", 5.0) == 2.0);
  CHECK(value_of(".5e1") == 5.0);
  CHECK(value_of("`a b`^2", 3.0) == 9.0);
  CHECK(value_of("- - x", 3.0) == 3.0);
  CHECK(std::isnan(value_of("sqrt(x)", -1.0)));
  CHECK(expression::parse("b1*(1-exp(-b2*x))").names() == std::vector<std::string>{"b1", "b2", "x"});
  CHECK(expression::parse("a+b*(c-d)^2/e").text() == "a + b * (c - d)^2/e");
  CHECK(expression::parse("`odd name`+1").text() == "`odd name` + 1");
}

TEST_CASE("expression: errors name the column", "[estimate][expression]") {
  CHECK(column_of_error("1 + ") == 5);
  CHECK(column_of_error("1 + )") == 5);
  CHECK(column_of_error("(1 + 2") == 7);
  CHECK(column_of_error("foo(1)") == 1);
  CHECK(column_of_error("a + foo(1)") == 5);
  CHECK(column_of_error("a $ b") == 3);
  CHECK(column_of_error("`a") == 1);
  CHECK(column_of_error("a b") == 3);
  CHECK(column_of_error("") == 1);
  CHECK(column_of_error("pow(1)") == 6);
  CHECK(column_of_error(std::string(5000, '(')) > 0);  // no text exhausts the stack
  CHECK(column_of_error(std::string(5000, '-') + "1") > 0);
  CHECK(caret_text("a $ b", 3) == "a $ b\n  ^");
}

TEST_CASE("formula: the columns are R's", "[estimate][formula]") {
  using list = std::vector<std::string>;
  const table data = small();
  CHECK(names_of("y ~ x", data) == list{"(Intercept)", "x"});
  CHECK(names_of("y ~ 0 + x", data) == list{"x"});
  CHECK(names_of("y ~ x - 1", data) == list{"x"});
  CHECK(names_of("y ~ 1", data) == list{"(Intercept)"});
  CHECK(names_of("y ~ g", data) == list{"(Intercept)", "gb", "gc"});
  CHECK(names_of("y ~ g - 1", data) == list{"ga", "gb", "gc"});
  CHECK(names_of("y ~ g + h - 1", data) == list{"ga", "gb", "gc", "hv"});
  CHECK(names_of("y ~ x + g + h - 1", data) == list{"x", "ga", "gb", "gc", "hv"});
  CHECK(names_of("y ~ factor(k)", data) == list{"(Intercept)", "factor(k)2", "factor(k)3"});
  CHECK(names_of("y ~ C(g, sum)", data) == list{"(Intercept)", "C(g, sum)1", "C(g, sum)2"});
  CHECK(names_of("y ~ log(x) + I(x^2)", data) == list{"(Intercept)", "log(x)", "I(x^2)"});
  CHECK(names_of("y ~ x:z", data) == list{"(Intercept)", "x:z"});
  CHECK(names_of("y ~ x*g", data) == list{"(Intercept)", "x", "gb", "gc", "x:gb", "x:gc"});
  CHECK(names_of("y ~ g*h", data) == list{"(Intercept)", "gb", "gc", "hv", "gb:hv", "gc:hv"});
  CHECK(names_of("y ~ x:g", data) == list{"(Intercept)", "x:ga", "x:gb", "x:gc"});
  CHECK(names_of("y ~ h/x", data) == list{"(Intercept)", "hv", "hu:x", "hv:x"});
  CHECK(names_of("y ~ (x + z + h)^2", data) == list{"(Intercept)", "x", "z", "hv", "x:z", "x:hv", "z:hv"});
  CHECK(names_of("y ~ (x + z)^2 - x:z", data) == list{"(Intercept)", "x", "z"});
  CHECK(names_of("y ~ .", table(data).select(list{"y", "x", "g"})) == list{"(Intercept)", "x", "gb", "gc"});
  CHECK(names_of("y ~ g", data, {.levels = {{"g", {"c", "a", "b"}}}}) == list{"(Intercept)", "ga", "gb"});
}

TEST_CASE("formula: the numbers of a design", "[estimate][formula]") {
  const table data = small();
  const design_matrix d =
      design_recipe(model_formula::parse("y ~ C(g, sum) + x:h + offset(log(z)) + offset(x)"), data).apply(data);
  const auto x = d.matrix();
  CHECK(d.rows == 6);
  CHECK(d.names == std::vector<std::string>{"(Intercept)", "C(g, sum)1", "C(g, sum)2", "x:hu", "x:hv"});
  CHECK(d.term_of == std::vector<std::int64_t>{-1, 0, 0, 1, 1});
  // row 0: g = b, h = u; row 2: g = c (the last level), h = u; row 1: g = a, h = v
  CHECK(x(0, 1) == 0.0);
  CHECK(x(0, 2) == 1.0);
  CHECK(x(2, 1) == -1.0);
  CHECK(x(2, 2) == -1.0);
  CHECK(x(1, 1) == 1.0);
  CHECK(x(0, 3) == 1.0);
  CHECK(x(0, 4) == 0.0);
  CHECK(x(1, 4) == 3.0);
  CHECK_THAT(d.offset[0], WithinRel(std::log(2.0) + 1.0, 1e-15));
  const design_matrix counts = design_recipe(model_formula::parse("cbind(x, z) ~ 1"), data).apply(data);
  CHECK(counts.trials[0] == 3.0);
  CHECK_THAT(counts.response[0], WithinRel(1.0 / 3.0, 1e-15));
  const design_matrix text = design_recipe(model_formula::parse("h ~ x"), data).apply(data);
  CHECK(text.response == std::vector<double>{0, 1, 0, 0, 1, 1});
  CHECK(text.response_level == "v");
}

TEST_CASE("formula: missing cells leave rows out, new data get the old levels", "[estimate][formula]") {
  const table data = parse_csv({}, "y,x,g\n1,1,a\n2,,b\n3,3,\n4,4,b\n5,5,a\n");
  const design_recipe recipe(model_formula::parse("y ~ x + g"), data);
  const design_matrix d = recipe.apply(data);
  CHECK(d.kept == std::vector<std::int64_t>{0, 3, 4});
  const design_matrix next = recipe.apply_without_response(parse_csv({}, "x,g\n2,b\n7,b\n"));
  CHECK(next.names == d.names);
  CHECK(next.matrix()(0, 2) == 1.0);
  CHECK_THROWS_WITH(recipe.apply_without_response(parse_csv({}, "x,g\n2,q\n")), Contains("q"));
  CHECK_THROWS_WITH(design_recipe(model_formula::parse("y ~ log(x - 1)"), data).apply(data), Contains("row 0"));
  CHECK_THROWS_WITH(design_recipe(model_formula::parse("y ~ absent"), data), Contains("absent"));
  CHECK_THROWS_AS(design_recipe(model_formula::parse("y ~ g"), data, {.levels = {{"g", {"a"}}}}), domain_error);
}

TEST_CASE("formula: errors name the column", "[estimate][formula]") {
  CHECK(column_of_formula_error("y x") == 4);
  CHECK(column_of_formula_error("y ~ ") == 5);
  CHECK(column_of_formula_error("y ~ x +") == 8);
  CHECK(column_of_formula_error("y ~ x + + z") == 9);
  CHECK(column_of_formula_error("y ~ 2*x") == 5);
  CHECK(column_of_formula_error("y ~ x ~ z") == 7);
  CHECK(column_of_formula_error("y ~ foo(x)") == 5);
  CHECK(column_of_formula_error("y ~ log(x") == 8);
  CHECK(column_of_formula_error("y ~ x^2.5") == 7);
  CHECK(column_of_formula_error("y ~ C(g, helmert)") == 10);
  CHECK(column_of_formula_error("y ~ .") == 5);
  CHECK(column_of_formula_error("cbind(a) ~ x") == 8);
  CHECK(column_of_formula_error("y ~ 0") > 0);
}
