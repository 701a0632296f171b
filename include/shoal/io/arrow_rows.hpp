// Columns of lists in Parquet and Arrow files as rows, by Arrow's library, which is not everywhere: include
// this only where it is installed (CMake: link shoal::arrow).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/arrow_blocks.hpp>
#include <shoal/io/arrow_column.hpp>
#include <shoal/io/arrow_input.hpp>
#include <shoal/io/arrow_status.hpp>
#include <shoal/io/concatenated.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/mapped_file.hpp>
#include <shoal/io/open_features.hpp>
#include <shoal/io/parquet_blocks.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

namespace arrow_rows_impl {

/// An open file and those of its blocks that were read last.
class OpenTable {
 public:
  OpenTable(const std::string& path, const std::string& member, bool read)
      : file_(std::make_shared<const InputFile>(path)) {
    check(file_->size() > 0, Errc::bad_file, path, " is empty");
    guarded(path, [&] {
      const auto reader = std::make_shared<ReadInput>(file_, memory_.pool());
      if (path.ends_with(".parquet")) {
        blocks_ = std::make_unique<ParquetBlocks>(reader, path, member, memory_);
      } else if (read) {
        blocks_ = std::make_unique<ArrowBlocks>(reader, path, member, memory_);
      } else {
        mapped_.emplace(*file_);
        blocks_ = std::make_unique<ArrowBlocks>(mapped_input(*mapped_), path, member, memory_);
      }
    });
    const Column& column = blocks_->column();
    check(column.lists.cols > 0 && column.lists.cols < (Index{1} << 32) &&
              blocks_->starts().back() <= (Index{1} << 59) / column.lists.cols,
          Errc::bad_file, column.name, " holds ", blocks_->starts().back(), " lists of ", column.lists.cols,
          " numbers, which are no rows");
  }

  [[nodiscard]] const Blocks& blocks() const { return *blocks_; }
  void will_need(Index count) const {
    file_->check_unchanged();
    if (mapped_ && count == 0) mapped_->will_need(0, 0);
  }

  [[nodiscard]] std::size_t block_of(Index row) const {
    const std::vector<Index>& starts = blocks_->starts();
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), row) - starts.begin()) - 1;
  }

  /// The rows of a block. Threads wait for one another only here.
  [[nodiscard]] RowBlock block(std::size_t b) {
    const std::lock_guard<std::mutex> held(calls_);
    const auto found = kept_.find(b);
    if (found != kept_.end()) {
      found->second.used = ++clock_;
      return found->second.block;
    }
    while (!kept_.empty() && memory_.held() > most_kept) forget_oldest();
    const Column& column = blocks_->column();
    RowBlock block = guarded(column.name, [&] {
      return arrow_rows_impl::block_of(blocks_->load(b), column, column.lists.cols, blocks_->starts()[b]);
    });
    kept_.emplace(b, Kept{block, ++clock_});
    return block;
  }

  [[nodiscard]] std::size_t held() const { return static_cast<std::size_t>(memory_.held()); }
  void forget() {
    const std::lock_guard<std::mutex> calls(calls_);
    kept_.clear();
    blocks_->forget();
  }

 private:
  struct Kept {
    RowBlock block;
    std::uint64_t used;
  };
  static constexpr std::int64_t most_kept = std::int64_t{1} << 28;

  void forget_oldest() {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                 [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }

  std::shared_ptr<const InputFile> file_;
  std::optional<MappedFile> mapped_;
  Memory memory_;
  std::unique_ptr<Blocks> blocks_;
  std::unordered_map<std::size_t, Kept> kept_;
  std::uint64_t clock_ = 0;
  std::mutex calls_;
};

}  // namespace arrow_rows_impl

/// Whether a file is a Parquet or Arrow file by the end of its name: .parquet, .arrow or .feather.
[[nodiscard]] inline bool is_arrow_table(const std::string& path) {
  return path.ends_with(".parquet") || path.ends_with(".arrow") || path.ends_with(".feather");
}

/// A column of lists in a Parquet or Arrow file, n lists of d numbers, as rows that are read when they are
/// asked for, as float32. The lists may be of fixed size or not, of float16, float32 or float64 (each number
/// is rounded to float32), int8 or uint8, compressed or not, in a Parquet file or an Arrow one (IPC or
/// Feather 2, of the file format or the streaming one). Some 4 MiB are decoded at a time, or a record batch
/// of an Arrow file, and 256 MiB are kept: rows in order are read fast. Rows by id cost the blocks that they
/// lie in, and in a Parquet file what lies before these in their row group. Parquet files are read; Arrow
/// files are mapped unless `read` is asked for, and the numbers of batches that are not compressed then stay
/// in the file. Copies share the open file, which must not change. Several files as one input, as Spark and
/// others write tables, are Concatenated<ArrowRows>.
class ArrowRows {
 public:
  /// The column `member`, or the only one of lists of numbers where it is empty. A path that ends in .parquet
  /// is a Parquet file, any other an Arrow file. Throws bad_file for files and columns that can't be read:
  /// other types, lists of several lengths, missing lists, batches that need more than 2 GiB. What only the
  /// data can tell, such as missing numbers, is found when the rows are read.
  explicit ArrowRows(const std::string& path, const std::string& member = {},
                     const OpenSettings& settings = {})
      : table_(std::make_shared<arrow_rows_impl::OpenTable>(path, member, settings.read)) {}

  [[nodiscard]] Index rows() const { return table_->blocks().starts().back(); }
  [[nodiscard]] Index cols() const { return table_->blocks().cols(); }
  /// Whether the numbers are float64, each of which is rounded as it is read.
  [[nodiscard]] bool rounded() const { return table_->blocks().column().lists.type == Dtype::float64; }

  /// Throws bad_file where rows are damaged or missing.
  void read(Index first, MatrixView<float> out) const {
    for (Index done = 0; done < out.rows;) {
      const std::size_t b = table_->block_of(first + done);
      const Index start = table_->blocks().starts()[b], end = table_->blocks().starts()[b + 1];
      const Index some = std::min(out.rows - done, end - first - done);
      table_->block(b).rows.read(first + done - start, out.block(done, some));
      done += some;
    }
  }
  /// Reads the blocks in their order, each once, whatever the order of the ids. Throws as read.
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    std::vector<Index> order(ids.size());
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&](Index a, Index b) {
      return ids[static_cast<std::size_t>(a)] < ids[static_cast<std::size_t>(b)];
    });
    const auto id = [&](std::size_t k) { return ids[static_cast<std::size_t>(order[k])]; };
    for (std::size_t k = 0; k < order.size();) {
      const std::size_t b = table_->block_of(id(k));
      const auto block = table_->block(b);
      const Index start = table_->blocks().starts()[b], end = table_->blocks().starts()[b + 1];
      for (; k < order.size() && id(k) < end; ++k) block.rows.read(id(k) - start, out.block(order[k], 1));
    }
  }
  /// Throws bad_file if the file has been written to or truncated since it was opened.
  void will_need(Index, Index count) const { table_->will_need(count); }
  /// Bytes that Arrow's library holds for this file.
  [[nodiscard]] std::size_t held() const { return table_->held(); }
  /// Gives up the blocks that are kept.
  void forget() const { table_->forget(); }

 private:
  std::shared_ptr<arrow_rows_impl::OpenTable> table_;
};
static_assert(KeepsRows<ArrowRows>);

}  // namespace shoal
