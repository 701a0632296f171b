// What was probably meant by a word of the command line that is no verb and no option.
#pragma once

#include "command_line.hpp"

#include <exception>
#include <string>

/// What is wrong with a command line that was refused with `error`: "--cluster is no option of shoal cluster;
/// did you mean --clusters?" for the first argument that the verb called doesn't know; otherwise what the
/// error says.
std::string usage_problem(const CLI::App& app, int argc, const char* const* argv,
                          const std::exception& error);
