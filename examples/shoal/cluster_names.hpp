// What clusters are called: their most frequent class, and the words that set their samples apart.
#pragma once

#include "report_page.hpp"

#include <span>
#include <string>
#include <vector>

#include <shoal/core/config.hpp>

/// Gives each card its name and purity where a truth is known, and its words where samples have captions.
void name_clusters(std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts);

/// The words of a text, in lower case: runs of letters (bytes above 127 count as letters), of three at least.
std::vector<std::string> words_of(std::string_view text);
