// A check for NaN and infinity in rows.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/row_check.hpp>

namespace shoal {

/// Throws bad_data for the first row that holds NaN or infinity. The message starts with `what`, such as
/// "fit: features". One pass over the rows; O(threads · 1024 · d) memory.
inline void check_finite_rows(const char* what, AnyRows rows, Workers workers) {
  workers.each_block(rows.rows(), 1024, [&](Block block, int) {
    Matrix<float> x(block.count, rows.cols());
    rows.read(block.first, x);
    for (Index i = 0; i < block.count; ++i)
      check_row(what, block.first + i, x.row(i), x.cols(), RowNeed::finite);
  });
}

}  // namespace shoal
