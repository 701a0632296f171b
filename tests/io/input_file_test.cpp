#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>
#include <string>
#include <vector>
#if !defined(_WIN32)
#include <sys/stat.h>
#endif

#include <doctest/doctest.h>

#include <shoal/io/input_file.hpp>

using namespace shoal;
namespace fs = std::filesystem;

TEST_CASE("bytes from anywhere, and none from behind the end") {
  const Scratch folder("input");
  std::ofstream(folder / "f") << "0123456789";
  const InputFile file(folder / "f");
  CHECK(file.size() == 10);
  std::string four(4, ' ');
  file.read(3, 4, four.data());
  CHECK(four == "3456");
  file.read(10, 0, nullptr);
  test::refused(Errc::bad_file, "cut short", [&] { file.read(8, 4, four.data()); });
}

TEST_CASE("folders, devices and pipes are refused at once") {
  const Scratch folder("input");
  std::vector<std::string> paths{folder.path};
#if !defined(_WIN32)
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  paths.insert(paths.end(), {folder / "pipe", "/dev/zero"});
#endif
  for (const std::string& path : paths)
    test::refused(Errc::bad_file, "is not a regular file", [&] { (void)InputFile(path); });
  test::refused(Errc::bad_file, "can't be opened", [&] { (void)InputFile(folder / "none"); });
}

TEST_CASE(
    "a file that is cut or written to is noticed; one that is renamed, replaced or gone is still whole") {
  const Scratch folder("input");
  const auto path = folder / "f";
  const auto fresh = [&] {
    std::ofstream(path) << "0123456789";
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
    return InputFile(path);
  };
  {
    const InputFile file = fresh();
    file.check_unchanged();
    fs::rename(path, folder / "g");
    std::ofstream(path) << "other";
    file.check_unchanged();
    InputFile::check_unchanged(path.string(), file.stamp());
    fs::remove(folder / "g");
    char last = ' ';
    file.read(9, 1, &last);
    CHECK(last == '9');
  }
  {
    const InputFile file = fresh();
    fs::resize_file(path, 4);
    test::refused(Errc::bad_file, "was cut short while it was in use: it had 10 bytes and has 4",
                  [&] { file.check_unchanged(); });
    test::refused(Errc::bad_file, path.string(),
                  [&] { InputFile::check_unchanged(path.string(), file.stamp()); });
  }
  {
    const InputFile file = fresh();
    std::fstream(path, std::ios::in | std::ios::out) << "x";
    test::refused(Errc::bad_file, "was written to", [&] { file.check_unchanged(); });
  }
}
