// Labels as a table, beside labels.npy.
#pragma once

#include "chosen_rows.hpp"
#include "path.hpp"
#include "verb.hpp"

#include <string>

#include <shoal/core/prediction.hpp>

/// Adds --format.
void add_label_format(Verb& verb, std::string& format);

/// Writes labels.csv, labels.tsv or labels.parquet into the folder, a line of row, label and confidence for
/// each row; nothing where the format is npy. A row's number is that in the file of features.
void write_label_table(const Path& folder, const std::string& format, const ChosenRows& rows,
                       const shoal::Prediction& prediction);
