#include "support/child.hpp"
#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/io/file_lock.hpp>

using namespace shoal;

TEST_CASE("one holds the lock, until its descriptor or its process ends") {
  const Scratch folder("lock");
  const auto path = folder / "f";
  std::ofstream(path) << "x";
  const auto open = [&] { return file_system::open_to_write(path); };
  const int first = open(), second = open();
  CHECK(try_lock(first) == LockAnswer::taken);
  CHECK(try_lock(second) == LockAnswer::held_by_another);
  remove_abandoned(path);
  CHECK(has_name(first));
  file_system::close(first);
#if !defined(_WIN32)
  CHECK(test::in_child([&] { return try_lock(open()) == LockAnswer::taken ? 0 : 1; }) == 0);
#endif
  CHECK(try_lock(second) == LockAnswer::taken);
  file_system::close(second);
  const int third = open();
  remove_abandoned(path);
#if !defined(_WIN32)  // where the name goes with the last that has the file open
  CHECK_FALSE(has_name(third));
  CHECK_FALSE(std::filesystem::exists(path));
#endif
  file_system::close(third);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("links, folders and what is not there are left alone") {
  const Scratch folder("lock");
  std::ofstream(folder / "f") << "x";
#if !defined(_WIN32)
  std::filesystem::create_symlink("f", folder / "link");
  remove_abandoned(folder / "link");
  CHECK(std::filesystem::is_symlink(folder / "link"));
#endif
  remove_abandoned(folder / "none");
  remove_abandoned(folder.path);
  CHECK(std::filesystem::exists(folder / "f"));
}
