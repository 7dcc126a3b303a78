// SPDX-License-Identifier: BSD-3-Clause
#include "credence/autodiff/var.hpp"

#include "graph.hpp"

#include "credence/autodiff/density.hpp"

#include "credence/base/check.hpp"

#include <numeric>

namespace credence {

using detail::node;
using detail::opcode;

namespace {

detail::graph& graph_of(const char* where, const var& a) {
  if (a.empty()) throw domain_error(std::string(where) + ": a variable was never recorded");
  return *a.graph();
}

const node& node_of(const var& a) { return a.graph()->nodes[static_cast<std::size_t>(a.node())]; }

/// The shape of an elementwise result: equal shapes, or one-element operands with any.
shape_type common_shape(const char* where, const std::vector<var>& operands) {
  shape_type shape;
  bool found = false;
  for (const var& a : operands) {
    if (a.size() == 1 && found) continue;
    if (a.size() == 1) {
      if (a.shape().size() > shape.size()) shape = a.shape();
      continue;
    }
    if (found && a.shape() != shape) {
      throw shape_error(std::string(where) + ": shapes " + detail::to_text(shape) + " and " +
                        detail::to_text(a.shape()) + " do not go together");
    }
    shape = a.shape();
    found = true;
  }
  return shape;
}

var elementwise(const char* where, opcode code, const std::vector<var>& operands) {
  detail::graph& g = graph_of(where, operands[0]);
  node n;
  n.code = code;
  for (const var& a : operands) {
    if (a.graph() != &g) throw domain_error(std::string(where) + ": variables of two recorders");
    n.in.push_back(a.node());
  }
  n.shape = common_shape(where, operands);
  return g.make(std::move(n));
}

var to_scalar(const char* where, opcode code, const std::vector<var>& operands) {
  var out = elementwise(where, code, operands);
  out.graph()->nodes.back().shape.clear();
  return out;
}

}  // namespace

const shape_type& var::shape() const {
  graph_of("var", *this);
  return node_of(*this).shape;
}

std::int64_t var::size() const { return detail::size_of(shape()); }

var operator-(const var& a) { return elementwise("operator-", opcode::negate, {a}); }
var operator+(const var& a, const var& b) { return elementwise("operator+", opcode::add, {a, b}); }
var operator-(const var& a, const var& b) { return elementwise("operator-", opcode::subtract, {a, b}); }
var operator*(const var& a, const var& b) { return elementwise("operator*", opcode::multiply, {a, b}); }
var operator/(const var& a, const var& b) { return elementwise("operator/", opcode::divide, {a, b}); }
// x + 0, x * 1 and x / 1 are x: bounds at zero and unit scales cost nothing.
var operator+(const var& a, double b) { return b == 0.0 ? a : a + graph_of("operator+", a).scalar(b); }
var operator+(double a, const var& b) { return b + a; }
var operator-(const var& a, double b) { return b == 0.0 ? a : a - graph_of("operator-", a).scalar(b); }
var operator-(double a, const var& b) { return graph_of("operator-", b).scalar(a) - b; }
var operator*(const var& a, double b) { return b == 1.0 ? a : a * graph_of("operator*", a).scalar(b); }
var operator*(double a, const var& b) { return b * a; }
var operator/(const var& a, double b) { return b == 1.0 ? a : a / graph_of("operator/", a).scalar(b); }
var operator/(double a, const var& b) { return a == 1.0 ? inv(b) : graph_of("operator/", b).scalar(a) / b; }

var exp(const var& a) { return elementwise("exp", opcode::exp, {a}); }
var expm1(const var& a) { return elementwise("expm1", opcode::expm1, {a}); }
var log(const var& a) { return elementwise("log", opcode::log, {a}); }
var log1p(const var& a) { return elementwise("log1p", opcode::log1p, {a}); }
var sqrt(const var& a) { return elementwise("sqrt", opcode::sqrt, {a}); }
var square(const var& a) { return elementwise("square", opcode::square, {a}); }
var inv(const var& a) { return elementwise("inv", opcode::reciprocal, {a}); }
var inv_logit(const var& a) { return elementwise("inv_logit", opcode::inv_logit, {a}); }
var log_inv_logit(const var& a) { return elementwise("log_inv_logit", opcode::log_inv_logit, {a}); }
var log1p_exp(const var& a) { return elementwise("log1p_exp", opcode::log1p_exp, {a}); }
var tanh(const var& a) { return elementwise("tanh", opcode::tanh, {a}); }
var sin(const var& a) { return elementwise("sin", opcode::sin, {a}); }
var cos(const var& a) { return elementwise("cos", opcode::cos, {a}); }
var abs(const var& a) { return elementwise("abs", opcode::abs, {a}); }
var atan(const var& a) { return elementwise("atan", opcode::atan, {a}); }
var sinh(const var& a) { return elementwise("sinh", opcode::sinh, {a}); }
var cosh(const var& a) { return elementwise("cosh", opcode::cosh, {a}); }
var lgamma(const var& a) { return elementwise("lgamma", opcode::lgamma, {a}); }
var digamma(const var& a) { return elementwise("digamma", opcode::digamma, {a}); }
var erf(const var& a) { return elementwise("erf", opcode::erf, {a}); }
var erfc(const var& a) { return elementwise("erfc", opcode::erfc, {a}); }
var normal_cdf(const var& a) { return elementwise("normal_cdf", opcode::normal_cdf, {a}); }
var log_normal_cdf(const var& a) { return elementwise("log_normal_cdf", opcode::log_normal_cdf, {a}); }
var pow(const var& a, const var& b) { return elementwise("pow", opcode::pow, {a, b}); }
var pow(const var& a, double b) {
  if (b == 1.0) return a;
  if (b == 2.0) return square(a);
  if (b == 0.5) return sqrt(a);
  if (b == -1.0) return inv(a);
  return pow(a, graph_of("pow", a).scalar(b));
}
var min(const var& a, const var& b) { return elementwise("min", opcode::minimum, {a, b}); }
var max(const var& a, const var& b) { return elementwise("max", opcode::maximum, {a, b}); }
var less(const var& a, const var& b) { return elementwise("less", opcode::less, {a, b}); }
var less_equal(const var& a, const var& b) { return elementwise("less_equal", opcode::less_equal, {a, b}); }
var where(const var& condition, const var& a, const var& b) {
  return elementwise("where", opcode::select, {condition, a, b});
}

var sum(const var& a) { return a.size() == 1 ? reshape(a, {}) : to_scalar("sum", opcode::sum, {a}); }
var mean(const var& a) { return sum(a) / static_cast<double>(a.size()); }
var log_sum_exp(const var& a) { return to_scalar("log_sum_exp", opcode::log_sum_exp, {a}); }
var dot(const var& a, const var& b) {
  check::same_size("dot", "the first operand", a.size(), "the second", b.size());
  return to_scalar("dot", opcode::dot, {a, b});
}

namespace {
var call_each_lane(const char* where, const detail::lane_call& call, const std::vector<var>& operands,
                   const shape_type& shape);
}

var matmul(const var& a, const var& b) {
  detail::graph& g = graph_of("matmul", a);
  const shape_type as = a.shape(), bs = b.shape();
  if (as.size() != 2 || bs.empty() || bs.size() > 2 || as[1] != bs[0]) {
    throw shape_error("matmul: shapes " + detail::to_text(as) + " and " + detail::to_text(bs) +
                      " do not go together; they must be (n, k) and (k) or (k, m)");
  }
  const std::int64_t m = bs.size() == 2 ? bs[1] : 1;
  // Beyond 32 x 32 x 32 a product of matrices fills a register block by itself: one GEMM a lane.
  if (m > 1 && as[0] * as[1] * m > 32 * 32 * 32) {
    return call_each_lane("matmul", {detail::lane_call::kind::product, {}, as[0], m, as[1]}, {a, b}, {as[0], m});
  }
  node n;
  n.in = {a.node(), b.node()};
  const bool fixed = node_of(a).varies != detail::dependence::lane && node_of(b).varies == detail::dependence::lane;
  // A data matrix times a vector that no scan changes is stored packed.
  const bool in_body = node_of(b).body >= 0;
  n.code = fixed && bs.size() == 1 && !in_body ? opcode::data_matrix_vector : opcode::matrix_product;
  n.integers = {as[0], as[1], m};
  n.shape = {as[0]};
  if (bs.size() == 2) n.shape.push_back(m);
  return g.make(std::move(n));
}

namespace {

std::int64_t square_size(const char* where, const var& a) {
  const shape_type& shape = a.shape();
  if (shape.size() != 2 || shape[0] != shape[1]) {
    throw shape_error(std::string(where) + ": the matrix has shape " + detail::to_text(shape) + ", but must be square");
  }
  return shape[0];
}

var call_each_lane(const char* where, const detail::lane_call& call, const std::vector<var>& operands,
                   const shape_type& shape) {
  detail::graph& g = graph_of(where, operands[0]);
  node n;
  n.code = opcode::lane_function;
  n.family = static_cast<std::uint16_t>(g.calls.size());
  for (const var& a : operands) {
    if (a.graph() != &g) throw domain_error(std::string(where) + ": variables of two recorders");
    n.in.push_back(a.node());
  }
  n.shape = shape;
  g.calls.push_back(call);
  return g.make(std::move(n));
}

var solve(const char* where, detail::lane_call::kind kind, const var& l, const var& b) {
  const std::int64_t n = square_size(where, l);
  const shape_type shape = b.shape();
  if (shape.empty() || shape.size() > 2 || shape[0] != n) {
    throw shape_error(std::string(where) + ": the right-hand side has shape " + detail::to_text(shape) +
                      ", but its first axis must be " + std::to_string(n));
  }
  return call_each_lane(where, {kind, {}, n, shape.size() == 2 ? shape[1] : 1}, {l, b}, shape);
}

}  // namespace

var cholesky(const var& a) {
  const std::int64_t n = square_size("cholesky", a);
  return call_each_lane("cholesky", {detail::lane_call::kind::cholesky, {}, n, n}, {a}, {n, n});
}
var solve_lower(const var& l, const var& b) { return solve("solve_lower", detail::lane_call::kind::solve_lower, l, b); }
var solve_lower_transposed(const var& l, const var& b) {
  return solve("solve_lower_transposed", detail::lane_call::kind::solve_lower_transposed, l, b);
}
var diagonal(const var& a) {
  const std::int64_t n = square_size("diagonal", a);
  std::vector<std::int64_t> index;
  for (std::int64_t i = 0; i < n; ++i) index.push_back(i * n + i);
  return gather(reshape(a, {n * n}), index);
}

var reshape(const var& a, const shape_type& shape) {
  check::same_size("reshape", "the variable", a.size(), "the new shape", detail::size_of(shape));
  node n;
  n.code = opcode::slice;
  n.in = {a.node()};
  n.integers = {0};
  n.shape = shape;
  return graph_of("reshape", a).make(std::move(n));
}

var slice(const var& a, std::int64_t first, std::int64_t count) {
  const shape_type shape = a.shape();
  if (shape.empty()) throw shape_error("slice: the variable is a scalar");
  check::at_least("slice", "count", count, 1);
  check::at_least("slice", "first", first, 0);
  if (first + count > shape[0]) {
    throw shape_error("slice: elements " + std::to_string(first) + " to " + std::to_string(first + count - 1) +
                      " of an axis of length " + std::to_string(shape[0]));
  }
  node n;
  n.code = opcode::slice;
  n.in = {a.node()};
  n.shape = shape;
  n.shape[0] = count;
  n.integers = {first * (a.size() / shape[0])};
  return graph_of("slice", a).make(std::move(n));
}

var var::operator[](std::int64_t index) const {
  const var row = slice(*this, index, 1);
  return reshape(row, shape_type(row.shape().begin() + 1, row.shape().end()));
}

var gather(const var& a, const std::vector<std::int64_t>& index) {
  const shape_type shape = a.shape();
  if (shape.empty() || index.empty()) throw shape_error("gather: needs a vector or matrix and at least one index");
  const std::int64_t row = a.size() / shape[0];
  node n;
  n.code = opcode::gather;
  n.in = {a.node()};
  n.shape = shape;
  n.shape[0] = static_cast<std::int64_t>(index.size());
  for (const std::int64_t i : index) {
    check::less_than("gather", "an index", i, shape[0]);
    for (std::int64_t k = 0; k < row; ++k) n.integers.push_back(i * row + k);
  }
  return graph_of("gather", a).make(std::move(n));
}

var concat(const std::vector<var>& parts) {
  if (parts.empty()) throw shape_error("concat: there is nothing to concatenate");
  detail::graph& g = graph_of("concat", parts[0]);
  // At most as many operands at once as an instruction holds.
  std::vector<var> level = parts;
  while (true) {
    std::vector<var> next;
    for (std::size_t first = 0; first < level.size(); first += detail::max_inputs) {
      const std::size_t end = std::min(level.size(), first + detail::max_inputs);
      node n;
      n.code = opcode::concat;
      std::int64_t size = 0;
      for (std::size_t k = first; k < end; ++k) {
        if (level[k].graph() != &g) throw domain_error("concat: variables of two recorders");
        n.in.push_back(level[k].node());
        size += level[k].size();
      }
      n.shape = {size};
      next.push_back(g.make(std::move(n)));
    }
    if (next.size() == 1) return next[0];
    level = std::move(next);
  }
}

var transpose(const var& a) {
  const shape_type shape = a.shape();
  if (shape.size() != 2) throw shape_error("transpose: the variable has shape " + detail::to_text(shape));
  node n;
  n.code = opcode::gather;
  n.in = {a.node()};
  n.shape = {shape[1], shape[0]};
  for (std::int64_t c = 0; c < shape[1]; ++c) {
    for (std::int64_t r = 0; r < shape[0]; ++r) n.integers.push_back(r * shape[1] + c);
  }
  return graph_of("transpose", a).make(std::move(n));
}

var broadcast(const var& a, const shape_type& shape) {
  if (a.size() != 1) throw shape_error("broadcast: the variable has shape " + detail::to_text(a.shape()));
  node n;
  n.code = opcode::gather;
  n.in = {a.node()};
  n.shape = shape;
  n.integers.assign(static_cast<std::size_t>(detail::size_of(shape)), 0);
  return graph_of("broadcast", a).make(std::move(n));
}

var linear_recurrence(const var& multiplier, const var& addend, const var& start) {
  if (start.size() != 1) throw shape_error("linear_recurrence: start must be a scalar");
  node n;
  n.code = opcode::linear_recurrence;
  n.in = {multiplier.node(), addend.node(), start.node()};
  n.shape = common_shape("linear_recurrence", {multiplier, addend});
  return graph_of("linear_recurrence", multiplier).make(std::move(n));
}

var detail::record_density(std::uint16_t family, const char* name, const recordable* operands, int count) {
  graph* g = nullptr;
  for (int k = 0; k < count; ++k) {
    if (!operands[k].variable.empty()) g = operands[k].variable.graph();
  }
  std::vector<var> variables;
  node n;
  n.code = opcode::density;
  n.family = family;
  for (int k = 0; k < count; ++k) {
    const var v = operands[k].variable.empty() ? g->scalar(operands[k].number) : operands[k].variable;
    if (v.graph() != g) throw domain_error(std::string(name) + " log_pdf: variables of two recorders");
    variables.push_back(v);
    n.in.push_back(v.node());
  }
  n.shape = common_shape(name, variables);
  return g->make(std::move(n));
}

}  // namespace credence
