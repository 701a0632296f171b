// Errors of the library in the words of the command line.
#pragma once

#include "files.hpp"

#include <string>
#include <vector>

#include <shoal/core/check.hpp>

/// What was given to a verb: its files, and the names of the options and positional arguments.
struct GivenToVerb {
  VerbFiles files;
  std::vector<std::string> options;
};

/// Returns the error's message without the library function in front of it, which only callers of the library
/// know. Where the message is about a file, or about a value, that an option gave, the option stands in
/// front.
std::string plain_message(const shoal::error& error, const GivenToVerb& given);
