// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet compare: how two graphs over the same nodes differ.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/comparison.hpp"

#include <fmt/format.h>

namespace credence::app {

namespace {

struct options {
  std::string reference;
  std::string other;
};

document run(const options& given, session&) {
  const dag reference = read_graph(given.reference);
  const graph_comparison c = compare(reference, read_graph(given.other));
  document result;
  table_text table{"", {"difference", "from", "to"}, {}};
  const auto list = [&](const char* name, const std::vector<arc>& arcs) {
    json all = json::array();
    for (const arc& a : arcs) {
      all.push_back({{"from", reference.name(a.from)}, {"to", reference.name(a.to)}});
      table.rows.push_back({std::string(name), reference.name(a.from), reference.name(a.to)});
    }
    result.data[name] = std::move(all);
  };
  result.data["shd"] = c.shd;
  result.data["arc_shd"] = c.arc_shd;
  result.data["hamming"] = c.hamming;
  list("extra", c.extra);
  list("missing", c.missing);
  list("reversed", c.reversed);
  result.data["equivalent"] = c.equivalent;
  result.tables.push_back(std::move(table));
  result.notes.push_back(fmt::format("SHD of the classes {}, of the arcs {}, Hamming distance of the skeletons {}: {}",
                                     c.shd, c.arc_shd, c.hamming, c.equivalent ? "I-equivalent" : "not I-equivalent"));
  return result;
}

}  // namespace

void add_bayesnet_compare(program& all) {
  all.add(
      {.name = "bayesnet compare",
       .summary = "how a network's graph differs from a reference: SHD, arcs extra, missing and reversed, equivalence",
       .example = "credence bayesnet compare \"a->b->c\" \"a->b<-c\"",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("reference", given.reference, "a network file or an arrow string \"a->b<-c\"")->required();
        app.add_option("other", given.other, "the same, over nodes of the same names")->required();
      },
      run);
}

}  // namespace credence::app
