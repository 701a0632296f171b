// Makes text from files, and file names, safe to show.
#pragma once

#include <string>
#include <string_view>

namespace shoal {

/// The text with each control character written as \xNN, so that a terminal shows it instead of obeying it.
/// This includes the C1 controls, which take two bytes in UTF-8.
[[nodiscard]] inline std::string printable(std::string_view text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    if (byte >= 0x20 && byte != 0x7F && !c1) {
      shown += text[i];
      continue;
    }
    const unsigned char code = c1 ? next : byte;
    shown.append("\\x").append(1, digits[code >> 4]).append(1, digits[code & 15]);
    i += c1 ? 1 : 0;
  }
  return shown;
}

/// At most `bytes` bytes of a text, with "…" in place of the rest; no character of UTF-8 is cut in two.
[[nodiscard]] inline std::string shortened(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  text.resize(bytes);
  return text + "…";
}

/// The first byte of `text` that is not part of well-formed UTF-8 (RFC 3629: no overlong form, no surrogate,
/// nothing above U+10FFFF); text.size() if there is none.
[[nodiscard]] inline std::size_t first_not_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char lead = byte(i), second = byte(i + 1);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    bool good = length > 0;
    for (std::size_t k = 1; k < length; ++k) good = good && (byte(i + k) & 0xC0) == 0x80;
    if (lead == 0xE0) good = good && second >= 0xA0;
    if (lead == 0xED) good = good && second < 0xA0;
    if (lead == 0xF0) good = good && second >= 0x90;
    if (lead == 0xF4) good = good && second < 0x90;
    if (!good) return i;
    i += length;
  }
  return text.size();
}

}  // namespace shoal
