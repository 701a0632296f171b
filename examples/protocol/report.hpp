// The study as a page.
#pragma once

#include "figures.hpp"

#include <filesystem>

/// Writes out/report.html, and the figures beside it as SVG files.
void write_report(const std::filesystem::path& out, const std::string& title, const Results& results);
