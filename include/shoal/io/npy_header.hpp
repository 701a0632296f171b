// The header of a .npy file: what NumPy writes before an array (formats 1.0, 2.0 and 3.0).
#pragma once

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal::npy {

/// The description of the array that follows the header.
struct Header {
  std::string dtype;         ///< as NumPy spells it: '<f4', '|i1', …
  bool fortran = false;      ///< column-major order
  std::vector<Index> shape;  ///< empty for a single value; the product times 16 fits into 63 bits
  std::size_t offset = 0;    ///< bytes of the header, where the array starts

  [[nodiscard]] Index size() const {
    Index product = 1;
    for (const Index length : shape) product *= length;
    return product;
  }
  /// The size of an element in bytes: the last digit of the dtype.
  [[nodiscard]] std::size_t element_bytes() const { return static_cast<std::size_t>(dtype.back() - '0'); }
};

/// The longest header that is accepted, in bytes, without the 12 bytes before it.
inline constexpr std::size_t longest_header = std::size_t{1} << 20;

namespace header_impl {

/// The value of 'key' in NumPy's dictionary literal: the text after its colon.
inline std::string_view value_of(std::string_view text, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::size_t at = text.find(std::string(1, quote) + std::string(key) + quote);
    if (at == std::string_view::npos) continue;
    text.remove_prefix(at + key.size() + 2);
    const std::size_t start = text.find_first_not_of(" :");
    return start == std::string_view::npos ? std::string_view{} : text.substr(start);
  }
  return {};
}

/// Parses "(3, 4)" as lengths. Returns false unless it is a tuple of numbers whose product, in bytes of any
/// dtype, fits into 63 bits.
inline bool parse_shape(std::string_view text, std::vector<Index>& shape) {
  if (text.empty() || text.front() != '(') return false;
  constexpr Index limit = std::numeric_limits<Index>::max() / 16;
  Index product = 1;
  for (text.remove_prefix(1);;) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    if (text.empty()) return false;
    if (text.front() == ')') return true;
    Index length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || length < 0 || (length > 0 && product > limit / length)) return false;
    product *= std::max<Index>(length, 1);
    shape.push_back(length);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
}

/// What the elements of a dtype are if they are not numbers; null for numbers. bfloat16, which NumPy stores
/// as two plain bytes ('<V2', '|V2'), counts as a number.
inline const char* not_numbers(std::string_view dtype) {
  const bool ordered =
      !dtype.empty() && std::string_view("<>|=").find(dtype.front()) != std::string_view::npos;
  const std::string_view plain = dtype.substr(ordered ? 1 : 0);
  switch (plain.empty() ? '\0' : plain.front()) {
    case 'f':
    case 'i':
    case 'u':
      return nullptr;
    case 'O':
      return "Python objects";
    case 'U':
      return "text";
    case 'S':
    case 'a':
      return "byte strings";
    case 'b':
      return "booleans";
    case 'c':
      return "complex numbers";
    case 'm':
    case 'M':
      return "dates or times";
    case 'V':
      return plain == "V2" ? nullptr : "records or plain bytes";
    default:
      return "elements of an unknown kind";
  }
}

/// Whether a dtype consists of a byte order, a kind and a single digit, such as '<f4'.
inline bool is_plain(std::string_view dtype) {
  return dtype.size() == 3 && std::string_view("<>|").find(dtype[0]) != std::string_view::npos &&
         dtype[2] >= '1' && dtype[2] <= '8';
}

}  // namespace header_impl

/// Parses the header at the start of `file`; `name` starts the messages of errors. Throws bad_file unless it
/// is complete and describes an array of numbers.
inline Header parse_header(std::span<const std::byte> file, const std::string& name) {
  using namespace header_impl;
  check(file.size() >= 10 && std::memcmp(file.data(), "\x93NUMPY", 6) == 0, Errc::bad_file, name,
        " is not a .npy file: save the array with numpy.save");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(file[i]); };
  const std::size_t version = byte(6), start = version == 1 ? 10 : 12;
  check(version >= 1 && version <= 3, Errc::bad_file, name, " has .npy format version ", version,
        ": 1, 2 and 3 are known");
  check(file.size() >= start, Errc::bad_file, name, " is truncated inside its header");
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  check(length <= longest_header, Errc::bad_file, name, " has a header of ", length,
        " bytes, which no array of numbers needs");
  check(file.size() - start >= length, Errc::bad_file, name, " is truncated inside its header");

  const std::string_view text(reinterpret_cast<const char*>(file.data()) + start, length);
  Header header;
  header.offset = start + length;
  const std::string_view dtype = value_of(text, "descr"), order = value_of(text, "fortran_order");
  const bool plain = !dtype.empty() && (dtype.front() == '\'' || dtype.front() == '"');
  const std::size_t end = plain ? dtype.find(dtype.front(), 1) : std::string_view::npos;
  check(dtype.empty() || plain, Errc::bad_file, name, " holds records, not a plain array of numbers");
  check(end != std::string_view::npos && (order.starts_with("True") || order.starts_with("False")) &&
            parse_shape(value_of(text, "shape"), header.shape),
        Errc::bad_file, name, " has a damaged .npy header: save the array again with numpy.save");
  header.dtype = dtype.substr(1, end - 1);
  header.fortran = order.starts_with("True");
  const char* kind = not_numbers(header.dtype);
  check(kind == nullptr, Errc::bad_file, name, " has the dtype '", header.dtype, "', ",
        kind == nullptr ? "" : kind, ", where numbers are expected");
  check(is_plain(header.dtype), Errc::bad_file, name, " has the dtype '", header.dtype,
        "', which is not read here");
  // NumPy pads to 64 bytes, so that a mapped array is aligned; the first version of the format promised 16.
  check(header.offset % 16 == 0, Errc::bad_file, name,
        " has a header that is not padded to 16 bytes: save the array again with numpy.save");
  return header;
}

/// Formats a header of version 1.0, padded to 64 bytes.
inline std::string format_header(std::string_view dtype, std::span<const Index> shape) {
  std::string text = "{'descr': '" + std::string(dtype) + "', 'fortran_order': False, 'shape': (";
  for (const Index length : shape) text += std::to_string(length) + ", ";
  text += "), }";
  const std::size_t padded = (10 + text.size() + 1 + 63) / 64 * 64;
  text.resize(padded - 10 - 1, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace shoal::npy
