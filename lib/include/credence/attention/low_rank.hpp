// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"

/// Attention over fewer, summarised keys. T is double or float here.
namespace credence::attention {

/// How keys and values are compressed from N to r rows.
template <class T>
struct compression {
  array_view<const T> keys;    ///< (r, N): rows of K become rows of keys K
  array_view<const T> values;  ///< (r, N); null: the same as for keys
};

/// softmax(scale Q (E K)') (F V): exact attention over r summaries. Equal to exact attention where E = F = I.
/// @param opt  no mask, causality, window or lengths: summaries have no position
/// @throws shape_error, domain_error
/// @complexity r N (d + dv) + N r (d + dv) multiplications
/// @source Wang, Li, Khabsa, Fang, Ma, "Linformer", arXiv:2006.04768
template <class T>
result<T> linformer(const exec::context& ctx, const inputs<T>& in, const compression<T>& by, const options& opt = {});

/// Gradients of `linformer` by everything.
template <class T>
struct linformer_gradients {
  tensor<T> q, k, v;
  tensor<T> keys, values;  ///< by E and F; `values` is empty where F was E (both are in `keys` then)
};
template <class T>
linformer_gradients<T> linformer_backward(const exec::context& ctx, const inputs<T>& in, const compression<T>& by,
                                          const options& opt, const result<T>& done, view<const T, 4> d_output);

/// E of a convolution without overlap: row i weighs keys i width .. i width + width - 1 with `kernel`; the last window
/// may be cut, and its weights are then scaled to the whole kernel's sum.
/// @returns (ceil(n / width), n), width being the size of the kernel
/// @throws domain_error  when the kernel is empty or its sum over a cut window is 0
template <class T>
tensor<T> convolution_compression(std::int64_t n, std::span<const T> kernel);

/// E of random projections: independent normal numbers of variance 1 / r, so that E' E is the identity on average.
template <class T>
tensor<T> random_compression(std::int64_t n, std::int64_t r, rng_key key);

}  // namespace credence::attention
