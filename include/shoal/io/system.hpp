// Files as the operating system has them: the only headers that name a system's own functions for them, in a
// POSIX form (system_posix.hpp) and a Windows form (system_windows.hpp). Both have the functions below, in
// namespace shoal::file_system. Paths are UTF-8. Open files are descriptors of the C library. What fails
// returns false or a negative number, with the reason in errno.
//
//   bool look_at(path, Links, FileStatus&)     what a name stands for; bool look_at(descriptor, FileStatus&)
//   bool is_readable(path), is_writable(path)  by this process
//   int open_to_read(path)                     no wait where it is a pipe; no wait for another's lock
//   int open_to_write(path)                    what is there
//   int open_to_remove(path)                   what is there, a link itself refused
//   int open_folder(path)                      to be locked
//   int create(path)                           EEXIST where the name is taken
//   std::FILE* open_stream(path)               to read, a pipe too, which is waited for
//   bool close(descriptor)
//   read(descriptor, to, bytes, first)         bytes that were read, 0 at the end, at any place of the file
//   write(descriptor, from, bytes)             bytes that were written
//   bool sync(descriptor), sync_folder(path)   to the disk
//   bool keep_owner_and_mode(descriptor, status)
//   bool set_mode(path, status)
//   bool replace(from, to)                     `to` becomes the file `from`, at once
//   bool remove(path)
//   LockAnswer try_lock(descriptor)
//   void* map(descriptor, bytes), void unmap(start, bytes)
//   void will_need(start, bytes), let_go(start, bytes)  of a mapping; starts are multiples of page_bytes()
//   std::string working_folder()               empty where it is unknown
//   std::string link_target(path, status)      empty where there is none
//   void each_name_in(folder, f)
//   bool is_absolute(path)
//   std::string_view separators                what stands between the folders of a path
#pragma once

#if defined(_WIN32)
#include <shoal/io/system_windows.hpp>
#else
#include <shoal/io/system_posix.hpp>
#endif
