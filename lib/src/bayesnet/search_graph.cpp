// SPDX-License-Identifier: BSD-3-Clause
#include "search_graph.hpp"

#include <algorithm>

namespace credence::bayesnet::detail {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void insert(std::vector<node_id>& sorted, node_id v) {
  sorted.insert(std::lower_bound(sorted.begin(), sorted.end(), v), v);
}

}  // namespace

bool search_graph::has(node_id from, node_id to) const {
  return std::binary_search(parents(to).begin(), parents(to).end(), from);
}

bool search_graph::can_reverse(node_id from, node_id to) const {
  const auto& others = children_[at(from)];
  return std::none_of(others.begin(), others.end(), [&](node_id c) { return c != to && reaches(c, to); });
}

void search_graph::add(node_id from, node_id to) {
  insert(parents_[at(to)], from);
  insert(children_[at(from)], to);
  ++arcs_;
  fingerprint_ ^= fingerprint_of({from, to});
  for (node_id a = 0; a < size_; ++a) {
    if (!reaches(a, from) || reaches(a, to)) continue;
    for (std::int64_t w = 0; w < words_; ++w) below_[at(a * words_ + w)] |= below_[at(to * words_ + w)];
  }
}

void search_graph::remove(node_id from, node_id to) {
  std::erase(parents_[at(to)], from);
  std::erase(children_[at(from)], to);
  --arcs_;
  fingerprint_ ^= fingerprint_of({from, to});
  // Only `from` and its ancestors lose anything: their rows are made again, children before parents.
  std::vector<node_id> stale;
  for (node_id a = 0; a < size_; ++a) {
    if (reaches(a, from)) stale.push_back(a);
  }
  std::vector<std::int32_t> waiting(at(size_), -1);
  for (const node_id a : stale) waiting[at(a)] = 0;
  for (const node_id a : stale) {
    for (const node_id c : children_[at(a)]) waiting[at(a)] += waiting[at(c)] >= 0 ? 1 : 0;
  }
  std::vector<node_id> ready;
  for (const node_id a : stale) {
    if (waiting[at(a)] == 0) ready.push_back(a);
  }
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const node_id a = ready[next];
    std::fill_n(below_.begin() + a * words_, words_, 0);
    set(a, a);
    for (const node_id c : children_[at(a)]) {
      for (std::int64_t w = 0; w < words_; ++w) below_[at(a * words_ + w)] |= below_[at(c * words_ + w)];
    }
    for (const node_id p : parents_[at(a)]) {
      if (waiting[at(p)] > 0 && --waiting[at(p)] == 0) ready.push_back(p);
    }
  }
}

std::vector<arc> search_graph::arcs() const {
  std::vector<arc> all;
  for (node_id v = 0; v < size_; ++v) {
    for (const node_id p : parents(v)) all.push_back({p, v});
  }
  return all;
}

std::uint64_t search_graph::fingerprint_of(arc a) {
  std::uint64_t z =
      (static_cast<std::uint64_t>(a.from) << 32 | static_cast<std::uint32_t>(a.to)) + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace credence::bayesnet::detail
