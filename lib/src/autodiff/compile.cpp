// SPDX-License-Identifier: BSD-3-Clause
#include "compile.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/families.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace credence::detail {

namespace {

/// What compiling needs to know of a family.
struct family_facts {
  int parameters, variate_terms, parameter_terms;
  unsigned term_parameters;  ///< bit k: the prepared terms depend on parameter k
};

template <class K>
constexpr family_facts facts_of() {
  unsigned mask = (1U << K::parameters) - 1U;
  if constexpr (requires { K::term_parameters; }) mask = K::term_parameters;
  return {K::parameters, K::variate_terms, K::parameter_terms, mask};
}

template <class List>
struct all_facts;
template <class... Kernels>
struct all_facts<type_list<Kernels...>> {
  static constexpr family_facts facts[] = {facts_of<Kernels>()...};
};

const family_facts& facts(std::uint16_t family) { return all_facts<univariate_kernels>::facts[family]; }

/// Lays out the data memory: shared by both lists.
class data_layout {
 public:
  data_layout(const graph& recorded, compiled_program& out) : graph_(recorded), out_(out), at_(recorded.nodes.size()) {}

  std::int64_t reserve(std::int64_t size) {
    const std::int64_t offset = out_.data_size;
    out_.data_size += size;
    return offset;
  }

  /// The place of a node that does not vary by lane; emits what computes it when data are bound.
  operand locate(std::int32_t id) {
    auto& place = at_[static_cast<std::size_t>(id)];
    if (place) return *place;
    const node& n = graph_.nodes[static_cast<std::size_t>(id)];
    operand o{0, n.size(), 0, false};
    switch (n.code) {
      case opcode::constant:
        o.offset = reserve(o.size);
        constants_.push_back({o.offset, &n.values});
        break;
      case opcode::data:
        o.offset = reserve(o.size);
        out_.slots.push_back({n.name, n.shape, o.offset});
        break;
      case opcode::slice:
        o.offset = locate(n.in[0]).offset + n.integers[0];
        break;
      default: {
        instruction i;
        i.code = n.code;
        i.family = n.family;
        i.inputs = static_cast<std::int32_t>(n.in.size());
        for (std::size_t k = 0; k < n.in.size(); ++k) i.in[k] = as_lane(locate(n.in[k]));
        if (n.code == opcode::gather) i.extra[0] = table(n.integers);
        if (n.code == opcode::matrix_product) std::copy(n.integers.begin(), n.integers.end(), i.extra);
        if (n.code == opcode::density) add_density_operands(i, n);
        if (n.code == opcode::lane_function) {
          out_.bind_scratch = std::max(out_.bind_scratch, graph_.calls[n.family].scratch_size());
        }
        o.offset = reserve(o.size);
        i.out = as_lane(o);
        out_.bind.push_back(i);
      }
    }
    place = o;
    return o;
  }

  /// Terms prepared from data: a slot of `terms` blocks.
  operand prepare(opcode code, std::uint16_t family, const std::vector<operand>& from, int terms, std::int64_t n) {
    instruction i;
    i.code = code;
    i.family = family;
    i.inputs = static_cast<std::int32_t>(from.size());
    for (std::size_t k = 0; k < from.size(); ++k) i.in[k] = as_lane(from[k]);
    const operand o{reserve(terms * n), terms * n, 0, false};
    i.out = as_lane(o);
    out_.bind.push_back(i);
    return o;
  }

  operand zero() {
    if (!zero_) zero_ = operand{reserve(1), 1, 0, false};
    return *zero_;
  }

  packed_matrix pack(const operand& matrix, std::int64_t rows, std::int64_t columns) {
    for (const packed_matrix& p : out_.packed) {
      if (p.source == matrix.offset && p.rows == rows && p.columns == columns) return p;
    }
    const std::int64_t pitch = (columns + 7) / 8 * 8;
    const packed_matrix p{matrix.offset, rows, columns, reserve(rows * columns), reserve(rows * pitch)};
    out_.packed.push_back(p);
    return p;
  }

  /// A data scalar repeated n times.
  operand expand(const operand& scalar, std::int64_t n) {
    const auto key = std::make_pair(scalar.offset, n);
    const auto known = expanded_.find(key);
    if (known != expanded_.end()) return known->second;
    instruction i;
    i.code = opcode::gather;
    i.inputs = 1;
    i.in[0] = as_lane(scalar);
    i.extra[0] = table(std::vector<std::int64_t>(static_cast<std::size_t>(n), 0));
    const operand o{reserve(n), n, 0, false};
    i.out = as_lane(o);
    out_.bind.push_back(i);
    expanded_[key] = o;
    return o;
  }

  void finish() {
    out_.initial_data.assign(static_cast<std::size_t>(out_.data_size), 0.0);
    for (const auto& [offset, values] : constants_) {
      std::copy(values->begin(), values->end(), out_.initial_data.begin() + offset);
    }
  }

 private:
  static operand as_lane(operand o) {
    o.lane = true;
    return o;
  }
  std::int64_t table(const std::vector<std::int64_t>& values) {
    const auto first = static_cast<std::int64_t>(out_.bind_indices.size());
    out_.bind_indices.insert(out_.bind_indices.end(), values.begin(), values.end());
    return first;
  }
  void add_density_operands(instruction& i, const node& n) {
    const family_facts& f = facts(n.family);
    const operand x = locate(n.in[0]);
    std::vector<operand> parameters;
    std::int64_t size = 1;
    for (int k = 0; k < f.parameters; ++k) {
      parameters.push_back(locate(n.in[static_cast<std::size_t>(1 + k)]));
      size = std::max(size, parameters.back().size);
    }
    int at = 0;
    i.in[at++] = as_lane(x);
    if (f.variate_terms > 0) {
      const operand t = prepare(opcode::prepare_variate, n.family, {x}, f.variate_terms, x.size);
      for (int k = 0; k < f.variate_terms; ++k) i.in[at++] = {t.offset + k * x.size, x.size, 0, true};
    }
    for (const operand& p : parameters) i.in[at++] = as_lane(p);
    if (f.parameter_terms > 0) {
      const operand t = prepare(opcode::prepare_parameters, n.family, parameters, f.parameter_terms, size);
      for (int k = 0; k < f.parameter_terms; ++k) i.in[at++] = {t.offset + k * size, size, 0, true};
    }
    i.inputs = at;
  }

  const graph& graph_;
  compiled_program& out_;
  std::vector<std::optional<operand>> at_;
  std::vector<std::pair<std::int64_t, const std::vector<double>*>> constants_;
  std::optional<operand> zero_;
  std::map<std::pair<std::int64_t, std::int64_t>, operand> expanded_;
};

/// The list for tiles of one lane: what is short and of data is expanded, so that most operations are one row of
/// contiguous operands.
instruction_list single_lane_list(const instruction_list& list, data_layout& data) {
  constexpr std::int64_t longest = 64;  // a row
  instruction_list out = list;
  const auto adapt = [&](instruction& i) {
    const bool elementwise = i.code >= opcode::negate && i.code <= opcode::density;
    const std::int64_t n = i.out.size;
    if (!elementwise || n > longest) return;
    i.single_row = true;
    for (int k = 0; k < i.inputs; ++k) {
      operand& o = i.in[k];
      if (!o.lane && o.size == 1 && n > 1 && o.step == 0) o = data.expand(o, n);
      i.single_row = i.single_row && o.size == n;
    }
  };
  for (instruction& i : out.forward) adapt(i);
  for (instruction& i : out.bodies) adapt(i);
  for (sink& s : out.sinks) adapt(s.what);
  return out;
}

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
      if (n.code == opcode::matrix_product) std::copy(n.integers.begin(), n.integers.end(), i.extra);
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
    out_.list.scratch = std::max(out_.list.scratch, (p.columns + 7) / 8 * 8);
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

}  // namespace

std::shared_ptr<const compiled_program> compile(const graph& recorded) {
  auto program = std::make_shared<compiled_program>();
  compiled_program& out = *program;
  out.calls = recorded.calls;
  for (const lane_call& call : out.calls) {
    out.functions.push_back(double_function(call));
    out.dual_functions.push_back(dual_function(call));
  }
  out.dimension = recorded.dimension;
  out.parameters = recorded.parameters;
  data_layout data(recorded, out);

  list_builder density(recorded, data, out.density);
  for (const term& t : recorded.terms) density.add_root(t.node);
  density.build(recorded.terms);
  for (sink& s : out.density.list.sinks) {
    if (s.of != part::likelihood) continue;
    s.pointwise = out.pointwise_size;
    out.pointwise_size += s.what.out.size;
  }

  list_builder outputs(recorded, data, out.outputs);
  for (const parameter_record& p : recorded.parameters) {
    outputs.add_root(p.value);
    if (!p.range.low.empty()) outputs.add_root(p.range.low.node());
    if (!p.range.high.empty()) outputs.add_root(p.range.high.node());
  }
  for (const output_record& g : recorded.generated) outputs.add_root(g.node);
  outputs.build({});
  for (const parameter_record& p : recorded.parameters) {
    out.outputs.outputs.push_back({outputs.locate(p.value), p.name, p.shape});
    out.lower_bounds.push_back(p.range.low.empty() ? operand{} : outputs.locate(p.range.low.node()));
    out.upper_bounds.push_back(p.range.high.empty() ? operand{} : outputs.locate(p.range.high.node()));
  }
  for (const output_record& g : recorded.generated) {
    const node& n = recorded.nodes[static_cast<std::size_t>(g.node)];
    out.outputs.outputs.push_back({outputs.locate(g.node), g.name, n.shape});
  }
  out.density.single = single_lane_list(out.density.list, data);
  out.outputs.single = single_lane_list(out.outputs.list, data);
  data.finish();
  return program;
}

}  // namespace credence::detail
