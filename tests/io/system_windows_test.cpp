#if defined(_WIN32)
#include "support/scratch.hpp"

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/system_windows.hpp>

using namespace shoal;

TEST_CASE("what a name aside was left for goes with the next write") {
  const Scratch folder("windows");
  write_text(folder / "f", "text");
  write_text(folder / "f.shoal-12-1000.tmp", "the text before, which nobody has open any more");
  write_text(folder / "f", "new");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("both separators, drives and hosts") {
  CHECK(file_system::is_absolute("C:/a"));
  CHECK(file_system::is_absolute("c:\\a"));
  CHECK(file_system::is_absolute("\\\\host\\share"));
  CHECK_FALSE(file_system::is_absolute("C:a"));
  CHECK_FALSE(file_system::is_absolute("a\\b"));
}
#endif
