// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/table/csv.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace credence::peers {

namespace {

struct questions {
  bayesnet::plan tree;
  std::vector<bayesnet::evidence> rows;
};

std::shared_ptr<const questions> read_questions(const std::string& name) {
  const auto data = nlohmann::json::parse(std::ifstream(input_folder() + "/" + name + ".json"));
  const std::string path = data["path"];
  if (path.empty()) throw std::runtime_error("the shared networks are absent");
  auto asked = std::make_shared<questions>();
  asked->tree = bayesnet::compile(bayesnet::read_bif(path));
  for (const auto& row : data["rows"]) {
    bayesnet::evidence& given = asked->rows.emplace_back();
    for (const auto& [node, state] : row.items()) given.observe(node, state);
  }
  return asked;
}

/// Posteriors of all nodes by name, state by state.
std::vector<double> first_answer(const questions& asked) {
  const bayesnet::posterior_set found = asked.tree.posteriors(asked.rows.front());
  std::vector<std::string> names;
  for (const bayesnet::variable& v : found.net.variables()) names.push_back(v.name);
  std::sort(names.begin(), names.end());
  std::vector<double> all;
  for (const std::string& name : names) all.insert(all.end(), found.of(name).begin(), found.of(name).end());
  return all;
}

/// The rows of a questions file ten times over, as a table.
struct table_questions {
  std::shared_ptr<const questions> asked;
  bayesnet::evidence_table rows;
};

std::shared_ptr<const table_questions> read_table_questions(const std::string& name) {
  auto made = std::make_shared<table_questions>();
  made->asked = read_questions(name);
  const bayesnet::network& net = made->asked->tree.net();
  constexpr std::size_t times = 10;
  made->rows.rows = static_cast<std::int64_t>(made->asked->rows.size() * times);
  for (node_id v = 0; v < net.size(); ++v) {
    made->rows.nodes.push_back(v);
    made->rows.codes.emplace_back(static_cast<std::size_t>(made->rows.rows), -1);
  }
  for (std::size_t row = 0; row < made->asked->rows.size() * times; ++row) {
    for (const bayesnet::finding& f : made->asked->rows[row % made->asked->rows.size()].findings()) {
      const node_id v = net.graph().index_of(f.node, "peers");
      made->rows.codes[static_cast<std::size_t>(v)][row] = static_cast<std::int32_t>(net.state_of(v, f.state, "peers"));
    }
  }
  return made;
}

std::vector<node_id> all_nodes(const bayesnet::network& net) {
  std::vector<node_id> all;
  for (node_id v = 0; v < net.size(); ++v) all.push_back(v);
  return all;
}

bayesnet::discrete_data read_learning_set(const std::string& name) {
  const std::string path = nlohmann::json::parse(std::ifstream(input_folder() + "/" + name + ".json"))["path"];
  if (path.empty()) throw std::runtime_error("the shared learning sets are absent");
  return bayesnet::discrete_data(read_csv(exec::cpu(1), path, {.infer_types = false}));
}

}  // namespace

void add_bayesnet_rows(rows& all) {
  for (const std::string name : {"alarm", "win95pts", "hailfinder", "insurance", "andes", "pigs"}) {
    all.add("all posteriors of " + name + ", 20 % observed", [name] {
      const auto asked = read_questions(name);
      return row{static_cast<double>(asked->rows.size()),
                 [asked] {
                   for (const bayesnet::evidence& given : asked->rows) keep(asked->tree.posteriors(given).log_evidence);
                 },
                 [asked] { return first_answer(*asked); }};
    });
  }
  all.add("posteriors of alarm, 10,000 rows with their own 20 %", [] {
    const auto asked = read_table_questions("alarm_scattered");
    return row{static_cast<double>(asked->rows.rows),
               [asked] {
                 const auto& tree = asked->asked->tree;
                 keep(tree.posteriors(asked->rows, all_nodes(tree.net()), exec::cpu(1)).log_evidence.front());
               },
               [asked] { return first_answer(*asked->asked); }};
  });
  all.add("posteriors of alarm, the same rows one by one", [] {
    const auto asked = read_questions("alarm_scattered");
    return row{static_cast<double>(asked->rows.size()),
               [asked] {
                 for (const bayesnet::evidence& given : asked->rows) keep(asked->tree.posteriors(given).log_evidence);
               },
               [asked] { return first_answer(*asked); }};
  });
  all.add("hill climbing with BIC, alarm, 10,000 rows", [] {
    const auto data = std::make_shared<const bayesnet::discrete_data>(read_learning_set("alarm_learning"));
    return row{1.0, [data] { keep(bayesnet::hill_climb(data->names(), bayesnet::family_scores(*data)).score); }, {}};
  });
}

}  // namespace credence::peers
