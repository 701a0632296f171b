// The pieces that a table in an Arrow file is read in.
#pragma once

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/message.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/arrow_column.hpp>
#include <shoal/io/arrow_status.hpp>

namespace shoal::arrow_rows_impl {

/// A column of a table, in blocks of rows that are read one at a time. Its functions throw bad_file, or what
/// Arrow's library throws, and are called by one thread at a time.
class Blocks {
 public:
  virtual ~Blocks() = default;
  /// The block as an array of the column.
  [[nodiscard]] virtual std::shared_ptr<arrow::Array> load(std::size_t block) = 0;

  [[nodiscard]] const Column& column() const { return column_; }
  /// Numbers in each row; 0 where there are no rows to tell by.
  [[nodiscard]] Index cols() const { return column_.lists.cols; }
  /// The first row of each block, and the number of rows at the end.
  [[nodiscard]] const std::vector<Index>& starts() const { return starts_; }

 protected:
  void add_block(std::int64_t rows) {
    check(rows >= 0 && rows <= most_numbers - starts_.back(), Errc::bad_file, column_.name,
          " has a piece of ", rows, " rows, which no table has");
    starts_.push_back(starts_.back() + rows);
  }
  static constexpr std::int64_t most_numbers = std::int64_t{1} << 59;  // their bytes can be counted

  Column column_;
  std::vector<Index> starts_{0};
};

/// The record batches of an Arrow file, of the file format (Feather's too) or the streaming format. Where
/// they are not compressed their numbers stay in the mapped file.
class ArrowBlocks final : public Blocks {
 public:
  /// Costs a walk over the batches, which decompresses them where they are compressed.
  ArrowBlocks(std::shared_ptr<arrow::Buffer> bytes, const std::string& path, const std::string& member,
              Memory& memory)
      : bytes_(std::move(bytes)) {
    options_.memory_pool = memory.pool();
    options_.use_threads = false;
    const std::string_view head(reinterpret_cast<const char*>(bytes_->data()),
                                bytes_->size() < 6 ? 0 : std::size_t{6});
    check(!head.starts_with("FEA1"), Errc::bad_file, path,
          " is a Feather file of version 1, which is not read here",
          conversion(path, member.empty() ? "COLUMN" : member));
    const auto input = std::make_shared<arrow::io::BufferReader>(bytes_);
    if (head == "ARROW1") {
      open_file(input, path, member);
    } else {
      open_stream(input, path, member);
    }
  }

  std::shared_ptr<arrow::Array> load(std::size_t block) override {
    const auto batch =
        file_ ? value(file_->ReadRecordBatch(static_cast<int>(block)), column_.name) : streamed(block);
    check(batch->num_columns() == 1 && batch->num_rows() == starts_[block + 1] - starts_[block],
          Errc::bad_file, column_.name, ": the batch from row ", starts_[block], " on has changed");
    return batch->column(0);
  }

 private:
  /// Chooses the column; only it is read from here on.
  void choose(std::shared_ptr<arrow::Schema> schema, const std::string& path, const std::string& member) {
    schema_ = std::move(schema);
    column_ = column_of(*schema_, member, path);
    options_.included_fields = {column_.field};
  }
  void add(const arrow::RecordBatch& batch) {
    const bool first = batch.num_rows() > 0 && column_.lists.cols == 0;
    if (first) {
      const auto lists = stored_lists(batch.column(0), column_.name);
      column_.lists.cols = begin_of(*lists, 1) - begin_of(*lists, 0);
    }
    add_block(batch.num_rows());
  }
  void open_file(const std::shared_ptr<arrow::io::BufferReader>& input, const std::string& path,
                 const std::string& member) {
    using Reader = arrow::ipc::RecordBatchFileReader;
    choose(value(Reader::Open(input, options_), path)->schema(), path, member);
    file_ = value(Reader::Open(input, options_), path);
    for (int i = 0; i < file_->num_record_batches(); ++i)
      add(*value(file_->ReadRecordBatch(i), column_.name));
  }
  void open_stream(const std::shared_ptr<arrow::io::BufferReader>& input, const std::string& path,
                   const std::string& member) {
    using Reader = arrow::ipc::RecordBatchStreamReader;
    choose(value(Reader::Open(input, options_), path)->schema(), path, member);
    require(input->Seek(0), path);
    const auto batches = value(Reader::Open(input, options_), path);
    for (;;) {
      const std::int64_t place = value(input->Tell(), path);
      const auto batch = value(batches->Next(), path);
      if (!batch) return;
      places_.push_back(place);
      add(*batch);
    }
  }
  /// The batch of a stream; dictionaries of other columns may stand before it.
  std::shared_ptr<arrow::RecordBatch> streamed(std::size_t block) {
    arrow::io::BufferReader input(arrow::SliceBuffer(bytes_, places_[block]));
    for (;;) {
      const auto message = value(arrow::ipc::ReadMessage(&input, options_.memory_pool), column_.name);
      check(message != nullptr, Errc::bad_file, column_.name, " ends within its batches");
      if (message->type() != arrow::ipc::MessageType::RECORD_BATCH) continue;
      return value(arrow::ipc::ReadRecordBatch(*message, schema_, &dictionaries_, options_), column_.name);
    }
  }

  std::shared_ptr<arrow::Buffer> bytes_;
  arrow::ipc::IpcReadOptions options_ = arrow::ipc::IpcReadOptions::Defaults();
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_;  // none for a stream
  std::vector<std::int64_t> places_;                         // of a stream's batches
  arrow::ipc::DictionaryMemo dictionaries_;
};

}  // namespace shoal::arrow_rows_impl
