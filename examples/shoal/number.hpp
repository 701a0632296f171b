// Numbers as options: each has a range, which --help shows and errors name.
#pragma once

#include "usage_error.hpp"

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string>

/// The range of an option: from `least` (excluded if `open`) to `most`.
template <class T> struct Range {
  T least, most;
  bool open = false;
  [[nodiscard]] bool contains(T x) const { return (open ? x > least : x >= least) && x <= most; }
};

/// The shortest text that reads back as x: 0.6, 1e-4, 1000000.
template <class T> std::string number_text(T x) {
  char buffer[64];
  if constexpr (std::floating_point<T>)
    if (x == std::round(x) && std::abs(x) < T{1e15f}) return number_text(static_cast<long long>(x));
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr);
  const std::size_t exponent = text.find("e-0");
  return exponent == std::string::npos ? text : text.erase(exponent + 2, 1);
}

/// "1 to 4096", or "above 0, up to 1".
template <class T> std::string range_text(const Range<T>& range) {
  return range.open ? "above " + number_text(range.least) + ", up to " + number_text(range.most)
                    : number_text(range.least) + " to " + number_text(range.most);
}

/// The number that the whole of `text` represents; none for anything else and for numbers that T can't hold.
template <class T> std::optional<T> parse_number(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The number in `text`. Throws UsageError, naming option, text and range, for text that is not a
/// number (or not a whole number, for integral T) and for numbers outside the range; NaN is outside every
/// range.
template <class T> T number_in(const std::string& option, const std::string& text, const Range<T>& range) {
  const std::optional<T> value = parse_number<T>(text);
  if (!value || !range.contains(*value))
    throw UsageError(option + " (" + text + ") must be a " +
                     (std::integral<T> ? "whole number " : "number ") + (range.open ? "" : "from ") +
                     range_text(range));
  return *value;
}
