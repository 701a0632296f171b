// The files of the billion-scale ANN benchmarks: .fbin, .u8bin, .i8bin and .f16bin.
#pragma once

#include <array>
#include <string>

#include <shoal/io/file_rows.hpp>
#include <shoal/io/mapped_rows.hpp>

namespace shoal {

/// Where the rows of such a file lie in it: two little-endian uint32, n and d, then n × d elements of `dtype`
/// (.fbin: float32, .u8bin: uint8, .i8bin: int8, .f16bin: float16). `name` begins messages. Throws bad_file
/// where the file does not hold exactly what its header promises.
[[nodiscard]] inline StoredArray locate_bin(const InputFile& file, Dtype dtype, const std::string& name) {
  std::array<std::uint32_t, 2> header{};
  check(file.size() >= sizeof header, Errc::bad_file, name, " is truncated: it has ", file.size(),
        " bytes, fewer than the 8 of a header");
  file.read(0, sizeof header, header.data());
  const Index rows = header[0], cols = header[1];
  check_held(file.size() - sizeof header, rows, cols, dtype, name);
  return {sizeof header, dtype, rows, cols, cols};
}

}  // namespace shoal
