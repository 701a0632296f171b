// The pieces that a table in a Parquet file is read in.
#pragma once

#include <algorithm>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/arrow_blocks.hpp>
#include <shoal/io/arrow_column.hpp>
#include <shoal/io/arrow_status.hpp>

namespace shoal::arrow_rows_impl {

/// A column of a Parquet file in blocks of some 4 MiB, whatever the size of its row groups. Within a row
/// group only what follows can be read, so a block costs what lies between it and the last block that was
/// read before it in the same row group, or the beginning of the row group.
class ParquetBlocks final : public Blocks {
 public:
  ParquetBlocks(std::shared_ptr<arrow::io::RandomAccessFile> input, const std::string& path,
                const std::string& member, Memory& memory, Kind kind = Kind::lists) {
    parquet::ReaderProperties properties(memory.pool());
    properties.enable_buffered_stream();
    parquet::arrow::FileReaderBuilder builder;
    require(builder.Open(std::move(input), properties), path);
    parquet::ArrowReaderProperties reading(false);  // no threads of its own
    reading.set_pre_buffer(false);
    builder.memory_pool(memory.pool())->properties(reading);
    require(builder.Build(&file_), path);
    std::shared_ptr<arrow::Schema> schema;
    require(file_->GetSchema(&schema), path);
    column_ = column_of(*schema, member, path, kind);
    find_numbers();
    find_blocks(*file_->parquet_reader()->metadata());
  }

  std::shared_ptr<arrow::Array> load(std::size_t block) override {
    Cursor& cursor = before(block);
    for (;;) {
      const std::size_t at = cursor.next++;
      std::shared_ptr<arrow::RecordBatch> batch;
      require(cursor.batches->ReadNext(&batch), column_.name);
      check(batch && batch->num_rows() == starts_[at + 1] - starts_[at] && batch->num_columns() == 1,
            Errc::bad_file, column_.name, " ends early, or is damaged, at row ", starts_[at]);
      if (at == block) return batch->column(0);
    }
  }

  void forget() override { cursors_.clear(); }

 private:
  /// A place in a row group, from which its blocks are read in order.
  struct Cursor {
    std::size_t group = 0, next = 0;  // the next block
    std::uint64_t used = 0;
    std::unique_ptr<arrow::RecordBatchReader> batches;
  };
  static constexpr std::size_t most_cursors = 4;  // each holds three times a block
  static constexpr Index block_bytes = Index{1} << 22;

  /// Finds the numbers among the columns that the file stores.
  void find_numbers() {
    const parquet::arrow::SchemaField* field =
        &file_->manifest().schema_fields[static_cast<std::size_t>(column_.field)];
    while (field->column_index < 0 && field->children.size() == 1) field = &field->children[0];
    check(field->column_index >= 0, Errc::bad_file, column_.name, " is stored in several columns");
    stored_ = field->column_index;
  }
  /// Finds the blocks of all row groups. The numbers that each says it has must be those of its rows' lists.
  void find_blocks(const parquet::FileMetaData& metadata) {
    Index& cols = column_.lists.cols;
    std::int64_t numbers = 0;
    for (int g = 0; g < metadata.num_row_groups(); ++g) {
      const auto group = metadata.RowGroup(g);
      const std::int64_t rows = group->num_rows(), values = group->ColumnChunk(stored_)->num_values();
      check(rows >= 0 && values >= 0 && values <= most_numbers - numbers, Errc::bad_file, column_.name,
            ": its row group ", g, " has ", rows, " rows of ", values, " numbers, which no table has");
      if (cols == 0 && rows > 0) cols = values / rows;
      check(rows == 0 || (cols > 0 && values % cols == 0 && values / cols == rows), Errc::bad_file,
            column_.name, ": its row group ", g, " has ", values, " numbers where ", rows, " lists of ", cols,
            " are expected: lists are of several lengths, or some are missing");
      numbers += values;
      add_group(rows);
    }
  }
  void add_group(std::int64_t rows) {
    const auto bytes = static_cast<Index>(bytes_of(column_.lists.type));
    const Index most = std::max<Index>(1, block_bytes / bytes / std::max<Index>(1, column_.lists.cols));
    check(rows / most < (std::int64_t{1} << 32), Errc::bad_file, column_.name, " has a row group of ", rows,
          " rows, which no table has");
    groups_.push_back(starts_.size() - 1);
    for (std::int64_t done = 0; done < rows; done += most)
      add_block(std::min<std::int64_t>(most, rows - done));
    file_->set_batch_size(most);
  }
  /// The cursor that reaches the block soonest, a new one where there is none.
  Cursor& before(std::size_t block) {
    const auto behind = std::upper_bound(groups_.begin(), groups_.end(), block);
    const auto group = static_cast<std::size_t>(behind - groups_.begin()) - 1;
    Cursor* best = nullptr;
    for (Cursor& cursor : cursors_)
      if (cursor.group == group && cursor.next <= block && (!best || cursor.next > best->next))
        best = &cursor;
    if (!best) {
      if (cursors_.size() < most_cursors) {
        best = &cursors_.emplace_back();
      } else {
        best = &*std::min_element(cursors_.begin(), cursors_.end(),
                                  [](const Cursor& a, const Cursor& b) { return a.used < b.used; });
      }
      best->batches.reset();
      best->batches = value(file_->GetRecordBatchReader({static_cast<int>(group)}, {stored_}), column_.name);
      best->group = group;
      best->next = groups_[group];
    }
    best->used = ++clock_;
    return *best;
  }

  std::unique_ptr<parquet::arrow::FileReader> file_;
  int stored_ = 0;
  std::vector<std::size_t> groups_;  // the first block of each row group
  std::vector<Cursor> cursors_;
  std::uint64_t clock_ = 0;
};

}  // namespace shoal::arrow_rows_impl
