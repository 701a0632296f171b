// The order of candidates, decided in double precision where float32 can't distinguish them.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/scored.hpp>
#include <shoal/neighbors/double_search.hpp>

namespace shoal {

/// The number of candidates that a search for m neighbours keeps for each row: a few more than m, so that the
/// last is clearly worse than the m-th and no dropped row can be among the neighbours.
constexpr Index candidates_for(Index m) { return m + 4 + m / 16; }

/// The best candidates of a row.
struct RowCandidates {
  Index row;
  std::span<const std::uint64_t> words;  ///< key and id (core/scored.hpp), descending
  bool more;                             ///< whether there are others, all worse
};

/// Selects the neighbours among the best candidates of each row. The key of a candidate is an upper bound of
/// its exact key and exceeds it by at most key_slack. The intervals of most candidates do not overlap, so
/// their order is known. If they do, the exact ranks of those candidates are computed from their rows. A row
/// whose last neighbour may be worse than a dropped candidate is left to search_in_double.
class ExactOrder {
 public:
  /// `rounding` is the relative error of the keys (pair_key).
  ExactOrder(const SearchRows& asking, const SearchRows& asked, float rounding)
      : asking_(asking), asked_(asked), rounding_(rounding) {}

  /// Writes the best of a row's candidates to ids, as far as there are any. Returns whether they are
  /// certainly the best of all rows.
  bool decide(const RowCandidates& of, std::span<std::int32_t> ids) const {
    const Index row = of.row;
    Buffer<Candidate> best = candidates(row, of.words);
    Matrix<float> x;
    const std::size_t wanted = std::min(ids.size(), best.size());
    for (std::size_t first = 0, end = 0; first < wanted; first = end) {
      float low = best[first].low;
      for (end = first + 1; end < best.size() && best[end].high >= low; ++end)
        low = std::min(low, best[end].low);
      if (end == first + 1) continue;
      if (x.rows() == 0) x = row_of(asking_, row);
      decide_exactly(row, x.row(0), best.data() + first, best.data() + end);
    }
    for (std::size_t k = 0; k < wanted; ++k) ids[k] = static_cast<std::int32_t>(best[k].id);
    return !of.more || certain(row, x, best[wanted - 1], score_of(of.words.back()));
  }

 private:
  struct Candidate {
    Index id;
    float high, low;  ///< bounds of the exact key
    double rank = 0;  ///< the exact rank (SearchRows), if it was needed
    bool exact = false;
  };

  [[nodiscard]] Buffer<Candidate> candidates(Index row, std::span<const std::uint64_t> words) const {
    const RowMeasure own = asking_.measure(row);
    Buffer<Candidate> all;
    for (const std::uint64_t word : words) {
      const Index id = id_of(word);
      const float high = score_of(word), doubt = static_cast<float>(asking_.key_doubt(row, asked_, id));
      all.push_back({id, high + doubt, high - doubt - key_slack(own, asked_.measure(id), rounding_)});
    }
    return all;
  }

  static Matrix<float> row_of(const SearchRows& rows, Index i) {
    Matrix<float> x(1, rows.cols());
    rows.source().read(i, x);
    return x;
  }

  /// Sorts candidates by their exact ranks.
  void decide_exactly(Index row, const float* x, Candidate* first, Candidate* last) const {
    std::vector<Index> which;
    for (const Candidate* c = first; c != last; ++c) which.push_back(c->id);
    Matrix<float> y(std::ssize(which), asked_.cols());
    asked_.source().gather(which, y);
    for (Index k = 0; k < y.rows(); ++k) {
      first[k].rank = asking_.exact_rank(row, x, asked_, first[k].id, y.row(k));
      first[k].exact = true;
    }
    std::sort(first, last, [](const Candidate& a, const Candidate& b) {
      return ExactCandidate{a.rank, a.id} < ExactCandidate{b.rank, b.id};
    });
  }

  /// Whether no dropped candidate, whose key is at most `dropped`, can be better than `last`.
  bool certain(Index row, Matrix<float>& x, const Candidate& last, float dropped) const {
    const double doubt = asking_.key_doubt(row, asked_.longest());
    if (!last.exact && static_cast<double>(last.low) - 2 * doubt > static_cast<double>(dropped))
      return true;  // since the exact key is at least last.low − doubt, the test below would succeed
    if (x.rows() == 0) x = row_of(asking_, row);
    const double rank =
        last.exact ? last.rank
                   : asking_.exact_rank(row, x.row(0), asked_, last.id, row_of(asked_, last.id).row(0));
    // A distance of 0 is the smallest possible, so no dropped row is nearer; among equal rows those of lower
    // ids are kept.
    if (rank == 0 && asking_.similarity() != Similarity::inner_product) return true;
    return asking_.key_of(rank) - doubt > static_cast<double>(dropped);
  }

  const SearchRows &asking_, &asked_;
  float rounding_;
};

/// Selects the neighbours of `count` rows, where candidates(k) are those of the k-th, in double precision if
/// needed. Returns the rows that have fewer neighbours than requested.
template <class CandidatesOf>
std::vector<Index> take_best(const SearchRows& asking, const SearchRows& asked, bool self, float rounding,
                             Index count, CandidatesOf&& candidates, Neighbors& result, Workers workers) {
  const ExactOrder order(asking, asked, rounding);
  enum Outcome : std::uint8_t { certain, uncertain, too_few };
  Buffer<Outcome> outcome(static_cast<std::size_t>(count));
  std::vector<Index> rows(static_cast<std::size_t>(count));
  workers.each_block(count, 64, [&](Block b, int) {
    for (Index k = b.first; k < b.first + b.count; ++k) {
      const RowCandidates of = candidates(k);
      const auto at = static_cast<std::size_t>(k);
      rows[at] = of.row;
      const bool sure = order.decide(of, result.ids.view().span(of.row));
      outcome[at] = std::ssize(of.words) < result.ids.cols() ? too_few : sure ? certain : uncertain;
    }
  });
  std::vector<Index> again, short_of;
  for (std::size_t k = 0; k < outcome.size(); ++k) {
    if (outcome[k] == uncertain) again.push_back(rows[k]);
    if (outcome[k] == too_few) short_of.push_back(rows[k]);
  }
  search_in_double(asking, asked, self, again, result.ids, workers);
  return short_of;
}

/// The number of rows whose similarities are computed by one task.
inline constexpr Index similarity_block_rows = 64;

/// Computes the similarities of known neighbours in double precision: cosines, inner products, or distances.
/// Throws bad_data if one is beyond the range of float32.
inline void fill_similarities(const SearchRows& asking, const SearchRows& asked, Neighbors& result,
                              Workers workers) {
  const Index m = result.ids.cols(), d = asked.cols();
  workers.each_block(result.ids.rows(), similarity_block_rows, [&](Block b, int) {
    Matrix<float> x(1, d), y(m, d);
    std::vector<Index> which(static_cast<std::size_t>(m));
    for (Index i = b.first; i < b.first + b.count; ++i) {
      std::copy_n(result.ids.row(i), m, which.begin());
      asking.source().read(i, x);
      asked.source().gather(which, y);
      for (Index k = 0; k < m; ++k) {
        const double rank =
            asking.exact_rank(i, x.row(0), asked, which[static_cast<std::size_t>(k)], y.row(k));
        const double similarity = asking.similarity_of_rank(rank);
        const auto value = static_cast<float>(similarity);
        check(is_finite(value), Errc::bad_data, "exact_neighbors: the similarity of row ", i, " and row ",
              which[static_cast<std::size_t>(k)], " (", similarity, ") is beyond the range of float32");
        result.similarities(i, k) = value;
      }
    }
  });
}

}  // namespace shoal
