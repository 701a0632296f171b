// The figures of the study, each an SVG element.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/metrics/spread.hpp>

using Results = std::vector<nlohmann::ordered_json>;

/// A figure of the report, and of a file beside it.
struct Figure {
  std::string name;  ///< of its file
  std::string title;
  std::string reading;  ///< how to read it, as HTML
  std::string svg;
  bool wide = false;
};

/// How a method is called, and its colour.
struct Series {
  const char* key;  ///< in "methods"
  const char* name;
  const char* ink;  ///< the CSS variable
};
const std::vector<Series>& series();

/// Mean and standard deviation over the seeds of a method.
shoal::Spread over_seeds(const nlohmann::ordered_json& result, const std::string& method,
                         const std::string& score);

/// The figures that the results allow.
std::vector<Figure> figures(const Results& results);

/// The line of least squares through points, and its R², NaN below three points.
struct FittedLine {
  double slope, offset, determination;
  [[nodiscard]] double at(double x) const { return slope * x + offset; }
};
FittedLine line_through(const std::vector<double>& x, const std::vector<double>& y);
