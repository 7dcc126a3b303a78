// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/exact.hpp"
#include "credence/tensor/sinkhorn.hpp"

/// Patterns that are found from the queries and keys themselves: clusters, and sorting by Sinkhorn's iteration. Each
/// head of each batch entry has its own. T is double or float here.
namespace credence::attention {

enum class cluster_method : std::uint8_t {
  kmeans,  ///< Lloyd's algorithm on queries and keys together, each scaled to length 1
  lsh,     ///< the largest of (x R, -x R) for random R: vectors at a small angle meet
};

struct cluster_options {
  std::int64_t clusters = 8;  ///< even for lsh, or 1
  cluster_method method = cluster_method::kmeans;
  rng_key key{};
  int iterations = 20;  ///< of Lloyd's algorithm at most
};

/// The clusters of queries and keys of one head, counted from 0.
struct cluster_labels {
  std::vector<std::int64_t> queries, keys;
};
template <class T>
cluster_labels find_clusters(const exec::context& ctx, view<const T, 2> q, view<const T, 2> k,
                             const cluster_options& opt);

template <class T>
struct pattern_result {
  tensor<T> output;                 ///< (batch, heads, queries, dv)
  std::int64_t computed_pairs = 0;  ///< scores that were computed, over all heads
};

/// Attention between queries and keys of equal labels, for every head: rows are sorted by label, blocks of one mask
/// hold the pairs, and the result is sorted back. Labels `i mod s` make it strided attention for the price of its
/// pairs.
/// @param causal  also only keys in front of the query or at its place; as many queries as keys, with the same labels
/// @throws shape_error, domain_error
template <class T>
pattern_result<T> attention_within(const exec::context& ctx, const inputs<T>& in, const cluster_labels& labels,
                                   bool causal = false);

/// Attention inside clusters: rows are sorted by cluster, blocks of one mask hold the pairs of equal clusters, and the
/// result is sorted back. One cluster is exact attention. A query whose cluster has no key is zero.
/// @throws shape_error, domain_error
/// @source Kitaev, Kaiser, Levskaya, "Reformer", ICLR 2020 (lsh); Roy et al., TACL 9, 2021 (k-means)
template <class T>
pattern_result<T> clustered_attention(const exec::context& ctx, const inputs<T>& in, const cluster_options& opt = {});

struct sinkhorn_pattern_options {
  std::int64_t block = 64;    ///< tokens in a block of queries and of keys
  std::int64_t partners = 1;  ///< key blocks that a query block sees besides its own
  double temperature = 0.7;
  sinkhorn_options iteration{};
};

/// The soft sorting of key blocks towards query blocks: Sinkhorn's scaling of exp(s / temperature), where s is the
/// scaled product of the blocks' means. (query blocks, key blocks); rows and columns have the sums of a plan.
template <class T>
tensor<double> sinkhorn_plan(const exec::context& ctx, view<const T, 2> q, view<const T, 2> k,
                             const sinkhorn_pattern_options& opt);
/// The 0/1 pattern of a plan: each query block sees its own key block and the `partners` largest entries of its row
/// (ties: the smaller block).
block_mask sinkhorn_mask(array_view<const double> plan, std::int64_t queries, std::int64_t keys,
                         const sinkhorn_pattern_options& opt);

/// Attention under the pattern of each head. As many partners as blocks is exact attention.
/// @source Tay, Bahri, Yang, Metzler, Juan, "Sparse Sinkhorn attention", ICML 2020
template <class T>
pattern_result<T> sinkhorn_attention(const exec::context& ctx, const inputs<T>& in,
                                     const sinkhorn_pattern_options& opt = {});

}  // namespace credence::attention
