// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"

/// Attention with the product reordered: (phi(Q) phi(K)') V = phi(Q) (phi(K)' V), which costs 2 N m dv instead of
/// N^2 (d + dv) multiplications. T is double or float here.
namespace credence::attention {

/// What replaces exp(q.k): phi(q).phi(k).
enum class feature_kind : std::uint8_t {
  elu_plus_one,             ///< x + 1 above 0, exp(x) below
  relu,                     ///< max(x, 0)
  performer,                ///< exp(w.x - |x|^2 / 2) / sqrt(m): positive random features, E phi(q).phi(k) = exp(q.k)
  performer_trigonometric,  ///< exp(|x|^2 / 2) (sin w.x, cos w.x) / sqrt(m): the same mean, no positivity
};

/// @source Katharopoulos et al., ICML 2020 (elu + 1); Choromanski et al., ICLR 2021 (Performer)
struct feature_map {
  feature_kind kind = feature_kind::elu_plus_one;
  std::int64_t random = 0;  ///< m: how many w are drawn; Performer only, 0: 4 d
  bool orthogonal = true;   ///< w orthogonal in groups of d
  rng_key key{};

  /// Features of a vector of length d.
  [[nodiscard]] std::int64_t features(std::int64_t d) const;
};

/// The w of a Performer map, (m, d): standard normal rows, orthogonal in groups of d when asked for.
tensor<double> random_directions(const feature_map& map, std::int64_t d);

/// phi of each row of x (rows, d): (rows, features).
template <class T>
tensor<T> features(const exec::context& ctx, const feature_map& map, array_view<const T> x);

struct linear_options {
  feature_map map{};
  std::optional<double> scale{};  ///< as in exact attention; queries and keys take its root. 1 for elu and relu maps
  bool causal = false;
  std::int64_t chunk = 128;  ///< causal: tokens in a chunk, 0: token by token (slow, obvious)
};

/// sum_j phi(q_i).phi(k_j) v_j / sum_j phi(q_i).phi(k_j), over j <= i when causal. Causal sums are carried from chunk
/// to chunk and taken pairwise inside. Performer features are divided by their largest, which cancels. A row whose
/// normaliser is 0 is zero. The same bits on any number of threads.
/// @param in  bias must be null
/// @throws shape_error, domain_error
template <class T>
tensor<T> linear_attention(const exec::context& ctx, const inputs<T>& in, const linear_options& opt = {});

template <class T>
struct linear_gradients {
  tensor<T> q, k, v;
};

/// Gradients of a number whose gradient by the output was given; the directions of random features are constants. Sums
/// are formed again, in the same segments and order, so bits do not depend on threads. Causal with chunk = 0 works in
/// chunks of 128.
/// @param output    what `linear_attention` gave
/// @param d_output  (batch, heads, queries, dv)
/// @throws as linear_attention
template <class T>
linear_gradients<T> linear_attention_backward(const exec::context& ctx, const inputs<T>& in, const linear_options& opt,
                                              const tensor<T>& output, view<const T, 4> d_output);

}  // namespace credence::attention
