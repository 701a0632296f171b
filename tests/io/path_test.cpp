#include "support/scratch.hpp"

#include <filesystem>
#include <fstream>
#include <set>

#include <doctest/doctest.h>

#include <shoal/io/path.hpp>

using namespace shoal;

TEST_CASE("folders and absolute paths") {
  CHECK(folder_of("a") == ".");
  CHECK(folder_of("a/b") == "a");
  CHECK(folder_of("a/b/c") == "a/b");
  CHECK(folder_of("/a") == "/");
#if defined(_WIN32)
  CHECK(folder_of("a\\b/c") == "a\\b");
  CHECK(folder_of("a/b\\c") == "a/b");
  CHECK(absolute_path("C:\\a") == "C:\\a");
  CHECK(absolute_path("\\\\host\\a") == "\\\\host\\a");
#else
  CHECK(absolute_path("/a/b") == "/a/b");
#endif
  CHECK(absolute_path("a") == absolute_path(".").substr(0, absolute_path(".").size() - 1) + "a");
}

#if !defined(_WIN32)  // where the system follows links
TEST_CASE("links are followed to the file that they name, there or not") {
  const Scratch folder("links");
  const std::string plain = folder / "plain", link = folder / "link", second = folder / "second";
  std::ofstream(plain) << "text";
  std::filesystem::create_symlink("plain", link);
  std::filesystem::create_symlink(link, second);
  CHECK(file_exists(plain));
  CHECK(std::filesystem::equivalent(behind_links(second), plain));
  CHECK(behind_links(plain) == plain);
  std::filesystem::remove(plain);
  CHECK_FALSE(file_exists(second));
  CHECK(behind_links(second) == plain);
  std::filesystem::create_symlink(second, plain);
  CHECK_THROWS_AS((void)behind_links(second), error);
}
#endif

TEST_CASE("each name of a folder") {
  const Scratch folder("names");
  for (const char* name : {"a", "b"}) std::ofstream(folder / name) << "text";
  std::set<std::string> names;
  each_name_in(folder.path, [&](std::string_view name) { names.emplace(name); });
  CHECK(names == std::set<std::string>{".", "..", "a", "b"});
  each_name_in(folder / "none", [](std::string_view) { FAIL("there is no folder"); });
}
