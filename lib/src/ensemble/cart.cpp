// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/cart.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include "ensemble/cart_checks.hpp"
#include "ensemble/cart_grower.hpp"
#include "ensemble/score_trees.hpp"

#include <algorithm>
#include <limits>

namespace credence::ensemble {

using namespace detail;

const char* to_string(split_criterion criterion) {
  constexpr const char* names[] = {"automatic", "gini", "entropy", "squared", "absolute", "poisson"};
  return names[static_cast<std::size_t>(criterion)];
}

void detail::check_tree_options(const char* where, const labelled_rows& train, const tree_options& o) {
  const split_criterion c = o.criterion;
  const bool of_classes = c == split_criterion::gini || c == split_criterion::entropy;
  if (c != split_criterion::automatic && of_classes != (train.classes > 0)) {
    check::fail_domain(where, "criterion", std::string_view(to_string(c)),
                       train.classes > 0 ? "gini or entropy for classes" : "squared, absolute or poisson for numbers");
  }
  check::at_least(where, "max_depth", o.max_depth, 0);
  check::non_negative(where, "min_split_weight", o.min_split_weight);
  check::non_negative(where, "min_leaf_weight", o.min_leaf_weight);
  check::non_negative(where, "min_gain", o.min_gain);
  check::at_least(where, "columns_per_split", o.columns_per_split, 0);
  check::at_least(where, "exact_rows", o.exact_rows, 0);
  if (train.x.rows() > std::numeric_limits<std::int32_t>::max()) {
    check::fail_domain(where, "the number of rows", train.x.rows(), "below 2^31");
  }
  if (c == split_criterion::poisson) {
    for (const double y : train.y) check::non_negative(where, "a target of the poisson criterion", y);
  }
  if (c == split_criterion::absolute) {
    for (const feature_info& f : train.features) {
      if (f.categorical)
        check::fail_domain(where, "criterion", std::string_view("absolute"), "another with categories");
    }
  }
}

std::vector<feature_info> detail::named_features(const labelled_rows& train) {
  std::vector<feature_info> out(train.features.begin(), train.features.end());
  for (std::int64_t c = static_cast<std::int64_t>(out.size()); c < train.x.columns(); ++c) {
    feature_info made;
    made.name = "x";
    made.name += std::to_string(c + 1);
    out.push_back(made);
  }
  return out;
}

cart cart::fit(const labelled_rows& train, const tree_options& options) {
  check_rows("cart::fit", train);
  check_tree_options("cart::fit", train, options);
  const cart_data data(train, options, options.context);
  cart_grower grower(data, options, options.key);
  const std::vector<std::uint32_t> counts(static_cast<std::size_t>(train.x.rows()), 1);
  return {train.classes, named_features(train), grower.grow(counts)};
}

std::vector<double> cart::predict(const feature_rows& x, const exec::context& context) const {
  check_columns("cart::predict", x, static_cast<std::int64_t>(features.size()));
  std::vector<double> out(static_cast<std::size_t>(x.rows() * tree.outputs));
  mean_of_trees({&tree, 1}, x, out, context);
  return out;
}

namespace {

/// For each node: the gain of its subtree, and its leaves, with some splits closed.
struct subtree {
  double gain = 0.0;
  std::int64_t leaves = 1;
};

std::vector<subtree> measure(const decision_tree& tree, const std::vector<std::uint8_t>& closed) {
  std::vector<subtree> out(tree.nodes.size());
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {  // children come after their parents
    const tree_node& node = tree.nodes[i];
    if (node.feature < 0 || closed[i] != 0) continue;
    const subtree &l = out[static_cast<std::size_t>(node.left)], &r = out[static_cast<std::size_t>(node.right)];
    out[i] = {node.gain + l.gain + r.gain, l.leaves + r.leaves};
  }
  return out;
}

/// Nodes that can be reached without going through a closed one.
std::vector<std::uint8_t> reached(const decision_tree& tree, const std::vector<std::uint8_t>& closed) {
  std::vector<std::uint8_t> out(tree.nodes.size(), 0);
  out[0] = 1;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    if (out[i] == 0 || closed[i] != 0 || tree.nodes[i].feature < 0) continue;
    out[static_cast<std::size_t>(tree.nodes[i].left)] = out[static_cast<std::size_t>(tree.nodes[i].right)] = 1;
  }
  return out;
}

/// The value of a closed node: the mean of its leaves by weight.
void add_values(const decision_tree& tree, std::size_t node, double total, double* to) {
  std::vector<std::size_t> open{node};
  while (!open.empty()) {
    const tree_node& at = tree.nodes[open.back()];
    open.pop_back();
    if (at.feature >= 0) {
      open.push_back(static_cast<std::size_t>(at.left));
      open.push_back(static_cast<std::size_t>(at.right));
      continue;
    }
    for (std::int32_t k = 0; k < tree.outputs; ++k) to[k] += at.weight / total * tree.value_of(at.left)[k];
  }
}

decision_tree without(const decision_tree& tree, const std::vector<std::uint8_t>& closed) {
  decision_tree out;
  out.outputs = tree.outputs;
  out.sets = tree.sets;
  out.known = tree.known;
  struct item {
    std::size_t from;
    std::size_t to;
  };
  std::vector<item> open{{0, 0}};
  out.nodes.emplace_back();
  for (std::size_t next = 0; next < open.size(); ++next) {
    const auto [from, to] = open[next];
    tree_node node = tree.nodes[from];
    if (node.feature >= 0 && closed[from] == 0) {
      const auto left = static_cast<std::int32_t>(out.nodes.size());
      open.push_back({static_cast<std::size_t>(node.left), out.nodes.size()});
      open.push_back({static_cast<std::size_t>(node.right), out.nodes.size() + 1});
      out.nodes.resize(out.nodes.size() + 2);
      node.left = left;
      node.right = left + 1;
      out.nodes[to] = node;
      continue;
    }
    tree_node leaf;
    leaf.left = static_cast<std::int32_t>(out.leaves());
    leaf.weight = node.weight;
    out.nodes[to] = leaf;
    out.values.resize(out.values.size() + static_cast<std::size_t>(tree.outputs), 0.0);
    double* value = out.values.data() + static_cast<std::int64_t>(leaf.left) * tree.outputs;
    if (node.feature < 0) {
      std::copy_n(tree.value_of(node.left), tree.outputs, value);
    } else {
      add_values(tree, from, node.weight, value);
    }
  }
  return out;
}

/// Closes the weakest links up to alpha; tells each step.
template <class Step>
std::vector<std::uint8_t> close_weakest(const decision_tree& tree, double alpha, const Step& step) {
  std::vector<std::uint8_t> closed(tree.nodes.size(), 0);
  const double all = tree.nodes[0].weight;
  double now = 0.0;
  for (;;) {
    const std::vector<subtree> parts = measure(tree, closed);
    const std::vector<std::uint8_t> in = reached(tree, closed);
    double weakest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      if (in[i] == 0 || closed[i] != 0 || tree.nodes[i].feature < 0) continue;
      weakest = std::min(weakest, parts[i].gain / all / static_cast<double>(parts[i].leaves - 1));
    }
    if (weakest > now) step(now, parts[0].leaves);
    if (!(weakest <= alpha)) return closed;
    now = std::max(now, weakest);
    // Sums of floats round: links within 1e-12 of the weakest are as weak.
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      if (in[i] == 0 || closed[i] != 0 || tree.nodes[i].feature < 0) continue;
      const double link = parts[i].gain / all / static_cast<double>(parts[i].leaves - 1);
      if (link <= weakest * (1.0 + 1e-12)) closed[i] = 1;
    }
  }
}

}  // namespace

decision_tree prune(const decision_tree& tree, double alpha) {
  check::non_negative("ensemble::prune", "alpha", alpha);
  return without(tree, close_weakest(tree, alpha, [](double, std::int64_t) {}));
}

std::vector<pruning_step> pruning_path(const decision_tree& tree) {
  std::vector<pruning_step> steps;
  close_weakest(tree, std::numeric_limits<double>::max(), [&](double alpha, std::int64_t leaves) {
    steps.push_back({alpha, leaves});
  });
  return steps;
}

}  // namespace credence::ensemble
