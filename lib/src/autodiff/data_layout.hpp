// SPDX-License-Identifier: BSD-3-Clause
// The data memory of a program: constants, bound arrays, and all that is computed from them once.
#pragma once

#include "compile.hpp"
#include "family_facts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace credence::detail {

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
    packed_matrix p{matrix.offset, rows, columns, reserve(rows * columns), reserve(rows * pitch)};
    if (out_.single_precision) {
      p.single_transposed = out_.single_size;
      p.single_padded = p.single_transposed + rows * columns;
      out_.single_size = p.single_padded + rows * pitch;
    }
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

  [[nodiscard]] bool single_precision() const { return out_.single_precision; }

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

}  // namespace credence::detail
