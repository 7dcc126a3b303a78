// SPDX-License-Identifier: BSD-3-Clause
// What a recorder builds: nodes in the order of recording. compile.cpp turns it into instruction lists.
#pragma once

#include "credence/autodiff/recorder.hpp"
#include "instruction.hpp"
#include "lane_functions.hpp"

#include <string>
#include <vector>

namespace credence::detail {

/// How a node depends on what changes between replays.
enum class dependence : std::uint8_t {
  constant,  ///< known when recorded
  data,      ///< of bound data only: computed once when data are bound
  lane,      ///< of parameters or noise: computed at each replay in each lane
};

struct node {
  opcode code{};
  std::uint16_t family = 0;
  std::vector<std::int32_t> in;
  shape_type shape;
  dependence varies = dependence::constant;
  std::int32_t body = -1;      ///< the scan whose body this node belongs to, or -1
  std::vector<double> values;  ///< of constants
  std::vector<std::int64_t>
      integers;      ///< gather: indices; slice: first; matrix products: n, k, m; scan: see recorder.cpp
  std::string name;  ///< of data

  [[nodiscard]] std::int64_t size() const {
    std::int64_t n = 1;
    for (const std::int64_t extent : shape) n *= extent;
    return n;
  }
};

/// A parameter as it is reported.
struct parameter_record {
  std::string name;
  shape_type shape;         ///< constrained
  std::int32_t value = -1;  ///< node on the constrained scale
  std::int64_t first = 0;   ///< its place in the unconstrained vector
  std::int64_t free_size = 0;
  constraint range{};
};

struct term {
  std::int32_t node;
  part of;
};

struct output_record {
  std::string name;
  std::int32_t node;
};

struct graph {
  named_data data;  ///< as given; shapes are fixed by it, values may be rebound
  std::vector<node> nodes;
  std::vector<parameter_record> parameters;
  std::vector<output_record> generated;
  std::vector<term> terms;
  std::vector<lane_call> calls;  ///< of lane functions, by family
  std::int64_t dimension = 0;    ///< unconstrained
  std::int32_t open_body = -1;   ///< the scan being recorded
  std::int32_t noise_calls = 0;

  std::int32_t add(node n);
  var make(node n) { return {this, add(std::move(n))}; }
  var scalar(double value);
};

std::int64_t size_of(const shape_type& shape);
std::string to_text(const shape_type& shape);

}  // namespace credence::detail
