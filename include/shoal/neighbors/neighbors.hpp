// What a search for neighbours is asked and what it answers; and the rows made ready for it.
#pragma once

#include <cmath>
#include <limits>

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

/// Reads rows [first, first + out.rows) and scales each to length one where the similarity is the cosine.
/// Throws bad_data for NaN, infinite, and (cosine) zero rows, and for inner products that a float can't hold.
inline void read_for_search(const char* function, RowsRef source, Similarity similarity, Index first,
                            MatrixView<float> out) {
  constexpr double longest = 1e18;  // two rows up to this long have a product that fits a float
  source.read(first, out);
  for (Index i = 0; i < out.rows; ++i) {
    float* row = out.row(i);
    double square = 0;
    for (Index j = 0; j < out.cols; ++j) square += static_cast<double>(row[j]) * static_cast<double>(row[j]);
    check(std::isfinite(square), Errc::bad_data, function, ": row ", first + i, " holds NaN or infinity");
    if (similarity == Similarity::inner_product) {
      check(square <= longest * longest, Errc::bad_data, function, ": row ", first + i, " is ",
            std::sqrt(square), " long; inner products need rows at most ", longest, " long");
      continue;
    }
    check(square > 0, Errc::bad_data, function, ": row ", first + i, " is zero, so it has no cosine");
    const double scale = 1 / std::sqrt(square);
    for (Index j = 0; j < out.cols; ++j) row[j] = static_cast<float>(static_cast<double>(row[j]) * scale);
  }
}

}  // namespace shoal
