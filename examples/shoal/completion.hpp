// Shell completion, from the same texts as --help.
#pragma once

#include "command_line.hpp"
#include "path.hpp"

/// Writes shoal.bash, shoal.zsh and shoal.fish into the folder: they complete verbs, options and names of
/// files.
void write_completions(const CLI::App& app, const Path& folder);
