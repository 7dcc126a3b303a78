// SPDX-License-Identifier: BSD-3-Clause
#include "factors.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace credence::bayesnet {

namespace {

using detail::query_setup;
using detail::schedule;

/// The tables a query starts from, with the weight of hard evidence (1 unless soft evidence left one state) beside
/// them.
struct start_tables {
  std::vector<named_tensor<double>> tables;
  double log_scale = 0.0;
};

start_tables start_of(const network& net, const query_setup& setup) {
  start_tables start;
  for (std::size_t i = 0; i < setup.relevant.size(); ++i) {
    const node_id v = setup.relevant[i];
    const std::vector<double> values = detail::take_slice(net.probabilities(v), setup.slices[i]);
    start.tables.push_back({setup.slices[i].axes, tensor<double>(tensor_shape(setup.slices[i].sizes), values)});
    const auto& weights = setup.known.weights[static_cast<std::size_t>(v)];
    const std::int64_t state = setup.fixed[static_cast<std::size_t>(v)];
    if (state >= 0 && !weights.empty()) start.log_scale += std::log(weights[static_cast<std::size_t>(state)]);
  }
  for (const node_id v : setup.soft) {
    start.tables.push_back(
        {{v}, tensor<double>({net.cardinality(v)}, setup.known.weights[static_cast<std::size_t>(v)])});
  }
  return start;
}

/// Divides by the power of two next to the largest entry and returns its exponent; exact.
int rescale(named_tensor<double>& t, std::string_view where) {
  double largest = 0.0;
  for (const double x : t.values) largest = std::max(largest, x);
  if (largest == 0.0) detail::fail_impossible(where);
  int exponent = 0;
  std::frexp(largest, &exponent);
  if (exponent > -64 && exponent < 64) return 0;
  for (double& x : t.values) x = std::ldexp(x, -exponent);
  return exponent;
}

/// Runs a schedule; returns the tables left and the exponent of two taken out of them.
std::vector<named_tensor<double>> run(const exec::context& ctx, const schedule& plan,
                                      std::vector<named_tensor<double>> tables, std::int64_t& exponent,
                                      std::string_view where) {
  const sum_product<double> semiring;
  for (const auto& step : plan.steps) {
    const auto& a = tables[static_cast<std::size_t>(step.a)];
    named_tensor<double> made =
        step.b < 0 ? marginalise(ctx, semiring, a, step.eliminated)
                   : product_marginalised(ctx, semiring, a, tables[static_cast<std::size_t>(step.b)], step.eliminated);
    exponent += rescale(made, where);
    tables[static_cast<std::size_t>(step.a)] = {};
    if (step.b >= 0) tables[static_cast<std::size_t>(step.b)] = {};
    tables.push_back(std::move(made));
  }
  std::vector<named_tensor<double>> left;
  for (const int table : plan.left) left.push_back(std::move(tables[static_cast<std::size_t>(table)]));
  return left;
}

std::size_t place_of(const std::vector<node_id>& nodes, const network& net, std::string_view name,
                     std::string_view where) {
  const node_id node = net.graph().index_of(name, where);
  const auto found = std::find(nodes.begin(), nodes.end(), node);
  if (found == nodes.end()) check::fail_domain(where, "node", "'" + std::string(name) + "'", "one of those asked for");
  return static_cast<std::size_t>(found - nodes.begin());
}

joint_posterior joint_of(const network& net, const std::vector<node_id>& targets, const evidence& given,
                         const elimination_query& options, std::string_view where) {
  const query_setup setup = detail::set_up(net, targets, given, options.restarts, where);
  const schedule plan = detail::make_schedule(net, detail::scopes_of(setup), setup.order, true, sizeof(double));
  detail::check_memory(plan.cost, options.max_bytes, where);
  joint_posterior result{net, targets, {}, 0.0, plan.cost};
  start_tables start = start_of(net, setup);
  std::int64_t exponent = 0;
  std::vector<double> over_keep{1.0};
  double total = 1.0;
  if (!start.tables.empty()) {
    const auto left = run(options.context, plan, std::move(start.tables), exponent, where);
    const named_tensor<double> joint = with_axis_order(left.front(), setup.keep);
    over_keep.assign(joint.values.begin(), joint.values.end());
    total = 0.0;
    for (const double p : over_keep) total += p;
    if (total == 0.0) detail::fail_impossible(where);
    for (double& p : over_keep) p /= total;
  }
  result.log_evidence = std::log(total) + static_cast<double>(exponent) * std::numbers::ln2 + start.log_scale;
  result.probabilities = detail::expand_joint(net, targets, setup, over_keep);
  return result;
}

/// The best states of the tables' axes, and what they leave: log tables over the max-sum semiring.
void maximise_tables(const exec::context& ctx, std::vector<named_tensor<double>> tables, const std::vector<int>& order,
                     explanation& result, std::string_view where) {
  for (auto& t : tables) {
    for (double& x : t.values) x = std::log(x);
  }
  const auto best = contract_argmax(ctx, max_sum<double>(), std::move(tables), order);
  if (best.value == -std::numeric_limits<double>::infinity()) detail::fail_impossible(where);
  result.log_probability += best.value;
  for (std::size_t i = 0; i < best.axes.size(); ++i) {
    const auto at = std::lower_bound(result.nodes.begin(), result.nodes.end(), best.axes[i]) - result.nodes.begin();
    result.states[static_cast<std::size_t>(at)] = best.indices[i];
  }
}

}  // namespace

const std::vector<double>& posterior_set::of(std::string_view node) const {
  return probabilities[place_of(nodes, net, node, "posterior_set::of")];
}

double posterior_set::at(std::string_view node, std::string_view state) const {
  const std::size_t place = place_of(nodes, net, node, "posterior_set::at");
  return probabilities[place][static_cast<std::size_t>(net.state_of(nodes[place], state, "posterior_set::at"))];
}

const std::string& explanation::at(std::string_view node) const {
  const std::size_t place = place_of(nodes, net, node, "explanation::at");
  return net.at(nodes[place]).states[static_cast<std::size_t>(states[place])];
}

joint_posterior eliminate_joint(const network& net, const node_selection& targets, const evidence& given,
                                const elimination_query& options) {
  return joint_of(net, targets.resolve_in_order(net.graph(), "eliminate_joint"), given, options, "eliminate_joint");
}

posterior_set eliminate(const network& net, const node_selection& targets, const evidence& given,
                        const elimination_query& options) {
  posterior_set result{net, targets.resolve(net.graph(), "eliminate"), {}, 0.0, {}};
  for (const node_id t : result.nodes) {
    joint_posterior one = joint_of(net, {t}, given, options, "eliminate");
    if (result.probabilities.empty()) result.log_evidence = one.log_evidence;
    result.probabilities.push_back(std::move(one.probabilities));
    result.predicted.bytes = std::max(result.predicted.bytes, one.predicted.bytes);
    result.predicted.largest_table = std::max(result.predicted.largest_table, one.predicted.largest_table);
    result.predicted.operations += one.predicted.operations;
  }
  if (result.nodes.empty()) result.log_evidence = joint_of(net, {}, given, options, "eliminate").log_evidence;
  return result;
}

inference_cost predict_elimination(const network& net, const node_selection& targets, const evidence& given,
                                   const elimination_query& options) {
  const query_setup setup = detail::set_up(net, targets.resolve_in_order(net.graph(), "predict_elimination"), given,
                                           options.restarts, "predict_elimination");
  return detail::make_schedule(net, detail::scopes_of(setup), setup.order, true, sizeof(double)).cost;
}

explanation most_probable_assignment(const network& net, const node_selection& variables, const evidence& given,
                                     const elimination_query& options) {
  constexpr std::string_view where = "most_probable_assignment";
  std::vector<node_id> nodes = variables.resolve_in_order(net.graph(), where);
  std::sort(nodes.begin(), nodes.end());
  const query_setup setup = detail::set_up(net, nodes, given, options.restarts, where);
  const schedule sums = detail::make_schedule(net, detail::scopes_of(setup), setup.order, false, sizeof(double));
  explanation result{net, nodes, std::vector<std::int64_t>(nodes.size(), 0), 0.0, sums.cost};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    result.states[i] = std::max(setup.fixed[static_cast<std::size_t>(nodes[i])], std::int64_t{0});
  }
  std::vector<std::vector<int>> scopes;
  detail::check_memory(sums.cost, options.max_bytes, where);
  start_tables start = start_of(net, setup);
  std::int64_t exponent = 0;
  std::vector<named_tensor<double>> left = run(options.context, sums, std::move(start.tables), exponent, where);
  for (const auto& t : left) scopes.push_back(t.axes);
  const std::vector<int> order = detail::order_of(net, scopes, options.restarts);
  const schedule maxima = detail::make_schedule(net, scopes, order, true, sizeof(double), true);
  detail::check_memory(maxima.cost, options.max_bytes, where);
  result.predicted.bytes = std::max(result.predicted.bytes, maxima.cost.bytes);
  result.predicted.largest_table = std::max(result.predicted.largest_table, maxima.cost.largest_table);
  result.predicted.operations += maxima.cost.operations;
  result.log_probability = static_cast<double>(exponent) * std::numbers::ln2 + start.log_scale;
  maximise_tables(options.context, std::move(left), order, result, where);
  return result;
}

explanation most_probable_explanation(const network& net, const evidence& given, const elimination_query& options) {
  std::vector<node_id> all(static_cast<std::size_t>(net.size()));
  for (node_id v = 0; v < net.size(); ++v) all[static_cast<std::size_t>(v)] = v;
  return most_probable_assignment(net, all, given, options);
}

}  // namespace credence::bayesnet
