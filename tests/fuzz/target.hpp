// What the fuzz targets share: files in memory, seeds, and seals that no checksum guards.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/model_file.hpp>
#include <shoal/io/system.hpp>

namespace fuzz {

/// Ends the run, as a finding, unless `ok`.
inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "fuzz: violated: %s\n", what);
  std::abort();
}

/// The folder that the files of the fuzzers seem to lie in.
inline const std::string& folder() { return shoal::file_system::memory_files().folder; }

/// A file of these bytes; the next call with the same `slot` replaces its contents.
inline const std::string& file_of(std::string_view bytes, int slot = 0) {
  static const std::string paths[] = {folder() + "/input", folder() + "/again"};
  static const std::shared_ptr<shoal::file_system::MemoryFile> files[] = {
      shoal::file_system::memory_files().file(paths[0]), shoal::file_system::memory_files().file(paths[1])};
  files[slot]->set(bytes);
  return paths[slot];
}

/// All bytes of a file of the fuzzers.
inline const std::string& content(const std::string& path) {
  return shoal::file_system::memory_files().file(path)->bytes;
}

/// work(path) for a file of the input. Errors of shoal are what a reader owes its caller; anything else ends
/// the run as a finding.
template <class Work> int each(const std::uint8_t* data, std::size_t size, Work&& work) {
  try {
    work(file_of({reinterpret_cast<const char*>(data), size}));
  } catch (const shoal::error&) {
  }
  return 0;
}

/// One of several ways to read an input, chosen by its bytes: a run tries more inputs than if each were read
/// in all ways.
inline std::size_t one_of(std::size_t ways, const std::uint8_t* data, std::size_t size) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(data), size}) % ways;
}

/// Writes seeds into the last folder that the fuzzer was given, where it looks for inputs.
inline int plant(int arguments, char** argument, const std::vector<std::string>& seeds) {
  const std::string folder = argument[arguments - 1];
  if (arguments < 2 || folder.starts_with('-') || ::access(folder.c_str(), W_OK) != 0) return 0;
  for (std::size_t k = 0; k < seeds.size(); ++k)
    std::ofstream(folder + "/seed" + std::to_string(k), std::ios::binary) << seeds[k];
  return 0;
}

/// Makes the checksums of a model file right again after it has been changed, as whoever forges one would.
inline std::string resealed(std::string bytes) {
  using namespace shoal::model_impl;
  Preface preface{};
  if (bytes.size() < sizeof preface) return bytes;
  std::memcpy(&preface, bytes.data(), sizeof preface);
  preface.magic = magic;
  preface.format = format;
  const std::size_t rest = bytes.size() - sizeof preface;
  if (preface.directory_bytes > rest) preface.directory_bytes = rest;
  const std::size_t end = sizeof preface + preface.directory_bytes;
  for (std::size_t at = sizeof preface; at + sizeof(Record) <= end;) {
    Record record{};
    std::memcpy(&record, bytes.data() + at, sizeof record);
    if (record.offset <= bytes.size() && record.bytes <= bytes.size() - record.offset)
      record.checksum = shoal::checksum(bytes.data() + record.offset, record.bytes);
    std::memcpy(bytes.data() + at, &record, sizeof record);
    if (record.name_bytes > end - at - sizeof record) break;
    at += sizeof record + record.name_bytes;
  }
  preface.directory_checksum = shoal::checksum(bytes.data() + sizeof preface, preface.directory_bytes);
  std::memcpy(bytes.data(), &preface, sizeof preface);
  return bytes;
}

}  // namespace fuzz
