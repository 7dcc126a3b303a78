// SPDX-License-Identifier: BSD-3-Clause
// What a plan holds.
#pragma once

#include "credence/bayesnet/plan.hpp"

#include "lane_tree.hpp"

#include <map>
#include <mutex>

namespace credence::bayesnet {

namespace detail {
/// Below this many table entries the full tree is faster than choosing and keeping trees for observed sets.
inline constexpr std::int64_t small_tree = 20'000;
inline constexpr std::size_t trees_kept = 256;
}  // namespace detail

struct plan::data {
  network net;
  compile_options options;
  detail::clique_tree full;
  std::mutex mutex;
  std::map<std::vector<bool>, std::shared_ptr<const detail::clique_tree>> observed;

  data(const network& from, const compile_options& how)
      : net(from),
        options(how),
        full(from, std::vector<bool>(static_cast<std::size_t>(from.size()), false), how.restarts, how.max_bytes) {}

  /// The tree for an observed set; equal sets give equal trees, so it does not matter who makes it.
  std::shared_ptr<const detail::clique_tree> tree_of(const std::vector<bool>& set) {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      const auto found = observed.find(set);
      if (found != observed.end()) return found->second;
    }
    auto made = std::make_shared<const detail::clique_tree>(net, set, 1, options.max_bytes);
    const std::lock_guard<std::mutex> lock(mutex);
    if (observed.size() >= detail::trees_kept) observed.clear();
    return observed.emplace(set, made).first->second;
  }

  /// The tree with lanes, made when it is first asked for.
  const detail::lane_tree& lanes() {
    const std::lock_guard<std::mutex> lock(mutex);
    if (lanes_ == nullptr) lanes_ = std::make_unique<detail::lane_tree>(full);
    return *lanes_;
  }

  posterior_set run(const evidence& given, std::vector<node_id> nodes) {
    return run(resolve(net, given, "plan::posteriors"), std::move(nodes));
  }
  posterior_set run(const weighted_states& known, std::vector<node_id> nodes) {
    posterior_set result{net, std::move(nodes), {}, 0.0, full.cost()};
    std::vector<bool> set(static_cast<std::size_t>(net.size()), false);
    bool any = false;
    for (std::size_t v = 0; v < set.size(); ++v) {
      set[v] = known.state[v] >= 0 && net.variables()[v].states.size() > 1;
      any = any || set[v];
    }
    if (!any || full.total_size() <= detail::small_tree) {
      full.query(known, result);
    } else {
      const auto tree = tree_of(set);
      result.predicted = tree->cost();
      tree->query(known, result);
    }
    return result;
  }

 private:
  std::unique_ptr<detail::lane_tree> lanes_;
};

}  // namespace credence::bayesnet
