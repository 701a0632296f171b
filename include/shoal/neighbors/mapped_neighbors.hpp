// Neighbours that stay on disk: training reads a few ids of each row, and never all of them at once.
#pragma once

#include <string>

#include <shoal/io/mapped_file.hpp>
#include <shoal/io/npy_header.hpp>
#include <shoal/neighbors/neighbors.hpp>

namespace shoal {

/// The ids in a .npy file of int32, n × m in C order, as written by `shoal neighbors`, paged in as they are
/// read. Throws bad_file for any other dtype, order or shape, and if the length of the file does not match
/// its header.
class MappedNeighbors {
 public:
  explicit MappedNeighbors(const std::string& path) : file_(path) {
    const std::string name = "MappedNeighbors: " + path;
    const npy::Header header = npy::parse_header(file_.bytes(), name);
    check(header.dtype == "<i4", Errc::bad_file, name, " has the dtype '", header.dtype,
          "': save it as x.astype(numpy.int32)");
    check(header.shape.size() == 2 && !header.fortran, Errc::bad_file, name,
          " must be n × m in C order: save it as numpy.ascontiguousarray(x)");
    const std::size_t needed = static_cast<std::size_t>(header.shape[0] * header.shape[1]) * 4;
    check(file_.bytes().size() - header.offset == needed && header.offset % 4 == 0, Errc::bad_file, name,
          " is damaged: its header promises ", needed, " bytes of data, it holds ",
          file_.bytes().size() - header.offset);
    ids_ = {reinterpret_cast<const std::int32_t*>(file_.bytes().data() + header.offset), header.shape[0],
            header.shape[1]};
  }

  /// The ids [n × m], valid as long as this object or a copy of it exists.
  [[nodiscard]] MatrixView<const std::int32_t> ids() const& { return ids_; }
  void ids() const&& = delete;

 private:
  MappedFile file_;
  MatrixView<const std::int32_t> ids_;
};

}  // namespace shoal
