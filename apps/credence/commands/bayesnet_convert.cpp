// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet convert: the same network in another format.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/uai.hpp"

namespace credence::app {

namespace {

struct options {
  std::string from, to;
};

document run(const options& given, session&) {
  check_network_extension(given.to);
  const bool to_uai = given.to.size() > 4 && given.to.substr(given.to.size() - 4) == ".uai";
  const bool from_uai = given.from.size() > 4 && given.from.substr(given.from.size() - 4) == ".uai";
  if (is_arrow_text(given.from)) {
    if (given.to.size() < 4 || given.to.substr(given.to.size() - 4) != ".dot")
      throw usage_error("an arrow string has no probabilities; it can be written as .dot only");
    output_file file(given.to);
    file.stream() << to_dot(read_graph(given.from));
    file.commit();
  } else if (to_uai && from_uai) {
    const bayesnet::uai_model model = bayesnet::read_uai(given.from);
    output_file file(given.to);
    file.stream() << (model.markov ? bayesnet::to_uai(*model.markov) : bayesnet::to_uai(*model.bayes));
    file.commit();
  } else {
    write_network(read_network(given.from), given.to);
  }
  document result;
  result.data["output"] = given.to;
  result.notes.push_back("written to " + given.to);
  return result;
}

}  // namespace

void add_bayesnet_convert(program& all) {
  all.add(
      {.name = "bayesnet convert",
       .summary = "write a network in another format (.bif, .xml, .net, .uai, .dot)",
       .example = "credence bayesnet convert models/networks/asia.bif asia.dot"},
      +[](CLI::App& app, options& given) {
        app.add_option("from", given.from, "a network file, or an arrow string for .dot")->required();
        app.add_option("to", given.to, "the file to write, named by its format: .bif, .xml, .net, .uai, .dot")
            ->required();
      },
      run);
}

}  // namespace credence::app
