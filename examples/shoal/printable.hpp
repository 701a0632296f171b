// Makes text from files and names safe to display.
#pragma once

#include <string>
#include <string_view>

/// The text as valid UTF-8 without control characters (tabs and line ends become spaces), so that no terminal
/// or program interprets it as commands. Invalid bytes become U+FFFD.
std::string printable(std::string_view text);

/// The same for a cell of a table, so that no spreadsheet interprets it as a formula.
std::string table_cell(std::string_view text);
