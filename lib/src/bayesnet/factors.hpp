// SPDX-License-Identifier: BSD-3-Clause
// What elimination starts from: tables with evidence cut out, and the order to contract them in.
#pragma once

#include "credence/bayesnet/inference.hpp"
#include "credence/tensor/contraction.hpp"

#include <vector>

namespace credence::bayesnet::detail {

/// Where the entries of a table lie once axes with one state left are cut out.
struct table_slice {
  std::vector<int> axes;  ///< nodes left, in the table's order
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0;
  std::int64_t size = 1;
};

/// The slice of the table of `node`; fixed[v] is the state of v, or -1.
table_slice slice_table(const network& net, node_id node, const std::vector<std::int64_t>& fixed);

/// Copies the slice in row-major order.
template <class T>
std::vector<T> take_slice(const std::vector<T>& values, const table_slice& s) {
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(s.size));
  std::vector<std::int64_t> index(s.axes.size(), 0);
  std::int64_t at = s.offset;
  for (std::int64_t i = 0; i < s.size; ++i) {
    out.push_back(values[static_cast<std::size_t>(at)]);
    for (std::size_t d = s.axes.size(); d-- > 0;) {
      at += s.strides[d];
      if (++index[d] < s.sizes[d]) break;
      at -= s.strides[d] * s.sizes[d];
      index[d] = 0;
    }
  }
  return out;
}

/// Everything about a query that does not depend on the numbers' type.
struct query_setup {
  weighted_states known;
  std::vector<std::int64_t> fixed;  ///< known.state, and 0 for variables with a single state
  std::vector<node_id> relevant;    ///< targets, evidence and all their ancestors: the rest is barren
  std::vector<table_slice> slices;  ///< of relevant[i]
  std::vector<node_id> soft;        ///< relevant nodes with weights over several states
  std::vector<int> order;           ///< free nodes to eliminate
  std::vector<int> keep;            ///< free targets, in their order
};

/// `targets` in order. @throws domain_error
query_setup set_up(const network& net, const std::vector<node_id>& targets, const evidence& given, int restarts,
                   std::string_view where);

/// A good order to eliminate every axis of the scopes, those of `keep_last` in the end (they are left out of the
/// result).
std::vector<int> order_of(const network& net, const std::vector<std::vector<int>>& scopes, int restarts,
                          const std::vector<int>& keep_last = {});

/// One contraction: out = sum over `eliminated` of a * b (b may be absent, -1). Tables are numbered as they appear.
struct schedule_step {
  int a = 0, b = -1;
  std::vector<int> eliminated;
};
struct schedule {
  std::vector<schedule_step> steps;
  std::vector<int> left;  ///< tables left at the end
  inference_cost cost;
};

/// Buckets along the order: tables that hold the axis are multiplied, smallest first, and the axis is summed out in the
/// last product. With `join`, the tables left are multiplied into one in the end.
/// @param scopes  axes of each starting table
/// @param entry_bytes  bytes of one entry
/// @param traced  as maximisation runs: products are stored whole, and where each maximum lies is kept (half an entry)
schedule make_schedule(const network& net, std::vector<std::vector<int>> scopes, const std::vector<int>& order,
                       bool join, double entry_bytes, bool traced = false);

/// Scopes of the starting tables: relevant tables, then soft evidence.
std::vector<std::vector<int>> scopes_of(const query_setup& setup);

void check_memory(const inference_cost& cost, double max_bytes, std::string_view where);
[[noreturn]] void fail_impossible(std::string_view where);

/// Index arithmetic of the full joint table over `targets` from the one over `keep` (those not fixed).
template <class T>
std::vector<T> expand_joint(const network& net, const std::vector<node_id>& targets, const query_setup& setup,
                            const std::vector<T>& over_keep) {
  std::int64_t size = 1;
  for (const node_id t : targets) size *= net.cardinality(t);
  std::vector<T> full(static_cast<std::size_t>(size), T(0));
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0, stride = size;
  for (const node_id t : targets) {
    stride /= net.cardinality(t);
    const std::int64_t state = setup.fixed[static_cast<std::size_t>(t)];
    if (state >= 0) {
      offset += state * stride;
    } else {
      sizes.push_back(net.cardinality(t));
      strides.push_back(stride);
    }
  }
  std::vector<std::int64_t> index(sizes.size(), 0);
  for (const T& value : over_keep) {
    full[static_cast<std::size_t>(offset)] = value;
    for (std::size_t d = sizes.size(); d-- > 0;) {
      offset += strides[d];
      if (++index[d] < sizes[d]) break;
      offset -= strides[d] * sizes[d];
      index[d] = 0;
    }
  }
  return full;
}

}  // namespace credence::bayesnet::detail
