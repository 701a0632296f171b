// Labels as a table of text, beside labels.npy.
#pragma once

#include "chosen_rows.hpp"
#include "path.hpp"
#include "verb.hpp"

#include <string>

#include <shoal/core/prediction.hpp>

/// The names that the table may have in a folder of outputs.
inline const std::vector<std::string> label_tables{"labels.csv", "labels.tsv"};

/// Adds --format.
void add_label_format(Verb& verb, std::string& format);

/// Writes labels.csv or labels.tsv into the folder, a line of row, label and confidence for each row; nothing
/// where the format is npy. A row's number is that in the file of features.
void write_label_table(const Path& folder, const std::string& format, const ChosenRows& rows,
                       const shoal::Prediction& prediction);
