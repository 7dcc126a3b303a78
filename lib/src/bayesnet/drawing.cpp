// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/drawing.hpp"

#include "credence/base/check.hpp"
#include "credence/report/layered_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace credence::bayesnet {

namespace {

using report::point;

constexpr double head_height = 24.0, row_height = 16.0, foot = 6.0, bar_width = 56.0, padding = 8.0;
constexpr double head_size = 12.0, row_size = 10.5, number_width = 42.0, title_height = 28.0;
constexpr double longest_name = 180.0, longest_state = 110.0;
constexpr const char *ink = "#2b3a4a", *head_fill = "#e8eef5", *seen_fill = "#f3d9a4", *box_fill = "#ffffff";
constexpr const char *bar_fill = "#5b8db8", *seen_bar = "#c98a1b", *track = "#eef1f4", *arc_ink = "#7a8896";

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// What is drawn in one box.
struct card {
  std::string name;
  std::vector<std::string> states;
  const std::vector<double>* bars = nullptr;
  std::size_t more = 0;  ///< states that are not shown
  bool seen = false;
  report::box_size size;
};

void measure(card& c) {
  double inner = std::min(report::text_width(c.name, head_size, true), longest_name);
  double widest = 0.0;
  for (const std::string& s : c.states) widest = std::max(widest, report::text_width(s, row_size));
  widest = std::min(widest, longest_state);
  if (!c.states.empty()) inner = std::max(inner, widest + (c.bars != nullptr ? bar_width + number_width + 12.0 : 0.0));
  const double rows = static_cast<double>(c.states.size() + (c.more > 0 ? 1 : 0));
  c.size = {inner + 2.0 * padding, head_height + (rows > 0.0 ? rows * row_height + foot : 0.0)};
}

std::string percent(double p) {
  char text[16];
  std::snprintf(text, sizeof text, p > 0.0 && p < 0.001 ? "<0.1%%" : "%.1f%%", 100.0 * p);
  return text;
}

void draw_card(report::svg_canvas& canvas, const card& c, point centre) {
  const point corner{centre.x - 0.5 * c.size.width, centre.y - 0.5 * c.size.height};
  canvas.begin_group(c.name);
  canvas.rectangle(corner, c.size.width, c.size.height, {.fill = box_fill, .stroke = "none"}, 5.0);
  canvas.rectangle(corner, c.size.width, head_height, {.fill = c.seen ? seen_fill : head_fill, .stroke = "none"}, 5.0);
  canvas.text({centre.x, corner.y + 16.0},
              report::fit_text(c.name, head_size, c.size.width - 2.0 * padding + 1.0, true),
              {.size = head_size, .fill = ink, .anchor = report::text_anchor::middle, .bold = true});
  double y = corner.y + head_height + 2.0;
  const double right = corner.x + c.size.width - padding;
  const double room = c.size.width - 2.0 * padding - (c.bars != nullptr ? bar_width + number_width + 12.0 : 0.0);
  for (std::size_t s = 0; s < c.states.size(); ++s, y += row_height) {
    canvas.text({corner.x + padding, y + 12.0}, report::fit_text(c.states[s], row_size, room + 1.0),
                {.size = row_size, .fill = ink});
    if (c.bars == nullptr) continue;
    const double p = (*c.bars)[s], begin = right - number_width - 4.0 - bar_width;
    canvas.rectangle({begin, y + 3.5}, bar_width, 9.0, {.fill = track, .stroke = "none"});
    if (p > 0.0)
      canvas.rectangle({begin, y + 3.5}, bar_width * p, 9.0, {.fill = c.seen ? seen_bar : bar_fill, .stroke = "none"});
    canvas.text({right, y + 12.0}, percent(p), {.size = row_size, .fill = ink, .anchor = report::text_anchor::end});
  }
  if (c.more > 0) {
    canvas.text({corner.x + padding, y + 12.0}, "... " + std::to_string(c.more) + " more",
                {.size = row_size, .fill = arc_ink});
  }
  canvas.rectangle(corner, c.size.width, c.size.height, {.stroke = ink, .stroke_width = c.seen ? 2.0 : 1.0}, 5.0);
  canvas.end_group();
}

std::string draw(const dag& graph, std::vector<card> cards, const std::string& title) {
  std::vector<report::box_size> sizes;
  for (card& c : cards) {
    measure(c);
    sizes.push_back(c.size);
  }
  const report::graph_layout layout = layered_layout(graph, sizes);
  const double above = title.empty() ? 0.0 : title_height;
  const double width = std::max(layout.width, title.empty() ? 0.0 : report::text_width(title, 15.0, true) + 32.0);
  const double aside = 0.5 * (width - layout.width);
  const auto moved = [&](point p) { return point{p.x + aside, p.y + above}; };
  report::svg_canvas canvas(width, layout.height + above, title.empty() ? "Bayesian network" : title);
  canvas.rectangle({0.0, 0.0}, width, layout.height + above, {.fill = "#ffffff", .stroke = "none"});
  if (!title.empty()) canvas.text({16.0, 24.0}, title, {.size = 15.0, .fill = ink, .bold = true});
  for (const auto& route : layout.routes) {
    constexpr double head = 8.0;
    std::vector<point> line;
    for (const point& p : route) line.push_back(moved(p));
    const point tip = line.back();
    line.back().y -= head;  // the line ends where the head begins
    canvas.flowing_line(line, {.stroke = arc_ink, .stroke_width = 1.3});
    canvas.arrow_head(tip, 0.0, 1.0, head, arc_ink);
  }
  for (std::size_t v = 0; v < cards.size(); ++v) draw_card(canvas, cards[v], moved(layout.centre[v]));
  return canvas.to_string();
}

std::vector<card> cards_of(const network& net, const drawing_options& options) {
  check::at_least("to_svg", "most_states", options.most_states, 1);
  std::vector<card> cards;
  for (const variable& v : net.variables()) {
    card& c = cards.emplace_back();
    c.name = v.name;
    if (!options.states) continue;
    const auto shown = std::min(v.states.size(), at(options.most_states));
    c.states.assign(v.states.begin(), v.states.begin() + static_cast<std::ptrdiff_t>(shown));
    c.more = v.states.size() - shown;
  }
  return cards;
}

}  // namespace

std::string to_svg(const network& net, const drawing_options& options) {
  return draw(net.graph(), cards_of(net, options), options.title);
}

std::string to_svg(const posterior_set& found, const evidence& given, const drawing_options& options) {
  std::vector<card> cards = cards_of(found.net, options);
  for (const finding& f : given.findings()) cards[at(found.net.graph().index_of(f.node, "to_svg"))].seen = true;
  if (options.states) {
    for (std::size_t i = 0; i < found.nodes.size(); ++i) cards[at(found.nodes[i])].bars = &found.probabilities[i];
  }
  return draw(found.net.graph(), std::move(cards), options.title);
}

std::string to_svg(const dag& graph, std::string_view title) {
  std::vector<card> cards(at(graph.size()));
  for (node_id v = 0; v < graph.size(); ++v) cards[at(v)].name = graph.name(v);
  return draw(graph, std::move(cards), std::string(title));
}

}  // namespace credence::bayesnet
