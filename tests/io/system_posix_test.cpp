#if !defined(_WIN32)
#include "support/scratch.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/system_posix.hpp>

using namespace shoal;

TEST_CASE("links are told from what they name, and give the name") {
  const Scratch folder("posix");
  write_text(folder / "f", "text");
  std::filesystem::create_symlink("f", folder / "link");
  FileStatus status;
  REQUIRE(file_system::look_at(folder / "link", Links::followed, status));
  CHECK(status.kind == FileKind::regular);
  REQUIRE(file_system::look_at(folder / "link", Links::themselves, status));
  CHECK(status.kind == FileKind::link);
  CHECK(file_system::link_target(folder / "link", status) == "f");
  CHECK(file_system::open_to_remove(folder / "link") < 0);
  REQUIRE(file_system::look_at("/dev/null", Links::followed, status));
  CHECK(status.kind == FileKind::other);
}

TEST_CASE("a mode is set by name") {
  const Scratch folder("posix");
  write_text(folder / "f", "text");
  FileStatus status;
  status.mode = 0640;
  CHECK(file_system::set_mode(folder / "f", status));
  REQUIRE(file_system::look_at(folder / "f", Links::followed, status));
  CHECK(status.mode == 0640);
}
#endif
