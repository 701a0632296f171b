// The input rows of heads: checked, and standardised if requested.
#pragma once

#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/linalg/row_check.hpp>

namespace shoal {

/// Rows whose squared norm reaches this limit are refused. The layers of a head compute sums of squares in
/// float32, which would overflow and turn every such row into zero.
inline constexpr double head_square_limit = 1e30;

/// Throws bad_data for a row that holds NaN or infinity, or whose norm is 1e15 or more. The message starts
/// with `what`, such as "predict: features". O(d).
inline void check_head_row(const char* what, Index row, const float* values, Index count) {
  const double square = squared_norm(values, count);
  check_row_square(what, row, square, RowNeed::finite);
  check(square < head_square_limit, Errc::bad_data, what, ": row ", row, " has the squared length ", square,
        "; heads take rows below 1e30: scale the rows down, or standardise the columns");
}

/// The rows of a source for predict(), standardised by the scaling of the training, if there is one, and
/// checked as they are read. The source must outlive it.
class HeadRows {
 public:
  HeadRows(AnyRows source, const ColumnScaling& scaling, const char* what)
      : source_(source), scaling_(scaling), what_(what) {}

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  void read(Index first, MatrixView<float> out) const {
    source_.read(first, out);
    for (Index i = 0; i < out.rows; ++i) prepare(first + i, out.block(i, 1));
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    source_.gather(ids, out);
    for (Index i = 0; i < out.rows; ++i) prepare(ids[static_cast<std::size_t>(i)], out.block(i, 1));
  }
  void will_need(Index first, Index count) const { source_.will_need(first, count); }

 private:
  void prepare(Index id, MatrixView<float> row) const {
    if (!scaling_.mean.empty()) standardize_rows(scaling_, row);
    check_head_row(what_, id, row.data, row.cols);
  }

  AnyRows source_;
  const ColumnScaling& scaling_;
  const char* what_;
};
static_assert(RowSource<HeadRows>);

/// Reads all rows once and returns a checksum of all their bits, where row 0 has the id `first`. Throws
/// bad_data for rows that heads can't process: without standardisation as check_head_row does, otherwise for
/// rows that are not finite. The same checksum for any number of threads; the sum of the checksums of all
/// ranks, modulo 2^64, is that of one process. O(n d).
[[nodiscard]] inline std::uint64_t inspect_head_rows(const char* what, AnyRows rows, bool standardize,
                                                     Workers workers, Index first = 0) {
  constexpr Index block_rows = 128;
  const auto inspect = [&](Block block) {
    Matrix<float> x(block.count, rows.cols());
    rows.read(block.first, x);
    std::uint64_t sum = 0;
    for (Index i = 0; i < block.count; ++i) {
      if (standardize)
        check_row(what, block.first + i, x.row(i), x.cols(), RowNeed::finite);
      else
        check_head_row(what, block.first + i, x.row(i), x.cols());
      sum += row_checksum(static_cast<std::uint64_t>(first + block.first + i), x.row(i),
                          static_cast<std::size_t>(x.cols()) * sizeof(float));
    }
    return sum;
  };
  return workers.reduce_blocks(rows.rows(), block_rows, std::uint64_t{0}, inspect,
                               [](std::uint64_t& sum, std::uint64_t part) { sum += part; });
}

}  // namespace shoal
