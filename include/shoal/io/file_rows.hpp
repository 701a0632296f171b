// Rows read from a file on demand, without mapping it.
#pragma once

#include <memory>
#include <span>
#include <utility>

#include <shoal/io/input_file.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/io/stored_array.hpp>

namespace shoal {

/// The rows of an array in a file, read by position (pread). This is slower than mapped rows if the file is
/// in the system's cache; but if the file changes, the result is an error and never a signal: bad_file, with
/// the file name, if the file is truncated or written to, or if the disk or the network fails. Copies share
/// the open file. Safe to read from several threads.
class FileRows {
 public:
  /// The rows of an array that the file holds.
  FileRows(InputFile file, const StoredArray& array)
      : file_(std::make_shared<InputFile>(std::move(file))), array_(array) {}

  [[nodiscard]] Index rows() const { return array_.rows; }
  [[nodiscard]] Index cols() const { return array_.cols; }
  [[nodiscard]] Dtype dtype() const { return array_.dtype; }
  /// Throws bad_file also where a row of a counted array says that it has another number of columns.
  void read(Index first, MatrixView<float> out) const {
    if (out.rows == 0) return;
    const bool dense = array_.stride == array_.cols;
    if (dense && array_.dtype == Dtype::float32 && out.stride == cols()) {
      file_->read(array_.place(first), static_cast<std::size_t>(out.rows) * array_.row_bytes(), out.data);
      return;
    }
    const std::size_t count = array_.counted ? stored_array_impl::count_bytes : 0;
    Buffer<std::byte> stored(count + static_cast<std::size_t>(out.rows - 1) * array_.stride_bytes() +
                             array_.row_bytes());
    file_->read(array_.place(first) - count, stored.size(), stored.data());
    for (Index i = 0; array_.counted && i < out.rows; ++i)
      stored_array_impl::check_count(
          array_, stored.data() + count + static_cast<std::size_t>(i) * array_.stride_bytes(), first + i,
          file_->path());
    Rows(stored.data() + count, array_.dtype, out.rows, cols(), array_.stride).read(0, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) read(ids[i], out.block(static_cast<Index>(i), 1));
  }
  /// Throws bad_file if the file has been written to or truncated since it was opened.
  void will_need(Index, Index) const { file_->check_unchanged(); }

 private:
  std::shared_ptr<const InputFile> file_;
  StoredArray array_;
};
static_assert(RowSource<FileRows>);

}  // namespace shoal
