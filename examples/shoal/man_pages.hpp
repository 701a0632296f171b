// Manual pages, generated from the texts of --help.
#pragma once

#include "command_line.hpp"
#include "path.hpp"

/// Writes a page for the command and for each of its verbs into an existing folder: shoal.1, shoal-cluster.1,
/// shoal-hierarchy-cut.1, … Throws shoal::error if they can't be written.
void write_man_pages(const CLI::App& app, const Path& folder);
