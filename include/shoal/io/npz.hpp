// .npz files, NumPy's archives of arrays: members that are stored as they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/printable.hpp>
#include <shoal/io/foreign_files.hpp>
#include <shoal/io/npy.hpp>

namespace shoal::npz {

/// A member of an archive.
struct Member {
  std::string name;       ///< of the array: without the .npy that NumPy ends the member's name in
  bool stored = false;    ///< as it is; otherwise compressed or encrypted
  std::size_t bytes = 0;  ///< of the member, its .npy header among them
  std::size_t local = 0;  ///< where its local header begins in the file
};

/// The longest list of members that is read, in bytes.
inline constexpr std::size_t longest_directory = std::size_t{1} << 26;

namespace npz_impl {

/// An unsigned little-endian number of `bytes` bytes; throws bad_file where the text ends before.
inline std::uint64_t number(std::string_view text, std::size_t at, std::size_t bytes,
                            const std::string& name) {
  check(at <= text.size() && bytes <= text.size() - at, Errc::bad_file, name,
        " has a damaged list of members: save it again with numpy.savez");
  std::uint64_t value = 0;
  std::memcpy(&value, text.data() + at, bytes);
  return value;
}

inline std::string part_of(const InputFile& file, std::size_t first, std::size_t count,
                           const std::string& name) {
  check(first <= file.size() && count <= file.size() - first, Errc::bad_file, name,
        " is truncated, or its list of members is damaged: save it again with numpy.savez");
  std::string part = allocating([&] { return std::string(count, '\0'); }, name, ": a list of members");
  file.read(first, count, part.data());
  return part;
}

/// Where the list of members lies.
struct Directory {
  std::size_t offset = 0, bytes = 0;
};

/// Finds the list by the record at the end of the file (PKWARE's appnote, 4.3.16; beyond 4 GiB 4.3.14).
inline Directory find_directory(const InputFile& file, const std::string& name) {
  constexpr std::size_t record = 22, longest_comment = 65535, locator = 20;
  const std::size_t tail = std::min(file.size(), record + longest_comment + locator);
  const std::string end = part_of(file, file.size() - tail, tail, name);
  const std::size_t at = end.rfind("PK\5\6");
  check(at != std::string::npos, Errc::bad_file, name,
        " is no .npz file, or truncated: save it with numpy.savez");
  Directory found{number(end, at + 16, 4, name), number(end, at + 12, 4, name)};
  if (at < locator || end.compare(at - locator, 4, "PK\6\7") != 0) return found;
  const std::string large = part_of(file, number(end, at - locator + 8, 8, name), 56, name);
  check(large.starts_with("PK\6\6"), Errc::bad_file, name,
        " has a damaged end: save it again with numpy.savez");
  return {number(large, 48, 8, name), number(large, 40, 8, name)};
}

/// Sizes and places of 4 GiB and more stand in an extra field (4.5.3), in the order in which they are missed.
inline void read_large(std::string_view extra, std::array<std::uint64_t, 3>& values,
                       const std::string& name) {
  while (extra.size() >= 4) {
    const std::uint64_t kind = number(extra, 0, 2, name), bytes = number(extra, 2, 2, name);
    check(bytes <= extra.size() - 4, Errc::bad_file, name, " has a damaged list of members");
    std::size_t at = 4;
    for (std::uint64_t& value : values)
      if (kind == 1 && value == 0xFFFFFFFF) {
        value = number(extra.substr(0, 4 + bytes), at, 8, name);
        at += 8;
      }
    extra.remove_prefix(4 + bytes);
  }
}

/// The member that begins at `at` of the list, and the place of the next.
inline Member read_member(std::string_view list, std::size_t& at, const std::string& name) {
  constexpr std::size_t fixed = 46;
  check(number(list, at, 4, name) == 0x02014B50, Errc::bad_file, name,
        " has a damaged list of members: save it again with numpy.savez");
  const auto field = [&](std::size_t place, std::size_t bytes) {
    return number(list, at + place, bytes, name);
  };
  const std::size_t name_bytes = field(28, 2), extra_bytes = field(30, 2), comment_bytes = field(32, 2);
  (void)number(list, at + fixed + name_bytes + extra_bytes, 0, name);
  std::array<std::uint64_t, 3> values{field(24, 4), field(20, 4),
                                      field(42, 4)};  // bytes, as stored, local header
  read_large(list.substr(at + fixed + name_bytes, extra_bytes), values, name);
  Member member{std::string(list.substr(at + fixed, name_bytes)),
                field(10, 2) == 0 && (field(8, 2) & 1) == 0 && values[0] == values[1], values[0], values[2]};
  if (member.name.ends_with(".npy")) member.name.resize(member.name.size() - 4);
  at += fixed + name_bytes + extra_bytes + comment_bytes;
  return member;
}

}  // namespace npz_impl

/// The members of an archive, in its order; `name` begins messages. Throws bad_file for what is no zip
/// archive.
[[nodiscard]] inline std::vector<Member> members(const InputFile& file, const std::string& name) {
  const npz_impl::Directory place = npz_impl::find_directory(file, name);
  check(place.bytes <= longest_directory, Errc::bad_file, name, " has a list of members of ", place.bytes,
        " bytes, of which ", longest_directory, " are read");
  const std::string list = npz_impl::part_of(file, place.offset, place.bytes, name);
  std::vector<Member> found;
  for (std::size_t at = 0; at < list.size();) found.push_back(npz_impl::read_member(list, at, name));
  return found;
}

/// Where the features that are the array `member` lie in a file, or those of its only array where `member` is
/// empty. `name` begins messages. Throws bad_file for what npy::map refuses in a .npy file, for damaged
/// archives (their checksums are not looked at), and for compressed members, which can't be mapped.
[[nodiscard]] inline StoredArray locate(const InputFile& file, const std::string& member,
                                        const std::string& name) {
  const std::vector<Member> all = members(file, name);
  std::string names;
  const Member* found = nullptr;
  std::size_t fitting = 0;
  for (const Member& m : all) {
    if (names.size() < 1000) names += (names.empty() ? "" : ", ") + m.name;
    if (!member.empty() && m.name != member) continue;
    found = &m;
    ++fitting;
  }
  check(fitting == 1, Errc::bad_file, name, member.empty() ? "" : ": " + member, " names ", fitting,
        " arrays where one is expected; the file has ", names.empty() ? "none" : names,
        fitting > 1 && member.empty() ? ": name one, as file.npz:" + found->name : "");
  const std::string what = name + ": " + found->name;
  check(found->stored, Errc::bad_file, what,
        " is compressed, so that it can't be mapped. Convert it: python3 -c \"import "
        "numpy; numpy.save('features.npy', numpy.load('",
        quoted_or(file.path(), "FILE"), "')['", quoted_or(found->name, "NAME"), "'])\"");
  const std::string local = npz_impl::part_of(file, found->local, 30, name);
  check(local.starts_with("PK\3\4"), Errc::bad_file, what,
        " has a damaged header: save it again with numpy.savez");
  const std::size_t data =
      found->local + 30 + npz_impl::number(local, 26, 2, name) + npz_impl::number(local, 28, 2, name);
  check(data <= file.size() && found->bytes <= file.size() - data, Errc::bad_file, what, " is truncated");
  Buffer<std::byte> start(std::min(found->bytes, npy::longest_header + 12));
  file.read(data, start.size(), start.data());
  const npy::Header header = npy::parse_header(start, what);
  npy::npy_impl::check_array(header, found->bytes, what);
  StoredArray array = npy::npy_impl::features_of(header, what);
  array.offset += data;
  return array;
}

}  // namespace shoal::npz
