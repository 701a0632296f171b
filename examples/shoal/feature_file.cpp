#include "feature_file.hpp"

#include "arrow_files.hpp"
#include "files.hpp"
#include "hdf5_features.hpp"
#include "parts.hpp"
#include "printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <shoal/io/concatenated.hpp>
#include <shoal/io/shards.hpp>
#include <shoal/io/side_by_side.hpp>

namespace {

/// Several inputs, whose columns stand side by side.
class Joined {
 public:
  explicit Joined(std::vector<shoal::FeatureFile> parts)
      : parts_(std::move(parts)), rows_({parts_.begin(), parts_.end()}) {}

  [[nodiscard]] shoal::Index rows() const { return rows_.rows(); }
  [[nodiscard]] shoal::Index cols() const { return rows_.cols(); }
  void read(shoal::Index first, shoal::MatrixView<float> out) const { rows_.read(first, out); }
  void gather(std::span<const shoal::Index> ids, shoal::MatrixView<float> out) const {
    rows_.gather(ids, out);
  }
  void will_need(shoal::Index first, shoal::Index count) const { rows_.will_need(first, count); }

 private:
  std::vector<shoal::FeatureFile> parts_;  // where they lie when this is moved, too
  shoal::SideBySide rows_;
};

/// What the files in a folder of features end in; .npy files go before others.
constexpr std::array<std::string_view, 14> feature_endings{
    ".npy",   ".npz",   ".safetensors", ".fbin",  ".f16bin",  ".u8bin", ".i8bin",
    ".fvecs", ".bvecs", ".parquet",     ".arrow", ".feather", ".h5",    ".hdf5"};

std::vector<std::string> files_of(const Path& features) { return arrays_of(features, feature_endings); }

shoal::FeatureFile opened_file(const std::string& file, bool read) {
  if (auto hdf5 = read_hdf5(file)) return std::move(*hdf5);
  if (auto table = read_arrow(file, read)) return std::move(*table);
  return shoal::open_features(file, {.read = read});
}

shoal::FeatureFile opened(const Path& features, bool read) {
  const std::vector<std::string> files = files_of(features);
  if (files.size() == 1) return opened_file(files.front(), read);
  if (!read && std::ranges::all_of(files, [](const std::string& file) { return file.ends_with(".npy"); }))
    return shoal::open_shards(files);
  shoal::Concatenated<shoal::FeatureFile> rows(
      files, [read](const std::string& file) { return opened_file(file, read); });
  std::string note;
  for (const shoal::FeatureFile& file : rows.sources())
    if (note.empty()) note = file.note();
  return shoal::FeatureFile(std::move(rows), std::move(note));
}

}  // namespace

std::vector<Path> feature_files(const Path& features) {
  std::vector<Path> all;
  for (const Path& part : side_by_side(features))
    for (const std::string& file : files_of(part)) all.emplace_back(file);
  return all;
}

shoal::FeatureFile read_features(const Path& features, bool read) {
  std::vector<shoal::FeatureFile> parts;
  for (const Path& part : side_by_side(features)) {
    parts.push_back(opened(part, read));
    const std::string& note = parts.back().note();
    if (!note.empty()) std::fprintf(stderr, "shoal: note: %s\n", printable(note).c_str());
  }
  return parts.size() == 1 ? parts.front() : shoal::FeatureFile(Joined(std::move(parts)));
}
