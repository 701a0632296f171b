// Charts as SVG, in the colours of the surrounding page. All text is escaped.
#pragma once

#include <span>
#include <string>
#include <vector>

/// The CSS variables of the colours, so that light and dark pages both look right.
namespace ink {
inline constexpr const char* text = "--muted";
inline constexpr const char* grid = "--grid";
inline constexpr const char* accent = "--accent";
inline constexpr const char* second = "--second";
inline constexpr const char* strong = "--ink";
}  // namespace ink

/// A point in the units of the axes.
struct Point {
  double x, y;
};

/// A text about a point.
struct Note {
  Point at;
  std::string text;
};

/// A tick on an axis, with its label.
struct Tick {
  double at;
  std::string text;
};

/// The range of an axis, low < high; both above 0 if `log`.
struct Axis {
  std::string label = {};
  double low = 0, high = 1;
  bool log = false;
  std::vector<Tick> ticks = {};  ///< as made by round_ticks
};

/// A number as shown on an axis: 0.25, 1,500, 2e+07.
std::string tick_text(double value);
/// About `count` ticks at round numbers in [low, high].
std::vector<Tick> round_ticks(double low, double high, int count = 5);
/// Ticks at 1, 2 and 5 times powers of ten in [low, high], or at powers of ten only if these suffice.
std::vector<Tick> log_ticks(double low, double high);
/// An axis from 0 to a little above `most`, with round ticks.
Axis axis_from_zero(std::string label, double most);
/// An axis over the values, with a share of their range left free on both sides, and round ticks.
Axis axis_over(std::string label, std::span<const double> values, double margin = 0.05);

/// The size of a plot and its margins, in pixels.
struct Frame {
  double width = 480, height = 250;
  double left = 0;  ///< 0: as wide as the labels of y require
  double right = 14, top = 10, bottom = 40;
  bool vertical_grid = false;  ///< grid lines at the ticks of x instead of those of y
};

/// One pair of axes with the marks drawn between them.
class Plot {
 public:
  /// `description` is the alternative text of the picture.
  Plot(std::string description, Axis x, Axis y, Frame frame = {});

  /// Bars from zero, `width` wide in units of x, centred at the points.
  void bars(std::span<const Point> points, double width, const char* colour, double opacity = 1);
  /// The area between zero and the line through the points.
  void area(std::span<const Point> points, const char* colour);
  void line(std::span<const Point> points, const char* colour, double width = 2, const char* dashes = "");
  /// A step line: a horizontal segment at each point, `width` wide in units of x, joined by vertical ones.
  void steps(std::span<const Point> points, double width, const char* colour);
  void dots(std::span<const Point> points, double radius, const char* colour);
  /// Error bars: a vertical line from y − spread to y + spread at each point.
  void error_bars(std::span<const Point> points, std::span<const double> spreads, const char* colour);
  /// Text to the right of a point, or to its left near the edge of the plot; omitted if it would overlap
  /// other text. If `link` is given, the text links to it.
  void label(Point at, const std::string& text, const std::string& link = "");
  /// Texts, each as near to its point as there is room for it between the dots and the other texts, with a
  /// line to the point; those for which there is none are omitted.
  void call_out(std::span<const Note> notes);
  /// A title above the axes.
  void title(const std::string& text);

  /// The picture as an SVG element.
  [[nodiscard]] std::string svg() const;

 private:
  friend std::string side_by_side(const std::string& description, std::span<const Plot> plots);

  [[nodiscard]] double across(double x) const;
  [[nodiscard]] double down(double y) const;
  [[nodiscard]] std::string place(Point p) const;
  [[nodiscard]] std::string axes() const;

  std::string description_;
  Axis x_, y_;
  Frame frame_;
  std::string marks_, heading_;
  /// Where a text stands, in pixels, as high as `name_height` of plot.cpp.
  struct Box {
    double left, right, middle;
    [[nodiscard]] bool covers(Point pixel) const;
    [[nodiscard]] bool meets(const Box& other) const;
  };
  [[nodiscard]] bool is_free(const Box& box) const;
  void call_out(const Note& note);

  std::vector<Box> labels_;
  std::vector<Point> taken_;  // pixels on which no text that is called out may lie
  std::vector<Point> dots_;   // the pixels of the dots among them
};

/// Several plots in one picture, side by side.
std::string side_by_side(const std::string& description, std::span<const Plot> plots);
