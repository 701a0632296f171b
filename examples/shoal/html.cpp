#include "html.hpp"

#include "printable.hpp"

#include <algorithm>
#include <cstdio>

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (c == '\'')
      safe += "&#39;";
    else
      safe += c;
  }
  return safe;
}

std::string address(std::string_view path) {
  std::string safe;
  for (const char c : path) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    safe += plain ? std::string(1, c) : hex;
  }
  return safe;
}

std::string clipped(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u)
    --bytes;  // never cuts inside a character
  return std::string(text.substr(0, bytes)) + "…";
}

std::string grouped(shoal::Index number) {
  std::string digits = std::to_string(number);
  for (auto at = std::ssize(digits) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string decimals(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share) { return decimals(100 * share, 1) + " %"; }

std::string seconds(double time) {
  if (time < 10) return decimals(time, time < 1 ? 2 : 1) + " s";
  if (time < 120) return decimals(time, 0) + " s";
  if (time < 7200) return decimals(time / 60, 0) + " min";
  return decimals(time / 3600, 1) + " h";
}

std::string class_name(const std::map<shoal::Index, std::string>& names, shoal::Index id) {
  const auto found = names.find(id);
  if (found == names.end()) return "class " + std::to_string(id);
  std::string name = found->second;
  std::ranges::replace(name, '_', ' ');
  return name;
}
