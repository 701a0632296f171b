#if defined(SHOAL_HDF5)  // where HDF5 is installed
#include "io/formats.hpp"

#include <array>
#include <fstream>
#include <thread>
#include <vector>

#include <shoal/hdf5.hpp>

namespace {

using shoal::hdf5_rows_impl::Handle;

/// How a dataset is written: all of its rows, as float32 and as a whole, unless it says otherwise.
struct Written {
  std::vector<hsize_t> shape{5, 3}, chunk{};
  hid_t type = H5T_IEEE_F32LE;
  bool deflated = false;
  hsize_t rows = 5;  // that are written
};

/// Adds the dataset to the file, which is made where it is missing; the numbers are those of formats::number.
void add(const std::filesystem::path& path, const char* name, const Written& how = {}, float scale = 0.25f,
         float offset = 0) {
  const Handle file(std::filesystem::exists(path)
                        ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                        : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT),
                    &H5Fclose);
  const Handle plan(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose), links(H5Pcreate(H5P_LINK_CREATE), &H5Pclose);
  H5Pset_create_intermediate_group(links.id(), 1);
  if (!how.chunk.empty()) H5Pset_chunk(plan.id(), static_cast<int>(how.chunk.size()), how.chunk.data());
  if (how.deflated) H5Pset_deflate(plan.id(), 6);
  const Handle space(H5Screate_simple(static_cast<int>(how.shape.size()), how.shape.data(), nullptr),
                     &H5Sclose);
  const Handle dataset(H5Dcreate2(file.id(), name, how.type, space.id(), links.id(), plan.id(), H5P_DEFAULT),
                       &H5Dclose);
  REQUIRE(bool(dataset));
  if (how.rows == 0 || how.shape.size() != 2) return;
  const std::array<hsize_t, 2> count{how.rows, how.shape[1]}, start{0, 0};
  std::vector<float> numbers(count[0] * count[1]);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = formats::number(static_cast<shoal::Index>(i), scale, offset);
  const Handle memory(H5Screate_simple(2, count.data(), nullptr), &H5Sclose);
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
  REQUIRE(H5Dwrite(dataset.id(), H5T_NATIVE_FLOAT, memory.id(), space.id(), H5P_DEFAULT, numbers.data()) >=
          0);
}

/// The type of h5py's float16.
Handle half() {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), &H5Tclose);
  H5Tset_fields(type.id(), 15, 10, 5, 0, 10);
  H5Tset_size(type.id(), 2);
  H5Tset_ebias(type.id(), 15);
  return type;
}

template <class F> void no_rows(const char* part, F&& f) { test::refused(shoal::Errc::bad_file, part, f); }

}  // namespace

TEST_CASE("datasets of HDF5 files hold the numbers that its library wrote, however they are stored") {
  const Scratch folder("hdf5", memory_folder());
  const auto path = folder / "a.h5";
  add(path, "whole");
  add(path, "group/pieces", {.chunk = {2, 2}});
  add(path, "deflated", {.chunk = {2, 3}, .type = H5T_IEEE_F64BE, .deflated = true});
  const Handle float16 = half();
  add(path, "half", {.type = float16.id()});
  add(path, "signed", {.type = H5T_STD_I8LE}, 1);
  add(path, "unsigned", {.type = H5T_STD_U8LE}, 1, 4);
  for (const char* name : {"whole", "group/pieces", "/deflated", "half"}) {
    CAPTURE(name);
    formats::check_rows(shoal::Hdf5Rows(path.string(), name));
  }
  formats::check_rows(shoal::Hdf5Rows(path.string(), "signed"), 1);
  formats::check_rows(shoal::Hdf5Rows(path.string(), "unsigned"), 1, 4);
  CHECK(shoal::Hdf5Rows(path.string(), "deflated").rounded());
  CHECK_FALSE(shoal::Hdf5Rows(path.string(), "half").rounded());
  add(folder / "b.h5", "of/one");
  add(folder / "b.h5", "labels", {.shape = {5}});
  formats::check_rows(shoal::Hdf5Rows((folder / "b.h5").string()));  // the only one of rows
  add(folder / "c.h5", "none", {.shape = {0, 3}, .rows = 0});
  CHECK(shoal::Hdf5Rows((folder / "c.h5").string()).rows() == 0);
}

TEST_CASE("rows of an HDF5 file are read into a part of a matrix, and from several threads") {
  const Scratch folder("hdf5", memory_folder());
  add(folder / "a.h5", "x", {.shape = {1000, 3}, .chunk = {64, 3}, .deflated = true, .rows = 1000});
  const shoal::Hdf5Rows rows((folder / "a.h5").string(), "x");
  std::vector<std::thread> readers;
  std::array<int, 4> wrong{};
  for (std::size_t t = 0; t < wrong.size(); ++t)
    readers.emplace_back([&, t] {
      shoal::Matrix<float> x(10, 8);
      for (shoal::Index first = 0; first < 990; first += 7) {
        rows.read(first, x.view().columns(2, 3));
        for (shoal::Index i = 0; i < 10; ++i)
          for (shoal::Index k = 0; k < 3; ++k)
            wrong[t] += x(i, 2 + k) != formats::number(3 * (first + i) + k);
      }
    });
  for (std::thread& reader : readers) reader.join();
  for (const int w : wrong) CHECK(w == 0);
}

TEST_CASE("several HDF5 files are one input; pieces that are forgotten are read anew") {
  const Scratch folder("hdf5", memory_folder());
  const std::vector<std::string> paths{(folder / "a.h5").string(), (folder / "b.h5").string()};
  add(paths[0], "x", {.shape = {700, 3}, .chunk = {64, 3}, .deflated = true, .rows = 700});
  add(paths[1], "x", {.shape = {300, 3}, .type = H5T_IEEE_F64LE, .rows = 300}, 1);
  const shoal::Concatenated<shoal::Hdf5Rows> rows(
      paths, [](const std::string& path) { return shoal::Hdf5Rows(path, "x"); });
  REQUIRE(rows.rows() == 1000);
  shoal::laws::row_source(rows);
  const shoal::Hdf5Rows& first = rows.sources()[0];
  CHECK(first.held() == 1 << 20);  // room for 8 pieces is more than the library's own
  CHECK(rows.sources()[1].held() == 0);
  first.forget();
  CHECK(first.held() == 0);
  shoal::Matrix<float> x(2, 3);
  rows.read(699, x);
  for (shoal::Index k = 0; k < 3; ++k) {
    CHECK(x(0, k) == formats::number(3 * 699 + k));
    CHECK(x(1, k) == formats::number(k, 1));
  }
  add(folder / "c.h5", "x", {.shape = {5, 4}});
  no_rows("c.h5 has 4 columns where", [&] {
    (void)shoal::Concatenated<shoal::Hdf5Rows>({paths[0], (folder / "c.h5").string()},
                                               [](const std::string& path) { return shoal::Hdf5Rows(path); });
  });
}

TEST_CASE("HDF5 files that hold no rows, or say what is not true, are refused") {
  const Scratch folder("hdf5", memory_folder());
  const std::string path = (folder / "a.h5").string();
  const auto open = [&](const char* name) { return [&path, name] { (void)shoal::Hdf5Rows(path, name); }; };
  add(path, "line", {.shape = {5}});
  add(path, "cube", {.shape = {5, 3, 2}});
  no_rows("has 0 two-dimensional datasets", open(""));
  no_rows("has no dataset missing", open("missing"));
  no_rows("is 1-dimensional where two dimensions are expected", open("line"));
  no_rows("is 3-dimensional", open("cube"));
  add(path, "counts", {.type = H5T_STD_I32LE});
  no_rows("numpy.asarray(h5py.File('", open("counts"));
  add(path, "wide", {.shape = {5, 0}, .rows = 0});
  no_rows("5 × 0", open("wide"));
  no_rows("2 two-dimensional datasets where one is expected: name one, as file.h5:name; it has counts, wide",
          open(""));
  // A petabyte in a file of a few kilobytes: allowed by the format, whose rows are zeros then.
  add(path, "unwritten", {.shape = {hsize_t{1} << 40, 256}, .chunk = {64, 256}, .rows = 0});
  no_rows("0 of the 17179869184 pieces", open("unwritten"));
  add(path, "half", {.shape = {8, 3}, .chunk = {2, 3}, .rows = 4});
  no_rows("2 of the 4 pieces", open("half"));
  add(path, "large", {.shape = {1 << 20, 1 << 10}, .chunk = {1 << 19, 1 << 10}, .rows = 0});
  no_rows("pieces of 524288 × 1024", open("large"));
  add(path, "empty", {.rows = 0});
  no_rows("holds 0 bytes where 5 × 3", open("empty"));
  shoal::write_text((folder / "text.h5").string(), "no HDF5 file");
  no_rows("is no HDF5 file", [&] { (void)shoal::Hdf5Rows((folder / "text.h5").string()); });
  no_rows("can't be opened", [&] { (void)shoal::Hdf5Rows((folder / "missing.h5").string()); });
}

TEST_CASE("damaged HDF5 files are refused, or read; never more") {
  const Scratch folder("hdf5", memory_folder());
  add(folder / "a.h5", "x", {.chunk = {2, 3}, .deflated = true});
  const std::string whole = content(folder / "a.h5"), path = (folder / "b.h5").string();
  const auto try_to_read = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    try {
      const shoal::Hdf5Rows rows(path);
      shoal::Matrix<float> x(std::min<shoal::Index>(rows.rows(), 5), std::min<shoal::Index>(rows.cols(), 3));
      if (rows.cols() == 3) rows.read(0, x);
      return true;
    } catch (const shoal::error& e) {
      CHECK(e.code() == shoal::Errc::bad_file);
      return false;
    }
  };
  CHECK(try_to_read(whole));
  for (std::size_t size = 0; size < whole.size(); size += 97) CHECK_FALSE(try_to_read(whole.substr(0, size)));
  int refusals = 0;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5A);
    refusals += try_to_read(damaged) ? 0 : 1;
  }
  CHECK(refusals > 20);
}
#endif
