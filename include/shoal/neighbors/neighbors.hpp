// What a search for neighbours is asked and what it answers; and the rows made ready for it.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// How alike two rows are: the cosine of their angle, or their inner product.
enum class Similarity { cosine, inner_product };

struct NeighborSettings {
  Index count = 50;  ///< m, neighbours a row: 1 ≤ m < n (m ≤ n for another set's rows)
  Similarity similarity = Similarity::cosine;  ///< what "near" means
  bool keep_similarities = false;              ///< return the similarities too
};

/// The m nearest rows of each row: ids [n × m], nearest first, ties by lowest id; a row is never its own
/// neighbour. similarities [n × m] goes with ids when it was asked for, and is empty otherwise.
struct Neighbors {
  Matrix<std::int32_t> ids;
  Matrix<float> similarities;
};

/// Throws unless m is in [1, available] and n rows can be named by 32-bit ids.
inline void check_neighbor_settings(const char* function, const NeighborSettings& settings, Index n,
                                    Index available) {
  check(n <= std::numeric_limits<std::int32_t>::max(), Errc::too_large, function, ": features has ", n,
        " rows; ids are 32 bits, at most 2147483647 rows");
  check(settings.count >= 1 && settings.count <= available, Errc::invalid_argument, function,
        ": settings.count (", settings.count, ") must be between 1 and ", available,
        ", the rows there are to choose from");
}

/// Makes rows ready for a search: each of length one where the similarity is the cosine. id(i) names row i in
/// errors. Throws bad_data for NaN, infinite, and (cosine) zero rows, and for inner products that a float
/// can't hold.
template <class Id>
void make_searchable(const char* function, Similarity similarity, MatrixView<float> rows, Id&& id) {
  constexpr double longest = 1e18;  // two rows up to this long have a product that fits a float
  for (Index i = 0; i < rows.rows; ++i) {
    float* row = rows.row(i);
    double square = 0;
    for (Index j = 0; j < rows.cols; ++j) square += static_cast<double>(row[j]) * static_cast<double>(row[j]);
    check(std::isfinite(square), Errc::bad_data, function, ": row ", id(i), " holds NaN or infinity");
    if (similarity == Similarity::inner_product) {
      check(square <= longest * longest, Errc::bad_data, function, ": row ", id(i), " is ", std::sqrt(square),
            " long; inner products need rows at most ", longest, " long");
      continue;
    }
    check(square > 0, Errc::bad_data, function, ": row ", id(i), " is zero, so it has no cosine");
    const double scale = 1 / std::sqrt(square);
    for (Index j = 0; j < rows.cols; ++j) row[j] = static_cast<float>(static_cast<double>(row[j]) * scale);
  }
}

/// The mean of up to 1024 rows spread over the source, made searchable: what screens measure rows from.
inline std::vector<float> search_centre(const char* function, Similarity similarity, RowsRef source) {
  const Index n = source.rows(), sample = std::min<Index>(n, 1024);
  std::vector<Index> ids(static_cast<std::size_t>(sample));
  for (Index i = 0; i < sample; ++i) ids[static_cast<std::size_t>(i)] = i * n / sample;
  Matrix<float> rows(sample, source.cols());
  source.gather(ids, rows);
  make_searchable(function, similarity, rows, [&](Index i) { return ids[static_cast<std::size_t>(i)]; });
  std::vector<float> centre;
  for (Index k = 0; k < rows.cols(); ++k) {
    double sum = 0;
    for (Index i = 0; i < sample; ++i) sum += static_cast<double>(rows(i, k));
    centre.push_back(static_cast<float>(sum / static_cast<double>(std::max<Index>(sample, 1))));
  }
  return centre;
}

}  // namespace shoal
