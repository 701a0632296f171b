// Features in Parquet and Arrow files, and labels as a Parquet file, where the command was built with Arrow's
// library.
#pragma once

#include "path.hpp"

#include <optional>
#include <string>
#include <vector>

#include <shoal/core/prediction.hpp>
#include <shoal/io/open_features.hpp>

class ChosenRows;

/// The features of a Parquet or Arrow file, named as "table.parquet:embedding", or as "table.parquet" where
/// there is one column of lists of numbers in it. Nothing for other names, and where the command was built
/// without Arrow: such files are then refused as are all that are not read here. Throws shoal::error for
/// files that can't be read.
[[nodiscard]] std::optional<shoal::FeatureFile> read_arrow(const std::string& features, bool read);

/// Whether read_arrow reads what is named so.
[[nodiscard]] bool reads_arrow(const std::string& features);

/// The numbers of a column of such a file, as "table.parquet:label"; nothing where read_arrow gives nothing.
/// T is Index, Label or float. Throws shoal::error for columns that can't be read.
template <class T> [[nodiscard]] std::optional<std::vector<T>> read_arrow_numbers(const std::string& file);

/// Whether the command was built with Arrow.
[[nodiscard]] bool has_arrow();

/// The library that the command was built with, "Arrow 21.0.0", or that there is none.
[[nodiscard]] std::string arrow_version();

/// Writes a table of row (int64), label (int32) and confidence (float32), a row for each row. Throws
/// shoal::error if the system reports an error, and invalid_argument where the command was built without
/// Arrow.
void write_parquet_labels(const Path& path, const ChosenRows& rows, const shoal::Prediction& prediction);
