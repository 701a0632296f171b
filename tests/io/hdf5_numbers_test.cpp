#if defined(SHOAL_HDF5)  // where HDF5 is installed
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/hdf5.hpp>

namespace {

using shoal::hdf5_rows_impl::Handle;

/// Adds the numbers to the file, stored as `type`, in pieces of `chunk` where it is not 0; they are the first
/// of `shape`, of which no others are written.
void add_numbers(const std::string& path, const char* name, const std::vector<double>& numbers, hid_t type,
                 hsize_t chunk = 0, std::vector<hsize_t> shape = {}) {
  const Handle file(shoal::file_exists(path)
                        ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                        : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT),
                    &H5Fclose);
  if (shape.empty()) shape = {numbers.size()};
  const Handle plan(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose);
  if (chunk > 0) {
    H5Pset_chunk(plan.id(), 1, &chunk);
    H5Pset_deflate(plan.id(), 6);
  }
  const Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), &H5Sclose);
  const Handle dataset(H5Dcreate2(file.id(), name, type, space.id(), H5P_DEFAULT, plan.id(), H5P_DEFAULT),
                       &H5Dclose);
  REQUIRE(bool(dataset));
  if (numbers.empty()) return;
  const hsize_t start = 0, count = numbers.size();
  const Handle memory(H5Screate_simple(1, &count, nullptr), &H5Sclose);
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &start, nullptr, &count, nullptr);
  REQUIRE(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, memory.id(), space.id(), H5P_DEFAULT, numbers.data()) >=
          0);
}

}  // namespace

TEST_CASE("datasets of one dimension are labels, weights or numbers of rows") {
  const Scratch folder("hdf5", memory_folder());
  const std::string path = (folder / "a.h5").string();
  add_numbers(path, "int8", {5, -1, 127}, H5T_STD_I8BE);
  add_numbers(path, "pieces", {1, 2, 3, 4, 5}, H5T_STD_I64LE, 2);
  add_numbers(path, "large", {1, 1099511627776}, H5T_STD_U64LE);
  add_numbers(path, "weights", {0.5, 0.25}, H5T_IEEE_F64LE);
  add_numbers(path, "none", {}, H5T_STD_I64LE, 0, {0});
  using shoal::hdf5_numbers;
  CHECK(hdf5_numbers<shoal::Label>(path, "int8") == std::vector<shoal::Label>{5, -1, 127});
  CHECK(hdf5_numbers<shoal::Index>(path, "pieces") == std::vector<shoal::Index>{1, 2, 3, 4, 5});
  CHECK(hdf5_numbers<shoal::Index>(path, "large")[1] == shoal::Index{1} << 40);
  CHECK(hdf5_numbers<float>(path, "weights") == std::vector<float>{0.5f, 0.25f});
  CHECK(hdf5_numbers<float>(path, "int8") == std::vector<float>{5, -1, 127});
  CHECK(hdf5_numbers<shoal::Label>(path, "none").empty());

  add_numbers(path, "table", {}, H5T_STD_I64LE, 0, {2, 3});
  add_numbers(path, "promised", {1, 2}, H5T_STD_I64LE, 2, {hsize_t{1} << 40});
  add_numbers(path, "unwritten", {}, H5T_STD_I64LE, 0, {hsize_t{1} << 20});
  const auto refuse = [&](const char* part, const char* name) {
    test::refused(shoal::Errc::bad_file, part, [&] { (void)hdf5_numbers<shoal::Label>(path, name); });
  };
  refuse("large: 1099511627776 in row 1 is out of range", "large");
  refuse("weights holds no numbers of the kind that is expected: whole ones", "weights");
  refuse("table is 2-dimensional where one dimension is expected", "table");
  refuse("1 of the 549755813888 pieces", "promised");
  refuse("holds 0 bytes where 1048576 × 1 numbers", "unwritten");
  refuse("has no dataset missing", "missing");
  refuse("name a dataset of numbers", "");
  shoal::write_text((folder / "text.h5").string(), "no HDF5 file");
  test::refused(shoal::Errc::bad_file, "is no HDF5 file",
                [&] { (void)hdf5_numbers<float>((folder / "text.h5").string(), "x"); });
}
#endif
