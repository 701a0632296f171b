// Datasets of HDF5 files as rows, by the HDF5 library, which is not everywhere: include this only where it is
// installed (CMake: link shoal::hdf5).
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <hdf5.h>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/concatenated.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

namespace hdf5_rows_impl {

/// The largest piece that a dataset may be stored in, in bytes: reading a row decompresses a whole piece.
inline constexpr std::size_t largest_chunk = std::size_t{1} << 30;

/// The right to call the library, which is not safe to call from several threads, and keeps its messages off
/// stderr meanwhile.
class Session {
 public:
  Session() : held_(all_calls()) {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Session() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  static std::recursive_mutex& all_calls() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> held_;
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// An object of the library, closed at its end.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// What a message says last: how the dataset is made one that can be read.
inline std::string conversion(const std::string& file, const std::string& dataset) {
  return ". Convert it: python3 -c \"import h5py, numpy; numpy.save('features.npy', "
         "numpy.asarray(h5py.File('" +
         file + "')['" + dataset + "'], 'float32'))\"";
}

/// The names of the two-dimensional datasets of a file; links to other files are not followed.
inline std::vector<std::string> tables(hid_t file) {
  std::vector<std::string> names;
  const auto visit = [](hid_t root, const char* name, const auto* info, void* to) -> herr_t {
    if (info->type != H5O_TYPE_DATASET) return 0;
    const Handle dataset(H5Dopen2(root, name, H5P_DEFAULT), &H5Dclose);
    const Handle space(dataset ? H5Dget_space(dataset.id()) : -1, &H5Sclose);
    if (space && H5Sget_simple_extent_ndims(space.id()) == 2)
      static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, visit, &names, H5O_INFO_BASIC);
  return names;
}

/// The dataset that is meant: `member`, or the only two-dimensional one where it is empty.
inline std::string name_of(hid_t file, const std::string& member, const std::string& path) {
  if (!member.empty()) return member;
  const std::vector<std::string> names = tables(file);
  std::string list;
  for (const std::string& name : names)
    if (list.size() < 1000) list += (list.empty() ? "" : ", ") + name;
  check(names.size() == 1, Errc::bad_file, path, " has ", names.size(),
        " two-dimensional datasets where one is expected",
        list.empty() ? "" : ": name one, as file.h5:name; it has ", list);
  return names.front();
}

/// The bytes of one of the pieces that the dataset is stored in, 0 where it is stored as a whole. Throws
/// bad_file for pieces that are compressed in a way that the library can't undo, that are too large, or of
/// which some are missing, so that their rows would be read as zeros.
inline std::size_t check_chunks(hid_t dataset, const std::array<hsize_t, 2>& shape, std::size_t element,
                                const std::string& name, const std::string& how) {
  const Handle plan(H5Dget_create_plist(dataset), &H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(plan.id());
  check(layout != H5D_VIRTUAL && H5Pget_external_count(plan.id()) == 0, Errc::bad_file, name,
        " is put together from other files, which is not read here", how);
  const std::size_t held = H5Dget_storage_size(dataset);
  if (layout != H5D_CHUNKED) {
    check(held == shape[0] * shape[1] * element, Errc::bad_file, name, " holds ", held, " bytes where ",
          shape[0], " × ", shape[1], " numbers of ", element, " bytes are expected", how);
    return 0;
  }
  for (int k = 0; k < H5Pget_nfilters(plan.id()); ++k) {
    unsigned flags = 0, setting = 0;
    std::size_t settings = 0;
    char label[64] = "";
    const H5Z_filter_t filter = H5Pget_filter2(plan.id(), static_cast<unsigned>(k), &flags, &settings,
                                               nullptr, sizeof label, label, &setting);
    check(H5Zfilter_avail(filter) > 0, Errc::bad_file, name, " is compressed by the filter ", filter, " (",
          label, "), which this HDF5 library does not have", how);
  }
  std::array<hsize_t, 2> chunk{1, 1};  // a dataset of one dimension has columns of one number
  check(H5Pget_chunk(plan.id(), 2, chunk.data()) > 0 && chunk[0] > 0 && chunk[1] > 0, Errc::bad_file, name,
        " is damaged");
  check(chunk[1] <= largest_chunk / element && chunk[0] <= largest_chunk / element / chunk[1], Errc::bad_file,
        name, " is stored in pieces of ", chunk[0], " × ", chunk[1], " numbers, where pieces of at most ",
        largest_chunk, " bytes are read", how);
  const hsize_t expected = ((shape[0] - 1) / chunk[0] + 1) * ((shape[1] - 1) / chunk[1] + 1);
  const Handle space(H5Dget_space(dataset), &H5Sclose);  // of the whole dataset
  hsize_t written = 0;
  check(H5Dget_num_chunks(dataset, space.id(), &written) >= 0 && written == expected, Errc::bad_file, name,
        " has ", written, " of the ", expected,
        " pieces that its shape promises: not all of its rows were written", how);
  return chunk[0] * chunk[1] * element;
}

}  // namespace hdf5_rows_impl

/// A dataset of an HDF5 file, n × d numbers, as rows that are read when they are asked for, as float32. It
/// may be float16, float32 or float64 (each number is rounded to float32), int8 or uint8, of either byte
/// order, as a whole or in compressed pieces. Reading a row decompresses the pieces that it lies in, of which
/// a few are kept (256 MiB at most): rows in order are read fast, rows by id cost a piece each. Calls into
/// the library wait for one another. Copies share the open file.
class Hdf5Rows {
 public:
  /// The dataset `member`, or the only two-dimensional one where it is empty. Throws bad_file, with the line
  /// of Python that converts it, for files and datasets that can't be read: other shapes and types, filters
  /// that the library does not have, and rows that were never written.
  explicit Hdf5Rows(const std::string& path, const std::string& member = {})
      : file_(std::make_shared<const InputFile>(path)) {
    const hdf5_rows_impl::Session session;
    auto open = std::make_shared<Open>();
    open->file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), &H5Fclose};
    check(bool(open->file), Errc::bad_file, path, " is no HDF5 file, damaged, or being written to");
    const std::string dataset = hdf5_rows_impl::name_of(open->file.id(), member, path);
    name_ = path + ":" + dataset;
    open->dataset = {H5Dopen2(open->file.id(), dataset.c_str(), H5P_DEFAULT), &H5Dclose};
    check(bool(open->dataset), Errc::bad_file, path, " has no dataset ", dataset);
    const std::string how = hdf5_rows_impl::conversion(path, dataset);
    find_shape(open->dataset.id());
    const std::size_t element = find_type(open->dataset.id(), how);
    const std::array<hsize_t, 2> shape{static_cast<hsize_t>(rows_), static_cast<hsize_t>(cols_)};
    open->name = dataset;
    if (rows_ > 0) {
      open->kept = room_for(hdf5_rows_impl::check_chunks(open->dataset.id(), shape, element, name_, how));
      reopen(*open);
    }
    open_ = std::move(open);
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  /// Whether the numbers are float64, each of which is rounded as it is read.
  [[nodiscard]] bool rounded() const { return rounded_; }

  /// Throws bad_file where the library can't read the rows.
  void read(Index first, MatrixView<float> out) const {
    if (out.rows == 0) return;
    const hdf5_rows_impl::Session session;
    read_some(first, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    const hdf5_rows_impl::Session session;
    for (std::size_t i = 0; i < ids.size();) {
      std::size_t end = i + 1;
      while (end < ids.size() && ids[end] == ids[end - 1] + 1) ++end;
      read_some(ids[i], out.block(static_cast<Index>(i), static_cast<Index>(end - i)));
      i = end;
    }
  }
  /// Throws bad_file if the file has been written to or truncated since it was opened.
  void will_need(Index, Index) const { file_->check_unchanged(); }
  /// The most bytes that the library keeps of the pieces that it has decompressed.
  [[nodiscard]] std::size_t held() const { return open_->read ? open_->kept : 0; }
  /// Gives them up.
  void forget() const {
    const hdf5_rows_impl::Session session;
    if (open_->read.exchange(false)) reopen(*open_);
  }

 private:
  using Handle = hdf5_rows_impl::Handle;
  /// The open file and dataset, which are closed in a session.
  struct Open {
    Handle file, dataset;
    std::string name;                // of the dataset
    std::size_t kept = 0;            // bytes of pieces that the library has room for
    std::atomic<bool> read = false;  // since the dataset was opened
    Open() = default;
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() {
      const hdf5_rows_impl::Session session;
      dataset = {};
      file = {};
    }
  };

  void find_shape(hid_t dataset) {
    const Handle space(H5Dget_space(dataset), &H5Sclose);
    const int dims = space ? H5Sget_simple_extent_ndims(space.id()) : -1;
    check(dims == 2, Errc::bad_file, name_, " is ", dims,
          "-dimensional where two dimensions are expected, rows × columns");
    std::array<hsize_t, 2> shape{};
    H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
    constexpr auto most = static_cast<hsize_t>(std::numeric_limits<Index>::max());
    check(shape[1] > 0 && shape[1] <= most / 8 && shape[0] <= most / 8 / shape[1], Errc::bad_file, name_,
          " has the shape ", shape[0], " × ", shape[1], ", which no features have");
    rows_ = static_cast<Index>(shape[0]);
    cols_ = static_cast<Index>(shape[1]);
  }
  /// Bytes of a number as it is stored.
  std::size_t find_type(hid_t dataset, const std::string& how) {
    const Handle type(H5Dget_type(dataset), &H5Tclose);
    const H5T_class_t kind = H5Tget_class(type.id());
    const std::size_t bytes = H5Tget_size(type.id());
    const bool real = kind == H5T_FLOAT && (bytes == 2 || bytes == 4 || bytes == 8);
    check(real || (kind == H5T_INTEGER && bytes == 1), Errc::bad_file, name_, " is of a type of ", bytes,
          " bytes where float16, float32, float64, int8 or uint8 is expected", how);
    rounded_ = bytes == 8;
    return bytes;
  }
  /// Bytes of pieces that are kept: the library's own 1 MiB would have it decompress a larger piece once for
  /// each row.
  static std::size_t room_for(std::size_t chunk) {
    constexpr std::size_t least = std::size_t{1} << 20, most = std::size_t{1} << 28;
    return chunk == 0 ? 0 : std::max(chunk, std::clamp(8 * chunk, least, most));
  }
  /// Opens the dataset anew, with room for the pieces; what was kept is given up.
  static void reopen(Open& open) {
    if (open.kept == 0) return;
    const Handle plan(H5Pcreate(H5P_DATASET_ACCESS), &H5Pclose);
    H5Pset_chunk_cache(plan.id(), 1021, open.kept, 1.0);
    open.dataset = {};  // the settings are those of the first that opens it
    open.dataset = {H5Dopen2(open.file.id(), open.name.c_str(), plan.id()), &H5Dclose};
  }
  void read_some(Index first, MatrixView<float> out) const {
    open_->read = true;
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(first), 0},
        count{static_cast<hsize_t>(out.rows), static_cast<hsize_t>(cols_)},
        shape{count[0], static_cast<hsize_t>(out.stride)}, corner{0, 0};
    const Handle from(H5Dget_space(open_->dataset.id()), &H5Sclose),
        to(H5Screate_simple(2, shape.data(), nullptr), &H5Sclose);
    const bool chosen =
        H5Sselect_hyperslab(from.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
        H5Sselect_hyperslab(to.id(), H5S_SELECT_SET, corner.data(), nullptr, count.data(), nullptr) >= 0;
    check(chosen &&
              H5Dread(open_->dataset.id(), H5T_NATIVE_FLOAT, to.id(), from.id(), H5P_DEFAULT, out.data) >= 0,
          Errc::bad_file, name_, " can't be read from row ", first,
          " on: the file is damaged or was cut short");
  }

  std::shared_ptr<const InputFile> file_;
  std::shared_ptr<Open> open_;
  std::string name_;
  Index rows_ = 0, cols_ = 0;
  bool rounded_ = false;
};
static_assert(KeepsRows<Hdf5Rows>);

}  // namespace shoal
