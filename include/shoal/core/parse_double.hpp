// A number from text, in any locale and with any standard library.
#pragma once

#include <charconv>
#include <clocale>
#include <cstdlib>
#include <string>
#include <string_view>

#include <shoal/core/config.hpp>

namespace shoal {

namespace parse_double_impl {

/// By strtod, which takes more than numbers as JSON and tables have them, and reads the point of the
/// program's locale: for what from_chars can't tell, and for standard libraries whose from_chars has no
/// floating point (libc++ before LLVM 20).
inline bool parse_by_strtod(std::string_view text, double& value) {
  if (text.empty() || text.front() == '+' ||
      text.find_first_not_of("+-.0123456789eEiInNfFaAtTyY") != std::string_view::npos)
    return false;
  std::string copy(text);
  if (const std::size_t point = copy.find('.'); point != std::string::npos)
    copy.replace(point, 1, std::localeconv()->decimal_point);
  char* end = nullptr;
  value = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size();
}

/// By from_chars, where the library has it.
template <class Text> bool parse(Text text, double& value) {
  if constexpr (requires { std::from_chars(text.data(), text.data(), value); }) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)  // strtod tells overflow, which is infinite, from underflow
      return end == text.data() + text.size() && parse_by_strtod(text, value);
    return !text.empty() && error != std::errc::invalid_argument && end == text.data() + text.size();
  } else {
    return parse_by_strtod(text, value);
  }
}

}  // namespace parse_double_impl

/// Whether the whole of `text` is a number, such as 1.5, -2e3, inf or nan, which `value` then is: the nearest
/// double, infinite where it is beyond all, 0 or subnormal where it is smaller than the normal ones.
[[nodiscard]] inline bool parse_double(std::string_view text, double& value) {
  return parse_double_impl::parse(text, value);
}

}  // namespace shoal
