#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/mapped_file.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
namespace fs = std::filesystem;

TEST_CASE("the bytes of a file, one mapping for all copies, none for an empty file") {
  const Scratch folder("mapped");
  std::ofstream(folder / "f") << "0123456789";
  std::ofstream(folder / "empty") << "";
  const MappedFile empty(folder / "empty");
  CHECK(empty.bytes().empty());
  empty.will_need(0, 10);
  const auto map = [&] { return MappedFile(folder / "f"); };
  const MappedFile file = map();
  const MappedFile copy = file;  // NOLINT: the copy is what is tested
  CHECK(copy.bytes().data() == file.bytes().data());
  CHECK(static_cast<char>(file.bytes()[9]) == '9');
  file.will_need(0, ~std::size_t{0});  // no count and no place overflows
  file.will_need(~std::size_t{0}, 5);
  file.will_need(0, 0);
  CHECK(static_cast<char>(file.bytes()[9]) == '9');
}

#if !defined(_WIN32)  // where a mapped file can't be cut
TEST_CASE("a fit whose features are cut short says which file it was") {
  const Scratch folder("mapped");
  const Index n = 60000;  // two windows of a walk
  npy::write(folder / "x.npy", Matrix<float>(n, 4, 1.f));
  const MappedRows rows = npy::map(folder / "x.npy");
  const FileRows read = npy::open(folder / "x.npy");
  const Cpu cpu({.threads = 1});
  Index passes = 0;
  const auto cut_after_a_pass = [&](const Progress&) {
    if (++passes == 1) fs::resize_file(folder / "x.npy", fs::file_size(folder / "x.npy") - 400000);
    return true;
  };
  // The fit looks at the file before it touches each window.
  const error e = test::error_of([&] { (void)fit(KMeans<>{.clusters = 1, .iterations = 3}, rows, cpu, cut_after_a_pass); });
  CHECK(e.code() == Errc::bad_file);
  CHECK(std::string(e.what()).find("x.npy was cut short") != std::string::npos);
  CHECK(passes >= 1);
  test::refused(Errc::bad_file, "x.npy was cut short", [&] { (void)fit(KMeans<>{.clusters = 1}, read, cpu); });
}
#endif
