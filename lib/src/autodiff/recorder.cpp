// SPDX-License-Identifier: BSD-3-Clause
#include "credence/autodiff/recorder.hpp"

#include "graph.hpp"
#include "linear_scan.hpp"

#include "credence/base/check.hpp"

#include <algorithm>

namespace credence {

namespace detail {

std::int64_t size_of(const shape_type& shape) {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

std::string to_text(const shape_type& shape) {
  std::string text = "(";
  for (std::size_t k = 0; k < shape.size(); ++k) text.append(k == 0 ? "" : ", ").append(std::to_string(shape[k]));
  return text + ")";
}

std::int32_t graph::add(node n) {
  n.body = -1;
  for (const std::int32_t input : n.in) {
    const node& from = nodes[static_cast<std::size_t>(input)];
    n.varies = std::max(n.varies, from.varies);
    if (from.body >= 0) n.body = from.body;
  }
  nodes.push_back(std::move(n));
  return static_cast<std::int32_t>(nodes.size() - 1);
}

var graph::scalar(double value) {
  node n;
  n.code = opcode::constant;
  n.values = {value};
  return make(std::move(n));
}

}  // namespace detail

using detail::node;
using detail::opcode;

namespace {

void check_shape(const char* where, const shape_type& shape) {
  for (const std::int64_t extent : shape) check::at_least(where, "an extent of the shape", extent, 1);
}

/// x on the constrained scale and the elements of the log Jacobian, from u on the unconstrained one.
struct constrained {
  var value;
  log_density jacobian;
};

var bound(detail::graph& g, const var& recorded, double value) { return recorded.empty() ? g.scalar(value) : recorded; }

constrained constrain(detail::graph& g, const var& u, const constraint& range) {
  switch (range.what) {
    case constraint::kind::none:
      return {u, {}};
    case constraint::kind::lower:
      return {exp(u) + bound(g, range.low, range.low_value), log_density(u)};
    case constraint::kind::upper:
      return {bound(g, range.high, range.high_value) - exp(u), log_density(u)};
    case constraint::kind::interval: {
      const var low = bound(g, range.low, range.low_value), high = bound(g, range.high, range.high_value);
      const var extent = high - low;
      // d/du (low + extent * inv_logit(u)) = extent * inv_logit(u) * inv_logit(-u), once for every element
      const var rise = log_inv_logit(u), fall = log_inv_logit(-u);
      return {extent * inv_logit(u) + low, log_density(rise + fall + log(extent))};
    }
    default:
      break;
  }
  throw domain_error("recorder: this constraint is not elementwise");
}

bool is_elementwise(constraint::kind kind) { return kind <= constraint::kind::interval; }
bool is_matrix(constraint::kind kind) { return kind >= constraint::kind::cholesky_corr; }

detail::lane_call call_of(std::string_view name, const shape_type& shape, const constraint& range) {
  const std::size_t rank = is_matrix(range.what) ? 2 : 1;
  detail::lane_call call{detail::lane_call::kind::constrain, range.what, shape.empty() ? 1 : shape[0]};
  if (shape.size() != rank || (rank == 2 && shape[0] != shape[1])) {
    throw shape_error("recorder::parameter: " + std::string(name) + " has shape " + detail::to_text(shape) + ", but " +
                      call.name() + " needs " + (rank == 2 ? "a square matrix" : "a vector"));
  }
  return call;
}

/// The constrained vector or matrix: a call for each lane.
constrained constrain(detail::graph& g, const var& u, const shape_type& shape, const detail::lane_call& call) {
  node n;
  n.code = opcode::lane_function;
  n.family = static_cast<std::uint16_t>(g.calls.size());
  n.in = {u.node()};
  n.shape = {call.constrained_size() + 1};
  g.calls.push_back(call);
  const var both = g.make(std::move(n));
  const var value = reshape(slice(both, 0, call.constrained_size()), shape);
  return {value, log_density(both[call.constrained_size()])};
}

}  // namespace

log_density::operator var() const {
  if (terms_.size() != 1) {
    throw shape_error("log_density: only one term converts to a variable, but there are " +
                      std::to_string(terms_.size()) + "; use the terms one by one");
  }
  return terms_.front();
}

void density_part::add(const var& term) {
  if (term.graph() != graph_) throw domain_error("log density: a term was recorded by another recorder");
  if (graph_->nodes[static_cast<std::size_t>(term.node())].body >= 0) {
    throw domain_error("log density: a term was recorded inside a scan; return it in the state instead");
  }
  graph_->terms.push_back({term.node(), static_cast<detail::part>(which_)});
}

recorder::recorder(const named_data& data)
    : prior(nullptr, 0), likelihood(nullptr, 1), graph_(std::make_unique<detail::graph>()) {
  graph_->data = data;
  prior.graph_ = graph_.get();
  likelihood.graph_ = graph_.get();
}

recorder::~recorder() = default;

var recorder::parameter(std::string_view name, const constraint& range) { return parameter(name, {}, range); }

var recorder::parameter(std::string_view name, const shape_type& shape, const constraint& range) {
  check_shape("recorder::parameter", shape);
  if (graph_->open_body >= 0) throw domain_error("recorder::parameter: inside a scan; record it before");
  for (const auto& other : graph_->parameters) {
    if (other.name == name) check::fail_domain("recorder::parameter", "name", name, "new; there is one already");
  }
  if (name.empty()) throw domain_error("recorder::parameter: the name is empty");
  detail::parameter_record record;
  record.name = name;
  record.shape = shape;
  record.range = range;
  record.first = graph_->dimension;
  const bool elementwise = is_elementwise(range.what);
  const detail::lane_call call = elementwise ? detail::lane_call{} : call_of(name, shape, range);
  record.free_size = elementwise ? detail::size_of(shape) : call.unconstrained_size();
  if (record.free_size == 0) {
    throw shape_error("recorder::parameter: " + record.name + " of shape " + detail::to_text(shape) +
                      " has nothing left to vary");
  }
  node raw;
  raw.code = opcode::parameter;
  raw.shape = elementwise ? shape : shape_type{record.free_size};
  raw.varies = detail::dependence::lane;
  raw.integers = {record.first};
  graph_->dimension += record.free_size;
  const var u = graph_->make(std::move(raw));
  const constrained x = elementwise ? constrain(*graph_, u, range) : constrain(*graph_, u, shape, call);
  for (const var& jacobian : x.jacobian.terms()) {
    graph_->terms.push_back({jacobian.node(), detail::part::jacobian});
  }
  record.value = x.value.node();
  graph_->parameters.push_back(std::move(record));
  return x.value;
}

var recorder::data(std::string_view name) {
  const data_array& array = graph_->data.at(name);
  for (std::size_t k = 0; k < graph_->nodes.size(); ++k) {
    if (graph_->nodes[k].code == opcode::data && graph_->nodes[k].name == name) {
      return {graph_.get(), static_cast<std::int32_t>(k)};
    }
  }
  check_shape("recorder::data", array.shape);
  node n;
  n.code = opcode::data;
  n.shape = array.shape;
  n.varies = detail::dependence::data;
  n.name = name;
  return graph_->make(std::move(n));
}

var recorder::data(std::string_view name, const shape_type& shape) {
  const data_array& array = graph_->data.at(name);
  if (array.shape != shape) {
    throw shape_error("data: " + std::string(name) + " has shape " + detail::to_text(array.shape) + ", but must be " +
                      detail::to_text(shape));
  }
  return data(name);
}

std::int64_t recorder::integer(std::string_view name) { return graph_->data.integer(name); }

var recorder::constant(double value) { return graph_->scalar(value); }

var recorder::constant(const std::vector<double>& values, const shape_type& shape) {
  check_shape("recorder::constant", shape);
  check::same_size("recorder::constant", "values", static_cast<std::int64_t>(values.size()), "the shape",
                   detail::size_of(shape));
  node n;
  n.code = opcode::constant;
  n.shape = shape;
  n.values = values;
  return graph_->make(std::move(n));
}

namespace {

var noise(detail::graph& g, std::int32_t number, opcode code, const shape_type& shape) {
  check_shape("recorder: noise", shape);
  if (g.open_body >= 0)
    throw domain_error("recorder: noise inside a scan would be equal in every step; make it an input");
  node n;
  n.code = code;
  n.shape = shape;
  n.varies = detail::dependence::lane;
  n.integers = {number};
  return g.make(std::move(n));
}

}  // namespace

noise_key recorder::key() { return {graph_.get(), graph_->noise_calls++}; }

var normal_noise(const noise_key& key, const shape_type& shape) {
  return noise(*key.graph_, key.number_, opcode::normal_noise, shape);
}
var uniform_noise(const noise_key& key, const shape_type& shape) {
  return noise(*key.graph_, key.number_, opcode::uniform_noise, shape);
}

var recorder::generated(std::string_view name, const var& value) {
  for (const auto& other : graph_->generated) {
    if (other.name == name) check::fail_domain("recorder::generated", "name", name, "new; there is one already");
  }
  graph_->generated.push_back({std::string(name), value.node()});
  return value;
}

var recorder::scan(const var& initial, const std::vector<var>& inputs,
                   const std::function<var(const var& state, const std::vector<var>& inputs)>& body) {
  detail::graph& g = *graph_;
  if (g.open_body >= 0) throw domain_error("recorder::scan: a scan inside the body of another is not possible");
  if (inputs.empty())
    throw domain_error("recorder::scan: at least one input is needed; its length is the number of steps");
  std::int64_t steps = -1;
  for (const var& input : inputs) {
    if (input.shape().empty())
      throw shape_error("recorder::scan: an input is a scalar, but its first axis is the step");
    if (steps >= 0) check::same_size("recorder::scan", "an input", input.shape()[0], "the first", steps);
    steps = input.shape()[0];
  }
  const auto scan_id = static_cast<std::int32_t>(g.nodes.size());  // that of the first node of the body
  const auto placeholder = [&](const shape_type& shape, std::int32_t source) {
    node n;
    n.code = opcode::step_input;
    n.shape = shape;
    n.varies = detail::dependence::lane;
    n.integers = {source};
    const var v = g.make(std::move(n));
    g.nodes.back().body = scan_id;  // everything computed from it belongs to the body
    return v;
  };
  g.open_body = scan_id;
  const var state = placeholder(initial.shape(), -1);
  std::vector<var> rows;
  for (const var& input : inputs) {
    rows.push_back(placeholder(shape_type(input.shape().begin() + 1, input.shape().end()), input.node()));
  }
  var next;
  try {
    next = body(state, rows);
  } catch (...) {
    g.open_body = -1;
    throw;
  }
  g.open_body = -1;
  if (next.size() != initial.size()) {
    throw shape_error("recorder::scan: the body returns shape " + detail::to_text(next.shape()) +
                      ", but the state has shape " + detail::to_text(initial.shape()));
  }
  if (const var linear = detail::linear_scan(g, scan_id, state, next, initial, inputs, steps); !linear.empty()) {
    return linear;
  }
  node n;
  n.code = opcode::scan;
  n.in = {initial.node()};
  for (const var& input : inputs) n.in.push_back(input.node());
  n.in.push_back(next.node());
  n.shape = {steps};
  n.shape.insert(n.shape.end(), initial.shape().begin(), initial.shape().end());
  n.varies = detail::dependence::lane;
  n.integers = {scan_id, state.node(), next.node()};
  const var out = g.make(std::move(n));
  g.nodes.back().body = -1;
  return out;
}

}  // namespace credence
