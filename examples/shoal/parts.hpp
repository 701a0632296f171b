// Inputs that hold something for each row and may be in several files, as pipelines write them: features,
// weights, labels, texts.
#pragma once

#include "arrow_files.hpp"
#include "files.hpp"
#include "hdf5_features.hpp"
#include "path.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/io/foreign_files.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/open_features.hpp>
#include <shoal/io/shards.hpp>

/// The files that an input means, in the order of their rows: those of files_of(input), or of a list of such
/// inputs, separated by commas. Throws what files_of throws, and bad_file for a folder of this command's
/// outputs, whose files are of several kinds.
template <class F> std::vector<std::string> listed_parts(const Path& input, const F& files_of) {
  const std::string meant = input.string();
  for (const char* record : {"run.json", "predict.json"})
    shoal::check(!is_there(input / record), shoal::Errc::bad_file, meant,
                 " is a folder that shoal wrote (it holds ", record,
                 "): name the file in it that is meant, as ", (input / "labels.npy").string());
  if (is_there(input) || meant.find(',') == std::string::npos) return files_of(input);
  std::vector<std::string> files;
  for (std::size_t first = 0; first <= meant.size();) {
    const std::size_t comma = std::min(meant.find(',', first), meant.size());
    for (std::string& file : listed_parts(Path(meant.substr(first, comma - first)), files_of))
      files.push_back(std::move(file));
    first = comma + 1;
  }
  return files;
}

/// The files of one input of arrays, each with the name of the array that is meant, where one is: a file
/// (table.parquet:label), the files of a folder that end in one of `endings`, or those whose names match a
/// pattern (parts/*.parquet:label); or a list of any of these. Throws as listed_parts and files_meant do, and
/// bad_file for files of a kind that is not read here.
inline std::vector<std::string> arrays_of(const Path& input, std::span<const std::string_view> endings) {
  return listed_parts(input, [endings](const Path& part) {
    const shoal::FeaturePath path = shoal::split_feature_path(part.string());
    if (!reads_hdf5(path.file) && !reads_arrow(path.file)) shoal::refuse_foreign(path.file, path.file);
    std::vector<std::string> files = shoal::files_meant(path.file, endings);
    if (!path.member.empty())
      for (std::string& file : files) file += ":" + path.member;
    return files;
  });
}

/// The files of one input of numbers: a folder stands for its .npy files, or else for its tables.
inline std::vector<std::string> number_files(const Path& input) {
  static constexpr std::string_view endings[] = {".npy", ".parquet", ".arrow", ".feather", ".h5", ".hdf5"};
  return arrays_of(input, endings);
}

/// The files that an input means, in the order of their rows: those of number_files, or, where `ending` is
/// another than .npy, a file, the files of a folder that end so, those whose names match a pattern
/// ("parts/part-*.tsv"), or a list of any of these.
inline std::vector<std::string> parts_of(const Path& input, const std::string& ending = ".npy") {
  if (ending == ".npy") return number_files(input);
  return listed_parts(input, [&](const Path& part) {
    return shoal::npy::shard_paths(is_folder(part) ? part / ("*" + ending) : part);
  });
}

/// The numbers of all files that an input means, one file after another. Throws as number_files,
/// npy::read_vector and the readers of tables do.
template <class T> std::vector<T> read_parts(const Path& input) {
  std::vector<T> all;
  for (const std::string& file : number_files(input)) {
    auto part = read_hdf5_numbers<T>(file);
    if (!part) part = read_arrow_numbers<T>(file);
    if (!part) part = shoal::npy::read_vector<T>(file);
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}
