// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"

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
}

}  // namespace credence::peers
