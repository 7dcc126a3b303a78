// SPDX-License-Identifier: BSD-3-Clause
#include "linear_scan.hpp"

#include <map>
#include <optional>

namespace credence::detail {

namespace {

class linear_reader {
 public:
  linear_reader(graph& g, std::int32_t body, const var& state, const std::vector<var>& inputs)
      : g_(g), body_(body), state_(state.node()), inputs_(inputs) {}

  /// The node as multiplier * state + addend; either may be empty, which is 0.
  struct affine {
    var multiplier, addend;
  };

  std::optional<affine> read(std::int32_t id) {
    if (id == state_) return affine{g_.scalar(1.0), {}};
    if (!depends_on_state(id)) {
      const var v = outside(id);
      return v.empty() ? std::nullopt : std::optional<affine>(affine{{}, v});
    }
    const node n = at(id);  // a copy: recording moves nodes
    switch (n.code) {
      case opcode::negate: {
        const auto a = read(n.in[0]);
        if (!a) return std::nullopt;
        return affine{negated(a->multiplier), negated(a->addend)};
      }
      case opcode::add:
      case opcode::subtract: {
        const auto a = read(n.in[0]), b = read(n.in[1]);
        if (!a || !b) return std::nullopt;
        const bool minus = n.code == opcode::subtract;
        return affine{sum(a->multiplier, minus ? negated(b->multiplier) : b->multiplier),
                      sum(a->addend, minus ? negated(b->addend) : b->addend)};
      }
      case opcode::multiply:
      case opcode::divide: {
        const bool first = depends_on_state(n.in[0]);
        if (first == depends_on_state(n.in[1]) || (!first && n.code == opcode::divide)) return std::nullopt;
        const auto a = read(n.in[first ? 0 : 1]);
        const var factor = outside(n.in[first ? 1 : 0]);
        if (!a || factor.empty()) return std::nullopt;
        const auto scaled = [&](const var& v) {
          if (v.empty()) return v;
          return n.code == opcode::multiply ? v * factor : v / factor;
        };
        return affine{scaled(a->multiplier), scaled(a->addend)};
      }
      default:
        return std::nullopt;
    }
  }

 private:
  [[nodiscard]] const node& at(std::int32_t id) const { return g_.nodes[static_cast<std::size_t>(id)]; }

  static var negated(const var& v) { return v.empty() ? v : -v; }
  static var sum(const var& a, const var& b) { return a.empty() ? b : b.empty() ? a : a + b; }

  bool depends_on_state(std::int32_t id) {
    if (id == state_) return true;
    if (at(id).body != body_) return false;
    const auto known = depends_.find(id);
    if (known != depends_.end()) return known->second;
    bool depends = false;
    const std::vector<std::int32_t> in = at(id).in;
    for (const std::int32_t input : in) depends = depends || depends_on_state(input);
    depends_[id] = depends;
    return depends;
  }

  /// The node for all steps at once; empty where that is not an elementwise operation on scalars.
  var outside(std::int32_t id) {
    const node n = at(id);
    if (n.body != body_) return n.size() == 1 ? reshape({&g_, id}, {}) : var{};
    const auto known = recorded_.find(id);
    if (known != recorded_.end()) return known->second;
    var result;
    if (n.code == opcode::step_input) {
      for (const var& input : inputs_) {
        if (input.node() == n.integers[0] && n.size() == 1) result = reshape(input, {input.size()});
      }
    } else if (n.code >= opcode::negate && n.code <= opcode::select && n.size() == 1) {
      node copy;
      copy.code = n.code;
      for (const std::int32_t input : n.in) {
        const var v = outside(input);
        if (v.empty()) return {};
        copy.in.push_back(v.node());
        if (v.size() > 1) copy.shape = v.shape();
      }
      result = g_.make(std::move(copy));
    }
    recorded_[id] = result;
    return result;
  }

  graph& g_;
  std::int32_t body_, state_;
  const std::vector<var>& inputs_;
  std::map<std::int32_t, bool> depends_;
  std::map<std::int32_t, var> recorded_;
};

}  // namespace

var linear_scan(graph& g, std::int32_t body, const var& state, const var& next, const var& initial,
                const std::vector<var>& inputs, std::int64_t steps) {
  if (initial.size() != 1) return {};
  linear_reader reader(g, body, state, inputs);
  const auto a = reader.read(next.node());
  if (!a) return {};
  const var multiplier = a->multiplier.empty() ? g.scalar(0.0) : a->multiplier;
  var addend = a->addend.empty() ? g.scalar(0.0) : a->addend;
  if (multiplier.size() == 1 && addend.size() == 1) addend = broadcast(addend, {steps});
  const var states = linear_recurrence(multiplier, addend, initial);
  shape_type shape = initial.shape();
  shape.insert(shape.begin(), steps);
  return reshape(states, shape);
}

}  // namespace credence::detail
