// k-means++ by Markov chains: seeds for many clusters at a cost that does not grow with n · C.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>
#include <vector>

#include <shoal/core/function_ref.hpp>
#include <shoal/kmeans/assigner_on.hpp>

namespace shoal {

/// AFK-MC² (Bachem, Lucic, Hassani and Krause, NIPS 2016). Each further centroid is the end of a Markov chain
/// of `chain` steps whose stationary distribution is that of k-means++. Proposals are drawn from
///     q(x) = ½ w D₁² / Σ w D₁² + ½ w / Σ w,      D₁ the distance to the first centroid,
/// so that one pass over the rows serves all chains. The proposals of 32 chains are drawn together, and one
/// product gives their distances to the current centroids. O(n d + chain · C² d). Deterministic in the seed.
class AfkMc2 {
 public:
  AfkMc2(const CheckedRows& rows, const Shard& shard, std::span<const float> weights, std::uint64_t seed,
         const KMeansBackend& backend, std::unique_ptr<SeedSquares> engine = nullptr)
      : cols_(rows.cols()),
        random_(seed, 0xAF4C),
        backend_(backend),
        from_first_(rows, shard, weights, backend, std::move(engine)),
        proposals_(shard) {}

  /// Fills `centroids` [C × d]; calls `chosen` with the number chosen so far.
  void choose(
      MatrixView<float> centroids, FunctionRef<void(Index)> chosen = [](Index) {}) {
    add_first(centroids);
    for (Index held = 1; held < centroids.rows; held += batch) {
      const Index count = std::min<Index>(batch, centroids.rows - held);
      add_batch(centroids, held, count);
      chosen(held + count);
    }
  }

  static constexpr Index chain = 200, batch = 32;

 private:
  /// The density of a proposal with this D₁², divided by its weight.
  [[nodiscard]] double density(double square) const {
    const double far = total_square_ > 0 ? 0.5 * square / total_square_ : 0.5 / total_weight_;
    return far + 0.5 / total_weight_;
  }
  [[nodiscard]] double mass(Index i) const { return from_first_.weight(i) * density(from_first_.square(i)); }

  void add_first(MatrixView<float> centroids) {
    from_first_.first(random_.uniform(position_++), centroids.block(0, 1));
    from_first_.end_updates();  // searches take its memory
    total_square_ = from_first_.total();
    total_weight_ = proposals_.fill(backend_, [&](Index i) { return from_first_.weight(i); });
    proposals_.fill(backend_, [&](Index i) { return mass(i); });
  }

  void add_batch(MatrixView<float> centroids, Index held, Index count) {
    const Index proposals = count * chain;
    std::vector<double> places;
    for (Index k = 0; k < proposals; ++k)
      places.push_back(random_.uniform(position_ + 2 * static_cast<std::uint64_t>(k)));
    const std::vector<Index> ids = proposals_.draw(
        places, [&](Index i) { return mass(i); }, backend_);
    Matrix<float> x(proposals, cols_);
    from_first_.gather(ids, x);
    std::vector<double> square = squares_to(x, centroids.block(0, held));
    const std::vector<double> from_first = from_first_.squares(ids);
    for (Index k = 0; k < count; ++k) {
      const Index end = walk(k * chain, from_first, square);
      std::copy_n(x.row(end), cols_, centroids.row(held + k));
      backend_.each_row(proposals - (k + 1) * chain, [&](Index i) {
        const Index at = (k + 1) * chain + i;
        square[static_cast<std::size_t>(at)] =
            std::min(square[static_cast<std::size_t>(at)], squared_distance(x.row(at), x.row(end), cols_));
      });
    }
    position_ += 2 * static_cast<std::uint64_t>(proposals);
  }

  /// The squared distance of each of the rows x to the nearest centroid. The ranks divide the rows among
  /// themselves.
  [[nodiscard]] std::vector<double> squares_to(MatrixView<const float> x,
                                               MatrixView<const float> centroids) const {
    const AnyCommunicator& ranks = from_first_.shard().ranks();
    std::vector<std::int64_t> bits(static_cast<std::size_t>(x.rows), 0);  // of doubles; 0 on other ranks
    const Block own = own_share(x.rows, ranks);
    const Rows part(x.block(own.first, own.count));
    CheckedRows rows(part, false, "AfkMc2");
    rows.skip_checks();
    if (own.count > 0)
      backend_.search(centroids)->find({.rows = rows}, [&](const FoundCentroids& found) {
        for (Index i = 0; i < found.rows.rows; ++i)
          bits[static_cast<std::size_t>(own.first + found.place + i)] = std::bit_cast<std::int64_t>(
              squared_distance(found.rows.row(i), centroids.row(found.labels(i, 0)), cols_));
      });
    ranks.sum(bits);
    std::vector<double> squares;
    for (const std::int64_t value : bits) squares.push_back(std::bit_cast<double>(value));
    return squares;
  }

  /// The rows of n that this rank takes.
  static Block own_share(Index n, const AnyCommunicator& ranks) {
    const Index each = block_count(n, ranks.size()), first = std::min(n, each * ranks.rank());
    return {ranks.rank(), first, std::min(each, n - first)};
  }

  /// The end of the chain over the proposals [first, first + chain), whose D₁² are `from_first`.
  [[nodiscard]] Index walk(Index first, const std::vector<double>& from_first,
                           const std::vector<double>& square) const {
    Index at = first;
    for (Index k = first + 1; k < first + chain; ++k) {
      const auto here = static_cast<std::size_t>(at), there = static_cast<std::size_t>(k);
      const double now = square[here] * density(from_first[there]);
      const double next = square[there] * density(from_first[here]);
      if (next > now * random_.uniform(position_ + 2 * static_cast<std::uint64_t>(k) + 1)) at = k;
    }
    return at;
  }

  Index cols_;
  Philox random_;
  const KMeansBackend& backend_;
  SeedDistances from_first_;
  RowDistribution proposals_;
  double total_weight_ = 0, total_square_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace shoal
