// The fuzzers' form of <shoal/io/system.hpp>, which says what each function does: a file system of one
// folder, in memory. An input costs no call of the system, and a mapping is a block of the heap, so that the
// sanitizer of addresses sees what is read beyond the end of a mapped file.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/io/file_status.hpp>

namespace shoal::file_system {

inline constexpr std::string_view separators = "/";

/// A file, which lives as long as it has a name or is open.
struct MemoryFile {
  std::string bytes;
  FileStatus status;
  void set(std::string_view to) {
    bytes = to;
    touch();
  }
  void touch() {
    status.stamp.size = bytes.size();
    ++status.stamp.changed;
  }
};

struct MemoryFiles {
  struct Open {
    std::shared_ptr<MemoryFile> file;
    std::size_t at = 0;
  };
  std::string folder = std::filesystem::temp_directory_path().string();
  std::map<std::string, std::shared_ptr<MemoryFile>, std::less<>> named;
  std::vector<Open> open;

  /// The file of a name; a new one where there is none.
  std::shared_ptr<MemoryFile> file(const std::string& path) {
    std::shared_ptr<MemoryFile>& found = named[path];
    if (!found) {
      found = std::make_shared<MemoryFile>();
      found->status = {.kind = FileKind::regular,
                       .stamp = {.device = 1, .file = ++files, .size = 0, .changed = 0},
                       .named = true};
    }
    return found;
  }
  int open_file(std::shared_ptr<MemoryFile> file) {
    std::size_t k = 0;
    while (k < open.size() && open[k].file) ++k;
    if (k == open.size()) open.emplace_back();
    open[k] = {std::move(file), 0};
    return static_cast<int>(k);
  }
  Open& at(int descriptor) { return open.at(static_cast<std::size_t>(descriptor)); }

 private:
  std::uint64_t files = 0;
};

inline MemoryFiles& memory_files() {
  static MemoryFiles all;
  return all;
}

inline int failed(int why) {
  errno = why;
  return -1;
}

[[nodiscard]] inline bool look_at(const std::string& path, Links, FileStatus& status) {
  const MemoryFiles& all = memory_files();
  const auto found = all.named.find(path);
  if (found != all.named.end())
    status = found->second->status;
  else if (path == all.folder)
    status = {.kind = FileKind::folder, .stamp = {.device = 1}, .named = true};
  else
    return failed(ENOENT) == 0;
  return true;
}
[[nodiscard]] inline bool look_at(int descriptor, FileStatus& status) {
  status = memory_files().at(descriptor).file->status;
  return true;
}
[[nodiscard]] inline bool is_readable(const std::string& path) { return memory_files().named.contains(path); }
[[nodiscard]] inline bool is_writable(const std::string& path) { return is_readable(path); }

[[nodiscard]] inline int open_to_read(const std::string& path) {
  MemoryFiles& all = memory_files();
  const auto found = all.named.find(path);
  return found == all.named.end() ? failed(ENOENT) : all.open_file(found->second);
}
[[nodiscard]] inline int open_to_write(const std::string& path) { return open_to_read(path); }
[[nodiscard]] inline int open_to_remove(const std::string& path) { return open_to_read(path); }
[[nodiscard]] inline int open_folder(const std::string&) { return failed(ENOTSUP); }
[[nodiscard]] inline int create(const std::string& path) {
  MemoryFiles& all = memory_files();
  return all.named.contains(path) ? failed(EEXIST) : all.open_file(all.file(path));
}
[[nodiscard]] inline std::FILE* open_stream(const std::string& path) {
  MemoryFiles& all = memory_files();
  const auto found = all.named.find(path);
  if (found == all.named.end()) return errno = ENOENT, nullptr;
  std::string& bytes = found->second->bytes;
  return bytes.empty() ? std::fopen("/dev/null", "rb") : ::fmemopen(bytes.data(), bytes.size(), "rb");
}
inline bool close(int descriptor) {
  memory_files().at(descriptor).file.reset();
  return true;
}

[[nodiscard]] inline std::ptrdiff_t read(int descriptor, void* to, std::size_t bytes, std::size_t first) {
  const std::string& all = memory_files().at(descriptor).file->bytes;
  if (first >= all.size()) return 0;
  const std::size_t count = std::min(bytes, all.size() - first);
  std::memcpy(to, all.data() + first, count);
  return static_cast<std::ptrdiff_t>(count);
}
[[nodiscard]] inline std::ptrdiff_t write(int descriptor, const void* from, std::size_t bytes) {
  MemoryFiles::Open& open = memory_files().at(descriptor);
  open.file->bytes.replace(std::min(open.at, open.file->bytes.size()), bytes, static_cast<const char*>(from),
                           bytes);
  open.at += bytes;
  open.file->touch();
  return static_cast<std::ptrdiff_t>(bytes);
}
[[nodiscard]] inline bool sync(int) { return true; }
[[nodiscard]] inline bool sync_folder(const std::string&) { return true; }
[[nodiscard]] inline bool keep_owner_and_mode(int, const FileStatus&) { return true; }
[[nodiscard]] inline bool set_mode(const std::string&, const FileStatus&) { return true; }
inline bool remove(const std::string& path) {
  MemoryFiles& all = memory_files();
  const auto found = all.named.find(path);
  if (found == all.named.end()) return failed(ENOENT) == 0;
  found->second->status.named = false;
  all.named.erase(found);
  return true;
}
[[nodiscard]] inline bool replace(const std::string& from, const std::string& to) {
  MemoryFiles& all = memory_files();
  const std::shared_ptr<MemoryFile> file = all.file(from);
  if (is_readable(to)) remove(to);
  all.named[to] = file;
  all.named.erase(from);
  return true;
}
[[nodiscard]] inline LockAnswer try_lock(int) { return LockAnswer::taken; }

[[nodiscard]] inline void* map(int descriptor, std::size_t bytes) {
  auto* start = new std::byte[bytes];
  std::memcpy(start, memory_files().at(descriptor).file->bytes.data(), bytes);
  return start;
}
inline void unmap(void* start, std::size_t) { delete[] static_cast<std::byte*>(start); }
inline void will_need(void*, std::size_t) {}
inline void let_go(void*, std::size_t) {}
[[nodiscard]] inline std::size_t page_bytes() { return 4096; }

[[nodiscard]] inline bool is_absolute(std::string_view path) { return path.starts_with('/'); }
[[nodiscard]] inline std::string working_folder() { return memory_files().folder; }
[[nodiscard]] inline std::string link_target(const std::string&, const FileStatus&) { return ""; }
template <class F> void each_name_in(const std::string& folder, F&& f) {
  std::vector<std::string> names;
  for (const auto& [path, file] : memory_files().named)
    if (path.starts_with(folder + "/")) names.push_back(path.substr(folder.size() + 1));
  for (const std::string& name : names) f(std::string_view(name));
}

}  // namespace shoal::file_system
