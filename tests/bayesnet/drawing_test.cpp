// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/drawing.hpp"

#include "credence/base/check.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/uai.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdio>

using namespace credence;
using namespace credence::bayesnet;

namespace {
std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}
}  // namespace

TEST_CASE("drawing: a box for each node, an arrow for each arc, a bar as long as its probability",
          "[bayesnet][drawing]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const evidence given{{"dysp", "yes"}};
  const posterior_set found = compile(net).posteriors(given);
  const std::string picture = to_svg(found, given, {.title = "chest <clinic>"});
  CHECK(count(picture, "<g>") == 8);
  CHECK(count(picture, "<path") == 8);
  CHECK(count(picture, "<polygon") == 8);
  CHECK(count(picture, "chest &lt;clinic&gt;") == 2);  // the title and what readers for the blind say
  char label[16];
  std::snprintf(label, sizeof label, "%.1f%%", 100.0 * found.at("lung", "yes"));
  CHECK(count(picture, std::string(">") + label) == 1);
  const double bar = std::round(5600.0 * found.at("bronc", "yes")) / 100.0;  // hundredths of the 56 units of a whole
  CHECK(count(picture, "width=\"" + check::to_text(bar) + "\"") == 1);
  CHECK(count(picture, "stroke-width=\"2\"") == 1);  // the one that was observed
  CHECK(picture == to_svg(found, given, {.title = "chest <clinic>"}));
  CHECK(count(to_svg(net), "%</text>") == 0);
  CHECK(count(to_svg(net.graph()), ">yes<") == 0);
  CHECK(count(to_svg(net, {.most_states = 1}), "... 1 more") == 8);
  CHECK_THROWS_AS(to_svg(net, {.most_states = 0}), domain_error);
  CHECK_THROWS_AS(to_svg(found, {{"heart", "yes"}}), domain_error);
  CHECK(count(to_svg(network()), "<g>") == 0);
}

TEST_CASE("UAI results: the marginals in order, refused where one is missing", "[bayesnet][formats]") {
  const network net = network_builder()
                          .variable("a", {"x", "y"})
                          .variable("b", {"x", "y", "z"})
                          .cpd("a", {}, {0.25, 0.75})
                          .cpd("b", {"a"}, {0.5, 0.5, 0, 0, 0.5, 0.5})
                          .build();
  const plan tree = compile(net);
  CHECK(to_uai_marginals(tree.posteriors(), 2) == "MAR\n2 2 0.25 0.75 3 0.125 0.5 0.375\n");
  CHECK(to_uai_marginals(tree.posteriors({{"a", "x"}}), 2) == "MAR\n2 2 1 0 3 0.5 0.5 0\n");
  CHECK(to_uai_marginals(tree.posteriors(), 1) == "MAR\n1 2 0.25 0.75\n");
  CHECK_THROWS_AS(to_uai_marginals(tree.posteriors({}, {"b"}), 2), domain_error);
}
