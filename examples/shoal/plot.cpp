#include "plot.hpp"

#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace {

constexpr double character_width = 7.3;  // upper bound for the font, in pixels
// The same for names at points, which the style of the page makes larger on maps and narrow windows.
constexpr double name_width = 9.3, name_height = 19;
constexpr double tick_width = 10;  // the same for digits

/// Formats a length in pixels, rounded to a tenth.
std::string pixels(double value) {
  std::string text = decimals(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string paint(const char* property, const char* colour) {
  return std::string(property) + "=\"var(" + colour + ")\"";
}

std::string text_at(double x, double y, const char* anchor, const char* colour, const std::string& text) {
  return "<text x=\"" + pixels(x) + "\" y=\"" + pixels(y) + "\" text-anchor=\"" + anchor + "\" " +
         paint("fill", colour) + ">" + escaped(text) + "</text>";
}

std::string svg_of(double width, double height, const std::string& description, const std::string& inside) {
  return "<svg viewBox=\"0 0 " + pixels(width) + " " + pixels(height) + "\" role=\"" +
         (inside.find("<a ") == std::string::npos ? "img" : "group") + "\" aria-label=\"" +
         escaped(description) + "\" font-size=\"13\">" + inside + "</svg>";
}

}  // namespace

std::string tick_text(double value) {
  if (value == std::round(value) && std::abs(value) < 1e7)
    return grouped(static_cast<shoal::Index>(std::llround(value)));
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return text;
}

std::vector<Tick> round_ticks(double low, double high, int count) {
  std::vector<Tick> ticks;
  const double rough = (high - low) / count, power = std::pow(10, std::floor(std::log10(rough)));
  // Ticks must differ: numbers of 15 digits are told apart, and those of other charts are finite.
  if (!(rough > 1e-15 * std::max(std::abs(low), std::abs(high)) && std::isnormal(power))) return ticks;
  double step = 10 * power;
  for (const double factor : {1., 2., 5.})
    if (factor * power >= 0.99 * rough) {
      step = factor * power;
      break;
    }
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
    ticks.push_back({k * step, tick_text(k == 0 ? 0 : k * step)});
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high) {
  std::vector<Tick> ticks;
  if (!(std::isnormal(low) && std::isfinite(high) && low > 0)) return ticks;
  const bool dense = high / low < 2000;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (const double factor : {1., 2., 5.})
      if (const double at = factor * power; at >= low && at <= high && (dense || factor == 1))
        ticks.push_back({at, tick_text(at)});
  return ticks;
}

Axis axis_from_zero(std::string label, double most) {
  const double high = most > 0 && std::isfinite(most) ? 1.04 * most : 1;
  return {std::move(label), 0, high, false, round_ticks(0, high)};
}

Axis axis_over(std::string label, std::span<const double> values, double margin) {
  double low = 0, high = 1;
  if (!values.empty()) {
    const auto [least, most] = std::ranges::minmax(values);
    const double span = most > least ? most - least : std::max(1e-9, std::abs(most));
    low = least - margin * span;
    high = most + margin * span;
  }
  return {std::move(label), low, high, false, round_ticks(low, high)};
}

namespace {

/// Returns the relative position of a value on the axis, from 0 to 1.
double share_of(const Axis& axis, double value) {
  const double share = axis.log ? std::log(value / axis.low) / std::log(axis.high / axis.low)
                                : (value - axis.low) / (axis.high - axis.low);
  return std::clamp(share, 0., 1.);
}

/// Returns the ticks of an axis that is `length` pixels long; where two texts, each as long as size(tick),
/// would be closer than they are long, a logarithmic axis has the powers of ten only.
template <class Size> std::vector<Tick> with_room(const Axis& axis, double length, const Size& size) {
  const auto meet = [&](const Tick& a, const Tick& b) {
    return length * (share_of(axis, b.at) - share_of(axis, a.at)) < (size(a) + size(b)) / 2;
  };
  if (!axis.log || std::ranges::adjacent_find(axis.ticks, meet) == axis.ticks.end()) return axis.ticks;
  std::vector<Tick> powers;
  for (const Tick& tick : axis.ticks)
    if (const double power = std::log10(tick.at); std::abs(power - std::round(power)) < 1e-9)
      powers.push_back(tick);
  return powers.size() < 2 ? axis.ticks : powers;
}

}  // namespace

Plot::Plot(std::string description, Axis x, Axis y, Frame frame)
    : description_(std::move(description)), x_(std::move(x)), y_(std::move(y)), frame_(frame) {
  y_.ticks =
      with_room(y_, frame_.height - frame_.top - frame_.bottom, [](const Tick&) { return name_height; });
  std::size_t longest = 1;
  for (const Tick& tick : y_.ticks) longest = std::max(longest, tick.text.size());
  if (frame_.left <= 0)
    frame_.left = (y_.label.empty() ? 14 : 30) + character_width * static_cast<double>(longest);
  x_.ticks = with_room(x_, frame_.width - frame_.left - frame_.right, [](const Tick& tick) {
    return tick_width * static_cast<double>(tick.text.size()) + 6;
  });
}

double Plot::across(double x) const {
  return frame_.left + share_of(x_, x) * (frame_.width - frame_.left - frame_.right);
}

double Plot::down(double y) const {
  return frame_.height - frame_.bottom - share_of(y_, y) * (frame_.height - frame_.top - frame_.bottom);
}

std::string Plot::place(Point p) const { return pixels(across(p.x)) + " " + pixels(down(p.y)); }

void Plot::bars(std::span<const Point> points, double width, const char* colour, double opacity) {
  std::string path;
  const std::string ground = pixels(down(std::max(0., y_.low)));
  for (const Point& p : points)
    if (std::isfinite(p.y) && p.y > 0)
      path += "M" + pixels(across(p.x - width / 2)) + " " + ground + "V" + pixels(down(p.y)) + "H" +
              pixels(across(p.x + width / 2)) + "V" + ground + "z";
  marks_ += "<path " + paint("fill", colour) +
            (opacity < 1 ? " opacity=\"" + decimals(opacity, 2) + "\"" : "") + " d=\"" + path + "\"/>";
}

void Plot::area(std::span<const Point> points, const char* colour) {
  if (points.empty()) return;
  std::string path = "M" + place({points.front().x, y_.low});
  for (const Point& p : points) path += "L" + place(p);
  marks_ +=
      "<path " + paint("fill", colour) + " d=\"" + path + "L" + place({points.back().x, y_.low}) + "z\"/>";
}

void Plot::line(std::span<const Point> points, const char* colour, double width, const char* dashes) {
  std::string path;
  for (const Point& p : points)
    if (std::isfinite(p.y)) path += (path.empty() ? "M" : "L") + place(p);
  marks_ += "<path fill=\"none\" stroke-linejoin=\"round\" " + paint("stroke", colour) + " stroke-width=\"" +
            pixels(width) + "\"" + (*dashes != 0 ? std::string(" stroke-dasharray=\"") + dashes + "\"" : "") +
            " d=\"" + path + "\"/>";
}

void Plot::steps(std::span<const Point> points, double width, const char* colour) {
  std::vector<Point> corners;
  for (const Point& p : points) {
    corners.push_back({p.x - width / 2, p.y});
    corners.push_back({p.x + width / 2, p.y});
  }
  line(corners, colour);
}

void Plot::dots(std::span<const Point> points, double radius, const char* colour) {
  // A line of length zero with round ends is a dot. All dots form one path, which has each position once.
  std::string path;
  std::unordered_set<std::string> drawn;
  for (const Point& p : points) {
    if (!std::isfinite(p.y)) continue;
    if (const auto [at, fresh] = drawn.insert(place(p)); !fresh) continue;
    path += "M" + place(p) + "h0";
    dots_.push_back({across(p.x), down(p.y)});
  }
  taken_.insert(taken_.end(), dots_.begin(), dots_.end());
  marks_ += "<path fill=\"none\" stroke-linecap=\"round\" " + paint("stroke", colour) + " stroke-width=\"" +
            pixels(2 * radius) + "\" d=\"" + path + "\"/>";
}

void Plot::error_bars(std::span<const Point> points, std::span<const double> spreads, const char* colour) {
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (spreads[i] > 0)
      path +=
          "M" + place({points[i].x, points[i].y - spreads[i]}) + "V" + pixels(down(points[i].y + spreads[i]));
  marks_ += "<path fill=\"none\" " + paint("stroke", colour) + " d=\"" + path + "\"/>";
}

void Plot::label(Point at, const std::string& text, const std::string& link) {
  const double x = across(at.x), y = down(at.y), width = name_width * static_cast<double>(text.size());
  const bool left = x + 7 + width > frame_.width;
  const Box box{left ? x - 7 - width : x + 7, left ? x - 7 : x + 7 + width, y};
  if (std::ranges::any_of(labels_, [&](const Box& other) { return box.meets(other); })) return;
  labels_.push_back(box);
  const std::string shown = text_at(left ? box.right : box.left, y + 4, left ? "end" : "start",
                                    link.empty() ? ink::text : ink::strong, text);
  marks_ += link.empty() ? shown : "<a href=\"" + escaped(link) + "\" class=\"place\">" + shown + "</a>";
}

bool Plot::Box::covers(Point pixel) const {
  return left - 7 < pixel.x && pixel.x < right + 7 && std::abs(middle - pixel.y) < name_height / 2 + 1;
}

bool Plot::Box::meets(const Box& other) const {
  return left < other.right && other.left < right && std::abs(middle - other.middle) < name_height;
}

bool Plot::is_free(const Box& box) const {
  return box.left >= frame_.left && box.right <= frame_.width && box.middle >= frame_.top + name_height / 2 &&
         box.middle <= frame_.height - frame_.bottom - name_height / 2 &&
         std::ranges::none_of(labels_, [&](const Box& other) { return box.meets(other); }) &&
         std::ranges::none_of(taken_, [&](Point pixel) { return box.covers(pixel); });
}

void Plot::call_out(std::span<const Note> notes) {
  for (const Note& note : notes)  // room for a line up from each, which no other text closes
    for (double up = 8; up < 40; up += 8) taken_.push_back({across(note.at.x), down(note.at.y) - up});
  for (const Note& note : notes) call_out(note);
}

void Plot::call_out(const Note& note) {
  constexpr int directions = 16, steps = 14;
  const Point from{across(note.at.x), down(note.at.y)};
  const double width = name_width * static_cast<double>(note.text.size());
  for (int step = 0; step < steps; ++step)
    for (int k = 0; k < directions; ++k) {
      const double angle = 2 * std::acos(-1.) * k / directions, reach = 8 + 12 * step;
      const Point to{from.x + reach * std::cos(angle), from.y + reach * std::sin(angle)};
      // Beside the end of the line, or centred over or under it.
      const bool centred = std::abs(to.x - from.x) < reach / 3;
      const bool right = to.x > from.x;
      const double left = centred ? to.x - width / 2 : right ? to.x : to.x - width;
      const Box box{left, left + width, to.y + name_height / 2 * std::sin(angle)};
      std::vector<Point> line;
      for (int i = 1; i <= 16; ++i)
        line.push_back({from.x + (to.x - from.x) * i / 16, from.y + (to.y - from.y) * i / 16});
      // A line through another text or dot would seem to be of that one.
      const auto crosses = [&] {
        return std::ranges::any_of(line, [&](Point pixel) {
          return std::ranges::any_of(labels_, [&](const Box& other) { return other.covers(pixel); }) ||
                 std::ranges::any_of(dots_, [&](Point dot) {
                   return std::hypot(dot.x - from.x, dot.y - from.y) > 1 &&
                          std::hypot(dot.x - pixel.x, dot.y - pixel.y) < 5;
                 });
        });
      };
      if (!is_free(box) || (step > 0 && crosses())) continue;
      labels_.push_back(box);
      taken_.insert(taken_.end(), line.begin(), line.end());
      if (step > 0)
        marks_ += "<path fill=\"none\" stroke-width=\"0.8\" " + paint("stroke", ink::text) + " d=\"M" +
                  pixels(from.x) + " " + pixels(from.y) + "L" + pixels(to.x) + " " + pixels(to.y) + "\"/>";
      const char* anchor = right ? "start" : "end";
      marks_ += text_at(centred ? to.x : to.x + (right ? 3 : -3), box.middle + 4, centred ? "middle" : anchor,
                        ink::strong, note.text);
      return;
    }
}

void Plot::title(const std::string& text) {
  heading_ = text_at((frame_.left + frame_.width - frame_.right) / 2, 14, "middle", ink::strong, text);
}

std::string Plot::axes() const {
  const double left = frame_.left, right = frame_.width - frame_.right, top = frame_.top,
               bottom = frame_.height - frame_.bottom;
  std::string lines, texts;
  for (const auto& [at, text] : y_.ticks) {
    if (!frame_.vertical_grid) lines += "M" + pixels(left) + " " + pixels(down(at)) + "H" + pixels(right);
    texts += text_at(left - 7, down(at) + 4, "end", ink::text, text);
  }
  for (const auto& [at, text] : x_.ticks) {
    if (frame_.vertical_grid) lines += "M" + pixels(across(at)) + " " + pixels(top) + "V" + pixels(bottom);
    texts += text_at(across(at), bottom + 17, "middle", ink::text, text);
  }
  lines += "M" + pixels(left) + " " + pixels(bottom) + "H" + pixels(right);
  if (!x_.label.empty())
    texts +=
        text_at((left + right) / 2, bottom + (x_.ticks.empty() ? 19 : 35), "middle", ink::text, x_.label);
  if (!y_.label.empty())
    texts += "<text transform=\"translate(12 " + pixels((top + bottom) / 2) +
             ") rotate(-90)\" text-anchor=\"middle\" " + paint("fill", ink::text) + ">" + escaped(y_.label) +
             "</text>";
  return "<path fill=\"none\" " + paint("stroke", ink::grid) + " d=\"" + lines + "\"/>" + texts;
}

std::string Plot::svg() const {
  return svg_of(frame_.width, frame_.height, description_, axes() + heading_ + marks_);
}

std::string side_by_side(const std::string& description, std::span<const Plot> plots) {
  std::string inside;
  double left = 0, height = 0;
  for (const Plot& plot : plots) {
    inside += "<g transform=\"translate(" + pixels(left) + " 0)\">" + plot.axes() + plot.heading_ +
              plot.marks_ + "</g>";
    left += plot.frame_.width;
    height = std::max(height, plot.frame_.height);
  }
  return svg_of(left, height, description, inside);
}
