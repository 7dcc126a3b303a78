// SPDX-License-Identifier: BSD-3-Clause
#include "compile.hpp"

#include "data_layout.hpp"
#include "list_builder.hpp"

namespace credence::detail {

namespace {

/// The list for tiles of one lane: what is short and of data is expanded, so that most operations are one row of
/// contiguous operands.
instruction_list single_lane_list(const instruction_list& list, data_layout& data) {
  constexpr std::int64_t longest = 64;  // a row
  instruction_list out = list;
  const auto adapt = [&](instruction& i) {
    const bool elementwise = i.code >= opcode::negate && i.code <= opcode::density;
    const std::int64_t n = i.out.size;
    if (!elementwise || n > longest) return;
    i.single_row = i.single_spread = true;
    for (int k = 0; k < i.inputs; ++k) {
      operand& o = i.in[k];
      if (!o.lane && o.size == 1 && n > 1 && o.step == 0) o = data.expand(o, n);
      i.single_row = i.single_row && o.size == n;
      i.single_spread = i.single_spread && (o.size == n || o.size == 1);
    }
  };
  for (instruction& i : out.forward) adapt(i);
  for (instruction& i : out.bodies) adapt(i);
  for (sink& s : out.sinks) adapt(s.what);
  return out;
}

}  // namespace

std::shared_ptr<const compiled_program> compile(const graph& recorded, const compile_options& options) {
  auto program = std::make_shared<compiled_program>();
  compiled_program& out = *program;
  out.single_precision = options.precision == dtype::f32;
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
