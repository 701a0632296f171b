// Files of features as the verbs take them, in any format that the library reads.
#pragma once

#include "path.hpp"

#include <string>
#include <vector>

#include <shoal/io/open_features.hpp>

/// What the help says of the formats.
inline const std::string feature_formats = "(.npy, .npz, .safetensors, .fbin, .fvecs, .csv, …)";

/// The files of features: of each input of parts_of that stands beside another. Names of arrays in them stay.
[[nodiscard]] std::vector<Path> feature_files(const Path& features);

/// The features of a file, of an array in it (table.npz:train), or of several files that are one input
/// (parts.hpp) or stand side by side; mapped, or `read` when they are needed. What is to be known of how
/// they are read is said on stderr. Throws shoal::error for files that can't be read.
[[nodiscard]] shoal::FeatureFile read_features(const Path& features, bool read = false);
