// The Windows form of system.hpp, which says what each function does. Files are opened so that others may
// rename and remove them meanwhile, as POSIX has it.
#pragma once

#if defined(_WIN32)
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <shoal/core/function_ref.hpp>
#include <shoal/io/file_status.hpp>
#include <shoal/io/windows_handle.hpp>

namespace shoal::file_system {

inline constexpr std::string_view separators = "/\\";

[[nodiscard]] inline bool look_at(const std::string& path, Links links, FileStatus& status) {
  const HANDLE handle =
      windows_handle_impl::open_handle(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING,
                                       links == Links::themselves ? FILE_FLAG_OPEN_REPARSE_POINT : 0);
  if (!windows_handle_impl::answer(handle != INVALID_HANDLE_VALUE)) return false;
  const bool known = windows_handle_impl::look_at(handle, status);
  ::CloseHandle(handle);
  return known;
}
[[nodiscard]] inline bool look_at(int descriptor, FileStatus& status) {
  return windows_handle_impl::look_at(windows_handle_impl::handle_of(descriptor), status);
}
[[nodiscard]] inline bool is_readable(const std::string& path) {
  const HANDLE handle = windows_handle_impl::open_handle(path, FILE_READ_DATA, OPEN_EXISTING);
  if (!windows_handle_impl::answer(handle != INVALID_HANDLE_VALUE)) return false;
  ::CloseHandle(handle);
  return true;
}
/// A file that is gone meanwhile, as while another replaces it, is no obstacle.
[[nodiscard]] inline bool is_writable(const std::string& path) {
  const DWORD attributes = ::GetFileAttributesW(windows_handle_impl::wide(path).c_str());
  errno = EACCES;
  return attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_READONLY) == 0;
}

[[nodiscard]] inline int open_to_read(const std::string& path) {
  return windows_handle_impl::open(path, GENERIC_READ, OPEN_EXISTING);
}
[[nodiscard]] inline int open_to_write(const std::string& path) {
  return windows_handle_impl::open(path, GENERIC_WRITE, OPEN_EXISTING);
}
[[nodiscard]] inline int open_to_remove(const std::string& path) {
  const int descriptor =
      windows_handle_impl::open(path, GENERIC_WRITE | DELETE, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT);
  FileStatus status;
  if (descriptor < 0 || (look_at(descriptor, status) && status.kind != FileKind::link)) return descriptor;
  ::_close(descriptor);
  errno = ELOOP;
  return -1;
}
[[nodiscard]] inline int open_folder(const std::string& path) {
  return windows_handle_impl::open(path, GENERIC_READ, OPEN_EXISTING);
}
/// A name whose file is about to be removed is still taken, which the system calls a denial of access.
[[nodiscard]] inline int create(const std::string& path) {
  const int descriptor = windows_handle_impl::open(path, GENERIC_WRITE, CREATE_NEW);
  if (descriptor >= 0 || errno != EACCES) return descriptor;
  const bool there =
      ::GetFileAttributesW(windows_handle_impl::wide(path).c_str()) != INVALID_FILE_ATTRIBUTES ||
      ::GetLastError() == ERROR_ACCESS_DENIED;
  errno = there ? EEXIST : EACCES;
  return -1;
}
[[nodiscard]] inline std::FILE* open_stream(const std::string& path) {
  return ::_wfopen(windows_handle_impl::wide(path).c_str(), L"rb");
}
inline bool close(int descriptor) { return ::_close(descriptor) == 0; }

[[nodiscard]] inline std::ptrdiff_t read(int descriptor, void* to, std::size_t bytes, std::size_t first) {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(first);
  place.OffsetHigh = static_cast<DWORD>(static_cast<std::uint64_t>(first) >> 32);
  DWORD got = 0;
  const auto some = static_cast<DWORD>(std::min<std::size_t>(bytes, 1 << 30));
  if (::ReadFile(windows_handle_impl::handle_of(descriptor), to, some, &got, &place)) return got;
  if (::GetLastError() == ERROR_HANDLE_EOF || ::GetLastError() == ERROR_BROKEN_PIPE) return 0;
  errno = windows_handle_impl::reason();
  return -1;
}
[[nodiscard]] inline std::ptrdiff_t write(int descriptor, const void* from, std::size_t bytes) {
  DWORD written = 0;
  const auto some = static_cast<DWORD>(std::min<std::size_t>(bytes, 1 << 30));
  if (::WriteFile(windows_handle_impl::handle_of(descriptor), from, some, &written, nullptr)) return written;
  errno = windows_handle_impl::reason();
  return -1;
}
[[nodiscard]] inline bool sync(int descriptor) {
  const HANDLE handle = windows_handle_impl::handle_of(descriptor);
  if (::GetFileType(handle) != FILE_TYPE_DISK) return true;
  return windows_handle_impl::answer(::FlushFileBuffers(handle) != 0);
}
/// The names in a folder are written through by replace().
[[nodiscard]] inline bool sync_folder(const std::string&) { return true; }

/// Access is that of the folder, which a new file inherits.
[[nodiscard]] inline bool keep_owner_and_mode(int, const FileStatus&) { return true; }
[[nodiscard]] inline bool set_mode(const std::string&, const FileStatus&) { return true; }

inline bool remove(const std::string& path) {
  return windows_handle_impl::answer(::DeleteFileW(windows_handle_impl::wide(path).c_str()) != 0);
}
/// Where the system can't replace a file that others have open or mapped, it can rename it: it stays whole
/// for them under a name of those that the next writer removes, and for a moment there is no file `to`.
[[nodiscard]] inline bool replace(const std::string& from, const std::string& to) {
  const std::wstring source = windows_handle_impl::wide(from), target = windows_handle_impl::wide(to);
  const DWORD how = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
  if (windows_handle_impl::replace_at_once(source, target) ||
      ::MoveFileExW(source.c_str(), target.c_str(), how))
    return true;
  if (!windows_handle_impl::answer(::GetLastError() == ERROR_ACCESS_DENIED ||
                                   ::GetLastError() == ERROR_SHARING_VIOLATION))
    return false;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::wstring aside = target + L".shoal-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
                               std::to_wstring(1000 + attempt) + L".tmp";
    if (!::MoveFileExW(target.c_str(), aside.c_str(), MOVEFILE_WRITE_THROUGH)) {
      if (::GetLastError() == ERROR_ALREADY_EXISTS) continue;
      if (::GetLastError() != ERROR_FILE_NOT_FOUND) break;  // another writer has just moved it
    }
    const bool moved = ::MoveFileExW(source.c_str(), target.c_str(), how) != 0;
    if (!windows_handle_impl::answer(moved)) {
      if (errno == EACCES) {  // another writer was faster
        ::DeleteFileW(aside.c_str());
        continue;
      }
      ::MoveFileExW(aside.c_str(), target.c_str(), 0);
      return false;
    }
    ::DeleteFileW(aside.c_str());
    return true;
  }
  return windows_handle_impl::answer(false);
}

[[nodiscard]] inline LockAnswer try_lock(int descriptor) {
  OVERLAPPED place = windows_handle_impl::behind_all();
  const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
  if (::LockFileEx(windows_handle_impl::handle_of(descriptor), how, 0, 1, 0, &place))
    return LockAnswer::taken;
  const DWORD why = ::GetLastError();
  return why == ERROR_LOCK_VIOLATION || why == ERROR_IO_PENDING ? LockAnswer::held_by_another
                                                                : LockAnswer::unsupported;
}

[[nodiscard]] inline void* map(int descriptor, std::size_t) {
  const HANDLE mapping =
      ::CreateFileMappingW(windows_handle_impl::handle_of(descriptor), nullptr, PAGE_READONLY, 0, 0, nullptr);
  if (!windows_handle_impl::answer(mapping != nullptr)) return nullptr;
  void* start = ::MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
  windows_handle_impl::answer(start != nullptr);
  ::CloseHandle(mapping);  // the view keeps it
  return start;
}
inline void unmap(void* start, std::size_t) { ::UnmapViewOfFile(start); }
inline void will_need(void* start, std::size_t bytes) {
  WIN32_MEMORY_RANGE_ENTRY range{start, bytes};
  ::PrefetchVirtualMemory(::GetCurrentProcess(), 1, &range, 0);
}
/// Unlocking pages that are not locked takes them out of the working set.
inline void let_go(void* start, std::size_t bytes) { ::VirtualUnlock(start, bytes); }
[[nodiscard]] inline std::size_t page_bytes() {
  SYSTEM_INFO system{};
  ::GetSystemInfo(&system);
  return system.dwPageSize;
}

[[nodiscard]] inline bool is_absolute(std::string_view path) {
  const auto slash = [&](std::size_t at) {
    return at < path.size() && separators.find(path[at]) != separators.npos;
  };
  return (path.size() > 2 && path[1] == ':' && slash(2)) || (slash(0) && slash(1));
}
[[nodiscard]] inline std::string working_folder() {
  std::wstring here(::GetCurrentDirectoryW(0, nullptr), L'\0');
  here.resize(::GetCurrentDirectoryW(static_cast<DWORD>(here.size()), here.data()));
  return windows_handle_impl::narrow(here);
}
/// Links are the system's business here: a file is written where its name says.
[[nodiscard]] inline std::string link_target(const std::string&, const FileStatus&) { return {}; }
inline void each_name_in(const std::string& folder, FunctionRef<void(std::string_view)> f) {
  WIN32_FIND_DATAW entry{};
  const HANDLE names = ::FindFirstFileW(windows_handle_impl::wide(folder + "\\*").c_str(), &entry);
  if (names == INVALID_HANDLE_VALUE) return;
  const auto close = [](HANDLE* open) { ::FindClose(*open); };
  HANDLE open = names;
  const std::unique_ptr<HANDLE, decltype(close)> closed(&open, close);
  do f(std::string_view(windows_handle_impl::narrow(entry.cFileName)));
  while (::FindNextFileW(names, &entry));
}

}  // namespace shoal::file_system
#endif
