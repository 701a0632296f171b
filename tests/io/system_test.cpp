#include "support/scratch.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/mapped_file.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/system.hpp>
#include <shoal/io/table.hpp>

using namespace shoal;

TEST_CASE("paths are UTF-8, in files and folders of any name") {
  const Scratch folder("system");
  const std::string inner = folder.path.string() + "/größe 鯨";
  std::filesystem::create_directory(std::filesystem::u8path(inner));
  const std::string path = inner + "/žádný \xF0\x9F\x90\x9F.txt";
  write_text(path, "text");
  CHECK(file_exists(path));
  CHECK(read_text(path) == "text");
  CHECK(std::filesystem::exists(std::filesystem::u8path(path)));
  std::vector<std::string> names;
  each_name_in(inner, [&](std::string_view name) { names.emplace_back(name); });
  CHECK(std::find(names.begin(), names.end(), "žádný \xF0\x9F\x90\x9F.txt") != names.end());
  npy::write(inner + "/x.npy", Matrix<float>(3, 2, 1.f));
  CHECK(npy::map_shards(inner).rows() == 3);
  CHECK(file_system::remove(path));
  CHECK_FALSE(file_exists(path));
}

TEST_CASE("a file that is open, mapped or both is replaced, and stays whole for those who have it") {
  const Scratch folder("system");
  const std::string path = folder / "f";
  write_text(path, "the old text");
  {
    const InputFile open(path);
    const MappedFile mapped(path);
    write_text(path, "the new one");
    CHECK(content(path) == "the new one");
    CHECK(std::string(reinterpret_cast<const char*>(mapped.bytes().data()), mapped.bytes().size()) ==
          "the old text");
    std::array<char, 3> word{};
    open.read(4, 3, word.data());
    CHECK(std::string(word.data(), 3) == "old");
    write_text(path, "and another");  // while the one before the last is still in use
    CHECK(content(path) == "and another");
  }
  write_text(path, "the last");
  CHECK(content(path) == "the last");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);  // nothing is left aside
}

TEST_CASE("what a name stands for") {
  const Scratch folder("system");
  const std::string path = folder / "f";
  write_text(path, "text");
  FileStatus status, again;
  REQUIRE(file_system::look_at(path, Links::followed, status));
  CHECK(status.kind == FileKind::regular);
  CHECK(status.stamp.size == 4);
  CHECK(status.named);
  const int descriptor = file_system::open_to_read(path);
  REQUIRE(file_system::look_at(descriptor, again));
  CHECK(again.stamp == status.stamp);
  CHECK(file_system::close(descriptor));
  REQUIRE(file_system::look_at(folder.path, Links::followed, status));
  CHECK(status.kind == FileKind::folder);
  CHECK_FALSE(file_system::look_at(folder / "none", Links::followed, status));
  CHECK(errno == ENOENT);
  CHECK(file_system::is_readable(path));
  CHECK(file_system::is_writable(path));
  CHECK_FALSE(file_system::is_readable(folder / "none"));
  CHECK(file_system::create(path) < 0);
  CHECK(errno == EEXIST);
  CHECK(file_system::is_absolute(absolute_path("f")));
}

TEST_CASE("a file is created, written, read anywhere, and locked by one at a time") {
  const Scratch folder("system");
  const std::string path = folder / "f";
  const int file = file_system::create(path);
  REQUIRE(file >= 0);
  CHECK(file_system::write(file, "a\nb\r\nc", 6) == 6);  // no line end is translated
  CHECK(file_system::sync(file));
  CHECK(file_system::try_lock(file) == LockAnswer::taken);
  const int other = file_system::open_to_read(path);
  CHECK(file_system::try_lock(other) == LockAnswer::held_by_another);
  std::array<char, 8> text{};
  CHECK(file_system::read(other, text.data(), 8, 2) == 4);  // whoever holds the lock
  CHECK(std::string(text.data(), 4) == "b\r\nc");
  CHECK(file_system::read(other, text.data(), 8, 6) == 0);
  CHECK(file_system::close(file));
  CHECK(file_system::try_lock(other) == LockAnswer::taken);
  CHECK(file_system::close(other));
}
