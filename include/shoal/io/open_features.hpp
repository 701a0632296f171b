// Features from a file of any format that is read here, chosen by the end of its name.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <shoal/io/bin_file.hpp>
#include <shoal/io/concatenated.hpp>
#include <shoal/io/csv_rows.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/npz.hpp>
#include <shoal/io/safetensors.hpp>
#include <shoal/io/shards.hpp>
#include <shoal/io/vecs_file.hpp>

namespace shoal {

/// A file of features as it was named: "table.npz:train" is the array train of the file table.npz.
struct FeaturePath {
  std::string file, member;
};

/// Tells a file from the array in it. Only names of archives and tables (.npz, .safetensors, .h5, .hdf5,
/// .parquet, .arrow, .feather) have a member.
[[nodiscard]] inline FeaturePath split_feature_path(const std::string& path) {
  for (const std::string_view suffix :
       {".npz:", ".safetensors:", ".h5:", ".hdf5:", ".parquet:", ".arrow:", ".feather:"})
    if (const std::size_t at = path.rfind(suffix); at != std::string::npos)
      return {path.substr(0, at + suffix.size() - 1), path.substr(at + suffix.size())};
  return {path, ""};
}

/// The rows of a file of any format. Copies share the open file.
class FeatureFile {
 public:
  /// Rows of any source, with what is to be said of them.
  template <RowSource S>
    requires(!std::same_as<S, FeatureFile>)
  explicit FeatureFile(S source, std::string note = {})
      : source_(new const S(std::move(source))),
        rows_(*static_cast<const S*>(source_.get())),
        note_(std::move(note)) {
    if constexpr (KeepsRows<S>) {
      held_ = [](const void* rows) -> std::size_t { return static_cast<const S*>(rows)->held(); };
      forget_ = [](const void* rows) { static_cast<const S*>(rows)->forget(); };
    }
  }

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  void read(Index first, MatrixView<float> out) const { rows_.read(first, out); }
  void gather(std::span<const Index> ids, MatrixView<float> out) const { rows_.gather(ids, out); }
  void will_need(Index first, Index count) const { rows_.will_need(first, count); }
  /// Bytes of decoded rows that the source keeps; 0 for sources that keep none.
  [[nodiscard]] std::size_t held() const { return held_ ? held_(source_.get()) : 0; }
  /// Gives them up.
  void forget() const {
    if (forget_) forget_(source_.get());
  }
  /// What the caller should know of how the rows are read, for a person; empty where there is nothing.
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  std::shared_ptr<const void> source_;
  AnyRows rows_;
  std::string note_;
  std::size_t (*held_)(const void*) = nullptr;
  void (*forget_)(const void*) = nullptr;
};
static_assert(KeepsRows<FeatureFile>);

/// How open_features reads a file.
struct OpenSettings {
  bool read = false;  ///< read when rows are asked for (npy::open); files are mapped otherwise
};

namespace open_features_impl {

/// Where the rows of a binary file lie; nothing for a name of another format.
inline std::optional<StoredArray> locate(const InputFile& file, const FeaturePath& path,
                                         const std::string& name) {
  const std::string_view f = path.file;
  if (f.ends_with(".npy")) return npy::locate(file, name);
  if (f.ends_with(".npz")) return npz::locate(file, path.member, name);
  if (f.ends_with(".safetensors")) return safetensors::locate(file, path.member, name);
  if (f.ends_with(".fbin")) return locate_bin(file, Dtype::float32, name);
  if (f.ends_with(".f16bin")) return locate_bin(file, Dtype::float16, name);
  if (f.ends_with(".u8bin")) return locate_bin(file, Dtype::uint8, name);
  if (f.ends_with(".i8bin")) return locate_bin(file, Dtype::int8, name);
  if (f.ends_with(".fvecs")) return locate_vecs(file, Dtype::float32, name);
  if (f.ends_with(".bvecs")) return locate_vecs(file, Dtype::uint8, name);
  return {};
}

inline std::string note_of(Dtype dtype, const std::string& path) {
  if (dtype != Dtype::float64) return {};
  return path +
         " is float64: each number is rounded to float32 as it is read; save it as float32 to read half as "
         "much";
}

}  // namespace open_features_impl

/// The features of several .npy files, mapped (npy::map_shards); the note is of the first file that has one.
[[nodiscard]] inline FeatureFile open_shards(const std::vector<std::string>& paths) {
  ShardedRows rows = npy::map_shards(paths);
  std::string note;
  for (std::size_t i = 0; i < paths.size() && note.empty(); ++i)
    note = open_features_impl::note_of(rows.sources()[i].dtype(), paths[i]);
  return FeatureFile(std::move(rows), std::move(note));
}

/// The features of a file, n × d, by the end of its name: .npy, .npz and .safetensors (of several arrays one
/// is named, as in file.npz:train), .fbin, .f16bin, .u8bin, .i8bin, .fvecs, .bvecs, .csv and .tsv. A name of
/// another end is taken for a .npy file. Nothing is read before it is asked for, but headers, and text once.
/// Throws bad_file for what these formats' readers refuse, and for a file of a format that is not read here,
/// with the line of Python that converts it.
[[nodiscard]] inline FeatureFile open_features(const std::string& path, const OpenSettings& settings = {}) {
  const FeaturePath parts = split_feature_path(path);
  const std::string name = "open_features: " + path;
  if (parts.file.ends_with(".csv")) return FeatureFile(CsvRows(parts.file, ','));
  if (parts.file.ends_with(".tsv")) return FeatureFile(CsvRows(parts.file, '\t'));
  if (const auto shards = npy::shard_paths(parts.file); shards.size() != 1 || shards.front() != parts.file)
    return open_shards(shards);
  InputFile file(parts.file);
  const auto by_suffix = open_features_impl::locate(file, parts, name);
  const StoredArray array = by_suffix ? *by_suffix : npy::locate(file, name);
  std::string note = open_features_impl::note_of(array.dtype, path);
  if (settings.read) return FeatureFile(FileRows(std::move(file), array), std::move(note));
  return FeatureFile(MappedRows(MappedFile(file), array), std::move(note));
}

}  // namespace shoal
