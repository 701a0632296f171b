// What was probably meant by a word of the command line that is no verb and no option.
#pragma once

#include "command_line.hpp"

#include <string>

/// "; did you mean --clusters?" for the first argument that the verb called doesn't know and that is near to
/// a name it knows; else nothing.
std::string suggestion(const CLI::App& app, int argc, const char* const* argv);
