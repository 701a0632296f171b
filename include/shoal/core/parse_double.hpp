// A number from text, in any locale and with any standard library.
#pragma once

#include <charconv>
#include <cstdlib>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

namespace shoal {

namespace parse_double_impl {

/// By a stream, for standard libraries whose from_chars has no floating point (libc++ before LLVM 20).
inline bool parse_by_stream(std::string_view text, double& value) {
  if (text.find_first_not_of("+-.eE0123456789") !=
      std::string_view::npos) {  // streams know no names of values
    const bool negative = text.starts_with('-');
    text.remove_prefix(negative ? 1 : 0);
    std::string name(text);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (name != "inf" && name != "infinity" && name != "nan") return false;
    value =
        name == "nan" ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    value = negative ? -value : value;
    return true;
  }
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  in >> value;
  if (in.fail() &&
      (value == std::numeric_limits<double>::max() || value == -std::numeric_limits<double>::max())) {
    value = value > 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    return true;
  }
  return !in.fail() && in.eof() && !text.starts_with('+');
}

/// By from_chars, where the library has it.
template <class Text> bool parse(Text text, double& value) {
  if constexpr (requires { std::from_chars(text.data(), text.data(), value); }) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) {
      const std::string copy(text);  // strtod tells overflow, which is infinite, from underflow
      value = std::strtod(copy.c_str(), nullptr);
    }
    return !text.empty() && error != std::errc::invalid_argument && end == text.data() + text.size();
  } else {
    return parse_by_stream(text, value);
  }
}

}  // namespace parse_double_impl

/// Whether the whole of `text` is a number, such as 1.5, -2e3, inf or nan, which `value` then is: the nearest
/// double, infinite where it is beyond all, 0 or subnormal where it is smaller than the normal ones.
[[nodiscard]] inline bool parse_double(std::string_view text, double& value) {
  return parse_double_impl::parse(text, value);
}

}  // namespace shoal
