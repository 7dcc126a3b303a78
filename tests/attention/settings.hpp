// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/support.hpp"

/// One list of what exact attention can be asked for; every path and type is compared with the reference on all of it,
/// forward and backward.
namespace credence::test {

inline const double slopes[] = {0.5, 0.25, 0.125, 0.0625};
inline const double widths[] = {3.0, 5.0, 8.0, 13.0};
inline const double table[] = {0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, 0.05, -0.15, 0.25, 0.35, -0.45, 0.55, 0.65};
inline const attention::alibi alibi_two{slopes, 2};
inline const attention::gaussian_distance gaussian_two{widths, 2};
inline const attention::relative_table table_two{table, 2, 3};
inline const attention::soft_cap cap_two{2.0};
inline const attention::composed cap_then_alibi{attention::soft_cap{3.0}, attention::alibi{slopes, 2}};
inline const std::int64_t query_lengths_two[] = {19, 37}, key_lengths_two[] = {0, 53};

inline const std::vector<attention::block_mask>& masks() {
  static const std::vector<attention::block_mask> all = {
      attention::big_bird_mask(301, 333, {.local = 1, .global = 1, .random = 1}, rng_key{3, 0}, {32, 16}),
      attention::local_mask(301, 333, 17, 5, {64, 64}),
      attention::merge(attention::strided_mask(150, 150, 7, {128, 40}),
                       attention::local_mask(150, 150, 3, 0, {128, 40}))};
  return all;
}

inline std::vector<setting> settings() {
  std::vector<setting> out;
  out.push_back({.name = "one query, one key"});
  out.push_back({.name = "31 x 31, d 31", .queries = 31, .keys = 31, .d = 31, .dv = 17});
  out.push_back({.name = "597 x 43", .queries = 597, .keys = 43, .d = 64, .dv = 64});
  out.push_back({.name = "43 x 597, d 128, dv 40", .queries = 43, .keys = 597, .d = 128, .dv = 40});
  out.push_back({.name = "d 256", .queries = 100, .keys = 193, .d = 256, .dv = 256});
  out.push_back({.name = "causal",
                 .heads = 2,
                 .key_heads = 2,
                 .queries = 210,
                 .keys = 210,
                 .d = 24,
                 .dv = 24,
                 .opt = {.causal = true}});
  out.push_back(
      {.name = "causal, queries at the end", .queries = 50, .keys = 260, .opt = {.causal = true, .query_offset = 210}});
  out.push_back({.name = "causal, queries before all keys",
                 .queries = 120,
                 .keys = 60,
                 .opt = {.causal = true, .query_offset = -100}});
  out.push_back({.name = "window", .queries = 300, .keys = 300, .opt = {.window_before = 20, .window_after = 11}});
  out.push_back({.name = "causal window", .queries = 300, .keys = 300, .opt = {.causal = true, .window_before = 100}});
  out.push_back({.name = "grouped queries", .batch = 2, .heads = 6, .key_heads = 2, .queries = 70, .keys = 111});
  out.push_back({.name = "lengths",
                 .batch = 2,
                 .heads = 2,
                 .key_heads = 1,
                 .queries = 37,
                 .keys = 61,
                 .opt = {.query_lengths = query_lengths_two, .key_lengths = key_lengths_two}});
  out.push_back({.name = "mask", .batch = 2, .heads = 2, .key_heads = 2, .queries = 65, .keys = 130, .mask = true});
  out.push_back({.name = "bias",
                 .batch = 2,
                 .heads = 2,
                 .key_heads = 1,
                 .queries = 65,
                 .keys = 130,
                 .bias = true,
                 .bias_shape = {2, 2, 65, 130}});
  out.push_back({.name = "bias for each head",
                 .batch = 2,
                 .heads = 2,
                 .key_heads = 2,
                 .queries = 101,
                 .keys = 130,
                 .opt = {.causal = true},
                 .bias = true,
                 .bias_shape = {2, 101, 130}});
  out.push_back({.name = "bias for each key",
                 .batch = 2,
                 .heads = 2,
                 .key_heads = 2,
                 .queries = 101,
                 .keys = 130,
                 .bias = true,
                 .bias_shape = {2, 1, 1, 130}});
  out.push_back({.name = "bias for each query", .queries = 101, .keys = 130, .bias = true, .bias_shape = {101, 1}});
  const auto scored = [&](const char* name, const attention::score_function& f) {
    out.push_back({.name = name, .heads = 2, .key_heads = 1, .queries = 99, .keys = 120, .opt = {.score = f}});
  };
  scored("ALiBi", attention::score_of(alibi_two));
  scored("Gaussian distance", attention::score_of(gaussian_two));
  scored("relative table", attention::score_of(table_two));
  scored("soft cap", attention::score_of(cap_two));
  scored("soft cap, then ALiBi", attention::score_of(cap_then_alibi));
  out.push_back({.name = "dropout",
                 .batch = 2,
                 .heads = 2,
                 .key_heads = 2,
                 .queries = 100,
                 .keys = 131,
                 .opt = {.drop = {0.3, rng_key{11, 5}}}});
  out.push_back(
      {.name = "BigBird", .heads = 2, .key_heads = 1, .queries = 301, .keys = 333, .opt = {.blocks = &masks()[0]}});
  out.push_back(
      {.name = "local blocks, causal", .queries = 301, .keys = 333, .opt = {.causal = true, .blocks = &masks()[1]}});
  out.push_back({.name = "strided and local blocks of odd sizes, ALiBi, bias, dropout",
                 .heads = 2,
                 .key_heads = 2,
                 .queries = 150,
                 .keys = 150,
                 .opt = {.blocks = &masks()[2], .score = attention::score_of(alibi_two), .drop = {0.1, rng_key{1, 2}}},
                 .bias = true,
                 .bias_shape = {150, 150}});
  return out;
}

/// A setting with its tensors in one type, and the same numbers in double.
template <class T>
struct prepared {
  triple<T> data;
  triple<double> exact;
  tensor<attention::compute_type<T>> bias{};
  tensor<double> exact_bias{};
  tensor<std::uint8_t> mask{};
  attention::options opt{};

  explicit prepared(const setting& s)
      : data({s.batch, s.heads, s.queries, s.d}, {s.batch, s.key_heads, s.keys, s.d}, s.dv, 17),
        exact(data.in_double()),
        opt(s.opt) {
    if (s.bias) {
      bias = normal_tensor<attention::compute_type<T>>(s.bias_shape, 91);
      exact_bias = doubles(bias);
    }
    if (s.mask) {
      mask = tensor<std::uint8_t>({s.batch, 1, s.queries, s.keys});
      for (std::int64_t i = 0; i < mask.size(); ++i) mask[i] = i % 5 != 0 && i / s.keys % 7 != 3;
      opt.mask = mask.array();
    }
  }
  [[nodiscard]] attention::inputs<T> in() const {
    auto out = data.in();
    if (!bias.empty()) out.bias = bias.array();
    return out;
  }
  [[nodiscard]] attention::inputs<double> in_double() const {
    auto out = exact.in();
    if (!exact_bias.empty()) out.bias = exact_bias.array();
    return out;
  }
  [[nodiscard]] attention::options with(attention::path use) const {
    attention::options out = opt;
    out.use = use;
    return out;
  }
};

}  // namespace credence::test
