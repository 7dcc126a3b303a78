// SPDX-License-Identifier: BSD-3-Clause
#include "plan_data.hpp"

#include <vector>

namespace credence::bayesnet {

struct query_session::data {
  std::shared_ptr<plan::data> compiled;
  detail::tree_session now;
};

query_session::query_session(const plan& compiled)
    : data_(std::make_unique<data>(data{compiled.data_, compiled.data_->full.begin()})) {}
query_session::~query_session() = default;
query_session::query_session(query_session&&) noexcept = default;
query_session& query_session::operator=(query_session&&) noexcept = default;

void query_session::set(const evidence& findings) {
  weighted_states given = resolve(data_->compiled->net, findings, "query_session::set");
  for (node_id v = 0; v < data_->compiled->net.size(); ++v) {
    const auto at = static_cast<std::size_t>(v);
    if (given.weights[at].empty() || given.weights[at] == data_->now.known.weights[at]) continue;
    data_->compiled->full.change(data_->now, v, std::move(given.weights[at]), given.state[at]);
  }
}

void query_session::retract(const node_selection& nodes) {
  for (const node_id v : nodes.resolve(data_->compiled->net.graph(), "query_session::retract"))
    data_->compiled->full.change(data_->now, v, {}, -1);
}

void query_session::clear() {
  for (node_id v = 0; v < data_->compiled->net.size(); ++v) data_->compiled->full.change(data_->now, v, {}, -1);
}

posterior_set query_session::posteriors(const node_selection& targets) {
  const network& net = data_->compiled->net;
  posterior_set result{
      net, targets.resolve(net.graph(), "query_session::posteriors"), {}, 0.0, data_->compiled->full.cost()};
  data_->compiled->full.read(data_->now, result);
  return result;
}

double query_session::log_evidence() { return data_->compiled->full.update(data_->now); }

std::int64_t query_session::cliques_collected() const { return data_->now.collected; }
std::int64_t query_session::cliques() const {
  return static_cast<std::int64_t>(data_->compiled->full.cliques().size());
}

}  // namespace credence::bayesnet
