// manifest.json, from which shoal benchmark verify rebuilds a benchmark.
#pragma once

#include "json_file.hpp"
#include "path.hpp"

#include <concepts>
#include <map>

#include <shoal/dataset/manifest.hpp>

/// The contents of a manifest file: the manifest, its sources by name, and the format of its hierarchy.
struct StoredManifest {
  shoal::Manifest manifest;
  std::map<std::string, Path> files;
  std::string format = "auto", primary = "first";
  bool forest = false;
};

/// Reads the fields of a manifest file; invalid ones are refused by name.
class ManifestFile {
 public:
  explicit ManifestFile(const Path& path)
      : path_(path), all_(read_json(path, "a manifest of shoal benchmark")) {}

  [[nodiscard]] bool has(const char* name) const { return all_.contains(name); }

  /// The value at all[name], or at all[name][inner].
  template <class T> [[nodiscard]] T get(const std::string& name, const std::string& inner = "") const {
    const std::string called = inner.empty() ? name : name + "." + inner;
    const nlohmann::ordered_json* value = &all_;
    for (const std::string& step : {name, inner}) {
      if (step.empty()) continue;
      check(value->is_object() && value->contains(step), "it has no ", called);
      value = &value->at(step);
    }
    return as<T>(*value, called);
  }

  /// The files listed under "files", each of which must be in the folder of the manifest or in `sources`, so
  /// that a manifest from others can't cause other files to be read.
  [[nodiscard]] std::map<std::string, Path> files(const Path& sources) const {
    std::map<std::string, Path> found;
    const Path folder = path_.has_parent_path() ? path_.parent_path() : ".";
    const auto all = get<nlohmann::ordered_json>("files");
    check(all.is_object(), "files is ", shown(all));
    for (const auto& [name, file] : all.items()) {
      const Path named = (folder / as<std::string>(file, "files." + name)).lexically_normal();
      check(lies_in(folder, named) || (!sources.empty() && lies_in(sources, named)), "it names ",
            named.string(), " as ", name,
            ", which does not lie beside it: give its folder as --sources, if you mean it to be read");
      check(!std::filesystem::exists(named) || std::filesystem::is_regular_file(named), "it names ",
            named.string(), " as ", name, ", which is not a regular file");
      found[name] = named;
    }
    return found;
  }

 private:
  template <class... Parts> void check(bool ok, const Parts&... why) const {
    shoal::check(ok, shoal::Errc::bad_file, path_.string(),
                 " is not a manifest of shoal benchmark: ", why...);
  }

  template <class T>
  [[nodiscard]] T as(const nlohmann::ordered_json& value, const std::string& called) const {
    const bool whole = !std::same_as<T, std::uint64_t> || value.is_number_unsigned();
    try {
      if (whole) return value.get<T>();
    } catch (const nlohmann::ordered_json::exception&) {  // a value of another type
    }
    check(false, called, " is ", shown(value));
    return {};
  }

  static bool lies_in(const Path& folder, const Path& file) {
    std::error_code error;
    const auto inner = std::filesystem::weakly_canonical(file, error);
    if (error) return false;
    const auto from = inner.lexically_relative(std::filesystem::canonical(folder, error));
    return !error && !from.empty() && *from.begin() != "..";
  }

  Path path_;
  nlohmann::ordered_json all_;
};

/// The contents of a manifest file. Throws shoal::error, naming the field, if it is missing, of another type,
/// or names a file that is neither in the folder of the manifest nor in `sources`.
inline StoredManifest read_manifest(const Path& path, const Path& sources) {
  const ManifestFile all(path);
  StoredManifest stored;
  stored.files = all.files(sources);
  if (all.has("reading")) {
    stored.format = all.get<std::string>("reading", "format");
    stored.primary = all.get<std::string>("reading", "primary");
    stored.forest = all.get<bool>("reading", "forest");
  }
  stored.manifest.recipe = {all.get<std::string>("constructor"),
                            all.get<std::map<std::string, double>>("parameters"),
                            all.get<std::uint64_t>("seed")};
  stored.manifest.inputs = all.get<std::map<std::string, std::string>>("inputs_sha256");
  stored.manifest.result = all.get<std::string>("result_sha256");
  return stored;
}
