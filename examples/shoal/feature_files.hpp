// The files that a verb's features are in: one, or several that are one input.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <shoal/io/shards.hpp>

/// The files that one input (files.hpp) means, in the order of their rows: a file, the .npy files of a folder,
/// those whose names match a pattern ("parts/part-*.npy"), or a list of any of these, separated by commas.
/// Throws as npy::shard_paths does.
inline std::vector<std::string> feature_files(const std::filesystem::path& features) {
  const std::string meant = features.string();
  if (std::filesystem::exists(features) || meant.find(',') == std::string::npos)
    return shoal::npy::shard_paths(meant);
  std::vector<std::string> files;
  for (std::size_t first = 0; first <= meant.size();) {
    const std::size_t comma = std::min(meant.find(',', first), meant.size());
    for (std::string& file : shoal::npy::shard_paths(meant.substr(first, comma - first)))
      files.push_back(std::move(file));
    first = comma + 1;
  }
  return files;
}
