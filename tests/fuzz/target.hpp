// What the fuzz targets share: inputs as files in memory, seeds, and seals that no checksum guards.
#pragma once

#include "support/scratch.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/model_file.hpp>

namespace fuzz {

/// Ends the run, as a finding, unless `ok`.
inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "fuzz: violated: %s\n", what);
  std::abort();
}

/// The folder of this run's files, which is in memory where TMPDIR is. Opening a name in it costs a third of
/// what a name below /proc/self/fd would.
inline const std::string& folder() {
  static const Scratch made("fuzz");
  static const std::string path = made.path;
  return path;
}

/// A file of these bytes; the next call with the same `slot` replaces its contents, and so those of its other
/// names.
inline std::string file_of(std::string_view bytes, int slot = 0) {
  struct Slot {
    std::string path;
    int descriptor;
    std::size_t size = 0;
    explicit Slot(const char* name)
        : path(folder() + "/" + name), descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  };
  static Slot slots[] = {Slot("input"), Slot("again")};
  Slot& file = slots[slot];
  require(
      ::pwrite(file.descriptor, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
          (bytes.size() >= file.size || ::ftruncate(file.descriptor, static_cast<off_t>(bytes.size())) == 0),
      "a file in memory");
  file.size = bytes.size();
  return file.path;
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

/// Writes seeds into the last folder that the fuzzer was given, where it looks for inputs.
inline int plant(int arguments, char** argument, const std::vector<std::string>& seeds) {
  const std::string folder = argument[arguments - 1];
  if (arguments < 2 || folder.starts_with('-') || ::access(folder.c_str(), W_OK) != 0) return 0;
  for (std::size_t k = 0; k < seeds.size(); ++k)
    std::ofstream(folder + "/seed" + std::to_string(k), std::ios::binary) << seeds[k];
  return 0;
}

using ::content;

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
