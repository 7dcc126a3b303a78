// SPDX-License-Identifier: BSD-3-Clause
// A graph that changes arc by arc, with all descendants at hand.
#pragma once

#include "credence/graph/dag.hpp"

#include <cstdint>
#include <vector>

namespace credence::bayesnet::detail {

class search_graph {
 public:
  explicit search_graph(std::int64_t nodes)
      : size_(nodes),
        words_((nodes + 63) / 64),
        parents_(static_cast<std::size_t>(nodes)),
        children_(static_cast<std::size_t>(nodes)),
        below_(static_cast<std::size_t>(nodes * words_), 0) {
    for (node_id v = 0; v < nodes; ++v) set(v, v);
  }

  [[nodiscard]] std::int64_t size() const { return size_; }
  /// Ascending.
  [[nodiscard]] const std::vector<node_id>& parents(node_id v) const { return parents_[static_cast<std::size_t>(v)]; }
  [[nodiscard]] bool has(node_id from, node_id to) const;
  /// Whether a directed path leads from a to b, or they are the same.
  [[nodiscard]] bool reaches(node_id a, node_id b) const {
    return (below_[static_cast<std::size_t>(a * words_ + b / 64)] >> (b % 64) & 1) != 0;
  }
  [[nodiscard]] bool can_add(node_id from, node_id to) const { return !reaches(to, from); }
  /// The arc from -> to is there; whether to -> from in its place closes no cycle.
  [[nodiscard]] bool can_reverse(node_id from, node_id to) const;

  void add(node_id from, node_id to);
  void remove(node_id from, node_id to);

  /// Arcs by target, sources ascending.
  [[nodiscard]] std::vector<arc> arcs() const;
  [[nodiscard]] std::int64_t arc_count() const { return arcs_; }
  /// A number that tells graphs apart, up to collisions of 64-bit hashes: those of its arcs joined by exclusive or.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }
  [[nodiscard]] static std::uint64_t fingerprint_of(arc a);

 private:
  void set(node_id a, node_id b) {
    below_[static_cast<std::size_t>(a * words_ + b / 64)] |= std::uint64_t{1} << (b % 64);
  }
  std::int64_t size_, words_, arcs_ = 0;
  std::vector<std::vector<node_id>> parents_, children_;
  std::vector<std::uint64_t> below_;  ///< descendants and itself, one bit each
  std::uint64_t fingerprint_ = 0;
};

}  // namespace credence::bayesnet::detail
