// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/plan.hpp"

#include "clique_tree.hpp"

#include "credence/exec/for_each.hpp"

#include <map>
#include <numeric>

namespace credence::bayesnet {

namespace {

/// Below this many table entries the full tree is faster than choosing and keeping trees for observed sets.
constexpr std::int64_t small_tree = 20'000;
constexpr std::size_t trees_kept = 256;

}  // namespace

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
    if (observed.size() >= trees_kept) observed.clear();
    return observed.emplace(set, made).first->second;
  }

  posterior_set run(const evidence& given, std::vector<node_id> nodes) {
    const weighted_states known = resolve(net, given, "plan::posteriors");
    posterior_set result{net, std::move(nodes), {}, 0.0, full.cost()};
    std::vector<bool> set(static_cast<std::size_t>(net.size()), false);
    bool any = false;
    for (std::size_t v = 0; v < set.size(); ++v) {
      set[v] = known.state[v] >= 0 && net.variables()[v].states.size() > 1;
      any = any || set[v];
    }
    if (!any || full.total_size() <= small_tree) {
      full.query(known, result);
    } else {
      const auto tree = tree_of(set);
      result.predicted = tree->cost();
      tree->query(known, result);
    }
    return result;
  }
};

const inference_cost& plan::cost() const { return data_->full.cost(); }
const network& plan::net() const { return data_->net; }

posterior_set plan::posteriors(const evidence& given, const node_selection& targets) const {
  return data_->run(given, targets.resolve(data_->net.graph(), "plan::posteriors"));
}

posterior_set plan::posteriors(const evidence& given) const {
  std::vector<node_id> all(static_cast<std::size_t>(data_->net.size()));
  std::iota(all.begin(), all.end(), 0);
  return data_->run(given, std::move(all));
}

std::vector<posterior_set> plan::posteriors(std::span<const evidence> rows, const node_selection& targets,
                                            const exec::context& ctx) const {
  const std::vector<node_id> nodes = targets.resolve(data_->net.graph(), "plan::posteriors");
  std::vector<posterior_set> results(rows.size());
  std::vector<std::string> refused(rows.size());  // told after the loop, so that the first row is named for any threads
  exec::for_each_task(ctx, static_cast<std::int64_t>(rows.size()), [&](std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    try {
      results[at] = data_->run(rows[at], nodes);
    } catch (const domain_error& failure) {
      refused[at] = failure.what();
    }
  });
  for (std::size_t row = 0; row < refused.size(); ++row) {
    if (!refused[row].empty()) throw domain_error("row " + std::to_string(row) + ": " + refused[row]);
  }
  return results;
}

plan compile(const network& net, const compile_options& options) {
  plan made;
  made.data_ = std::make_shared<plan::data>(net, options);
  return made;
}

}  // namespace credence::bayesnet
