// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/tensor.hpp"

/// The selective state-space scan (Mamba): a recurrence whose step and couplings depend on the input. T is double or
/// float; states are kept in T.
namespace credence::attention {

/// For every batch entry and channel c, from x = initial or 0:
///   x_t[n] = exp(delta_tc a_cn) x_(t-1)[n] + delta_tc b_tn u_tc,   y_tc = sum_n c_tn x_t[n] + skip_c u_tc
template <class T>
struct selective_inputs {
  view<const T, 3> u{};        ///< (batch, length, channels)
  view<const T, 3> delta{};    ///< (batch, length, channels), not negative
  view<const T, 2> a{};        ///< (channels, states), not positive
  view<const T, 3> b{};        ///< (batch, length, states)
  view<const T, 3> c{};        ///< (batch, length, states)
  view<const T, 1> skip{};     ///< (channels); or null
  view<const T, 3> initial{};  ///< (batch, channels, states); or null
};

template <class T>
struct selective_result {
  tensor<T> y;      ///< (batch, length, channels)
  tensor<T> state;  ///< (batch, channels, states) after the last token: the `initial` of what follows
};

/// All views contiguous. The same bits on any number of threads, and for a sequence in one piece or in several.
/// @throws shape_error   when shapes do not fit (both are named) or a view is strided
/// @throws domain_error  when there are no states or more than 256, an a is positive or a delta negative
/// @complexity batch * length * channels * states exponentials
/// @source Gu and Dao, "Mamba: linear-time sequence modeling with selective state spaces", arXiv:2312.00752
template <class T>
selective_result<T> selective_scan(const exec::context& ctx, const selective_inputs<T>& in);

template <class T>
struct selective_gradients {
  tensor<T> u, delta, a, b, c;
  tensor<T> skip, initial;  ///< empty where the input was null
};

/// Gradients of a number whose gradient by y was given (and by the final state: null for none). States are computed
/// again from checkpoints: memory is linear in the length and does not hold every state.
template <class T>
selective_gradients<T> selective_scan_backward(const exec::context& ctx, const selective_inputs<T>& in,
                                               view<const T, 3> d_y, view<const T, 3> d_state = {});

}  // namespace credence::attention
