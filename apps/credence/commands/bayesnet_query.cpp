// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet query: posterior probabilities.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/belief_propagation.hpp"
#include "credence/bayesnet/drawing.hpp"
#include "credence/bayesnet/gibbs.hpp"
#include "credence/bayesnet/importance_sampling.hpp"
#include "credence/bayesnet/inference.hpp"
#include "credence/bayesnet/information.hpp"
#include "credence/bayesnet/linear_gaussian.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/sampling.hpp"
#include "credence/bayesnet/uai.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string targets = "all";
  std::string evidence;
  std::string evidence_file;
  std::string method = "junction-tree";
  std::int64_t samples = 100'000;
  std::int64_t chains = 256, warmup = 100, sweeps = 400;
  std::string sensitivity;
  double damping = 0.0;
  bool joint = false;
};

node_selection choose(const bayesnet::markov_as_bayesian& model, const std::string& targets) {
  if (targets != "all") return split_names(targets, "--targets");
  std::vector<node_id> all(static_cast<std::size_t>(model.variables));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void show(document& result, const bayesnet::posterior_set& found,
          const std::vector<std::vector<std::string>>& fractions) {
  json posteriors = json::object(), exact = json::object(), entropies = json::object();
  table_text table{"", {"node", "state", "probability"}, {}};
  if (!fractions.empty()) table.columns.emplace_back("exactly");
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    const bayesnet::variable& v = found.net.at(found.nodes[i]);
    for (std::size_t s = 0; s < v.states.size(); ++s) {
      posteriors[v.name][v.states[s]] = found.probabilities[i][s];
      entropies[v.name] = bayesnet::entropy(found.probabilities[i]);
      table.rows.push_back({v.name, v.states[s], found.probabilities[i][s]});
      if (fractions.empty()) continue;
      exact[v.name][v.states[s]] = fractions[i][s];
      table.rows.back().emplace_back(fractions[i][s]);
    }
  }
  result.data["posteriors"] = std::move(posteriors);
  result.data["entropy"] = std::move(entropies);
  if (!fractions.empty()) result.data["exact"] = std::move(exact);
  result.tables.push_back(std::move(table));
}

void show_joint(document& result, const bayesnet::joint_posterior& found) {
  json rows = json::array();
  table_text table{"", {}, {}};
  for (const node_id v : found.nodes) table.columns.push_back(found.net.at(v).name);
  table.columns.emplace_back("probability");
  std::vector<std::size_t> index(found.nodes.size(), 0);
  for (const double p : found.probabilities) {
    json states = json::object();
    std::vector<table_text::cell> cells;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const bayesnet::variable& v = found.net.at(found.nodes[i]);
      states[v.name] = v.states[index[i]];
      cells.emplace_back(v.states[index[i]]);
    }
    cells.emplace_back(p);
    table.rows.push_back(std::move(cells));
    rows.push_back({{"states", std::move(states)}, {"probability", p}});
    for (std::size_t i = index.size(); i-- > 0;) {
      if (++index[i] < found.net.at(found.nodes[i]).states.size()) break;
      index[i] = 0;
    }
  }
  result.data["joint"] = std::move(rows);
  result.tables.push_back(std::move(table));
}

void show_errors(document& result, const bayesnet::posterior_set& found,
                 const std::vector<std::vector<double>>& std_errors, double ess) {
  json errors = json::object();
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    const bayesnet::variable& v = found.net.at(found.nodes[i]);
    for (std::size_t s = 0; s < v.states.size(); ++s) errors[v.name][v.states[s]] = std_errors[i][s];
  }
  result.data["std_errors"] = std::move(errors);
  result.data["ess"] = ess;
}

/// Every entry of every table and how the probability of one state answers to it, the strongest first.
void show_sensitivity(document& result, const bayesnet::markov_as_bayesian& model, const std::string& asked,
                      const bayesnet::evidence& given) {
  const bayesnet::evidence target = read_evidence(asked);
  if (target.findings().size() != 1 || target.findings()[0].what != bayesnet::finding::kind::state)
    throw usage_error("--sensitivity is '" + asked + "', but must be one name=state");
  const bayesnet::finding& f = target.findings()[0];
  const bayesnet::sensitivity_result found = bayesnet::sensitivity(model.net, f.node, f.state, given);
  struct entry {
    node_id node;
    std::size_t place;
    double strength;
  };
  std::vector<entry> order;
  for (node_id v = 0; v < model.variables; ++v) {
    const auto& of_node = found.covarying[static_cast<std::size_t>(v)];
    for (std::size_t k = 0; k < of_node.size(); ++k) order.push_back({v, k, std::fabs(of_node[k])});
  }
  std::stable_sort(order.begin(), order.end(), [](const entry& a, const entry& b) { return a.strength > b.strength; });
  json all = json::array();
  for (const entry& e : order) {
    const bayesnet::variable& v = model.net.at(e.node);
    const auto row = static_cast<std::int64_t>(e.place / v.states.size());
    const std::vector<std::string> states = model.net.row_states(e.node, row);
    const auto& parents = model.net.table(e.node).parents;
    json above = json::object();
    for (std::size_t i = 0; i < parents.size(); ++i) above[model.net.at(parents[i]).name] = states[i];
    all.push_back({{"node", v.name},
                   {"state", v.states[e.place % v.states.size()]},
                   {"given", std::move(above)},
                   {"value", model.net.probabilities(e.node)[e.place]},
                   {"derivative", found.derivative[static_cast<std::size_t>(e.node)][e.place]},
                   {"covarying", found.covarying[static_cast<std::size_t>(e.node)][e.place]}});
  }
  result.data["sensitivity"] = std::move(all);
}

/// By one of the methods that draw weighted samples.
bayesnet::weighted_posteriors sample(const options& given, session& now, const bayesnet::network& net,
                                     const node_selection& targets, const bayesnet::evidence& evidence) {
  const rng_key key{now.seed, 0};
  const bayesnet::importance_options how{.samples = given.samples, .key = key, .context = now.context};
  if (given.method == "importance") return bayesnet::importance_sampling(net, targets, evidence, how);
  if (given.method == "ais") return bayesnet::adaptive_importance_sampling(net, targets, evidence, how);
  return given.method == "rejection"
             ? bayesnet::rejection_sampling(now.context, net, targets, evidence, given.samples, key)
             : bayesnet::likelihood_weighting(now.context, net, targets, evidence, given.samples, key);
}

/// One result for each row of the evidence file.
document run_rows(const options& given, session& now) {
  if (given.method != "junction-tree" || given.joint || !given.sensitivity.empty()) {
    throw usage_error("--evidence-file: works with --method junction-tree, without --joint and --sensitivity");
  }
  const bayesnet::markov_as_bayesian model = read_any_network(given.network);
  const bayesnet::network& net = model.net;
  const bayesnet::evidence common = join_evidence(model.given, read_evidence(given.evidence));
  const node_selection targets = choose(model, given.targets);
  const table file = read_csv(now.context, given.evidence_file, {.infer_types = false});
  const bayesnet::plan tree = bayesnet::compile(net);
  const bayesnet::posterior_table found =
      tree.posteriors(bayesnet::make_evidence_table(net, file), targets, now.context, common);
  document result;
  json rows = json::array();
  table_text shown{"", {"row", "node", "state", "probability"}, {}};
  for (std::int64_t row = 0; row < found.rows(); ++row) {
    json posteriors = json::object();
    for (std::size_t i = 0; i < found.nodes.size(); ++i) {
      const bayesnet::variable& v = net.at(found.nodes[i]);
      const std::span<const double> p = found.at(row, i);
      for (std::size_t s = 0; s < v.states.size(); ++s) {
        posteriors[v.name][v.states[s]] = p[s];
        if (now.format != output_format::json_object) shown.rows.push_back({row, v.name, v.states[s], p[s]});
      }
    }
    rows.push_back({{"posteriors", std::move(posteriors)},
                    {"log_evidence", found.log_evidence[static_cast<std::size_t>(row)] + model.log_constant}});
  }
  result.data["rows"] = std::move(rows);
  result.data["method"] = given.method;
  result.data["predicted_bytes"] = tree.cost().bytes;
  result.tables.push_back(std::move(shown));
  return result;
}

bool ends_with(const std::string& text, std::string_view tail) {
  return text.size() > tail.size() && text.substr(text.size() - tail.size()) == tail;
}

void check_output(const std::string& file) {
  if (!file.empty() && !ends_with(file, ".svg") && !ends_with(file, ".MAR"))
    throw usage_error("--output is '" + file + "', but must end in .svg or .MAR");
}

void save(document& result, const bayesnet::posterior_set& found, const bayesnet::evidence& given,
          std::int64_t variables, const std::string& file) {
  if (file.empty()) return;
  output_file out(file);
  out.stream() << (ends_with(file, ".svg") ? bayesnet::to_svg(found, given)
                                           : bayesnet::to_uai_marginals(found, variables));
  out.commit();
  result.data["output"] = file;
}

/// A linear-Gaussian network: evidence is name=number, posteriors are normal.
document run_gaussian(const options& given, const session& now) {
  if (given.method != "junction-tree" || given.joint || !given.evidence_file.empty() || !given.sensitivity.empty() ||
      !now.output.empty())
    throw usage_error("a linear-Gaussian network takes --targets and --evidence only: it is answered exactly");
  const bayesnet::gaussian_network net = bayesnet::read_gaussian_json(given.network);
  std::vector<bayesnet::observed_value> seen;
  const bayesnet::evidence evidence = read_evidence(given.evidence);
  for (const bayesnet::finding& f : evidence.findings()) {
    const auto value = to_number(f.state);
    if (f.what != bayesnet::finding::kind::state || !value)
      throw usage_error("--evidence: '" + f.node + "' must be given as " + f.node + "=number");
    seen.push_back({f.node, *value});
  }
  node_selection targets;
  if (given.targets == "all") {
    std::vector<node_id> rest;
    for (node_id v = 0; v < net.size(); ++v) {
      const auto is = [&](const bayesnet::observed_value& o) { return o.node == net.graph().name(v); };
      if (std::none_of(seen.begin(), seen.end(), is)) rest.push_back(v);
    }
    targets = rest;
  } else {
    targets = split_names(given.targets, "--targets");
  }
  const bayesnet::gaussian_joint found = net.posterior(targets, seen);
  document result;
  json posteriors = json::object(), covariance = json::array();
  table_text table{"", {"node", "mean", "sd"}, {}};
  for (std::size_t i = 0; i < found.names.size(); ++i) {
    const double sd = std::sqrt(found.variance(i));
    posteriors[found.names[i]] = {{"mean", found.mean[i]}, {"sd", sd}, {"variance", found.variance(i)}};
    table.rows.push_back({found.names[i], found.mean[i], sd});
    json row = json::array();
    for (std::size_t k = 0; k < found.names.size(); ++k) row.push_back(found.covariance[i * found.names.size() + k]);
    covariance.push_back(std::move(row));
  }
  result.data["posteriors"] = std::move(posteriors);
  result.data["covariance"] = std::move(covariance);
  result.data["log_evidence"] = found.log_evidence;
  result.data["method"] = "gaussian";
  result.tables.push_back(std::move(table));
  result.notes.push_back(fmt::format("ln p(evidence) = {:.6g}, exactly", found.log_evidence));
  return result;
}

document run(const options& given, session& now) {
  check_output(now.output);
  if (!now.output.empty() && (given.joint || !given.evidence_file.empty()))
    throw usage_error("--output: goes with the posteriors of one query, not with --joint and --evidence-file");
  if (is_gaussian_network(given.network)) return run_gaussian(given, now);
  const bool uai_evidence =
      given.evidence_file.size() > 5 && given.evidence_file.substr(given.evidence_file.size() - 5) == ".evid";
  if (!given.evidence_file.empty() && !uai_evidence) return run_rows(given, now);
  bayesnet::evidence evidence = read_evidence(given.evidence);
  const bayesnet::markov_as_bayesian model = read_any_network(given.network);
  const bayesnet::network& net = model.net;
  evidence = join_evidence(model.given, evidence);
  if (uai_evidence) {
    const auto variables = std::span(net.variables()).first(static_cast<std::size_t>(model.variables));
    evidence = join_evidence(evidence, bayesnet::read_uai_evidence(given.evidence_file, variables));
  }
  const node_selection targets = choose(model, given.targets);
  const bayesnet::elimination_query how{.context = now.context};
  document result;
  double log_evidence = 0.0;
  bayesnet::inference_cost cost;
  const auto tell = [&](const bayesnet::posterior_set& found, const std::vector<std::vector<std::string>>& fractions) {
    show(result, found, fractions);
    save(result, found, evidence, model.variables, now.output);
  };
  std::string method = given.method;
  if (given.joint) {
    if (method != "junction-tree" && method != "elimination") {
      throw usage_error("--joint: is not available with --method " + method);
    }
    method = "elimination";  // a joint table is one elimination, whichever exact method was asked for
    const bayesnet::joint_posterior found = bayesnet::eliminate_joint(net, targets, evidence, how);
    show_joint(result, found);
    log_evidence = found.log_evidence;
    cost = found.predicted;
  } else if (method == "rational") {
    const bayesnet::exact_posteriors found = bayesnet::eliminate_exactly(net, targets, evidence, how);
    tell(found.rounded, found.fractions);
    result.data["evidence_probability"] = found.evidence_probability;
    log_evidence = found.rounded.log_evidence;
    cost = found.rounded.predicted;
  } else if (method == "likelihood-weighting" || method == "rejection" || method == "importance" || method == "ais") {
    const bayesnet::weighted_posteriors found = sample(given, now, net, targets, evidence);
    tell(found.posterior, {});
    show_errors(result, found.posterior, found.std_errors, found.effective_sample_size);
    result.data["samples"] = given.samples;
    result.data["log_evidence_std_error"] = found.log_evidence_std_error;
    if (found.effective_sample_size < 100.0) {
      now.warn(fmt::format(
          "the effective sample size is {:.3g}: the evidence is rare; take more --samples, --method ais or an exact "
          "method",
          found.effective_sample_size));
    }
    log_evidence = found.posterior.log_evidence;
    cost = found.posterior.predicted;
  } else if (method == "belief-propagation") {
    const auto found = bayesnet::belief_propagation(net, targets, evidence, {.damping = given.damping});
    tell(found.posterior, {});
    result.data["converged"] = found.converged;
    result.data["updates"] = found.updates;
    if (!found.converged)
      now.warn(fmt::format("messages still change by {:.3g} after {} updates; try --damping 0.5", found.residual,
                           found.updates));
    log_evidence = found.posterior.log_evidence;
  } else if (method == "gibbs") {
    const bayesnet::gibbs_posteriors found = bayesnet::gibbs(net, targets, evidence,
                                                             {.chains = given.chains,
                                                              .warmup = given.warmup,
                                                              .sweeps = given.sweeps,
                                                              .key = {now.seed, 0},
                                                              .context = now.context});
    tell(found.posterior, {});
    show_errors(result, found.posterior, found.std_errors, found.effective_sample_size);
    result.data["disagreement"] = found.disagreement;
    if (found.disagreement > 2.0) {
      now.warn(
          fmt::format("the chains disagree ({:.3g} times what they should): deterministic tables may keep them from "
                      "reaching all states; take an exact method or likelihood weighting",
                      found.disagreement));
    }
    log_evidence = found.posterior.log_evidence;
  } else {
    const bayesnet::posterior_set found = method == "elimination"
                                              ? bayesnet::eliminate(net, targets, evidence, how)
                                              : bayesnet::compile(net).posteriors(evidence, targets);
    tell(found, {});
    log_evidence = found.log_evidence;
    cost = found.predicted;
  }
  if (!given.sensitivity.empty()) show_sensitivity(result, model, given.sensitivity, evidence);
  log_evidence += model.log_constant;
  result.data["log_evidence"] = log_evidence;
  result.data["method"] = method;
  result.data["predicted_bytes"] = cost.bytes;
  result.data["predicted_operations"] = cost.operations;
  if (!net.row_warnings().empty()) {
    result.data["normalised_rows"] = net.row_warnings().size();
  }
  result.notes.push_back(fmt::format("ln P(evidence) = {:.6g} by {}", log_evidence, method));
  return result;
}

}  // namespace

void add_bayesnet_query(program& all) {
  all.add(
      {.name = "bayesnet query",
       .summary = "posterior probabilities given evidence",
       .example = "credence bayesnet query models/networks/asia.bif --targets lung,tub --evidence xray=yes,smoke=no",
       .output = "a drawing with the posteriors as bars (.svg), or all marginals in the UAI form (.MAR)",
       .csv = true,
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
        app.add_option("--targets", given.targets, "names joined by commas, or all");
        app.add_option("--evidence", given.evidence, "name=state, name!=state or name=0.2:0.8, joined by commas");
        app.add_option("--evidence-file", given.evidence_file,
                       "a CSV table: one query a row, columns are nodes, empty cells are unobserved; or a UAI evidence "
                       "file (.evid)");
        app.add_option("--method", given.method, "how")
            ->check(CLI::IsMember({"junction-tree", "elimination", "rational", "belief-propagation",
                                   "likelihood-weighting", "importance", "ais", "gibbs", "rejection"}));
        app.add_option("--samples", given.samples, "draws of the sampling methods but gibbs")->check(at_least(1));
        app.add_option("--sensitivity", given.sensitivity,
                       "name=state: also how its probability answers to every entry of every table (JSON)");
        app.add_option("--damping", given.damping, "of belief-propagation: share of the old message that stays")
            ->check(between_0_and_1());
        app.add_option("--chains", given.chains, "of gibbs")->check(at_least(2));
        app.add_option("--warmup", given.warmup, "sweeps of gibbs that do not count")->check(at_least(0));
        app.add_option("--sweeps", given.sweeps, "sweeps of gibbs that count")->check(at_least(1));
        app.add_flag("--joint", given.joint, "the joint table of the targets");
      },
      run);
}

}  // namespace credence::app
