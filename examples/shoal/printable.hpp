// Text from files and names, made harmless wherever it is shown.
#pragma once

#include <string>
#include <string_view>

/// The text as valid UTF-8 without control characters (tabs and line ends become spaces), so that no terminal
/// and no reader takes it for commands: what is not a character becomes U+FFFD.
std::string printable(std::string_view text);

/// The same for a cell of a table: no spreadsheet takes it for a formula.
std::string table_cell(std::string_view text);
