// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"

/// Gated attention units: squared rectified scores instead of a softmax, and a gate. T is double or float here.
namespace credence::attention {

/// All (batch, heads, N, columns); q and k share their columns, v and gate theirs.
template <class T>
struct gated_inputs {
  view<const T, 4> q, k, v;
  view<const T, 4> gate;                ///< u; null: no gate
  view<const T, 4> linear_q, linear_k;  ///< mixed chunks only; null: no linear part
};

struct gated_options {
  bool causal = false;
  std::int64_t chunk = 0;  ///< 0: quadratic; else pairs inside chunks of so many tokens, plus the linear part
};

/// GAU, chunk = 0:  o_i = u_i * sum_j relu(q_i.k_j / N)^2 v_j.
/// FLASH, mixed chunks of c tokens:  o_i = u_i * (sum over the chunk of relu(q_i.k_j / c)^2 v_j + sum_j ql_i.kl_j v_j /
/// N), the linear sum over all chunks, or over the chunks before when causal. One chunk of N tokens without linear part
/// is the quadratic form. The same bits on any number of threads.
/// @throws shape_error, domain_error
/// @source Hua, Dai, Liu, Le, "Transformer quality in linear time", ICML 2022
template <class T>
tensor<T> gated_attention(const exec::context& ctx, const gated_inputs<T>& in, const gated_options& opt = {});

template <class T>
struct gated_gradients {
  tensor<T> q, k, v;
  tensor<T> gate, linear_q, linear_k;  ///< empty where the input was null
};

/// Gradients of a number whose gradient by the output, (batch, heads, N, columns of v), was given.
/// @throws as gated_attention
template <class T>
gated_gradients<T> gated_attention_backward(const exec::context& ctx, const gated_inputs<T>& in,
                                            const gated_options& opt, view<const T, 4> d_output);

}  // namespace credence::attention
