// Products of two sizes beyond 2^31 and 2^63: shapes without data, and sparse files.
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include <shoal/io/generated_rows.hpp>
#include <shoal/io/model_file.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/side_by_side.hpp>
#include <shoal/io/subset.hpp>

using namespace shoal;

namespace {
constexpr Index large = Index{1} << 31;

/// A sparse .npy of zeros; false where the file system holds no file of its length.
bool save_sparse(const ScratchPath& path, const char* dtype, std::vector<Index> shape,
                 Index element) {
  const std::string header = npy::format_header(dtype, shape);
  write_text(path, header);
  Index bytes = element;
  for (const Index length : shape) bytes *= length;
  std::error_code full;
  std::filesystem::resize_file(path, header.size() + static_cast<std::size_t>(bytes), full);
  return !full;
}
}  // namespace

TEST_CASE("views, offsets and rows beyond 2^31 elements") {
  const MatrixView<float> view(nullptr, large, 1000, 2000);
  CHECK(view.block(large - 1, 1).row(0) - view.data == (large - 1) * 2000);
  CHECK(checked_product("n · d", {large, large - 1}) == large * (large - 1));
  const GeneratedRows rows(large * 4, 3, [](Index i, std::span<float> row) {
    for (float& x : row) x = static_cast<float>(i % 1000);
  });
  Matrix<float> x(2, 3);
  rows.read(large * 4 - 2, x);
  CHECK(x(1, 0) == static_cast<float>((large * 4 - 1) % 1000));
  const std::vector<Index> ids{large * 3, 5};
  const Subset subset(rows, ids);
  subset.read(0, x);
  CHECK(x(0, 0) == static_cast<float>(large * 3 % 1000));
  test::refused(Errc::invalid_argument, "Subset: ids holds", [&] {
    const std::vector<Index> beyond{large * 4};
    (void)Subset(rows, beyond);
  });
  const SideBySide wide({rows, rows});
  Matrix<float> y(1, 6);
  wide.gather(std::vector<Index>{large * 2}, y);
  CHECK(y(0, 5) == static_cast<float>(large * 2 % 1000));
}

TEST_CASE("n × d beyond 2^31 in a sparse file of features, to its last byte") {
  const Scratch folder("sizes");
  if (!save_sparse(folder / "x.npy", "<f2", {5000, 1 << 20}, 2)) {
    MESSAGE("skipped: this file system holds no file of 10 GiB");
    return;
  }
  const MappedRows mapped = npy::map(folder / "x.npy");
  const FileRows read = npy::open(folder / "x.npy");
  CHECK(mapped.rows() * mapped.cols() > large);
  Matrix<float> x(1, mapped.cols(), 1.f), y(1, mapped.cols(), 1.f);
  mapped.read(4999, x);
  read.gather(std::vector<Index>{4999}, y);
  CHECK(x(0, mapped.cols() - 1) == 0);
  CHECK(y(0, mapped.cols() - 1) == 0);
  mapped.will_need(4999, 1);
  mapped.will_need(0, 5000);
  mapped.will_need(0, 0);
}

TEST_CASE("shapes whose bytes are beyond 2^63 are refused before anything is read") {
  const Scratch folder("sizes");
  const auto refused = [&](std::vector<Index> shape) {
    write_text(folder / "x.npy", npy::format_header("<f4", shape));
    test::refused(Errc::bad_file, "damaged", [&] { (void)npy::map(folder / "x.npy"); });
    test::refused(Errc::bad_file, "damaged", [&] { (void)npy::open(folder / "x.npy"); });
    test::refused(Errc::bad_file, "damaged", [&] { (void)npy::read_matrix<float>(folder / "x.npy"); });
  };
  refused({large, large});
  refused({Index{1} << 62, 4});
  refused({Index{1} << 40, 0, Index{1} << 40});
  write_text(folder / "x.npy", npy::format_header("<f4", std::vector<Index>{large, 1000}));
  test::refused(Errc::bad_file, "promises 8589934592000 bytes", [&] { (void)npy::map(folder / "x.npy"); });
  ModelWriter model;
  test::refused(Errc::too_large, "beyond 2^63",
                [&] { model.array("x", MatrixView<const double>(nullptr, large, large)); });
}
