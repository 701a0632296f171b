// The m best of a stream of scores on the GPU: tiles of scores are merged into the running best of their
// rows.
#pragma once

#include <shoal/backend/gpu_top_words.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/core/scored.hpp>

namespace shoal {

/// The words of scores from id `base` on, without that of id `own`.
struct ScoreWords {
  const float* scores;
  Index base, own;
  SHOAL_HD std::uint64_t operator()(Index j) const {
    return base + j != own ? scored(scores[j], base + j) : 0;
  }
};

/// Offers the scores [Q × W] of queries [query, …) against base rows [base, …) to best [Q × m], whose words
/// (core/scored.hpp) are in descending order; 0 stands for none. With `self` a row is not offered to itself.
/// One warp for each query.
struct MergeTop {
  bool self;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> scores, Index query, Index base,
                           MatrixView<std::uint64_t> best) const {
    const Index i = warp_item(exec);
    if (i >= scores.rows) return;
    merge_words(exec, scores.cols, ScoreWords{scores.row(i), base, self ? query + i : -1}, best.row(i),
                best.cols);
  }
};

}  // namespace shoal
