// A file as Arrow's library reads it: by calls of read, which never end the program, or mapped.
#pragma once

#include <algorithm>
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/io/memory.h>
#include <cstdint>
#include <memory>
#include <string>

#include <shoal/io/arrow_status.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/mapped_file.hpp>

namespace shoal::arrow_rows_impl {

/// An open file, read in pieces. What goes wrong is a status of Arrow's.
class ReadInput final : public arrow::io::RandomAccessFile {
 public:
  ReadInput(std::shared_ptr<const InputFile> file, arrow::MemoryPool* pool)
      : file_(std::move(file)), pool_(pool) {}

  arrow::Result<std::int64_t> GetSize() override { return size(); }
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t bytes, void* out) override try {
    if (position < 0 || bytes < 0 || position > size())
      return arrow::Status::IOError("a place outside of the file");
    const std::int64_t some = std::min(bytes, size() - position);
    file_->read(static_cast<std::size_t>(position), static_cast<std::size_t>(some), out);
    return some;
  } catch (const error& e) {
    return arrow::Status::IOError(e.what());
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t bytes) override {
    const std::int64_t most = position < 0 || position > size() ? 0 : size() - position;
    ARROW_ASSIGN_OR_RAISE(auto buffer,
                          arrow::AllocateResizableBuffer(std::clamp<std::int64_t>(bytes, 0, most), pool_));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position, buffer->size(), buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(place_, bytes, out));
    place_ += got;
    return got;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(place_, bytes));
    place_ += buffer->size();
    return buffer;
  }
  arrow::Status Seek(std::int64_t position) override {
    place_ = position;
    return arrow::Status::OK();
  }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return place_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(file_->size()); }

  std::shared_ptr<const InputFile> file_;
  arrow::MemoryPool* pool_;
  std::int64_t place_ = 0;
  bool closed_ = false;
};

/// The bytes of a mapped file, which must outlive what reads them.
inline std::shared_ptr<arrow::io::RandomAccessFile> mapped_input(const MappedFile& file) {
  return std::make_shared<arrow::io::BufferReader>(
      std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(file.bytes().data()),
                                      static_cast<std::int64_t>(file.bytes().size())));
}

}  // namespace shoal::arrow_rows_impl
