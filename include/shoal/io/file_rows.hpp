// Rows read from a file on demand, without mapping it.
#pragma once

#include <memory>
#include <span>
#include <utility>

#include <shoal/core/half.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// The rows of an array in a file, read by position (pread). This is slower than mapped rows if the file is
/// in the system's cache; but if the file changes, the result is an error and never a signal: bad_file, with
/// the file name, if the file is truncated or written to, or if the disk or the network fails. Copies share
/// the open file. Safe to read from several threads.
class FileRows {
 public:
  /// rows × cols elements, stored from byte `offset` of the file on. Throws bad_file if the file is too
  /// short.
  FileRows(InputFile file, std::size_t offset, Dtype type, Index rows, Index cols)
      : file_(std::make_shared<InputFile>(std::move(file))),
        offset_(offset),
        type_(type),
        rows_(rows),
        cols_(cols) {}

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  [[nodiscard]] Dtype dtype() const { return type_; }
  void read(Index first, MatrixView<float> out) const {
    if (type_ == Dtype::float32 && out.stride == cols_) {
      file_->read(place(first), static_cast<std::size_t>(out.rows) * row_bytes(), out.data);
      return;
    }
    Buffer<std::byte> stored(static_cast<std::size_t>(out.rows) * row_bytes());
    file_->read(place(first), stored.size(), stored.data());
    Rows(stored.data(), type_, out.rows, cols_, cols_).read(0, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) read(ids[i], out.block(static_cast<Index>(i), 1));
  }
  /// Throws bad_file if the file has been written to or truncated since it was opened.
  void will_need(Index, Index) const { file_->check_unchanged(); }

 private:
  [[nodiscard]] std::size_t row_bytes() const { return static_cast<std::size_t>(cols_) * bytes_of(type_); }
  [[nodiscard]] std::size_t place(Index row) const {
    return offset_ + static_cast<std::size_t>(row) * row_bytes();
  }

  std::shared_ptr<const InputFile> file_;
  std::size_t offset_;
  Dtype type_;
  Index rows_, cols_;
};
static_assert(RowSource<FileRows>);

}  // namespace shoal
