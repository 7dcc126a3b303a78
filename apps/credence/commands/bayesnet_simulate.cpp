// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet simulate: independent draws from a network, as a table.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/sampling.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::int64_t rows = 1000;
};

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

document run(const options& given, session& now) {
  const bayesnet::network net = read_network(given.network);
  const bayesnet::sample_table drawn = bayesnet::forward_sample(now.context, net, given.rows, {now.seed, 0});
  std::vector<std::vector<std::string>> cells;
  output_file file(now.output);
  std::string line;
  for (const bayesnet::variable& v : net.variables()) {
    line += (line.empty() ? "" : ",") + csv_cell(v.name);
    auto& names = cells.emplace_back();
    for (const std::string& state : v.states) names.push_back(csv_cell(state));
  }
  file.stream() << line << '\n';
  for (std::int64_t row = 0; row < given.rows; ++row) {
    line.clear();
    for (node_id v = 0; v < net.size(); ++v) {
      if (v > 0) line += ',';
      line +=
          cells[static_cast<std::size_t>(v)][static_cast<std::size_t>(drawn.column(v)[static_cast<std::size_t>(row)])];
    }
    file.stream() << line << '\n';
  }
  file.commit();
  document result;
  result.data["rows"] = given.rows;
  result.data["output"] = now.output;
  result.notes.push_back(std::to_string(given.rows) + " rows written to " + now.output);
  return result;
}

}  // namespace

void add_bayesnet_simulate(program& all) {
  all.add(
      {.name = "bayesnet simulate",
       .summary = "independent draws from a network",
       .example = "credence bayesnet simulate models/networks/asia.bif --rows 10000 --seed 1 --output asia.csv",
       .output = "the table of draws (CSV)",
       .default_output = "draws.csv",
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
        app.add_option("--rows", given.rows, "how many draws")->check(at_least(0));
      },
      run);
}

}  // namespace credence::app
