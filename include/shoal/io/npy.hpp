// NumPy's .npy files: features mapped from disk, small arrays read with conversion, and results written.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/io/atomic_file.hpp>
#include <shoal/io/file_rows.hpp>
#include <shoal/io/mapped_rows.hpp>
#include <shoal/io/npy_header.hpp>

namespace shoal {

namespace npy {

/// The element types that write() stores.
template <class T>
concept Element = std::same_as<T, std::int32_t> || std::same_as<T, Index> || std::same_as<T, float>;

namespace npy_impl {

/// A C-order array in a mapped file, whose length has been checked against the file's.
struct Array {
  MappedFile file;
  Header header;
  std::string name;  ///< the start of messages, such as "npy::map: features.npy"

  [[nodiscard]] const std::byte* data() const { return file.bytes().data() + header.offset; }
};

/// Throws bad_file unless a file of `file_bytes` bytes holds what its header declares, in C order.
inline void check_array(const Header& header, std::size_t file_bytes, const std::string& name) {
  const std::size_t held = file_bytes - header.offset;
  const std::size_t needed = static_cast<std::size_t>(header.size()) * header.element_bytes();
  check(held >= needed, Errc::bad_file, name, " is truncated: its header promises ", needed,
        " bytes of data, it holds ", held);
  check(held == needed, Errc::bad_file, name, " is damaged: ", held - needed,
        " bytes follow the array that its header describes");
  check(header.dtype.front() != '>', Errc::bad_file, name, " has the dtype '", header.dtype,
        "', big-endian: save it as x.astype(x.dtype.newbyteorder('<'))");
  check(!header.fortran || header.shape.size() < 2, Errc::bad_file, name,
        " is in Fortran order, columns first: save it as numpy.ascontiguousarray(x)");
}

inline Array open(const std::string& path, const char* function) {
  Array array{MappedFile(path), {}, std::string(function) + ": " + path};
  array.header = parse_header(array.file.bytes(), array.name);
  check_array(array.header, array.file.bytes().size(), array.name);
  return array;
}

/// How features of a dtype are stored. Throws bad_file for a dtype that features don't have.
inline Dtype feature_dtype(std::string_view dtype, const std::string& name) {
  if (dtype == "<f4") return Dtype::float32;
  if (dtype == "<f2") return Dtype::float16;
  if (dtype == "<V2" || dtype == "|V2") return Dtype::bfloat16;
  if (dtype == "<f8") return Dtype::float64;
  if (dtype == "|i1") return Dtype::int8;
  if (dtype == "|u1") return Dtype::uint8;
  fail(Errc::bad_file, name, " has the dtype '", dtype,
       "' where float32, float16, bfloat16, float64, int8 or uint8 is expected: save it as "
       "x.astype(numpy.float32)");
}

/// Where the n × d features that a header describes lie. Throws bad_file unless they are such.
inline StoredArray features_of(const Header& header, const std::string& name) {
  check(header.shape.size() == 2, Errc::bad_file, name, " is ", header.shape.size(),
        "-dimensional where two dimensions are expected: reshape it to (rows, columns)");
  check(header.shape[1] > 0, Errc::bad_file, name, " has no columns (", header.shape[0],
        " × 0) where at least one column is expected");
  return {header.offset, feature_dtype(header.dtype, name), header.shape[0], header.shape[1],
          header.shape[1]};
}

/// Calls f(load), where load(i) is element i of the array in its own type. Returns false for an unknown
/// dtype.
template <class F> bool visit(const Array& array, F&& f) {
  const std::string_view dtype = array.header.dtype;
  const auto as = [&]<class T>(T) {
    f([data = array.data()](Index i) {
      T value;
      std::memcpy(&value, data + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
      return value;
    });
    return true;
  };
  if (dtype == "<i4") return as(std::int32_t{});
  if (dtype == "<i8") return as(std::int64_t{});
  if (dtype == "<f4") return as(float{});
  if (dtype == "<f8") return as(double{});
  if (dtype == "|u1") return as(std::uint8_t{});
  if (dtype == "|i1") return as(std::int8_t{});
  if (dtype == "<i2") return as(std::int16_t{});
  if (dtype == "<u2") return as(std::uint16_t{});
  if (dtype == "<u4") return as(std::uint32_t{});
  if (dtype == "<u8") return as(std::uint64_t{});
  return false;
}

/// Converts all elements to T. Integers are read from integers of any width if they fit, floats from floats.
template <Element T> void convert(const Array& array, T* to) {
  const Index count = array.header.size();
  const bool known = visit(array, [&](auto load) {
    using From = decltype(load(0));
    check(std::integral<From> == std::integral<T>, Errc::bad_file, array.name, " has the dtype '",
          array.header.dtype, "' where ", std::integral<T> ? "integers" : "floats", " are expected");
    for (Index i = 0; i < count; ++i) {
      const From value = load(i);
      if constexpr (std::integral<From> && std::integral<T>)
        check(std::in_range<T>(value), Errc::bad_file, array.name, ": element ", i, " (", +value,
              ") does not fit ", sizeof(T) * 8, " bits");
      if constexpr (std::same_as<From, double> && std::same_as<T, float>)
        check(!(std::abs(value) > std::numeric_limits<float>::max()) || !is_finite(value), Errc::bad_file,
              array.name, ": element ", i, " (", value, ") is beyond float32");
      to[i] = static_cast<T>(value);
    }
  });
  check(known, Errc::bad_file, array.name, " has the dtype '", array.header.dtype,
        "', which is not read here");
}

template <Element T>
constexpr std::string_view dtype_name = std::same_as<T, float> ? "<f4"
                                        : sizeof(T) == 4       ? "<i4"
                                                               : "<i8";

template <Element T>
void write(const std::string& path, std::initializer_list<Index> shape, MatrixView<const T> values) {
  AtomicFile file(path);
  file.write(format_header(dtype_name<T>, {shape.begin(), shape.size()}));
  const std::size_t row_bytes = static_cast<std::size_t>(values.cols) * sizeof(T);
  if (values.stride == values.cols)
    file.write(values.data, static_cast<std::size_t>(values.rows) * row_bytes);
  else
    for (Index i = 0; i < values.rows; ++i) file.write(values.row(i), row_bytes);
  file.commit();
}

}  // namespace npy_impl

/// Where the features of a .npy file lie in it. `name` begins messages. Throws as map().
[[nodiscard]] inline StoredArray locate(const InputFile& file, const std::string& name) {
  Buffer<std::byte> start(std::min(file.size(), longest_header + 12));
  file.read(0, start.size(), start.data());
  const Header header = parse_header(start, name);
  npy_impl::check_array(header, file.size(), name);
  return npy_impl::features_of(header, name);
}

/// The features in a .npy file of n × d, C order, little endian: float32 ('<f4'), float16 ('<f2'), bfloat16,
/// float64 ('<f8', rounded to float32 as it is read), int8 ('|i1') or uint8 ('|u1'). NumPy has no bfloat16 of
/// its own; by convention it is two plain bytes an element, '<V2' or '|V2', which is what numpy.save writes
/// for an array of ml_dtypes.bfloat16. Nothing is read before it is asked for. Throws bad_file, with what to
/// do, for any other dtype, order or shape, and for a damaged, truncated or too long file.
[[nodiscard]] inline MappedRows map(const std::string& path) {
  const InputFile file(path);
  const StoredArray features = locate(file, "npy::map: " + path);
  return {MappedFile(file), features};
}

/// Opens the same kind of file for reading instead of mapping it. Use it for network file systems and for
/// files that others may write to, where access to a truncated mapping would end the program. Throws as map()
/// does.
[[nodiscard]] inline FileRows open(const std::string& path) {
  InputFile file(path);
  const StoredArray features = locate(file, "npy::open: " + path);
  return {std::move(file), features};
}

/// Reads a one-dimensional array into a vector. If T is an integer, integers of any width are read, provided
/// that each value fits; if T is float, float32 and float64. Throws bad_file for anything else.
/// read_vector<Label> reads labels.
template <Element T> [[nodiscard]] std::vector<T> read_vector(const std::string& path) {
  const npy_impl::Array array = npy_impl::open(path, "npy::read_vector");
  check(array.header.shape.size() == 1, Errc::bad_file, array.name, " is ", array.header.shape.size(),
        "-dimensional where one dimension is expected: save it as x.ravel()");
  const auto count = static_cast<std::size_t>(array.header.size());
  auto values = allocating([&] { return std::vector<T>(count); }, array.name, ": an array of ",
                           count * sizeof(T), " bytes");
  npy_impl::convert(array, values.data());
  array.file.check_unchanged();
  return values;
}

/// Reads a two-dimensional array into a matrix, with the conversions of read_vector: neighbours, top-k
/// predictions.
template <Element T> [[nodiscard]] Matrix<T> read_matrix(const std::string& path) {
  const npy_impl::Array array = npy_impl::open(path, "npy::read_matrix");
  check(array.header.shape.size() == 2, Errc::bad_file, array.name, " is ", array.header.shape.size(),
        "-dimensional where two dimensions are expected");
  Matrix<T> values(array.header.shape[0], array.header.shape[1]);
  npy_impl::convert(array, values.data());
  array.file.check_unchanged();
  return values;
}

/// Writes a one-dimensional array atomically. Throws bad_file if the system reports an error.
template <Element T> void write(const std::string& path, std::span<const T> values) {
  const auto n = static_cast<Index>(values.size());
  npy_impl::write<T>(path, {n}, {values.data(), n, 1});
}
template <Element T> void write(const std::string& path, const std::vector<T>& values) {
  write(path, std::span<const T>(values));
}

/// Writes a two-dimensional array atomically. Throws bad_file if the system reports an error.
template <class T>
  requires Element<std::remove_const_t<T>>
void write(const std::string& path, MatrixView<T> values) {
  npy_impl::write<std::remove_const_t<T>>(path, {values.rows, values.cols}, values);
}
template <Element T> void write(const std::string& path, const Matrix<T>& values) {
  write(path, values.view());
}

}  // namespace npy
}  // namespace shoal
