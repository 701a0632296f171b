// Inputs that hold something for each row and may be in several files, as pipelines write them: features,
// weights, labels, texts.
#pragma once

#include "files.hpp"
#include "path.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <shoal/io/npy.hpp>
#include <shoal/io/shards.hpp>

/// The files that an input means, in the order of their rows: those of files_of(input), or of a list of such
/// inputs, separated by commas. Throws what files_of throws, and bad_file for a folder of this command's
/// outputs, whose files are of several kinds.
template <class F> std::vector<std::string> listed_parts(const Path& input, const F& files_of) {
  const std::string meant = input.string();
  for (const char* record : {"run.json", "predict.json"})
    shoal::check(!std::filesystem::exists(input / record), shoal::Errc::bad_file, meant,
                 " is a folder that shoal wrote (it holds ", record,
                 "): name the file in it that is meant, as ", (input / "labels.npy").string());
  if (std::filesystem::exists(input) || meant.find(',') == std::string::npos) return files_of(input);
  std::vector<std::string> files;
  for (std::size_t first = 0; first <= meant.size();) {
    const std::size_t comma = std::min(meant.find(',', first), meant.size());
    for (std::string& file : listed_parts(Path(meant.substr(first, comma - first)), files_of))
      files.push_back(std::move(file));
    first = comma + 1;
  }
  return files;
}

/// The files that an input means, in the order of their rows: a file, the files of a folder that end in
/// `ending`, those whose names match a pattern ("parts/part-*.npy"), or a list of any of these. Throws as
/// listed_parts and npy::shard_paths do.
inline std::vector<std::string> parts_of(const Path& input, const std::string& ending = ".npy") {
  return listed_parts(input, [&](const Path& part) {
    const bool other = ending != ".npy" && std::filesystem::is_directory(part);
    return shoal::npy::shard_paths(other ? part / ("*" + ending) : part);
  });
}

/// The numbers of all files that an input means, one file after another. Throws as parts_of and
/// npy::read_vector do.
template <class T> std::vector<T> read_parts(const Path& input) {
  std::vector<T> all;
  for (const std::string& file : parts_of(input)) {
    const std::vector<T> part = shoal::npy::read_vector<T>(file);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}
