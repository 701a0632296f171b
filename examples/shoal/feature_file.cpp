#include "feature_file.hpp"

#include "arrow_files.hpp"
#include "files.hpp"
#include "hdf5_features.hpp"
#include "parts.hpp"
#include "printable.hpp"

#include <cstdio>
#include <utility>
#include <vector>

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

shoal::FeatureFile opened(const Path& features, bool read) {
  if (auto hdf5 = read_hdf5(features.string())) return std::move(*hdf5);
  if (auto table = read_arrow(features.string(), read)) return std::move(*table);
  const std::vector<std::string> files = parts_of(features);
  if (files.size() > 1) {
    shoal::check(!read, shoal::Errc::invalid_argument, "--no-map reads one file; the features are in ",
                 files.size());
    return shoal::FeatureFile(shoal::npy::map_shards(files));
  }
  return shoal::open_features(files.front(), {.read = read});
}

}  // namespace

std::vector<Path> feature_files(const Path& features) {
  std::vector<Path> all;
  for (const Path& part : side_by_side(features)) {
    if (reads_hdf5(part.string()) || reads_arrow(part.string())) {  // one file
      all.push_back(part);
      continue;
    }
    for (const std::string& file : parts_of(part)) all.emplace_back(file);
  }
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
