// Where the rows of an array lie in a file: what the readers of all file formats find out, and mapped or read
// rows need.
#pragma once

#include <cstring>
#include <span>
#include <string>

#include <shoal/core/check.hpp>
#include <shoal/core/half.hpp>

namespace shoal {

/// An array of rows in a file. Row i begins at byte offset + i · stride · bytes_of(dtype).
struct StoredArray {
  std::size_t offset = 0;  ///< bytes in front of the first row
  Dtype dtype = Dtype::float32;
  Index rows = 0, cols = 0;
  Index stride = 0;  ///< elements from one row to the next
  /// Each row has its number of columns in front of it, as an int32: the .fvecs and .bvecs formats.
  bool counted = false;

  [[nodiscard]] std::size_t row_bytes() const { return static_cast<std::size_t>(cols) * bytes_of(dtype); }
  [[nodiscard]] std::size_t stride_bytes() const {
    return static_cast<std::size_t>(stride) * bytes_of(dtype);
  }
  /// Where a row begins in the file.
  [[nodiscard]] std::size_t place(Index row) const {
    return offset + static_cast<std::size_t>(row) * stride_bytes();
  }
};

namespace stored_array_impl {

/// Bytes of the count in front of a row.
inline constexpr std::size_t count_bytes = sizeof(std::int32_t);

/// Throws bad_file unless the count that lies in front of a row of `file` is its number of columns.
inline void check_count(const StoredArray& array, const std::byte* row, Index number,
                        const std::string& file) {
  std::int32_t count = 0;
  std::memcpy(&count, row - count_bytes, count_bytes);
  check(count == array.cols, Errc::bad_file, file, ": row ", number, " says that it has ", count,
        " columns where row 0 has ", array.cols);
}

}  // namespace stored_array_impl

/// Throws bad_file unless exactly the bytes of an n × d array lie in the `held` bytes that a file has for it,
/// and d is at least 1. `name` begins the message: "npy::map: features.npy".
inline void check_held(std::size_t held, Index rows, Index cols, Dtype dtype, const std::string& name) {
  check(cols > 0, Errc::bad_file, name, " has no columns (", rows,
        " × 0) where at least one column is expected");
  const std::size_t row_bytes = static_cast<std::size_t>(cols) * bytes_of(dtype);
  const std::size_t whole = held / row_bytes, n = static_cast<std::size_t>(rows);
  check(whole >= n, Errc::bad_file, name, " is truncated: its header promises ", rows, " rows of ", row_bytes,
        " bytes, and it holds ", held, " bytes of data");
  check(held == n * row_bytes, Errc::bad_file, name, " is damaged: ", held - n * row_bytes,
        " bytes follow the ", rows, " rows that its header describes");
}

}  // namespace shoal
