// shoal hierarchy cut: coarser labels made by cutting a hierarchy.
#pragma once

#include "command_line.hpp"
#include "path.hpp"

/// Adds the verb to shoal hierarchy.
void add_cut(CLI::App& hierarchy);

/// Whether a manifest is one that shoal hierarchy cut wrote.
bool is_cut_manifest(const Path& path);

/// Makes the cut again from its manifest and compares, as shoal benchmark verify does; prints what it found.
/// Throws shoal::error where a source or a file beside the manifest is another.
void verify_cut(const Path& path, const Path& sources);
