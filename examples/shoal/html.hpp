// Text and numbers as written in the report.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <shoal/core/config.hpp>

/// Text that is safe inside an element and inside a quoted attribute: printable, with markup characters
/// escaped.
std::string escaped(std::string_view text);

/// A path as an address inside a quoted attribute: characters other than letters, digits and -._~/ are
/// percent-encoded.
std::string address(std::string_view path);

/// At most `bytes` bytes of the text, cut between characters, with an ellipsis if anything is left out.
std::string clipped(std::string_view text, std::size_t bytes);

/// 12,345
std::string grouped(shoal::Index number);

/// 0.683
std::string decimals(double value, int digits);

/// 68.3 %
std::string percent(double share);

/// 0.42 s, 12 s, 3 min 20 s
std::string seconds(double time);

/// The name of a class, or its number if it has none.
std::string class_name(const std::map<shoal::Index, std::string>& names, shoal::Index id);
