// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/independencies.hpp"

#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <numeric>

namespace credence {

namespace {

std::vector<node_id> non_descendants(const dag& graph, node_id v) {
  const std::vector<node_id> below = descendants(graph, {v});
  std::vector<node_id> rest;
  for (node_id w = 0; w < graph.size(); ++w) {
    if (w != v && !std::binary_search(below.begin(), below.end(), w)) rest.push_back(w);
  }
  return rest;
}

/// The next k-subset of 0..n-1 in lexicographic order; false after the last.
bool next_subset(std::vector<std::size_t>& subset, std::size_t n) {
  const std::size_t k = subset.size();
  for (std::size_t i = k; i-- > 0;) {
    if (subset[i] + (k - i) >= n) continue;
    ++subset[i];
    for (std::size_t j = i + 1; j < k; ++j) subset[j] = subset[j - 1] + 1;
    return true;
  }
  return false;
}

std::string join(const dag& graph, const std::vector<node_id>& nodes) {
  std::string text;
  for (const node_id v : nodes) text += (text.empty() ? "" : ", ") + graph.name(v);
  return text;
}

}  // namespace

std::vector<independence> local_independencies(const dag& graph) {
  std::vector<node_id> all(static_cast<std::size_t>(graph.size()));
  std::iota(all.begin(), all.end(), 0);
  return local_independencies(graph, all);
}

std::vector<independence> local_independencies(const dag& graph, const node_selection& nodes) {
  std::vector<independence> statements;
  for (const node_id v : nodes.resolve(graph, "local_independencies")) {
    std::vector<node_id> parents(graph.parents(v).begin(), graph.parents(v).end());
    std::sort(parents.begin(), parents.end());
    std::vector<node_id> others = non_descendants(graph, v);
    std::erase_if(others, [&](node_id w) { return std::binary_search(parents.begin(), parents.end(), w); });
    if (!others.empty()) statements.push_back({{v}, std::move(others), std::move(parents)});
  }
  return statements;
}

std::vector<independence> pairwise_independencies(const dag& graph) {
  std::vector<independence> statements;
  const auto order = graph.topological_order();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::vector<node_id> before = non_descendants(graph, order[i]);
    for (std::size_t k = 0; k < i; ++k) {
      if (graph.adjacent(order[i], order[k])) continue;
      std::vector<node_id> given = before;
      std::erase(given, order[k]);
      statements.push_back({{order[i]}, {order[k]}, std::move(given)});
    }
  }
  return statements;
}

std::vector<independence> all_independencies(const dag& graph, std::int64_t max_given) {
  check::at_least("all_independencies", "max_given", max_given, 0);
  std::vector<independence> statements;
  d_separator engine(graph);
  for (node_id a = 0; a < graph.size(); ++a) {
    for (node_id b = a + 1; b < graph.size(); ++b) {
      if (graph.adjacent(a, b)) continue;
      std::vector<node_id> others;
      for (node_id v = 0; v < graph.size(); ++v) {
        if (v != a && v != b) others.push_back(v);
      }
      const std::size_t most = std::min(others.size(), static_cast<std::size_t>(max_given));
      for (std::size_t k = 0; k <= most; ++k) {
        std::vector<std::size_t> subset(k);
        std::iota(subset.begin(), subset.end(), std::size_t{0});
        do {
          std::vector<node_id> given;
          for (const std::size_t i : subset) given.push_back(others[i]);
          const node_id x[1] = {a}, y[1] = {b};
          if (engine.separated(x, y, given)) statements.push_back({{a}, {b}, given});
        } while (next_subset(subset, others.size()));
      }
    }
  }
  return statements;
}

std::string to_text(const dag& graph, const independence& statement) {
  std::string text = join(graph, statement.x) + " _|_ " + join(graph, statement.y);
  if (!statement.given.empty()) text += " | " + join(graph, statement.given);
  return text;
}

}  // namespace credence
