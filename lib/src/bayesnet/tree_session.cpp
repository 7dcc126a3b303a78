// SPDX-License-Identifier: BSD-3-Clause
// Queries that go on: what evidence changes, and no more, is computed again.
#include "clique_tree.hpp"
#include "factors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::bayesnet::detail {

namespace {
std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
}  // namespace

tree_session clique_tree::begin() const {
  tree_session s;
  s.known = {std::vector<std::vector<double>>(at(net_.size())), std::vector<std::int64_t>(at(net_.size()), -1)};
  s.work = take_workspace();
  s.beliefs.resize(at(table_entries_));
  s.below.assign(cliques_.size(), 0);
  s.old_message.assign(cliques_.size(), 0);
  s.old_belief.assign(cliques_.size(), 1);
  std::fill(s.work->dirty.begin(), s.work->dirty.end(), 0);
  std::copy(prior_.collected.begin(), prior_.collected.end(), s.work->collected.begin());
  std::copy(prior_.exponent.begin(), prior_.exponent.end(), s.work->exponent.begin());
  return s;
}

void clique_tree::change(tree_session& s, node_id v, std::vector<double> weights, std::int64_t state) const {
  const bool was = !s.known.weights[at(v)].empty(), is = !weights.empty();
  s.known.weights[at(v)] = std::move(weights);
  s.known.state[at(v)] = state;
  const std::int32_t home = homes_[at(v)].clique;
  if (home < 0 || (!was && !is)) return;  // one state: a factor of P(evidence), no more
  const std::pair<std::int32_t, node_id> entry{home, v};
  const auto place = std::lower_bound(s.weighted.begin(), s.weighted.end(), entry);
  if (is && !was) s.weighted.insert(place, entry);
  if (was && !is) s.weighted.erase(place);
  for (std::int32_t c = home; c >= 0; c = cliques_[at(c)].parent) {
    s.below[at(c)] += (is ? 1 : 0) - (was ? 1 : 0);
    s.old_message[at(c)] = 1;
  }
  std::fill(s.old_belief.begin(), s.old_belief.end(), 1);
}

double clique_tree::update(tree_session& s) const {
  tree_workspace& w = *s.work;
  for (std::size_t i = cliques_.size(); i-- > 0;) {
    if (s.old_message[i] == 0) continue;
    w.dirty[i] = s.below[i] > 0 ? 1 : 0;
    if (w.dirty[i] != 0) {
      collect_clique(w, i, s.weighted, s.known);
      ++s.collected;
    } else {
      w.collected[i] = prior_.collected[i];
      w.exponent[i] = prior_.exponent[i];
    }
    s.old_message[i] = 0;
  }
  double log_evidence = 0.0;
  for (node_id v = 0; v < net_.size(); ++v) {
    const auto& weights = s.known.weights[at(v)];
    if (!weights.empty() && fixed_[at(v)]) log_evidence += std::log(weights[0]);
  }
  log_evidence += log_evidence_of(w, s.known);
  if (log_evidence == -std::numeric_limits<double>::infinity()) fail_impossible("query_session");
  return log_evidence;
}

void clique_tree::read(tree_session& s, posterior_set& result) const {
  result.log_evidence = update(s);
  tree_workspace& w = *s.work;
  std::fill(w.needed.begin(), w.needed.end(), 0);
  for (const node_id v : result.nodes) {
    for (std::int32_t c = homes_[at(v)].clique; c >= 0 && w.needed[at(c)] == 0; c = cliques_[at(c)].parent)
      w.needed[at(c)] = s.old_belief[at(c)];
  }
  distribute(w, s.beliefs.data(), w.needed);
  for (std::size_t i = 0; i < cliques_.size(); ++i) {
    if (w.needed[i] != 0) s.old_belief[i] = 0;
  }
  result.probabilities.resize(result.nodes.size());
  for (std::size_t i = 0; i < result.nodes.size(); ++i)
    read_posterior(w, s.known, result.nodes[i], result.probabilities[i]);
}

}  // namespace credence::bayesnet::detail
