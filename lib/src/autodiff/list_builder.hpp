// SPDX-License-Identifier: BSD-3-Clause
// Builds an instruction list from the nodes that its roots need.
#pragma once

#include "compile.hpp"
#include "data_layout.hpp"
#include "family_facts.hpp"

#include "credence/base/errors.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace credence::detail {

/// Builds one list: the nodes that its roots need, in the order of recording.
class list_builder {
 public:
  list_builder(const graph& recorded, data_layout& data, compiled_list& out)
      : graph_(recorded),
        data_(data),
        out_(out),
        at_(recorded.nodes.size()),
        uses_(recorded.nodes.size(), 0),
        absorbed_(recorded.nodes.size(), false) {
    out_.list.arena = recorded.dimension;  // the unconstrained vector comes first
  }

  void add_root(std::int32_t id) {
    ++uses_[static_cast<std::size_t>(id)];
    mark(id);
  }

  /// Emits everything but the density terms given, which become sinks.
  void build(const std::vector<term>& terms) {
    find_absorbed(terms);
    for (std::size_t id = 0; id < graph_.nodes.size(); ++id) {
      const node& n = graph_.nodes[id];
      if (uses_[id] == 0 || absorbed_[id] || n.varies != dependence::lane || n.body >= 0) continue;
      emit(static_cast<std::int32_t>(id), out_.list.forward);
    }
    for (const term& t : terms) emit_sink(t);
  }

  operand locate(std::int32_t id) {
    const node& n = node_at(id);
    if (n.varies != dependence::lane) return data_.locate(id);
    auto& place = at_[static_cast<std::size_t>(id)];
    if (place) return *place;
    switch (n.code) {
      case opcode::parameter:
        place = operand{n.integers[0], n.size(), 0, true};
        break;
      case opcode::slice: {
        operand o = locate(n.in[0]);
        o.offset += n.integers[0];
        o.size = n.size();
        place = o;
        break;
      }
      default:
        place = reserve(n.size(), steps_of(n));
        break;
    }
    return *place;
  }

 private:
  [[nodiscard]] const node& node_at(std::int32_t id) const { return graph_.nodes[static_cast<std::size_t>(id)]; }

  /// Steps of the scan whose body a node belongs to; 1 outside.
  [[nodiscard]] std::int64_t steps_of(const node& n) const {
    return n.body >= 0 ? body_steps_[static_cast<std::size_t>(n.body)] : 1;
  }

  operand reserve(std::int64_t size, std::int64_t steps) {
    const operand o{out_.list.arena, size, steps > 1 ? size : 0, true};
    out_.list.arena += size * steps;
    return o;
  }

  void mark(std::int32_t id) {
    // Iterative: recordings may be deep.
    std::vector<std::int32_t> open{id};
    while (!open.empty()) {
      const std::int32_t at = open.back();
      open.pop_back();
      const node& n = node_at(at);
      if (marked_.size() < graph_.nodes.size()) marked_.resize(graph_.nodes.size(), false);
      if (marked_[static_cast<std::size_t>(at)]) continue;
      marked_[static_cast<std::size_t>(at)] = true;
      for (const std::int32_t input : n.in) {
        ++uses_[static_cast<std::size_t>(input)];
        open.push_back(input);
      }
      if (n.code == opcode::scan) {
        body_steps_.resize(graph_.nodes.size(), 1);
        body_steps_[static_cast<std::size_t>(n.integers[0])] = n.shape[0];
      }
    }
  }

  bool single_lane_use(std::int32_t id) const {
    return uses_[static_cast<std::size_t>(id)] == 1 && node_at(id).varies == dependence::lane;
  }

  /// The product of a data matrix with a lane vector at the root of a linear predictor, and the intercept added to it.
  struct predictor {
    std::int32_t product = -1, sum = -1, intercept = -1;
  };
  predictor find_predictor(std::int32_t id) const {
    const node& n = node_at(id);
    if (n.code == opcode::data_matrix_vector && single_lane_use(id)) return {id, -1, -1};
    if (n.code == opcode::add && single_lane_use(id)) {
      for (int k = 0; k < 2; ++k) {
        const std::int32_t side = n.in[static_cast<std::size_t>(k)], other = n.in[static_cast<std::size_t>(1 - k)];
        if (node_at(side).code == opcode::data_matrix_vector && single_lane_use(side) &&
            (node_at(other).size() == 1 || node_at(other).size() == node_at(side).size())) {
          return {side, id, other};
        }
      }
    }
    return {};
  }

  void find_absorbed(const std::vector<term>& terms) {
    for (const term& t : terms) {
      const node& n = node_at(t.node);
      if (n.code != opcode::density || !single_lane_use(t.node)) continue;
      absorbed_[static_cast<std::size_t>(t.node)] = true;
      const family_facts& f = facts(n.family);
      if (f.parameters == 0 || (f.parameter_terms > 0 && (f.term_parameters & 1U) != 0)) continue;
      const predictor p = find_predictor(n.in[1]);
      if (p.product < 0 || node_at(p.product).size() != n.size()) continue;
      absorbed_[static_cast<std::size_t>(p.product)] = true;
      if (p.sum >= 0) absorbed_[static_cast<std::size_t>(p.sum)] = true;
    }
    // a * b + c in one step where the product is used nowhere else.
    for (std::size_t id = 0; id < graph_.nodes.size(); ++id) {
      const node& n = graph_.nodes[id];
      if (n.code != opcode::add || uses_[id] == 0 || absorbed_[id] || n.varies != dependence::lane) continue;
      for (const std::int32_t input : n.in) {
        const node& product = node_at(input);
        if (product.code == opcode::multiply && single_lane_use(input) && product.size() == n.size() &&
            product.body == n.body && n.in[0] != n.in[1]) {
          absorbed_[static_cast<std::size_t>(input)] = true;
          fused_.resize(graph_.nodes.size(), -1);
          fused_[id] = input;
          break;
        }
      }
    }
  }

  [[nodiscard]] std::int32_t fused_product(std::int32_t id) const {
    return fused_.empty() ? -1 : fused_[static_cast<std::size_t>(id)];
  }

  void emit(std::int32_t id, std::vector<instruction>& to) {
    const node& n = node_at(id);
    switch (n.code) {
      case opcode::parameter:
      case opcode::slice:
      case opcode::step_input:
        return;
      case opcode::normal_noise:
      case opcode::uniform_noise: {
        const operand o = locate(id);
        out_.noise.push_back({o.offset, o.size, n.integers[0], n.code == opcode::normal_noise});
        return;
      }
      case opcode::scan:
        return emit_scan(id);
      default:
        break;
    }
    instruction i;
    i.code = n.code;
    i.family = n.family;
    if (const std::int32_t product = fused_product(id); product >= 0) {
      const std::int32_t other = n.in[0] == product ? n.in[1] : n.in[0];
      i.code = opcode::multiply_add;
      i.inputs = 3;
      i.in[0] = locate(node_at(product).in[0]);
      i.in[1] = locate(node_at(product).in[1]);
      i.in[2] = locate(other);
    } else if (n.code == opcode::density) {
      add_density_operands(i, n, to, false);
    } else if (n.code == opcode::data_matrix_vector) {
      add_matrix(i, n);
      i.inputs = 1;
      i.in[0] = locate(n.in[1]);
    } else {
      i.inputs = static_cast<std::int32_t>(n.in.size());
      for (std::size_t k = 0; k < n.in.size(); ++k) i.in[k] = locate(n.in[k]);
      if (n.code == opcode::gather) {
        i.extra[0] = static_cast<std::int64_t>(out_.list.indices.size());
        out_.list.indices.insert(out_.list.indices.end(), n.integers.begin(), n.integers.end());
      }
      if (n.code == opcode::matrix_product) {
        std::copy(n.integers.begin(), n.integers.end(), i.extra);
        out_.list.scratch = std::max(out_.list.scratch, n.integers[2]);  // a row of adjoints
      }
      if (n.code == opcode::lane_function) {
        out_.list.scratch = std::max(out_.list.scratch, graph_.calls[n.family].scratch_size());
      }
    }
    i.out = locate(id);
    to.push_back(i);
  }

  void add_matrix(instruction& i, const node& n) {
    const packed_matrix p = data_.pack(data_.locate(n.in[0]), n.integers[0], n.integers[1]);
    i.extra[0] = p.rows;
    i.extra[1] = p.columns;
    i.extra[2] = p.transposed;
    i.extra[3] = p.padded;
    i.extra[4] = p.single_transposed;
    i.extra[5] = p.single_padded;
    i.single_precision = data_.single_precision();
    // The adjoints of the coefficients; in single precision those and the coefficients once more.
    out_.list.scratch = std::max(out_.list.scratch, (i.single_precision ? 2 : 1) * ((p.columns + 7) / 8 * 8));
  }

  /// Operands of a density, with its prepared terms; those that vary by lane are prepared by an instruction before it.
  void add_density_operands(instruction& i, const node& n, std::vector<instruction>& to, bool placeholder_location) {
    const family_facts& f = facts(n.family);
    const operand x = locate(n.in[0]);
    int at = 0;
    i.in[at++] = x;
    if (f.variate_terms > 0) {
      const operand t = prepare(opcode::prepare_variate, n, {x}, f.variate_terms, x.size, to);
      for (int k = 0; k < f.variate_terms; ++k) {
        operand part_of = t;
        part_of.offset += k * x.size;
        part_of.size = x.size;
        i.in[at++] = part_of;
      }
    }
    std::vector<operand> prepared;
    std::int64_t size = 1;
    for (int k = 0; k < f.parameters; ++k) {
      const operand p = k == 0 && placeholder_location ? operand{} : locate(n.in[static_cast<std::size_t>(1 + k)]);
      const bool needed = (f.term_parameters >> k & 1U) != 0;
      prepared.push_back(needed ? p : data_.zero());
      if (needed) size = std::max(size, p.size);
      i.in[at++] = p;
    }
    if (f.parameter_terms > 0) {
      const operand t = prepare(opcode::prepare_parameters, n, prepared, f.parameter_terms, size, to);
      for (int k = 0; k < f.parameter_terms; ++k) {
        operand part_of = t;
        part_of.offset += k * size;
        part_of.size = size;
        i.in[at++] = part_of;
      }
    }
    i.inputs = at;
    // The common cases have loops of their own: priors want the variate, regressions the first parameter.
    const operand* parameters = i.in + 1 + f.variate_terms;
    bool others = false;
    for (int k = 1; k < f.parameters; ++k) others = others || parameters[k].lane;
    const bool first = f.parameters > 0 && (parameters[0].lane || placeholder_location);
    if (!others && !first) i.wanted = wanted_partials::variate;
    if (!others && first && !x.lane) i.wanted = wanted_partials::first_parameter;
  }

  operand prepare(opcode code, const node& n, const std::vector<operand>& from, int terms, std::int64_t size,
                  std::vector<instruction>& to) {
    const bool fixed = std::none_of(from.begin(), from.end(), [](const operand& o) { return o.lane || o.step != 0; });
    if (fixed) return data_.prepare(code, n.family, from, terms, size);
    instruction i;
    i.code = code;
    i.family = n.family;
    i.inputs = static_cast<std::int32_t>(from.size());
    std::copy(from.begin(), from.end(), i.in);
    i.out = reserve(terms * size, steps_of(n));
    to.push_back(i);
    return i.out;
  }

  void emit_scan(std::int32_t id) {
    const node& n = node_at(id);
    const std::int64_t steps = n.shape[0], state_size = n.size() / steps;
    const auto body = static_cast<std::int32_t>(n.integers[0]);
    // One slot for the states before each step and after the last; the scan's result is all but the first.
    const operand states = reserve((steps + 1) * state_size, 1);
    at_[static_cast<std::size_t>(id)] = operand{states.offset + state_size, n.size(), 0, true};
    instruction start;
    start.code = opcode::concat;
    start.inputs = 1;
    start.in[0] = locate(n.in[0]);
    start.out = {states.offset, state_size, 0, true};
    out_.list.forward.push_back(start);

    at_[static_cast<std::size_t>(n.integers[1])] = operand{states.offset, state_size, state_size, true};
    std::vector<instruction> instructions;
    const operand next{states.offset + state_size, state_size, state_size, true};
    const auto result = static_cast<std::int32_t>(n.integers[2]);
    bool in_place = false;
    for (std::size_t k = static_cast<std::size_t>(body); k < static_cast<std::size_t>(id); ++k) {
      const node& inner = graph_.nodes[k];
      if (inner.body != body || uses_[k] == 0 || absorbed_[k]) continue;
      if (inner.code == opcode::step_input) {
        if (inner.integers[0] >= 0) {
          operand row = locate(static_cast<std::int32_t>(inner.integers[0]));
          row.size = inner.size();
          row.step = inner.size();
          at_[k] = row;
        }
        continue;
      }
      // The last operation writes the next state where it belongs.
      if (static_cast<std::int32_t>(k) == result && inner.code != opcode::slice) {
        at_[k] = next;
        in_place = true;
      }
      emit(static_cast<std::int32_t>(k), instructions);
    }
    if (!in_place) {
      instruction copy;
      copy.code = opcode::concat;
      copy.inputs = 1;
      copy.in[0] = locate(result);
      copy.out = next;
      instructions.push_back(copy);
    }
    instruction i;
    i.code = opcode::scan;
    i.extra[0] = static_cast<std::int64_t>(out_.list.bodies.size());
    i.extra[1] = static_cast<std::int64_t>(instructions.size());
    i.extra[2] = steps;
    i.extra[3] = state_size;
    out_.list.bodies.insert(out_.list.bodies.end(), instructions.begin(), instructions.end());
    out_.list.forward.push_back(i);
  }

  void emit_sink(const term& t) {
    const node& n = node_at(t.node);
    sink s;
    s.of = t.of;
    if (n.code == opcode::density && absorbed_[static_cast<std::size_t>(t.node)]) {
      s.what.code = opcode::density;
      s.what.family = n.family;
      s.what.out.size = n.size();
      const predictor p = find_predictor(n.in[1]);
      const bool fused = p.product >= 0 && absorbed_[static_cast<std::size_t>(p.product)];
      add_density_operands(s.what, n, out_.list.forward, fused);
      if (fused) {
        if (s.what.inputs + 2 > max_inputs) throw domain_error("program: a density has too many operands");
        s.what.code = opcode::linear_density;
        add_matrix(s.what, node_at(p.product));
        s.what.in[s.what.inputs] = locate(node_at(p.product).in[1]);
        s.what.in[s.what.inputs + 1] = p.intercept >= 0 ? locate(p.intercept) : operand{};
      }
    } else {
      s.what.code = opcode::sum;
      s.what.inputs = 1;
      s.what.in[0] = locate(t.node);
      s.what.out.size = n.size();
    }
    out_.list.sinks.push_back(s);
  }

  const graph& graph_;
  data_layout& data_;
  compiled_list& out_;
  std::vector<std::optional<operand>> at_;
  std::vector<int> uses_;
  std::vector<bool> absorbed_;
  std::vector<bool> marked_;
  std::vector<std::int32_t> fused_;
  std::vector<std::int64_t> body_steps_;
};

}  // namespace credence::detail
