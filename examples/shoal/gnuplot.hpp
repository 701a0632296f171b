// Pictures by gnuplot, as SVG that takes the colours of the page it stands in.
#pragma once

#include <sstream>
#include <string>

/// Colours to draw with; in the page each becomes the CSS variable of its name, so that light and dark both
/// look right.
namespace ink {
inline constexpr const char* text = "'#010101'";      // --muted
inline constexpr const char* grid = "'#020202'";      // --grid
inline constexpr const char* accent = "'#030303'";    // --accent
inline constexpr const char* second = "'#040404'";    // --second
inline constexpr const char* diagonal = "'#050505'";  // --ink
}  // namespace ink

/// The parts after each other, numbers as streams write them.
template <class... Parts> std::string text(const Parts&... parts) {
  std::ostringstream joined;
  (joined << ... << parts);
  return joined.str();
}

/// A block of data that a script can plot as $name, a row a line.
template <class Rows> std::string data(const std::string& name, const Rows& rows) {
  std::ostringstream block;
  block << "$" << name << " << EOD\n";
  for (const auto& row : rows) block << row << "\n";
  block << "EOD\n";
  return block.str();
}

/// The SVG element that gnuplot makes of `script`, under the style that all charts share. Throws shoal::error
/// where gnuplot is missing or fails.
std::string draw(const std::string& script, int height = 260);
