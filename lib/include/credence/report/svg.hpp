// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>

/// Pictures from plain values, as SVG text that stands alone: no scripts, no fonts or files from elsewhere. Equal calls
/// give equal bytes.
namespace credence::report {

/// In SVG's units (CSS pixels): x to the right, y down.
struct point {
  double x = 0.0, y = 0.0;
  friend bool operator==(const point&, const point&) = default;
};

/// Colours are CSS colours; "none" draws nothing.
struct shape_style {
  std::string fill = "none";
  std::string stroke = "#333333";
  double stroke_width = 1.0;
  double opacity = 1.0;
  std::string dash{};  ///< lengths of dashes and gaps, "4 2"
};

enum class text_anchor : unsigned char { start, middle, end };

struct text_style {
  double size = 12.0;
  std::string fill = "#222222";
  text_anchor anchor = text_anchor::start;
  bool bold = false;
  double turned = 0.0;  ///< degrees clockwise around the place
};

/// A drawing that grows by calls; what comes later lies above.
class svg_canvas {
 public:
  /// @param title  for people who cannot see the picture; may be empty
  /// @throws domain_error  when a size is not positive and finite
  svg_canvas(double width, double height, std::string_view title = {});

  void rectangle(point corner, double width, double height, const shape_style& style, double radius = 0.0);
  void circle(point centre, double radius, const shape_style& style);
  void line(point from, point to, const shape_style& style);
  void polyline(std::span<const point> points, const shape_style& style);
  void polygon(std::span<const point> points, const shape_style& style);
  /// A smooth line through the points that leaves and enters each vertically, as arcs between layers do.
  void flowing_line(std::span<const point> points, const shape_style& style);
  /// A filled triangle with its tip at `tip`, pointing along (dx, dy). Nothing when that is zero.
  void arrow_head(point tip, double dx, double dy, double size, std::string_view fill);
  /// `place` is on the base line.
  void text(point place, std::string_view words, const text_style& style = {});

  /// What is drawn until end_group belongs together; `hint` is what browsers show when the pointer rests on it.
  void begin_group(std::string_view hint = {});
  void end_group();

  /// The whole document.
  [[nodiscard]] std::string to_string() const;

 private:
  std::string head_, body_;
  int open_groups_ = 0;
};

/// About how wide text is in a common sans-serif face (within some 10 %).
double text_width(std::string_view utf8, double size, bool bold = false);

/// The text cut to a width, with an ellipsis where something is missing. Never cuts inside a character.
std::string fit_text(std::string_view utf8, double size, double width, bool bold = false);

/// &, <, > and quotes escaped; control characters become spaces, so that any UTF-8 text is good XML.
std::string escape_xml(std::string_view text);

}  // namespace credence::report
