// The files of the TEXMEX corpus (SIFT1M, GIST1M): .fvecs and .bvecs.
#pragma once

#include <string>

#include <shoal/io/file_rows.hpp>
#include <shoal/io/mapped_rows.hpp>

namespace shoal {

/// Where the rows of such a file lie in it: each is a little-endian int32, d, and d elements of `dtype`
/// (.fvecs: float32, .bvecs: uint8). `name` begins messages. d is that of the first row. Throws bad_file
/// unless the file has at least one row and holds whole rows of that length; a row that says another length
/// is refused when it is read.
[[nodiscard]] inline StoredArray locate_vecs(const InputFile& file, Dtype dtype, const std::string& name) {
  std::int32_t count = 0;
  check(file.size() >= sizeof count, Errc::bad_file, name, " is truncated: it has ", file.size(),
        " bytes, fewer than the 4 in front of a row");
  file.read(0, sizeof count, &count);
  check(count > 0, Errc::bad_file, name, ": row 0 says that it has ", count,
        " columns where at least one is expected");
  const Index cols = count, element = static_cast<Index>(bytes_of(dtype));
  const Index stride = cols + static_cast<Index>(sizeof count) / element;
  const auto row_bytes = static_cast<std::size_t>(stride * element);
  check(file.size() % row_bytes == 0, Errc::bad_file, name, ": its ", file.size(),
        " bytes are no whole number of rows of ", cols, " columns (", row_bytes,
        " bytes each): it is truncated, or has rows of several lengths");
  const auto rows = static_cast<Index>(file.size() / row_bytes);
  return {sizeof count, dtype, rows, cols, stride, true};
}

}  // namespace shoal
