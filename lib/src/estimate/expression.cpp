// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/expression.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/special/gamma.hpp"
#include "estimate/tokens.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace credence {

using namespace estimate_detail;

namespace {

struct function_entry {
  const char* name;
  int arguments;
  double (*one)(double);
  var (*record)(const var&);
};

double inv_logit_of(double x) { return x < 0.0 ? std::exp(x) / (1.0 + std::exp(x)) : 1.0 / (1.0 + std::exp(-x)); }
double logit_of(double x) { return std::log(x) - std::log1p(-x); }
double normal_cdf_of(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }
double lgamma_of(double x) { return special::lgamma(x); }
double digamma_of(double x) { return special::digamma(x); }

constexpr double ln2 = 0.69314718055994530942, ln10 = 2.30258509299404568402;

const std::array functions{
    function_entry{"exp", 1, std::exp, [](const var& a) { return exp(a); }},
    function_entry{"expm1", 1, std::expm1, [](const var& a) { return expm1(a); }},
    function_entry{"log", 1, std::log, [](const var& a) { return log(a); }},
    function_entry{"log10", 1, std::log10, [](const var& a) { return log(a) / ln10; }},
    function_entry{"log2", 1, std::log2, [](const var& a) { return log(a) / ln2; }},
    function_entry{"log1p", 1, std::log1p, [](const var& a) { return log1p(a); }},
    function_entry{"sqrt", 1, std::sqrt, [](const var& a) { return sqrt(a); }},
    function_entry{"abs", 1, std::fabs, [](const var& a) { return abs(a); }},
    function_entry{"sin", 1, std::sin, [](const var& a) { return sin(a); }},
    function_entry{"cos", 1, std::cos, [](const var& a) { return cos(a); }},
    function_entry{"tan", 1, std::tan, [](const var& a) { return sin(a) / cos(a); }},
    function_entry{"asin", 1, std::asin, [](const var& a) { return atan(a / sqrt((1.0 - a) * (1.0 + a))); }},
    function_entry{"acos", 1, std::acos,
                   [](const var& a) { return constants::pi / 2.0 - atan(a / sqrt((1.0 - a) * (1.0 + a))); }},
    function_entry{"atan", 1, std::atan, [](const var& a) { return atan(a); }},
    function_entry{"sinh", 1, std::sinh, [](const var& a) { return sinh(a); }},
    function_entry{"cosh", 1, std::cosh, [](const var& a) { return cosh(a); }},
    function_entry{"tanh", 1, std::tanh, [](const var& a) { return tanh(a); }},
    function_entry{"lgamma", 1, lgamma_of, [](const var& a) { return lgamma(a); }},
    function_entry{"digamma", 1, digamma_of, [](const var& a) { return digamma(a); }},
    function_entry{"erf", 1, std::erf, [](const var& a) { return erf(a); }},
    function_entry{"erfc", 1, std::erfc, [](const var& a) { return erfc(a); }},
    function_entry{"logit", 1, logit_of, [](const var& a) { return log(a) - log1p(-a); }},
    function_entry{"inv_logit", 1, inv_logit_of, [](const var& a) { return inv_logit(a); }},
    function_entry{"normal_cdf", 1, normal_cdf_of, [](const var& a) { return normal_cdf(a); }},
    function_entry{"pow", 2, nullptr, nullptr},
    function_entry{"min", 2, nullptr, nullptr},
    function_entry{"max", 2, nullptr, nullptr},
};

/// The entry of a function, other spellings included.
const function_entry* find_function(std::string_view name) {
  if (name == "ln") name = "log";
  if (name == "arctan") name = "atan";
  if (name == "arcsin") name = "asin";
  if (name == "arccos") name = "acos";
  for (const function_entry& f : functions) {
    if (name == f.name) return &f;
  }
  return nullptr;
}

/// Recursive descent over tokens; depth is bounded so that no text can exhaust the stack.
class reader {
 public:
  reader(std::string_view text, std::vector<token> tokens, std::vector<expression_node>& nodes)
      : text_(text), tokens_(std::move(tokens)), nodes_(nodes) {}

  void whole() {
    sum();
    if (now().what != token_kind::end) fail(now(), "expected an operator or the end");
  }

 private:
  const token& now() const { return tokens_[at_]; }
  bool take(std::string_view symbol) {
    if (now().what != token_kind::symbol || now().text != symbol) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const token& where, const std::string& what) const { fail_at(text_, where.column, what); }
  std::int32_t add(expression_node node) {
    nodes_.push_back(std::move(node));
    return static_cast<std::int32_t>(nodes_.size()) - 1;
  }
  std::int32_t binary(expression_op op, std::int32_t left, std::int32_t right) {
    return add({op, 0.0, {}, left, right});
  }

  std::int32_t sum() {
    if (++depth_ > 200) fail(now(), "expected fewer brackets within one another");
    std::int32_t left = product();
    while (true) {
      if (take("+")) {
        left = binary(expression_op::add, left, product());
      } else if (take("-")) {
        left = binary(expression_op::subtract, left, product());
      } else {
        --depth_;
        return left;
      }
    }
  }
  std::int32_t product() {
    std::int32_t left = signed_power();
    while (true) {
      if (take("*")) {
        left = binary(expression_op::multiply, left, signed_power());
      } else if (take("/")) {
        left = binary(expression_op::divide, left, signed_power());
      } else {
        return left;
      }
    }
  }
  std::int32_t signed_power() {
    if (take("-")) {
      if (++depth_ > 200) fail(now(), "expected fewer signs");
      const std::int32_t inner = signed_power();
      --depth_;
      return add({expression_op::negate, 0.0, {}, inner, -1});
    }
    if (take("+")) {
      if (++depth_ > 200) fail(now(), "expected fewer signs");
      const std::int32_t inner = signed_power();
      --depth_;
      return inner;
    }
    const std::int32_t base = atom();
    if (take("^") || take("**")) {
      if (++depth_ > 200) fail(now(), "expected fewer powers");
      const std::int32_t exponent = signed_power();
      --depth_;
      return binary(expression_op::power, base, exponent);
    }
    return base;
  }
  std::int32_t atom() {
    const token start = now();
    if (start.what == token_kind::number) {
      ++at_;
      return add({expression_op::number, start.number, {}, -1, -1});
    }
    if (start.what == token_kind::name) {
      ++at_;
      if (now().what == token_kind::symbol && now().text == "(" && !start.quoted) return call(start);
      if (start.text == "pi" && !start.quoted) return add({expression_op::number, constants::pi, "pi", -1, -1});
      return add({expression_op::name, 0.0, std::string(start.text), -1, -1});
    }
    if (take("(")) {
      const std::int32_t inner = sum();
      if (!take(")")) fail(now(), "expected )");
      return inner;
    }
    fail(start, "expected a number, a name or (");
  }
  std::int32_t call(const token& name) {
    if (name.text == "I") {  // "as is", for formulas of models
      take("(");
      const std::int32_t inner = sum();
      if (!take(")")) fail(now(), "expected )");
      return add({expression_op::call, 0.0, "I", inner, -1});
    }
    const function_entry* entry = find_function(name.text);
    if (entry == nullptr) fail(name, "\"" + std::string(name.text) + "\" is no function known here");
    take("(");
    const std::int32_t first = sum();
    std::int32_t second = -1;
    if (entry->arguments == 2) {
      if (!take(",")) fail(now(), "expected a second argument");
      second = sum();
    }
    if (!take(")")) fail(now(), "expected )");
    return add({expression_op::call, 0.0, entry->name, first, second});
  }

  std::string_view text_;
  std::vector<token> tokens_;
  std::vector<expression_node>& nodes_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// How tightly a node binds, for brackets in texts.
int tightness(const expression_node& n) {
  switch (n.op) {
    case expression_op::add:
    case expression_op::subtract:
      return 1;
    case expression_op::multiply:
    case expression_op::divide:
      return 2;
    case expression_op::negate:
      return 3;
    case expression_op::power:
      return 4;
    default:
      return 5;
  }
}

bool plain_name(const std::string& name) {
  if (name.empty() || !(std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '.')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c >= 128; });
}

std::string text_of(const std::vector<expression_node>& nodes, std::int32_t at) {
  const expression_node& n = nodes[static_cast<std::size_t>(at)];
  const auto part = [&](std::int32_t of, int least) {
    const std::string inner = text_of(nodes, of);
    return tightness(nodes[static_cast<std::size_t>(of)]) < least ? "(" + inner + ")" : inner;
  };
  switch (n.op) {
    case expression_op::number:
      return n.text.empty() ? check::to_text(n.number) : n.text;
    case expression_op::name:
      return plain_name(n.text) ? n.text : "`" + n.text + "`";
    case expression_op::add:
      return part(n.left, 1) + " + " + part(n.right, 2);
    case expression_op::subtract:
      return part(n.left, 1) + " - " + part(n.right, 2);
    case expression_op::multiply:
      return part(n.left, 2) + " * " + part(n.right, 3);
    case expression_op::divide:
      return part(n.left, 2) + "/" + part(n.right, 3);
    case expression_op::power:
      return part(n.left, 5) + "^" + part(n.right, 3);
    case expression_op::negate:
      return "-" + part(n.left, 3);
    case expression_op::call:
      return n.text + "(" + text_of(nodes, n.left) + (n.right < 0 ? "" : ", " + text_of(nodes, n.right)) + ")";
  }
  return {};
}

/// A whole number that is small enough to be multiplied out.
bool small_whole(double x) { return x == std::floor(x) && std::fabs(x) <= 8.0; }

double power_of(double base, double exponent) {
  if (exponent == 2.0) return base * base;
  return std::pow(base, exponent);
}

var recorded_power(const var& base, double exponent) {
  if (!small_whole(exponent) || exponent == 0.0) return pow(base, exponent);
  const int count = static_cast<int>(std::fabs(exponent));
  var out = base;
  for (int i = 1; i < count; ++i) out = out * base;
  return exponent > 0.0 ? out : inv(out);
}

}  // namespace

bool is_expression_function(std::string_view name) { return name == "I" || find_function(name) != nullptr; }

expression expression::parse(std::string_view text) { return parse(text, 0, text.size()); }

expression expression::parse(std::string_view whole, std::size_t begin, std::size_t end) {
  expression out;
  reader(whole, tokens_of(whole, begin, end), out.nodes_).whole();
  return out;
}

std::vector<std::string> expression::names() const {
  std::vector<std::string> out;
  for (const expression_node& n : nodes_) {
    if (n.op == expression_op::name && std::find(out.begin(), out.end(), n.text) == out.end()) out.push_back(n.text);
  }
  return out;
}

std::string expression::text() const { return text_of(nodes_, static_cast<std::int32_t>(nodes_.size()) - 1); }

std::vector<double> expression::evaluate(const std::vector<std::vector<double>>& columns, std::int64_t rows) const {
  const std::vector<std::string> known = names();
  std::vector<const std::vector<double>*> source(nodes_.size(), nullptr);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (nodes_[k].op != expression_op::name) continue;
    const auto at = static_cast<std::size_t>(std::find(known.begin(), known.end(), nodes_[k].text) - known.begin());
    source[k] = &columns.at(at);
  }
  std::vector<const function_entry*> entries(nodes_.size(), nullptr);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (nodes_[k].op == expression_op::call && nodes_[k].text != "I") entries[k] = find_function(nodes_[k].text);
  }
  std::vector<double> out(static_cast<std::size_t>(rows)), value(nodes_.size());
  for (std::size_t row = 0; row < out.size(); ++row) {
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      const expression_node& n = nodes_[k];
      const double a = n.left < 0 ? 0.0 : value[static_cast<std::size_t>(n.left)];
      const double b = n.right < 0 ? 0.0 : value[static_cast<std::size_t>(n.right)];
      switch (n.op) {
        case expression_op::number:
          value[k] = n.number;
          break;
        case expression_op::name:
          value[k] = (*source[k])[source[k]->size() == 1 ? 0 : row];
          break;
        case expression_op::add:
          value[k] = a + b;
          break;
        case expression_op::subtract:
          value[k] = a - b;
          break;
        case expression_op::multiply:
          value[k] = a * b;
          break;
        case expression_op::divide:
          value[k] = a / b;
          break;
        case expression_op::power:
          value[k] = power_of(a, b);
          break;
        case expression_op::negate:
          value[k] = -a;
          break;
        case expression_op::call:
          if (entries[k] == nullptr) {
            value[k] = a;
          } else if (entries[k]->one != nullptr) {
            value[k] = entries[k]->one(a);
          } else {
            value[k] = n.text == "pow" ? power_of(a, b) : n.text == "min" ? std::fmin(a, b) : std::fmax(a, b);
          }
          break;
      }
    }
    out[row] = value.back();
  }
  return out;
}

std::vector<double> expression::evaluate(const table& data) const {
  std::vector<std::vector<double>> columns;
  for (const std::string& name : names()) columns.push_back(data.at(name).numbers());
  return evaluate(columns, data.rows());
}

var expression::record(const std::vector<var>& variables) const {
  const std::vector<std::string> known = names();
  std::vector<var> value(nodes_.size());
  // Numbers stay numbers as long as they meet numbers only.
  std::vector<double> number(nodes_.size(), 0.0);
  std::vector<bool> constant(nodes_.size(), false);
  const auto is_constant = [&](std::int32_t k) { return k < 0 || constant[static_cast<std::size_t>(k)]; };
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    const expression_node& n = nodes_[k];
    if (n.op == expression_op::name) {
      value[k] = variables.at(static_cast<std::size_t>(std::find(known.begin(), known.end(), n.text) - known.begin()));
      continue;
    }
    if (n.op == expression_op::number) {
      number[k] = n.number;
      constant[k] = true;
      continue;
    }
    const auto l = static_cast<std::size_t>(n.left), r = static_cast<std::size_t>(std::max(n.right, 0));
    if (is_constant(n.left) && is_constant(n.right)) {
      expression alone;
      alone.nodes_ = {
          {expression_op::number, number[l], {}, -1, -1}, {expression_op::number, number[r], {}, -1, -1}, n};
      alone.nodes_[2].left = 0;
      alone.nodes_[2].right = n.right < 0 ? -1 : 1;
      number[k] = alone.evaluate({}, 1)[0];
      constant[k] = true;
      continue;
    }
    const auto combine = [&](const auto& op) {
      if (constant[l]) return op(number[l], value[r]);
      if (constant[r]) return op(value[l], number[r]);
      return op(value[l], value[r]);
    };
    const auto as_var = [&](std::size_t j, const var& like) { return constant[j] ? like * 0.0 + number[j] : value[j]; };
    switch (n.op) {
      case expression_op::add:
        value[k] = combine([](const auto& a, const auto& b) { return var(a + b); });
        break;
      case expression_op::subtract:
        value[k] = combine([](const auto& a, const auto& b) { return var(a - b); });
        break;
      case expression_op::multiply:
        value[k] = combine([](const auto& a, const auto& b) { return var(a * b); });
        break;
      case expression_op::divide:
        value[k] = combine([](const auto& a, const auto& b) { return var(a / b); });
        break;
      case expression_op::negate:
        value[k] = -value[l];
        break;
      default: {
        const bool is_power = n.op == expression_op::power || n.text == "pow";
        if (is_power && constant[r]) {
          value[k] = recorded_power(value[l], number[r]);
        } else if (is_power && constant[l]) {
          value[k] = exp(value[r] * std::log(number[l]));
        } else if (is_power) {
          value[k] = pow(value[l], value[r]);
        } else if (n.text == "I") {
          value[k] = value[l];
        } else if (n.right >= 0) {
          const var a = as_var(l, value[constant[l] ? r : l]), b = as_var(r, value[constant[r] ? l : r]);
          value[k] = n.text == "min" ? min(a, b) : max(a, b);
        } else {
          value[k] = find_function(n.text)->record(value[l]);
        }
      }
    }
  }
  return constant.back() ? variables.at(0) * 0.0 + number.back() : value.back();
}

}  // namespace credence
