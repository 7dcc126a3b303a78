// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet convert: the same network in another format.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/bif.hpp"

namespace credence::app {

namespace {

struct options {
  std::string from, to;
};

bool ends_with(const std::string& text, std::string_view tail) {
  return text.size() >= tail.size() && text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

document run(const options& given, session&) {
  std::string text;
  if (ends_with(given.to, ".bif"))
    text = bayesnet::to_bif(read_network(given.from));
  else if (ends_with(given.to, ".dot"))
    text = to_dot(read_graph(given.from));
  else
    throw usage_error("the second network is '" + given.to + "', but must end in .bif or .dot");
  output_file file(given.to);
  file.stream() << text;
  file.commit();
  document result;
  result.data["output"] = given.to;
  result.notes.push_back("written to " + given.to);
  return result;
}

}  // namespace

void add_bayesnet_convert(program& all) {
  all.add(
      {.name = "bayesnet convert",
       .summary = "write a network in another format (.bif, .dot)",
       .example = "credence bayesnet convert models/networks/asia.bif asia.dot"},
      +[](CLI::App& app, options& given) {
        app.add_option("from", given.from, "a network file, or an arrow string for .dot")->required();
        app.add_option("to", given.to, "the file to write: .bif or .dot")->required();
      },
      run);
}

}  // namespace credence::app
