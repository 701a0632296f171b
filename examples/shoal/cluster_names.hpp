// Names of clusters: their most frequent class, and the words that distinguish their samples.
#pragma once

#include "report_page.hpp"

#include <span>
#include <string>
#include <vector>

#include <shoal/core/config.hpp>

/// Sets the name and the purity of each card if the truth is known, and its words if samples have captions.
void name_clusters(std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts);

/// The words of a text in lower case: sequences of at least three letters and digits, or of two if they are a
/// letter and a digit. Bytes above 127 count as letters.
std::vector<std::string> words_of(std::string_view text);
