// The pieces that a table in an Arrow file is read in.
#pragma once

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/message.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
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

  /// Gives up what it keeps for the next blocks.
  virtual void forget() {}

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
  ArrowBlocks(std::shared_ptr<arrow::io::RandomAccessFile> input, const std::string& path,
              const std::string& member, Memory& memory, Kind kind = Kind::lists)
      : input_(std::move(input)) {
    options_.memory_pool = memory.pool();
    options_.use_threads = false;
    const std::string head = value(input_->ReadAt(0, 6), path)->ToString();
    check(!head.starts_with("FEA1"), Errc::bad_file, path,
          " is a Feather file of version 1, which is not read here",
          conversion(path, member.empty() ? "COLUMN" : member));
    walk(head == "ARROW1" ? 8 : 0, path, member,
         kind);  // a file is a stream between a magic number and a footer
  }

  std::shared_ptr<arrow::Array> load(std::size_t block) override {
    const auto batch = batch_at(places_[block]);
    check(batch->num_columns() == 1 && batch->num_rows() == starts_[block + 1] - starts_[block],
          Errc::bad_file, column_.name, ": the batch from row ", starts_[block], " on has changed");
    return batch->column(0);
  }

 private:
  /// Finds the column, and the batches of the stream that begins at `begin`; of these only the column is
  /// read.
  void walk(std::int64_t begin, const std::string& path, const std::string& member, Kind kind) {
    using Reader = arrow::ipc::RecordBatchStreamReader;
    require(input_->Seek(begin), path);
    schema_ = value(Reader::Open(input_, options_), path)->schema();
    column_ = column_of(*schema_, member, path, kind);
    options_.included_fields = {column_.field};
    require(input_->Seek(begin), path);
    const auto batches = value(Reader::Open(input_, options_), path);
    for (;;) {
      const std::int64_t place = value(input_->Tell(), path);
      const auto batch = value(batches->Next(), path);
      if (!batch) return;
      if (column_.lists.cols == 0 && batch->num_rows() > 0) {
        const auto lists = stored_lists(batch->column(0), column_.name);
        column_.lists.cols = begin_of(*lists, 1) - begin_of(*lists, 0);
      }
      places_.push_back(place);
      add_block(batch->num_rows());
    }
  }
  /// The batch at a place; dictionaries of other columns may stand before it.
  std::shared_ptr<arrow::RecordBatch> batch_at(std::int64_t place) {
    require(input_->Seek(place), column_.name);
    for (;;) {
      const auto message = value(arrow::ipc::ReadMessage(input_.get(), options_.memory_pool), column_.name);
      check(message != nullptr, Errc::bad_file, column_.name, " ends within its batches");
      if (message->type() != arrow::ipc::MessageType::RECORD_BATCH) continue;
      return value(arrow::ipc::ReadRecordBatch(*message, schema_, &dictionaries_, options_), column_.name);
    }
  }

  std::shared_ptr<arrow::io::RandomAccessFile> input_;
  arrow::ipc::IpcReadOptions options_ = arrow::ipc::IpcReadOptions::Defaults();
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::int64_t> places_;  // of the batches
  arrow::ipc::DictionaryMemo dictionaries_;
};

}  // namespace shoal::arrow_rows_impl
