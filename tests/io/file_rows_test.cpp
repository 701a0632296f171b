#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;
namespace fs = std::filesystem;

TEST_CASE("rows that are read are those that are mapped, in every precision") {
  const std::string data = TEST_DATA "/";
  for (const char* name : {"float32.npy", "float16.npy", "bfloat16.npy", "version2.npy"}) {
    const FileRows rows = npy::open(data + name);
    laws::row_source(rows);
    Matrix<float> read(5, 3), mapped(5, 3);
    rows.read(0, read);
    npy::map(data + name).read(0, mapped);
    for (Index i = 0; i < 15; ++i) CHECK(read.data()[i] == mapped.data()[i]);
  }
}

TEST_CASE("a fit on rows that are read is that on rows that are mapped, to the bit") {
  const auto features = std::string(EXAMPLE_DATA) + "/features.npy";
  const Cpu cpu({.threads = 2});
  const KMeans<> settings{.clusters = 8, .iterations = 4};
  const auto read = fit(settings, npy::open(features), cpu), mapped = fit(settings, npy::map(features), cpu);
  CHECK(read.labels == mapped.labels);
  CHECK(read.objective == mapped.objective);
}

TEST_CASE("a file that is cut short is an error that names it, never a signal") {
  const Scratch folder("file-rows");
  npy::write(folder / "x.npy", Matrix<float>(1000, 4, 1.f));
  const FileRows rows = npy::open(folder / "x.npy");
  fs::resize_file(folder / "x.npy", 2000);
  Matrix<float> x(10, 4);
  rows.read(0, x);
  test::refused(Errc::bad_file, "x.npy was cut short", [&] { rows.read(900, x); });
  test::refused(Errc::bad_file, "x.npy was cut short",
                [&] { rows.gather(std::vector<Index>{999}, x.view().block(0, 1)); });
  test::refused(Errc::bad_file, "x.npy was cut short", [&] { rows.will_need(0, 1); });
}

TEST_CASE("the same files are refused as by map") {
  const Scratch folder("file-rows");
  const auto refused = [&](const std::string& words, const char* dtype, std::vector<Index> shape,
                           std::size_t bytes) {
    write_text(folder / "x.npy", npy::format_header(dtype, shape) + std::string(bytes, '\0'));
    test::refused(Errc::bad_file, words, [&] { (void)npy::open(folder / "x.npy"); });
    test::refused(Errc::bad_file, words, [&] { (void)npy::map(folder / "x.npy"); });
  };
  refused("truncated", "<f4", {2, 3}, 23);
  refused("1 bytes follow", "<f4", {2, 3}, 25);
  refused("astype(numpy.float32)", "<f8", {2, 3}, 48);
  refused("no columns", "<f4", {2, 0}, 0);
  test::refused(Errc::bad_file, "regular file", [&] { (void)npy::open(folder.path); });
  test::refused(Errc::bad_file, "not a .npy", [&] {
    write_text(folder / "x.npy", "short");
    (void)npy::open(folder / "x.npy");
  });
}

TEST_CASE("rows beyond 2^31 and files beyond 2^33 bytes are found where they are") {
  const Scratch folder("file-rows");
  const Index n = (Index{1} << 31) + 5;  // of one column: a sparse file, whose zeros lie on no disk
  const std::string header = npy::format_header("<f4", std::vector<Index>{n, 1});
  write_text(folder / "x.npy", header);
  std::error_code full;
  fs::resize_file(folder / "x.npy", header.size() + static_cast<std::size_t>(n) * 4, full);
  if (full) {
    MESSAGE("skipped: this file system holds no file of 8 GiB");
    return;
  }
  const float value = 7;
  std::fstream file(folder / "x.npy", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(header.size()) + static_cast<std::streamoff>(n - 2) * 4);
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
  file.close();
  const auto check = [&](const auto& rows) {
    CHECK(rows.rows() == n);
    Matrix<float> x(3, 1, -1.f);
    rows.read(n - 3, x);
    CHECK(x(0, 0) == 0);
    CHECK(x(1, 0) == 7);
    rows.gather(std::vector<Index>{n - 2, 0, n - 1}, x);
    CHECK(x(0, 0) == 7);
    CHECK(x(1, 0) == 0);
    rows.will_need(n - 4, 4);
    rows.will_need(0, 0);
  };
  check(npy::open(folder / "x.npy"));
  check(npy::map(folder / "x.npy"));
}
