// Charts as SVG, in the colours of the page they stand in. All text is escaped; nothing but this program
// draws.
#pragma once

#include <span>
#include <string>
#include <vector>

/// The CSS variables that give the colours, so that light and dark pages both look right.
namespace ink {
inline constexpr const char* text = "--muted";
inline constexpr const char* grid = "--grid";
inline constexpr const char* accent = "--accent";
inline constexpr const char* second = "--second";
inline constexpr const char* strong = "--ink";
}  // namespace ink

/// A place in the units of the axes.
struct Point {
  double x, y;
};

/// A mark on an axis, with its text.
struct Tick {
  double at;
  std::string text;
};

/// The numbers from `low` to `high` along one side, low < high; both above 0 where `log`.
struct Axis {
  std::string label = {};
  double low = 0, high = 1;
  bool log = false;
  std::vector<Tick> ticks = {};  ///< as round_ticks makes them
};

/// A number as an axis shows it: 0.25, 1,500, 2e+07.
std::string tick_text(double value);
/// Marks at about `count` round numbers in [low, high].
std::vector<Tick> round_ticks(double low, double high, int count = 5);
/// Marks at 1, 2 and 5 times powers of ten in [low, high], at powers of ten alone where that is enough.
std::vector<Tick> log_ticks(double low, double high);
/// An axis from 0 to a little above `most`, with round marks.
Axis axis_from_zero(std::string label, double most);
/// An axis over the values with a share of their span left free on both sides, with round marks.
Axis axis_over(std::string label, std::span<const double> values, double margin = 0.05);

/// The size of a plot and the room around its axes, in pixels.
struct Frame {
  double width = 480, height = 250;
  double left = 0;  ///< 0: as wide as the texts of y need
  double right = 14, top = 10, bottom = 40;
  bool vertical_grid = false;  ///< lines at the marks of x in the place of those of y
};

/// One pair of axes and what is drawn between them.
class Plot {
 public:
  /// `description` is read aloud in the place of the picture.
  Plot(std::string description, Axis x, Axis y, Frame frame = {});

  /// Bars from zero, `width` wide in units of x, their middles at the points.
  void bars(std::span<const Point> points, double width, const char* colour, double opacity = 1);
  /// The surface between zero and the line through the points.
  void area(std::span<const Point> points, const char* colour);
  void line(std::span<const Point> points, const char* colour, double width = 2, const char* dashes = "");
  /// A level line at each point, `width` wide in units of x, joined by upright ones.
  void steps(std::span<const Point> points, double width, const char* colour);
  void dots(std::span<const Point> points, double radius, const char* colour);
  /// An upright line from y − spread to y + spread at each point.
  void error_bars(std::span<const Point> points, std::span<const double> spreads, const char* colour);
  /// Text to the right of a point, or to its left where the plot ends; none where it would lie on another.
  /// Where `link` is given, the text leads to it.
  void label(Point at, const std::string& text, const std::string& link = "");
  /// A heading above the axes.
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
  struct Box {
    double left, right, middle;
  };
  std::vector<Box> labels_;
};

/// Several plots in one picture, from left to right.
std::string side_by_side(const std::string& description, std::span<const Plot> plots);
