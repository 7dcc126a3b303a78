// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"

#include <span>
#include <string_view>

/// Every form of attention under one call, for comparing them with exact attention on the same tensors. T is double or
/// float here.
namespace credence::attention {

enum class form : std::uint8_t {
  exact,
  local,        ///< keys within budget / 2 on either side
  stride,       ///< every (keys / budget)-th key
  global,       ///< the first budget / 2 tokens see all and are seen by all
  random,       ///< whole random blocks of keys
  bigbird,      ///< a third of the budget each: local, global and random blocks
  clusters,     ///< k-means, keys / budget clusters
  lsh,          ///< random projections, about keys / budget buckets
  sinkhorn,     ///< sorted blocks
  linformer,    ///< budget random summaries of keys and values; the identity when the budget is all keys
  convolution,  ///< budget means of neighbouring keys and values
  elu,          ///< linear attention; no budget
  relu,
  performer,      ///< budget positive random features
  trigonometric,  ///< budget random frequencies
  gau,            ///< squared rectified scores in place of the softmax: another function, not an approximation
  flash,          ///< the same in chunks of `budget` tokens, plus a linear part
};
const char* to_string(form f);
/// @throws domain_error  with the list of names
form form_from_text(std::string_view name);
std::span<const form> all_forms();
/// What a form can do besides.
bool takes_causal(form f);

struct form_options {
  std::int64_t budget = 64;  ///< keys that a query may see, or what stands for them (above)
  std::int64_t block = 16;   ///< side of the blocks of block patterns, at least 8
  bool causal = false;
  std::optional<double> scale{};  ///< as in exact attention; forms without scores have none
  rng_key key{};
};

template <class T>
struct form_result {
  form which = form::exact;
  tensor<T> output;                  ///< (batch, heads, queries, dv)
  std::int64_t multiplications = 0;  ///< of all heads, see choose.hpp
};

/// @throws domain_error  when a form does not take what is asked (causality)
template <class T>
form_result<T> run_form(const exec::context& ctx, const inputs<T>& in, form which, const form_options& opt = {});

/// |a - b| / |b|, Frobenius norms over everything, in double; 0 when both are 0.
template <class T>
double relative_error(const tensor<T>& approximation, const tensor<T>& exact);

}  // namespace credence::attention
