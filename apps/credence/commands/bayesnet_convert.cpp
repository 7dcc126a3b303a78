// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet convert: the same network in another format.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/drawing.hpp"
#include "credence/bayesnet/uai.hpp"

namespace credence::app {

namespace {

struct options {
  std::string from, to;
};

bool ends_with(const std::string& text, std::string_view tail) {
  return text.size() > tail.size() && text.substr(text.size() - tail.size()) == tail;
}

document run(const options& given, session&) {
  check_network_extension(given.to);
  const bool to_uai = ends_with(given.to, ".uai"), from_uai = ends_with(given.from, ".uai");
  if (is_arrow_text(given.from)) {
    if (!ends_with(given.to, ".dot") && !ends_with(given.to, ".svg"))
      throw usage_error("an arrow string has no probabilities; it can be written as .dot or .svg only");
    const dag graph = read_graph(given.from);
    output_file file(given.to);
    file.stream() << (ends_with(given.to, ".dot") ? to_dot(graph) : bayesnet::to_svg(graph));
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
       .summary = "write a network in another format (.bif, .xml, .net, .uai, .json, .dot, .svg)",
       .example = "credence bayesnet convert models/networks/asia.bif asia.dot"},
      +[](CLI::App& app, options& given) {
        app.add_option("from", given.from, "a network file, or an arrow string for .dot and .svg")->required();
        app.add_option("to", given.to,
                       "the file to write, named by its format: .bif, .xml, .net, .uai, .json, .dot, .svg")
            ->required();
      },
      run);
}

}  // namespace credence::app
