#include "support/scratch.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>

using namespace shoal;

namespace {
std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
}  // namespace

TEST_CASE("the old file stands until commit, and stays without it") {
  const Scratch folder("atomic");
  write_text(folder / "f", "old");
  {
    AtomicFile unfinished(folder / "f");
    unfinished.write("half");
    CHECK(content(folder / "f") == "old");
  }
  CHECK(content(folder / "f") == "old");
  AtomicFile first(folder / "f"), second(folder / "f");  // two writers do not share a temporary
  first.write("first");
  second.write("second");
  first.commit();
  CHECK(content(folder / "f") == "first");
  second.commit();
  CHECK(content(folder / "f") == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}
