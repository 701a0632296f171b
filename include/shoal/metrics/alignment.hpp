// Alignment and purity of nearest neighbours: how often neighbours share a label, and how close those are.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/row_check.hpp>
#include <shoal/metrics/distance_backend.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// Scores of nearest neighbours given labels.
struct Alignment {
  /// The mean of ‖g(x) − g(x′)‖² over true-positive pairs, that is, a row and a neighbour with its label;
  /// g(x) is the row scaled to unit length (after Wang and Isola, ICML 2020). Lower is better; NaN if no pair
  /// shares a label.
  double alignment = 0;
  double purity = 0;  ///< mean share of a row's neighbours with its label; higher is better
  Index pairs = 0;    ///< number of true-positive pairs
};

namespace alignment_impl {

/// The sums of each row's distances where the backend has an engine of its own for them; none where it
/// doesn't, or where a row has no direction, which the host then names.
inline std::vector<double> sums_elsewhere(AnyRows features, MatrixView<const std::int32_t> ids,
                                          LabelView labels, const DistanceBackend& backend, Index none) {
  std::vector<Index> own(static_cast<std::size_t>(labels.size()));
  for (Index i = 0; i < labels.size(); ++i) own[static_cast<std::size_t>(i)] = labels[i];
  std::vector<double> sums(own.size());
  if (!backend.distances_to_neighbors({features, ids, own, none, sums}) ||
      !std::all_of(sums.begin(), sums.end(), [](double sum) { return is_finite(sum); }))
    return {};
  return sums;
}

}  // namespace alignment_impl

/// Alignment and neighbour purity, computed from the m nearest neighbours `ids` [n × m] of each row. Rows
/// without a label are left out, and a neighbour without a label counts as a different one. One pass over the
/// rows, O(n m d). The result has the same bits for any number of threads. Throws invalid_argument if the
/// shapes differ, and for ids out of range, and bad_data for NaN, infinite or zero rows.
[[nodiscard]] inline Alignment alignment(AnyRows features, MatrixView<const std::int32_t> ids,
                                         LabelView labels, const DistanceBackend& backend = Cpu{},
                                         Index none = no_label) {
  const Index n = features.rows(), d = features.cols();
  check(ids.rows == n && labels.size() == n && ids.cols > 0, Errc::invalid_argument, "alignment: ids (",
        ids.rows, " × ", ids.cols, ") and labels (", labels.size(), ") must have one row for each of the ", n,
        " rows of features");
  backend.each_row(n, [&](Index i) {
    for (const Index other : ids.span(i))
      check(other >= 0 && other < n, Errc::invalid_argument, "alignment: ids (", other, " at row ", i,
            ") must be in [0, ", n, ")");
  });
  const std::vector<double> elsewhere = alignment_impl::sums_elsewhere(features, ids, labels, backend, none);
  struct Sums {
    double distance = 0, shared = 0;
    Index pairs = 0, rows = 0;
  };
  const auto scaled = [&](Index i, const float* row) {
    const double square = squared_norm(row, d);
    check_row_square("alignment", i, square, RowNeed::direction);
    return 1 / std::sqrt(square);
  };
  const auto one_block = [&](Block b) {
    Matrix<float> row(1, d), others(ids.cols, d);
    std::vector<Index> same;
    Sums sums;
    for (Index i = b.first; i < b.first + b.count; ++i) {
      same.clear();
      for (Index j = 0; j < ids.cols; ++j) {
        const Index other = ids(i, j);
        if (labels[i] != none && labels[other] == labels[i]) same.push_back(other);
      }
      if (labels[i] == none) continue;
      ++sums.rows;
      sums.shared += static_cast<double>(same.size()) / static_cast<double>(ids.cols);
      sums.pairs += static_cast<Index>(same.size());
      if (!elsewhere.empty()) sums.distance += elsewhere[static_cast<std::size_t>(i)];
      if (same.empty() || !elsewhere.empty()) continue;
      features.read(i, row);
      const double scale = scaled(i, row.row(0));
      features.gather(same, others.view().block(0, static_cast<Index>(same.size())));
      for (std::size_t s = 0; s < same.size(); ++s) {
        const float* other = others.row(static_cast<Index>(s));
        const double by = scaled(same[s], other);
        sums.distance += sum_in_double(d, [&](Index j) {
          const double gap = static_cast<double>(row(0, j)) * scale - static_cast<double>(other[j]) * by;
          return gap * gap;
        });
      }
    }
    return sums;
  };
  const auto add = [](Sums& all, const Sums& part) {
    all = {all.distance + part.distance, all.shared + part.shared, all.pairs + part.pairs,
           all.rows + part.rows};
  };
  const Sums sums = backend.reduce_blocks(n, 256, Sums{}, one_block, add);
  check(sums.rows > 0, Errc::invalid_argument, "alignment: labels must label at least one row");
  const double mean = sums.pairs > 0 ? sums.distance / static_cast<double>(sums.pairs)
                                     : std::numeric_limits<double>::quiet_NaN();
  return {mean, sums.shared / static_cast<double>(sums.rows), sums.pairs};
}

}  // namespace shoal
