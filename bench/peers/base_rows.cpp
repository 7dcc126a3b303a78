// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/base/array_math.hpp"

#include <cmath>
#include <memory>
#include <vector>

namespace credence::peers {

namespace {

constexpr std::size_t size = 10000;  // both arrays fit in the second-level cache

/// A row that maps an array of numbers over [-50, 50] (moved to be positive for log) with `map(in, out)`.
template <class Map>
std::function<row()> mapping(Map map, double shift = 0.0) {
  return [map, shift] {
    const auto in = std::make_shared<std::vector<double>>(size), out = std::make_shared<std::vector<double>>(size);
    for (std::size_t i = 0; i < size; ++i) (*in)[i] = shift - 50.0 + 100.0 * static_cast<double>(i) / size;
    return row{static_cast<double>(size), [in, out, map] {
                 map(*in, *out);
                 keep(*out);
               }};
  };
}

/// libm called for one element after another: what a plain loop compiles to.
template <double (*Function)(double)>
void scalar_loop(const std::vector<double>& in, std::vector<double>& out) {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = Function(in[i]);
}

}  // namespace

void add_base_rows(rows& all) {
  all.add("exp f64", mapping([](const auto& in, auto& out) { array::exp(in, out); }));
  all.add("exp f64: libm", mapping(scalar_loop<&::exp>));
  all.add("log f64", mapping([](const auto& in, auto& out) { array::log(in, out); }, 50.5));
  all.add("log f64: libm", mapping(scalar_loop<&::log>, 50.5));
  all.add("sin f64", mapping([](const auto& in, auto& out) { array::sin(in, out); }));
  all.add("sin f64: libm", mapping(scalar_loop<&::sin>));
  all.add("tanh f64", mapping([](const auto& in, auto& out) { array::tanh(in, out); }));
  all.add("tanh f64: libm", mapping(scalar_loop<&::tanh>));
}

}  // namespace credence::peers
