// Windows' handles of files, its text and its errors, for system_windows.hpp.
#pragma once

#if defined(_WIN32)
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <io.h>
#include <string>
#include <string_view>
#include <vector>
#include <windows.h>

#include <shoal/io/file_status.hpp>

#undef near  // of 16-bit compilers
#undef far

namespace shoal::windows_handle_impl {

inline constexpr DWORD any_share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

inline std::wstring wide(std::string_view text) {
  const int bytes = static_cast<int>(text.size());
  std::wstring result(
      static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0)), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, result.data(), static_cast<int>(result.size()));
  return result;
}
inline std::string narrow(std::wstring_view text) {
  const int letters = static_cast<int>(text.size());
  std::string result(static_cast<std::size_t>(::WideCharToMultiByte(CP_UTF8, 0, text.data(), letters, nullptr,
                                                                    0, nullptr, nullptr)),
                     '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), letters, result.data(), static_cast<int>(result.size()),
                        nullptr, nullptr);
  return result;
}

/// The reason of the last failure, as the C library names it.
inline int reason() {
  switch (::GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
      return ENOENT;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
      return EEXIST;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
      return EACCES;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
      return ENOSPC;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
      return ENOMEM;
    case ERROR_TOO_MANY_OPEN_FILES:
      return EMFILE;
    case ERROR_FILENAME_EXCED_RANGE:
      return ENAMETOOLONG;
    default:
      return EIO;
  }
}
inline bool answer(bool worked) {
  if (!worked) errno = reason();
  return worked;
}

inline HANDLE handle_of(int descriptor) { return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor)); }

/// Folders are opened too, as POSIX does: they are told apart afterwards.
inline HANDLE open_handle(const std::string& path, DWORD access, DWORD how, DWORD flags = 0) {
  return ::CreateFileW(wide(path).c_str(), access, any_share, nullptr, how,
                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr);
}
inline int open(const std::string& path, DWORD access, DWORD how, DWORD flags = 0) {
  const HANDLE handle = open_handle(path, access, how, flags);
  if (!answer(handle != INVALID_HANDLE_VALUE)) return -1;
  const int descriptor = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY | _O_NOINHERIT);
  if (descriptor < 0) ::CloseHandle(handle);
  return descriptor;
}

inline FileKind kind_of(HANDLE handle, DWORD attributes) {
  if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return FileKind::link;
  if (attributes & FILE_ATTRIBUTE_DIRECTORY) return FileKind::folder;
  const DWORD type = ::GetFileType(handle);
  return type == FILE_TYPE_DISK   ? FileKind::regular
         : type == FILE_TYPE_PIPE ? FileKind::pipe
                                  : FileKind::other;
}
inline bool look_at(HANDLE handle, FileStatus& status) {
  BY_HANDLE_FILE_INFORMATION found{};
  if (::GetFileType(handle) != FILE_TYPE_DISK) {
    status = {};
    status.kind = kind_of(handle, 0);
    status.named = true;
    return true;
  }
  if (!answer(::GetFileInformationByHandle(handle, &found) != 0)) return false;
  const auto joined = [](DWORD high, DWORD low) { return std::uint64_t{high} << 32 | low; };
  status = {};
  status.kind = kind_of(handle, found.dwFileAttributes);
  status.stamp = {found.dwVolumeSerialNumber, joined(found.nFileIndexHigh, found.nFileIndexLow),
                  joined(found.nFileSizeHigh, found.nFileSizeLow),
                  static_cast<std::int64_t>(100 * joined(found.ftLastWriteTime.dwHighDateTime,
                                                         found.ftLastWriteTime.dwLowDateTime))};
  FILE_STANDARD_INFO standing{};  // which knows of a removal that waits for the last handle
  const bool known =
      ::GetFileInformationByHandleEx(handle, FileStandardInfo, &standing, sizeof standing) != 0;
  status.named = found.nNumberOfLinks > 0 && !(known && standing.DeletePending);
  return true;
}

/// Renames as POSIX does, at once and over a file that others have open. Windows before version 10 of 2016
/// can't.
inline bool replace_at_once(const std::wstring& from, const std::wstring& to) {
  constexpr auto rename_with_flags = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);  // FileRenameInfoEx
  constexpr DWORD replace_as_posix = 1 | 2;
  const HANDLE handle = ::CreateFileW(from.c_str(), DELETE | SYNCHRONIZE, any_share, nullptr, OPEN_EXISTING,
                                      FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return false;
  const std::size_t bytes = to.size() * sizeof(wchar_t);
  std::vector<std::uint64_t> room((sizeof(FILE_RENAME_INFO) + bytes) / sizeof(std::uint64_t) + 1);
  auto* wanted = reinterpret_cast<FILE_RENAME_INFO*>(room.data());
  std::memcpy(wanted, &replace_as_posix, sizeof replace_as_posix);
  wanted->FileNameLength = static_cast<DWORD>(bytes);
  std::memcpy(wanted->FileName, to.data(), bytes);
  const bool done =
      ::SetFileInformationByHandle(handle, rename_with_flags, wanted,
                                   static_cast<DWORD>(room.size() * sizeof(std::uint64_t))) != 0;
  ::CloseHandle(handle);
  return done;
}

/// What lies beyond the end of any file: locks on Windows keep others from reading and writing, and so must
/// lie where nobody does.
inline OVERLAPPED behind_all() {
  OVERLAPPED place{};
  place.Offset = 0;
  place.OffsetHigh = 0x7FFFFFFF;
  return place;
}

}  // namespace shoal::windows_handle_impl
#endif
