// A folder for the files of one test.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <shoal/core/machine.hpp>

/// Where small files are written without waiting for a disk, for tests of thousands of them.
inline std::filesystem::path memory_folder() {
  std::error_code error;
  return std::filesystem::is_directory("/dev/shm", error) ? std::filesystem::path("/dev/shm")
                                                          : std::filesystem::temp_directory_path();
}

/// All bytes of a file.
inline std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A path that is a text in UTF-8 where one is asked for, as the standard's own is on all systems but
/// Windows.
struct ScratchPath : std::filesystem::path {
  ScratchPath(std::filesystem::path path) : std::filesystem::path(std::move(path)) {}  // NOLINT
  operator std::string() const { return string(); }                                    // NOLINT
};

/// Empty at construction, removed at the end.
struct Scratch {
  ScratchPath path;
  explicit Scratch(const std::string& name,
                   const std::filesystem::path& in = std::filesystem::temp_directory_path())
      : path(in / ("shoal-" + name + "-" + std::to_string(shoal::process_id()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ScratchPath operator/(const std::string& name) const { return {path / name}; }
};
