// SPDX-License-Identifier: BSD-3-Clause
#include "credence/report/svg.hpp"
#include "credence/report/layered_layout.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <random>

using namespace credence;
using namespace credence::report;

namespace {

dag random_dag(int n, double density, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<arc> arcs;
  for (node_id a = 0; a < n; ++a)
    for (node_id b = a + 1; b < n; ++b)
      if (uniform(engine) < density) arcs.push_back({a, b});
  return dag(n, arcs);
}

}  // namespace

TEST_CASE("svg: shapes and text as they were given, escaped", "[report][svg]") {
  svg_canvas canvas(100, 50.125, "a < b & \"c\"");
  canvas.rectangle({1, 2}, 3, 4, {.fill = "red"}, 1.5);
  canvas.begin_group("hint\n1");
  canvas.text({5, 6}, "x<y", {.anchor = text_anchor::middle, .bold = true, .turned = 90});
  CHECK(canvas.to_string() ==
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50.13\" viewBox=\"0 0 100 50.13\" "
        "font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n"
        "<title>a &lt; b &amp; &quot;c&quot;</title>\n"
        "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" rx=\"1.5\" fill=\"red\" stroke=\"#333333\"/>\n"
        "<g>\n<title>hint 1</title>\n"
        "<text x=\"5\" y=\"6\" font-size=\"12\" fill=\"#222222\" text-anchor=\"middle\" font-weight=\"bold\" "
        "transform=\"rotate(90 5 6)\">x&lt;y</text>\n"
        "</g>\n</svg>\n");
  canvas.end_group();
  CHECK_THROWS_AS(canvas.end_group(), domain_error);
  CHECK_THROWS_AS(svg_canvas(0, 1), domain_error);
  CHECK_THROWS_AS(svg_canvas(NAN, 1), domain_error);
}

TEST_CASE("svg: an arrow head has its tip where it should and its base behind it", "[report][svg]") {
  svg_canvas canvas(10, 10);
  canvas.arrow_head({5, 9}, 0, 2, 4, "black");
  CHECK_THAT(canvas.to_string(), Contains("points=\"5,9 3.4,5 6.6,5\""));
  const std::string before = canvas.to_string();
  canvas.arrow_head({5, 9}, 0, 0, 4, "black");
  CHECK(canvas.to_string() == before);
}

TEST_CASE("svg: text is cut at whole characters and fits", "[report][svg]") {
  CHECK(fit_text("short", 10, 100) == "short");
  const std::string long_text =
      "Gr\xC3\xB6\xC3\x9F"
      "e \xE6\x97\xA5\xE6\x9C\xAC of everything";
  for (double width = 12; width < text_width(long_text, 10); width += 0.7) {
    const std::string cut = fit_text(long_text, 10, width);
    CHECK(text_width(cut, 10) <= width + 1e-9);
    REQUIRE(cut.size() >= 3);
    CHECK(cut.substr(cut.size() - 3) == "\xE2\x80\xA6");
    CHECK(long_text.compare(0, cut.size() - 3, cut, 0, cut.size() - 3) == 0);
    CHECK((static_cast<unsigned char>(long_text[cut.size() - 3]) & 0xC0) != 0x80);  // a character begins here
  }
}

TEST_CASE("layered layout: boxes never overlap, arcs point down, everything is inside", "[report][layout]") {
  std::mt19937_64 engine(471);
  std::uniform_real_distribution<double> uniform(20.0, 120.0);
  for (int trial = 0; trial < 40; ++trial) {
    const dag graph = random_dag(1 + trial % 25, 0.2, engine);
    std::vector<box_size> sizes;
    for (std::int64_t v = 0; v < graph.size(); ++v) sizes.push_back({uniform(engine), uniform(engine)});
    const graph_layout made = layered_layout(graph, sizes);
    REQUIRE(made.routes.size() == static_cast<std::size_t>(graph.arc_count()));
    for (std::size_t a = 0; a < sizes.size(); ++a) {
      CHECK(made.centre[a].x - 0.5 * sizes[a].width >= 15.999);
      CHECK(made.centre[a].x + 0.5 * sizes[a].width <= made.width - 15.999);
      CHECK(made.centre[a].y - 0.5 * sizes[a].height >= 15.999);
      CHECK(made.centre[a].y + 0.5 * sizes[a].height <= made.height - 15.999);
      for (std::size_t b = 0; b < a; ++b) {
        const bool beside =
            std::abs(made.centre[a].x - made.centre[b].x) >= 0.5 * (sizes[a].width + sizes[b].width) + 23.999;
        const bool above =
            std::abs(made.centre[a].y - made.centre[b].y) >= 0.5 * (sizes[a].height + sizes[b].height) + 47.999;
        CHECK((beside || above));
      }
    }
    std::size_t i = 0;
    for (const arc& a : graph.arcs()) {
      const auto from = static_cast<std::size_t>(a.from), to = static_cast<std::size_t>(a.to);
      CHECK(made.layer[from] < made.layer[to]);
      const auto& route = made.routes[i++];
      CHECK(route.front() == point{made.centre[from].x, made.centre[from].y + 0.5 * sizes[from].height});
      CHECK(route.back() == point{made.centre[to].x, made.centre[to].y - 0.5 * sizes[to].height});
      for (std::size_t k = 1; k < route.size(); ++k) CHECK(route[k].y >= route[k - 1].y);
    }
  }
}

TEST_CASE("layered layout: trees and ladders are drawn without crossings; crossings are counted", "[report][layout]") {
  // A binary tree whose children were numbered badly.
  std::vector<arc> arcs;
  for (node_id v = 1; v < 31; ++v) arcs.push_back({(v - 1) / 2, v});
  std::mt19937_64 engine(473);
  std::vector<node_id> name(31);
  for (node_id v = 0; v < 31; ++v) name[static_cast<std::size_t>(v)] = v;
  std::shuffle(name.begin(), name.end(), engine);
  for (arc& a : arcs) a = {name[static_cast<std::size_t>(a.from)], name[static_cast<std::size_t>(a.to)]};
  CHECK(layered_layout(dag(31, arcs), std::vector<box_size>(31, {20, 10})).crossings == 0);
  const dag full("a->x; a->y; a->z; b->x; b->y; b->z; c->x; c->y; c->z");
  CHECK(layered_layout(full, std::vector<box_size>(6, {20, 10})).crossings == 9);  // of K33 in two layers, always
  CHECK(layered_layout(dag(), {}).centre.empty());
  CHECK_THROWS_AS(layered_layout(full, {}), shape_error);
  CHECK_THROWS_AS(layered_layout(full, std::vector<box_size>(6, {0, 1})), domain_error);
}

TEST_CASE("layered layout: a parent stands above the middle of its children", "[report][layout]") {
  const graph_layout made = layered_layout(dag("p->a; p->b; p->c"), std::vector<box_size>(4, {30, 10}));
  CHECK_THAT(made.centre[0].x, WithinAbs(0.5 * (made.centre[1].x + made.centre[3].x), 1e-6));
  CHECK(made.layer == std::vector<std::int64_t>{0, 1, 1, 1});
}
