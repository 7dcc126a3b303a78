// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet learn: the structure of a network from a table.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/arc_strength.hpp"
#include "credence/bayesnet/fit.hpp"
#include "credence/bayesnet/ges.hpp"
#include "credence/bayesnet/linear_gaussian.hpp"
#include "credence/bayesnet/pc.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/bayesnet/tree_learning.hpp"
#include "credence/table/csv.hpp"

#include <fmt/format.h>

#include <chrono>

namespace credence::app {

namespace {

using namespace bayesnet;

struct options {
  std::string data;
  std::string method = "hill-climb";
  std::string score = "bic";
  std::string test = "g2";
  double alpha = 0.05;
  double equivalent_sample_size = 10.0;
  std::vector<std::string> require, forbid;
  std::int64_t max_parents = -1;
  std::int64_t max_given = -1;
  int restarts = 0;
  std::string root, target;
  std::int64_t bootstrap = 0;
};

/// What one run of the method found.
struct learnt {
  dag graph;
  pdag shared;  ///< the class
  double score = 0.0;
  std::int64_t evaluations = 0;
  pc_result pc;
  bool consistent = true;
};

/// The table in the form that the method needs; the other one is empty.
struct learning_data {
  discrete_data discrete;
  gaussian_data gaussian;
  bool is_gaussian = false;
  [[nodiscard]] std::vector<std::string> names() const { return is_gaussian ? gaussian.names() : discrete.names(); }
};

std::vector<arc> read_arcs(const std::vector<std::string>& texts, const std::vector<std::string>& names,
                           const std::string& option) {
  std::vector<arc> arcs;
  for (std::string text : texts) {
    bool quoted = false;
    for (char& c : text) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) c = ';';
    }
    arrow_text read;
    try {
      read = parse_arrows(text);
    } catch (const parse_error& failure) {
      throw usage_error(option + ": " + failure.what());
    }
    if (read.arcs.empty()) throw usage_error(option + " is '" + text + "', but must be arcs such as A->B");
    for (const arc& a : read.arcs) {
      const auto number = [&](node_id v) {
        const auto found = std::find(names.begin(), names.end(), read.names[static_cast<std::size_t>(v)]);
        if (found == names.end())
          throw domain_error(option + ": there is no column '" + read.names[static_cast<std::size_t>(v)] + "'");
        return static_cast<node_id>(found - names.begin());
      };
      arcs.push_back({number(a.from), number(a.to)});
    }
  }
  return arcs;
}

node_id column_of(const discrete_data& data, const std::string& name, const std::string& option) {
  const auto names = data.names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw domain_error(option + ": there is no column '" + name + "'");
  return static_cast<node_id>(found - names.begin());
}

score_kind kind_of(const std::string& name) {
  if (name == "aic") return score_kind::aic;
  if (name == "bdeu") return score_kind::bdeu;
  if (name == "k2") return score_kind::k2;
  if (name == "loglik") return score_kind::loglik;
  return score_kind::bic;
}

independence_test test_of(const options& given, const learning_data& data) {
  if (given.test == "fisher-z") return fisher_z(data.gaussian);
  if (given.test == "x2") return make_independence_test(data.discrete, independence_statistic::x2);
  if (given.test == "mi") return make_independence_test(data.discrete, independence_statistic::mutual_information);
  return make_independence_test(data.discrete);
}

learnt learn(const options& given, const learning_data& data, const exec::context& ctx, std::uint64_t seed) {
  const std::vector<std::string> names = data.names();
  const arc_constraints known{read_arcs(given.require, names, "--require"), read_arcs(given.forbid, names, "--forbid"),
                              given.max_parents};
  learnt found;
  family_scores discrete;
  local_score score, bound;
  if (data.is_gaussian) {
    score = gaussian_bic(data.gaussian);
  } else {
    discrete = family_scores(data.discrete, kind_of(given.score), given.equivalent_sample_size);
    score = discrete;
  }
  const auto take = [&](search_result result) {
    found.graph = std::move(result.graph);
    found.evaluations = data.is_gaussian ? result.evaluations : discrete.evaluations();
  };
  if (given.method == "pc") {
    found.pc = pc_stable(names, test_of(given, data),
                         {.context = ctx, .alpha = given.alpha, .max_given = given.max_given, .known = known});
    pc_member member = member_of(found.pc);
    found.graph = std::move(member.graph);
    found.consistent = member.consistent;
    found.evaluations = found.pc.tests;
  } else if (given.method == "chow-liu") {
    found.graph =
        chow_liu(ctx, data.discrete, given.root.empty() ? 0 : column_of(data.discrete, given.root, "--root")).graph;
    found.evaluations = data.discrete.size() * (data.discrete.size() - 1) / 2;
  } else if (given.method == "tan") {
    const auto last = static_cast<node_id>(data.discrete.size() - 1);
    found.graph =
        tree_augmented_naive_bayes(ctx, data.discrete,
                                   given.target.empty() ? last : column_of(data.discrete, given.target, "--target"))
            .graph;
    found.evaluations = last * (last - 1) / 2;
  } else if (given.method == "ges") {
    ges_result best = ges(names, score, {.max_parents = given.max_parents});
    found.graph = std::move(best.member);
    found.evaluations = data.is_gaussian ? best.evaluations : discrete.evaluations();
  } else if (given.method == "exact") {
    // Each family is asked for once, so none is remembered.
    if (!data.is_gaussian) {
      score = [&](node_id v, std::span<const node_id> p) { return discrete.fresh(v, p); };
      bound = [&](node_id v, std::span<const node_id> p) { return discrete.bound(v, p); };
    }
    search_result best = exact_search(names, score, {.context = ctx, .known = known}, bound);
    found.graph = std::move(best.graph);
    found.evaluations = best.evaluations;
  } else {
    const search_options how{.context = ctx, .known = known, .restarts = given.restarts, .key = {seed, 0}};
    take(given.method == "tabu" ? tabu_search(names, score, {.search = how}) : hill_climb(names, score, how));
  }
  for (node_id v = 0; v < found.graph.size(); ++v) found.score += score(v, found.graph.parents(v));
  found.shared = given.method == "pc" ? found.pc.graph : cpdag(found.graph);
  return found;
}

json arcs_of(const dag& graph) {
  json arcs = json::array();
  for (const arc& a : graph.arcs()) arcs.push_back({{"from", graph.name(a.from)}, {"to", graph.name(a.to)}});
  return arcs;
}

void show_pc(document& result, const learnt& found) {
  const auto& names = found.pc.names;
  const auto name = [&](node_id v) { return names[static_cast<std::size_t>(v)]; };
  json edges = json::array(), separated = json::array();
  for (const arc& a : found.shared.directed)
    edges.push_back({{"from", name(a.from)}, {"to", name(a.to)}, {"directed", true}});
  for (const edge& e : found.shared.undirected)
    edges.push_back({{"from", name(e.a)}, {"to", name(e.b)}, {"directed", false}});
  for (const separated_pair& pair : found.pc.separated) {
    json set = json::array();
    for (const node_id v : pair.given) set.push_back(name(v));
    separated.push_back({{"x", name(pair.a)},
                         {"y", name(pair.b)},
                         {"given", std::move(set)},
                         {"statistic", pair.answer.statistic},
                         {"p", pair.answer.p_value}});
  }
  result.data["edges"] = std::move(edges);
  result.data["separated"] = std::move(separated);
}

void show_strengths(document& result, const options& given, const learning_data& data, session& now) {
  if (data.is_gaussian) throw usage_error("--bootstrap: works with discrete methods");
  options once = given;
  once.bootstrap = 0;
  const structure_learner learner = [&](const discrete_data& replicate) {
    return learn(once, {replicate, {}, false}, exec::cpu(1), now.seed).shared;
  };
  const auto strengths = bootstrap_strengths(now.context, data.discrete, learner, given.bootstrap, {now.seed, 0});
  const auto names = data.names();
  json all = json::array();
  for (const arc_strength& s : strengths) {
    all.push_back({{"a", names[static_cast<std::size_t>(s.a)]},
                   {"b", names[static_cast<std::size_t>(s.b)]},
                   {"strength", s.strength},
                   {"direction", s.direction}});
  }
  result.data["strengths"] = std::move(all);
  const double threshold = significant_strength(strengths, data.discrete.size());
  result.data["significant_strength"] = threshold;
  result.data["averaged_arcs"] = arcs_of(averaged_graph(names, strengths, threshold));
}

void check_combination(const options& given, const session& now) {
  const bool tests = given.method == "pc", tree = given.method == "chow-liu" || given.method == "tan";
  if (!given.root.empty() && given.method != "chow-liu") throw usage_error("--root: belongs to --method chow-liu");
  if (!given.target.empty() && given.method != "tan") throw usage_error("--target: belongs to --method tan");
  if (tree && (given.max_parents >= 0 || !given.require.empty() || !given.forbid.empty()))
    throw usage_error("--require, --forbid and --max-parents: do not go with --method " + given.method);
  if (given.method == "ges" && !(given.require.empty() && given.forbid.empty()))
    throw usage_error("--require and --forbid: do not go with --method ges");
  if (tests && given.max_parents >= 0) throw usage_error("--max-parents: does not go with --method pc");
  const bool gaussian = tests ? given.test == "fisher-z" : given.score == "gaussian-bic";
  if (gaussian && tree) throw usage_error("--score gaussian-bic: does not go with --method " + given.method);
  if (now.output.empty()) return;
  check_network_extension(now.output);
  const auto ends = [&](std::string_view tail) {
    return now.output.size() > tail.size() && now.output.substr(now.output.size() - tail.size()) == tail;
  };
  if (gaussian && !ends(".dot") && !ends(".json"))
    throw usage_error("--output: a network over real numbers can be written as .json, its graph as .dot");
}

document run(const options& given, session& now) {
  check_combination(given, now);
  learning_data data;
  data.is_gaussian = given.method == "pc" ? given.test == "fisher-z" : given.score == "gaussian-bic";
  const table file = read_csv(now.context, given.data, {.infer_types = data.is_gaussian});
  if (data.is_gaussian)
    data.gaussian = gaussian_data(file);
  else
    data.discrete = discrete_data(file);
  const auto start = std::chrono::steady_clock::now();
  const learnt found = learn(given, data, now.context, now.seed);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  document result;
  result.data["arcs"] = arcs_of(found.graph);
  result.data["score"] = found.score;
  result.data["seconds"] = seconds;
  result.data["evaluations"] = found.evaluations;
  result.data["method"] = given.method;
  if (given.method == "pc") show_pc(result, found);
  if (!found.consistent)
    now.warn("the tests contradict each other: no graph has all the colliders found, so some arcs were turned");
  if (given.bootstrap > 0) show_strengths(result, given, data, now);
  table_text shown{"", {"from", "to"}, {}};
  for (const arc& a : found.graph.arcs()) shown.rows.push_back({found.graph.name(a.from), found.graph.name(a.to)});
  result.tables.push_back(std::move(shown));
  result.notes.push_back(
      fmt::format("score {:.10g}, {} evaluations, {:.3g} s", found.score, found.evaluations, seconds));
  if (now.output.empty()) return result;
  if (data.is_gaussian) {
    const bool graph_only = now.output.substr(now.output.size() - 4) == ".dot";
    output_file out(now.output);
    out.stream() << (graph_only ? to_dot(found.graph) : to_json(fit_gaussian(found.graph, data.gaussian).net));
    out.commit();
  } else {
    write_network(fit(now.context, uniform_network(found.graph, data.discrete.variables()), data.discrete).net,
                  now.output);
  }
  result.data["output"] = now.output;
  return result;
}

}  // namespace

void add_bayesnet_learn(program& all) {
  all.add(
      {.name = "bayesnet learn",
       .summary = "the structure of a network from a table",
       .example = "credence bayesnet learn --data asia.csv --method tabu --score bdeu --output learnt.bif",
       .output = "the network found, with maximum-likelihood tables (.bif, .json, ...), or its graph (.dot)",
       .csv = true,
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("--data", given.data, "a CSV table; every column is a variable")->required();
        app.add_option("--method", given.method, "how")
            ->check(CLI::IsMember({"hill-climb", "tabu", "pc", "chow-liu", "tan", "exact", "ges"}));
        app.add_option("--score", given.score, "what is maximised; gaussian-bic takes columns of real numbers")
            ->check(CLI::IsMember({"bic", "aic", "bdeu", "k2", "loglik", "gaussian-bic"}));
        app.add_option("--equivalent-sample-size", given.equivalent_sample_size, "of BDeu")->check(positive());
        app.add_option("--test", given.test, "of pc; fisher-z takes columns of real numbers")
            ->check(CLI::IsMember({"g2", "x2", "mi", "fisher-z"}));
        app.add_option("--alpha", given.alpha, "of pc: pairs stay joined while p is at most this")
            ->check(between_0_and_1());
        app.add_option("--max-given", given.max_given, "of pc: the largest set to condition on")->check(at_least(0));
        app.add_option("--require", given.require, "arcs that must be there, A->B; may be repeated");
        app.add_option("--forbid", given.forbid, "arcs that must not be there, A->B; may be repeated");
        app.add_option("--max-parents", given.max_parents, "of a node")->check(at_least(0));
        app.add_option("--restarts", given.restarts, "of hill-climb: climbs from random changes of the best graph")
            ->check(at_least(0));
        app.add_option("--root", given.root, "of chow-liu: the column that arcs lead away from (the first)");
        app.add_option("--target", given.target, "of tan: the class column (the last)");
        app.add_option("--bootstrap", given.bootstrap, "replicates that tell how strong arcs are")->check(at_least(0));
      },
      run);
}

}  // namespace credence::app
