// A GPU kernel that merges tiles of products into the few nearest centroids of every row.
#pragma once

#include <shoal/backend/gpu_top_words.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/core/scored.hpp>

namespace shoal {

/// The words of centroids from `first` on: x·c − half_c, the larger the nearer.
struct CentroidWords {
  const float *products, *half;
  Index first;
  SHOAL_HD std::uint64_t operator()(Index j) const {
    return scored(products[j] - half[first + j], first + j);
  }
};

/// Merges a tile of products [R × W] with the centroids [first, first + W) into the nearest so far of each
/// row, best [R × k], in descending order; 0 stands for none. One warp for each row.
struct FewNearestInTile {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const float* half, Index first,
                           MatrixView<std::uint64_t> best) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    merge_words(exec, products.cols, CentroidWords{products.row(i), half, first}, best.row(i), best.cols);
  }
};

}  // namespace shoal
