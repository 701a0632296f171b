// What the fuzz targets share: inputs as files that lie in memory, seeds, and seals that no checksum guards.
#pragma once

#include "support/scratch.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/mman.h>
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

/// A file of these bytes that is in memory only; the next call with the same `slot` replaces it.
inline std::string file_of(std::string_view bytes, int slot = 0) {
  static const int descriptors[] = {::memfd_create("fuzz0", 0), ::memfd_create("fuzz1", 0)};
  const int file = descriptors[slot];
  require(::ftruncate(file, static_cast<off_t>(bytes.size())) == 0, "a file in memory");
  require(::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
          "a file in memory");
  return "/proc/self/fd/" + std::to_string(file);
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
