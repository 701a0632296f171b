// Rows of a mapped file.
#pragma once

#include <span>
#include <utility>

#include <shoal/io/mapped_file.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/io/stored_array.hpp>

namespace shoal {

/// Rows of an array in a file, which stay on disk and are paged in as they are read. Copies share the
/// mapping.
class MappedRows {
 public:
  /// The rows of an array that the file holds.
  MappedRows(MappedFile file, const StoredArray& array)
      : file_(std::move(file)),
        array_(array),
        rows_(file_.bytes().data() + array.offset, array.dtype, array.rows, array.cols, array.stride) {}

  [[nodiscard]] Index rows() const { return array_.rows; }
  [[nodiscard]] Index cols() const { return array_.cols; }
  [[nodiscard]] Dtype dtype() const { return array_.dtype; }
  /// Throws bad_file where a row of a counted array says that it has another number of columns.
  void read(Index first, MatrixView<float> out) const {
    for (Index i = 0; array_.counted && i < out.rows; ++i) check_count(first + i);
    rows_.read(first, out);
  }
  /// Throws as read.
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    if (array_.counted)
      for (const Index id : ids) check_count(id);
    rows_.gather(ids, out);
  }
  void will_need(Index first, Index count) const {
    file_.will_need(array_.place(first), static_cast<std::size_t>(count) * array_.stride_bytes());
  }

 private:
  void check_count(Index row) const {
    stored_array_impl::check_count(array_, file_.bytes().data() + array_.place(row), row, file_.path());
  }

  MappedFile file_;
  StoredArray array_;
  Rows rows_;
};
static_assert(RowSource<MappedRows>);

}  // namespace shoal
