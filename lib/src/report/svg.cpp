// SPDX-License-Identifier: BSD-3-Clause
#include "credence/report/svg.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>

namespace credence::report {

namespace {

/// Hundredths are finer than any screen.
std::string number(double x) {
  const double rounded = std::round(x * 100.0) / 100.0;
  return check::to_text(rounded == 0.0 ? 0.0 : rounded);
}

std::string pair(point p) { return number(p.x) + "," + number(p.y); }

std::string attributes(const shape_style& s) {
  std::string text = " fill=\"" + escape_xml(s.fill) + "\" stroke=\"" + escape_xml(s.stroke) + "\"";
  if (s.stroke_width != 1.0) text += " stroke-width=\"" + number(s.stroke_width) + "\"";
  if (s.opacity != 1.0) text += " opacity=\"" + number(s.opacity) + "\"";
  if (!s.dash.empty()) text += " stroke-dasharray=\"" + escape_xml(s.dash) + "\"";
  return text;
}

std::string list(std::span<const point> points) {
  std::string text;
  for (const point& p : points) text += (text.empty() ? "" : " ") + pair(p);
  return text;
}

/// Bytes of the character that begins with this one.
std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// In parts of the size.
double character_width(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xE0) return 1.0;  // scripts of wide characters
  if (byte >= 0xC0) return 0.56;
  if (std::string_view("iljI.,:;'|!").find(first) != std::string_view::npos) return 0.26;
  if (std::string_view("ftr()[]{}/\\- \"").find(first) != std::string_view::npos) return 0.33;
  if (std::string_view("mwMW@%").find(first) != std::string_view::npos) return 0.87;
  return first >= 'A' && first <= 'Z' ? 0.69 : 0.56;
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return out;
}

double text_width(std::string_view utf8, double size, bool bold) {
  double width = 0.0;
  for (std::size_t i = 0; i < utf8.size(); i += character_bytes(utf8[i])) width += character_width(utf8[i]);
  return width * size * (bold ? 1.08 : 1.0);
}

std::string fit_text(std::string_view utf8, double size, double width, bool bold) {
  if (text_width(utf8, size, bold) <= width) return std::string(utf8);
  constexpr std::string_view ellipsis = "\xE2\x80\xA6";
  double left = width - size;
  std::size_t end = 0;
  while (end < utf8.size()) {
    left -= character_width(utf8[end]) * size * (bold ? 1.08 : 1.0);
    if (left < 0.0) break;
    end += character_bytes(utf8[end]);
  }
  return std::string(utf8.substr(0, end)) + std::string(ellipsis);
}

svg_canvas::svg_canvas(double width, double height, std::string_view title) {
  check::positive("svg_canvas", "width", width);
  check::positive("svg_canvas", "height", height);
  head_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) +
          "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
          "\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n";
  if (!title.empty()) head_ += "<title>" + escape_xml(title) + "</title>\n";
}

void svg_canvas::rectangle(point corner, double width, double height, const shape_style& style, double radius) {
  body_ += "<rect x=\"" + number(corner.x) + "\" y=\"" + number(corner.y) + "\" width=\"" + number(width) +
           "\" height=\"" + number(height) + "\"";
  if (radius > 0.0) body_ += " rx=\"" + number(radius) + "\"";
  body_ += attributes(style) + "/>\n";
}

void svg_canvas::circle(point centre, double radius, const shape_style& style) {
  body_ += "<circle cx=\"" + number(centre.x) + "\" cy=\"" + number(centre.y) + "\" r=\"" + number(radius) + "\"" +
           attributes(style) + "/>\n";
}

void svg_canvas::line(point from, point to, const shape_style& style) {
  body_ += "<line x1=\"" + number(from.x) + "\" y1=\"" + number(from.y) + "\" x2=\"" + number(to.x) + "\" y2=\"" +
           number(to.y) + "\"" + attributes(style) + "/>\n";
}

void svg_canvas::polyline(std::span<const point> points, const shape_style& style) {
  body_ += "<polyline points=\"" + list(points) + "\"" + attributes(style) + "/>\n";
}

void svg_canvas::polygon(std::span<const point> points, const shape_style& style) {
  body_ += "<polygon points=\"" + list(points) + "\"" + attributes(style) + "/>\n";
}

void svg_canvas::flowing_line(std::span<const point> points, const shape_style& style) {
  if (points.size() < 2) return;
  body_ += "<path d=\"M" + pair(points[0]);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double middle = 0.5 * (points[i - 1].y + points[i].y);
    body_ += " C" + pair({points[i - 1].x, middle}) + " " + pair({points[i].x, middle}) + " " + pair(points[i]);
  }
  body_ += "\"" + attributes(style) + "/>\n";
}

void svg_canvas::arrow_head(point tip, double dx, double dy, double size, std::string_view fill) {
  const double length = std::hypot(dx, dy);
  if (!(length > 0.0)) return;
  const double x = size * dx / length, y = size * dy / length;
  const point corners[] = {tip, {tip.x - x - 0.4 * y, tip.y - y + 0.4 * x}, {tip.x - x + 0.4 * y, tip.y - y - 0.4 * x}};
  polygon(corners, {.fill = std::string(fill), .stroke = "none"});
}

void svg_canvas::text(point place, std::string_view words, const text_style& style) {
  constexpr const char* anchors[] = {"start", "middle", "end"};
  body_ += "<text x=\"" + number(place.x) + "\" y=\"" + number(place.y) + "\" font-size=\"" + number(style.size) +
           "\" fill=\"" + escape_xml(style.fill) + "\"";
  if (style.anchor != text_anchor::start)
    body_ += std::string(" text-anchor=\"") + anchors[static_cast<unsigned char>(style.anchor)] + "\"";
  if (style.bold) body_ += " font-weight=\"bold\"";
  if (style.turned != 0.0)
    body_ += " transform=\"rotate(" + number(style.turned) + " " + number(place.x) + " " + number(place.y) + ")\"";
  body_ += ">" + escape_xml(words) + "</text>\n";
}

void svg_canvas::begin_group(std::string_view hint) {
  body_ += "<g>\n";
  if (!hint.empty()) body_ += "<title>" + escape_xml(hint) + "</title>\n";
  ++open_groups_;
}

void svg_canvas::end_group() {
  if (open_groups_ == 0) throw domain_error("svg_canvas::end_group: no group is open, but one must be");
  body_ += "</g>\n";
  --open_groups_;
}

std::string svg_canvas::to_string() const {
  std::string text = head_ + body_;
  for (int i = 0; i < open_groups_; ++i) text += "</g>\n";
  return text + "</svg>\n";
}

}  // namespace credence::report
