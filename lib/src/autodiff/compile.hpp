// SPDX-License-Identifier: BSD-3-Clause
// From a recorded graph to instruction lists.
#pragma once

#include "graph.hpp"
#include "instruction.hpp"
#include "lane_functions.hpp"

#include "credence/autodiff/program.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace credence::detail {

/// Where a bound array goes in the data memory.
struct data_slot {
  std::string name;
  shape_type shape;
  std::int64_t offset;
};

/// A data matrix that is stored transposed and padded when data are bound; with single precision a second time, in f32.
struct packed_matrix {
  std::int64_t source, rows, columns, transposed, padded;
  std::int64_t single_transposed = 0, single_padded = 0;  ///< offsets into the f32 memory
};

struct noise_slot {
  std::int64_t offset, size, call;
  bool normal;
};

struct output_slot {
  operand from;
  std::string name;
  shape_type shape;
};

/// One replayable list with the data it needs.
struct compiled_list {
  instruction_list list;    ///< for tiles of many lanes
  instruction_list single;  ///< for one lane: short broadcasts of data are expanded when data are bound
  std::vector<noise_slot> noise;
  std::vector<output_slot> outputs;
};

/// A recorded program, ready to run. Not copied: lane functions point to `calls`.
struct compiled_program {
  std::int64_t dimension = 0;
  compiled_list density;  ///< terms of the log density
  compiled_list outputs;  ///< constrained parameters and generated quantities
  std::int64_t pointwise_size = 0;

  // Data memory: constants and bound arrays first, then what is computed from them, then packed matrices.
  std::int64_t data_size = 0;
  std::vector<double> initial_data;  ///< constants in place, zeros elsewhere
  std::vector<data_slot> slots;
  std::vector<instruction> bind;  ///< run once when data are bound; their operands are marked as lanes of width one
  std::vector<std::int64_t> bind_indices;
  std::int64_t bind_scratch = 0;
  std::vector<packed_matrix> packed;
  bool single_precision = false;  ///< products with data matrices run in f32
  std::int64_t single_size = 0;   ///< elements of the f32 memory

  std::vector<parameter_record> parameters;
  std::vector<lane_call> calls;
  std::vector<lane_function<double>> functions;
  std::vector<lane_function<dual<double>>> dual_functions;
  std::vector<operand> lower_bounds, upper_bounds;  ///< of each parameter, in the outputs list; size 0: none
};

std::shared_ptr<const compiled_program> compile(const graph& recorded, const compile_options& options);

}  // namespace credence::detail
