// SPDX-License-Identifier: BSD-3-Clause
#include "factors.hpp"

#include "credence/base/check.hpp"
#include "credence/graph/ancestry.hpp"
#include "credence/graph/elimination.hpp"

#include <algorithm>

namespace credence::bayesnet::detail {

table_slice slice_table(const network& net, node_id node, const std::vector<std::int64_t>& fixed) {
  table_slice s;
  std::vector<node_id> axes = net.table(node).parents;
  axes.push_back(node);
  std::int64_t stride = static_cast<std::int64_t>(net.table(node).values.size());
  for (const node_id v : axes) {
    stride /= net.cardinality(v);
    const std::int64_t state = fixed[static_cast<std::size_t>(v)];
    if (state >= 0) {
      s.offset += state * stride;
      continue;
    }
    s.axes.push_back(v);
    s.sizes.push_back(net.cardinality(v));
    s.strides.push_back(stride);
    s.size *= net.cardinality(v);
  }
  return s;
}

query_setup set_up(const network& net, const std::vector<node_id>& targets, const evidence& given, int restarts,
                   std::string_view where) {
  query_setup setup;
  setup.known = resolve(net, given, where);
  setup.fixed = setup.known.state;
  std::vector<node_id> roots = targets;
  for (node_id v = 0; v < net.size(); ++v) {
    if (!setup.known.weights[static_cast<std::size_t>(v)].empty()) roots.push_back(v);
    if (net.cardinality(v) == 1) setup.fixed[static_cast<std::size_t>(v)] = 0;
  }
  setup.relevant = ancestral_set(net.graph(), roots);
  for (const node_id v : setup.relevant) {
    setup.slices.push_back(slice_table(net, v, setup.fixed));
    if (setup.fixed[static_cast<std::size_t>(v)] < 0 && !setup.known.weights[static_cast<std::size_t>(v)].empty()) {
      setup.soft.push_back(v);
    }
  }
  for (const node_id t : targets) {
    if (setup.fixed[static_cast<std::size_t>(t)] < 0) setup.keep.push_back(t);
  }
  setup.order = order_of(net, scopes_of(setup), restarts, setup.keep);
  return setup;
}

std::vector<int> order_of(const network& net, const std::vector<std::vector<int>>& scopes, int restarts,
                          const std::vector<int>& keep_last) {
  std::vector<int> nodes;
  for (const auto& scope : scopes) nodes.insert(nodes.end(), scope.begin(), scope.end());
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const auto number = [&](int node) {
    return static_cast<node_id>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
  };
  std::vector<edge> edges;
  for (const auto& scope : scopes) {
    for (std::size_t i = 0; i < scope.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) edges.push_back({number(scope[i]), number(scope[k])});
    }
  }
  elimination_options search{.restarts = restarts};
  for (const int node : keep_last) search.keep_last.push_back(number(node));
  std::vector<double> weights;
  for (const int node : nodes) weights.push_back(static_cast<double>(net.cardinality(node)));
  std::vector<int> order;
  if (nodes.empty()) return order;
  const auto best = best_elimination(undirected_graph(static_cast<std::int64_t>(nodes.size()), edges), weights, search);
  for (std::size_t i = 0; i + keep_last.size() < nodes.size(); ++i) {
    order.push_back(nodes[static_cast<std::size_t>(best.order[i])]);
  }
  return order;
}

std::vector<std::vector<int>> scopes_of(const query_setup& setup) {
  std::vector<std::vector<int>> scopes;
  for (const table_slice& s : setup.slices) scopes.push_back(s.axes);
  for (const node_id v : setup.soft) scopes.push_back({v});
  return scopes;
}

namespace {

/// Plays a schedule on scopes alone.
class schedule_maker {
 public:
  schedule_maker(const network& net, std::vector<std::vector<int>> scopes, double entry_bytes, bool traced)
      : net_(net), scopes_(std::move(scopes)), entry_bytes_(entry_bytes), traced_(traced) {
    for (auto& scope : scopes_) {
      std::sort(scope.begin(), scope.end());
      held_ += size_of(scope);
      note_table(size_of(scope));
      live_.push_back(static_cast<int>(live_.size()));
    }
    result_.cost.bytes = held_ * entry_bytes_;
  }

  schedule make(const std::vector<int>& order, bool join) {
    for (const int axis : order) {
      std::vector<int> taken;
      std::erase_if(live_, [&](int table) {
        const auto& scope = scopes_[static_cast<std::size_t>(table)];
        const bool holds = std::binary_search(scope.begin(), scope.end(), axis);
        if (holds) taken.push_back(table);
        return holds;
      });
      combine(std::move(taken), {axis});
    }
    if (join) combine(std::exchange(live_, {}), {});
    result_.left = live_;
    return std::move(result_);
  }

 private:
  void combine(std::vector<int> tables, const std::vector<int>& eliminated) {
    if (tables.empty()) return;
    std::stable_sort(tables.begin(), tables.end(), [&](int x, int y) {
      return size_of(scopes_[static_cast<std::size_t>(x)]) < size_of(scopes_[static_cast<std::size_t>(y)]);
    });
    int joint = tables.front();
    if (tables.size() == 1 && !eliminated.empty()) joint = step(joint, -1, eliminated);
    for (std::size_t i = 1; i < tables.size(); ++i) {
      joint = step(joint, tables[i], i + 1 == tables.size() && !traced_ ? eliminated : std::vector<int>());
    }
    if (traced_ && tables.size() > 1 && !eliminated.empty()) joint = step(joint, -1, eliminated);
    if (traced_ && !eliminated.empty()) held_ += 0.5 * size_of(scopes_[static_cast<std::size_t>(joint)]);
    live_.push_back(joint);
  }

  int step(int a, int b, const std::vector<int>& eliminated) {
    std::vector<int> joint = scopes_[static_cast<std::size_t>(a)];
    if (b >= 0) {
      const auto& other = scopes_[static_cast<std::size_t>(b)];
      std::vector<int> both;
      std::set_union(joint.begin(), joint.end(), other.begin(), other.end(), std::back_inserter(both));
      joint = std::move(both);
    }
    result_.cost.operations += size_of(joint) * (b >= 0 && !eliminated.empty() ? 2.0 : 1.0);
    std::erase_if(joint,
                  [&](int axis) { return std::find(eliminated.begin(), eliminated.end(), axis) != eliminated.end(); });
    const double made = size_of(joint);
    note_table(made);
    result_.cost.bytes = std::max(result_.cost.bytes, (held_ + made) * entry_bytes_);
    held_ += made - size_of(scopes_[static_cast<std::size_t>(a)]) -
             (b >= 0 ? size_of(scopes_[static_cast<std::size_t>(b)]) : 0.0);
    scopes_.push_back(std::move(joint));
    result_.steps.push_back({a, b, eliminated});
    return static_cast<int>(scopes_.size()) - 1;
  }

  [[nodiscard]] double size_of(const std::vector<int>& scope) const {
    double size = 1.0;
    for (const int axis : scope) size *= static_cast<double>(net_.cardinality(axis));
    return size;
  }
  void note_table(double size) { result_.cost.largest_table = std::max(result_.cost.largest_table, size); }

  const network& net_;
  std::vector<std::vector<int>> scopes_;
  double entry_bytes_;
  bool traced_;
  double held_ = 0.0;
  std::vector<int> live_;
  schedule result_;
};

}  // namespace

schedule make_schedule(const network& net, std::vector<std::vector<int>> scopes, const std::vector<int>& order,
                       bool join, double entry_bytes, bool traced) {
  return schedule_maker(net, std::move(scopes), entry_bytes, traced).make(order, join);
}

void check_memory(const inference_cost& cost, double max_bytes, std::string_view where) {
  if (cost.bytes <= max_bytes) return;
  throw memory_error(std::string(where) + ": tables would take " + check::to_text(cost.bytes) +
                     " bytes (the largest has " + check::to_text(cost.largest_table) + " entries), but the limit is " +
                     check::to_text(max_bytes) +
                     "; ask for fewer targets, observe more variables, raise max_bytes or take an approximate "
                     "method (belief propagation, importance sampling, Gibbs)");
}

void fail_impossible(std::string_view where) {
  throw domain_error(std::string(where) +
                     ": the evidence has probability zero: no assignment of the variables agrees with it");
}

}  // namespace credence::bayesnet::detail
