// k-means++ by Markov chains: seeds for many clusters at a cost that does not grow with n · C.
#pragma once

#include <functional>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/seed_distances.hpp>

namespace shoal {

/// AFK-MC² (Bachem, Lucic, Hassani, Krause, NIPS 2016). Each next centroid is where a Markov chain of `chain`
/// steps ends whose stationary distribution is that of k-means++; proposals come from
///     q(x) = ½ w D₁² / Σ w D₁² + ½ w / Σ w,      D₁ the distance to the first centroid,
/// so that one pass over the rows serves all chains. Proposals of 32 chains are drawn together and their
/// distances to the centroids at hand come from one product. O(n d + chain · C² d).
class AfkMc2 {
 public:
  AfkMc2(const CheckedRows& rows, std::span<const float> weights, std::uint64_t seed, Workers workers)
      : rows_(rows),
        random_(seed, 0xAF4C),
        workers_(workers),
        from_first_(rows, weights, workers),
        proposals_(rows.rows()) {}

  /// Fills `centroids` [C × d], and tells `chosen` how many there are as it goes.
  void choose(MatrixView<float> centroids, const std::function<void(Index)>& chosen = {}) {
    add_first(centroids);
    for (Index held = 1; held < centroids.rows; held += batch) {
      const Index count = std::min<Index>(batch, centroids.rows - held);
      add_batch(centroids, held, count);
      if (chosen) chosen(held + count);
    }
  }

  static constexpr Index chain = 200, batch = 32;

 private:
  /// Of a proposal, over its weight.
  [[nodiscard]] double density(Index i) const {
    const double far = total_square_ > 0 ? 0.5 * from_first_.square(i) / total_square_ : 0.5 / total_weight_;
    return far + 0.5 / total_weight_;
  }
  [[nodiscard]] double mass(Index i) const { return from_first_.weight(i) * density(i); }

  void add_first(MatrixView<float> centroids) {
    from_first_.first(random_.uniform(position_++), centroids.block(0, 1));
    total_square_ = from_first_.total();
    total_weight_ = proposals_.fill(workers_, [&](Index i) { return from_first_.weight(i); });
    total_ = proposals_.fill(workers_, [&](Index i) { return mass(i); });
  }

  void add_batch(MatrixView<float> centroids, Index held, Index count) {
    const Index cols = rows_.cols(), proposals = count * chain;
    std::vector<Index> ids(static_cast<std::size_t>(proposals));
    workers_.each_row(proposals, [&](Index k) {
      const double at = random_.uniform(position_ + 2 * static_cast<std::uint64_t>(k)) * total_;
      ids[static_cast<std::size_t>(k)] = proposals_.draw(at, [&](Index i) { return mass(i); });
    });
    Matrix<float> x(proposals, cols);
    std::vector<double> square(static_cast<std::size_t>(proposals));
    PackedCentroids packed;
    packed.pack(centroids.block(0, held));
    workers_.each_block(proposals, pass_rows(cols), [&](Block b, int) {
      const auto part = x.view().block(b.first, b.count);
      rows_.gather_scattered(
          std::span(ids).subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)), part);
      NearestScratch scratch;
      std::vector<Label> labels(static_cast<std::size_t>(b.count));
      std::vector<float> values(labels.size());
      nearest(part, packed, scratch, labels.data(), values.data());
      for (Index i = 0; i < b.count; ++i)
        square[static_cast<std::size_t>(b.first + i)] =
            squared_distance(part.row(i), centroids.row(labels[static_cast<std::size_t>(i)]), cols);
    });
    for (Index k = 0; k < count; ++k) {
      const Index end = walk(k * chain, ids, square);
      std::copy_n(x.row(end), cols, centroids.row(held + k));
      workers_.each_row(proposals - (k + 1) * chain, [&](Index i) {
        const Index at = (k + 1) * chain + i;
        square[static_cast<std::size_t>(at)] =
            std::min(square[static_cast<std::size_t>(at)], squared_distance(x.row(at), x.row(end), cols));
      });
    }
    position_ += 2 * static_cast<std::uint64_t>(proposals);
  }

  /// Where the chain over proposals [first, first + chain) ends.
  [[nodiscard]] Index walk(Index first, const std::vector<Index>& ids,
                           const std::vector<double>& square) const {
    Index at = first;
    for (Index k = first + 1; k < first + chain; ++k) {
      const double now = square[static_cast<std::size_t>(at)] * density(ids[static_cast<std::size_t>(k)]);
      const double next = square[static_cast<std::size_t>(k)] * density(ids[static_cast<std::size_t>(at)]);
      if (next > now * random_.uniform(position_ + 2 * static_cast<std::uint64_t>(k) + 1)) at = k;
    }
    return at;
  }

  const CheckedRows& rows_;
  Philox random_;
  Workers workers_;
  SeedDistances from_first_;
  RowDistribution proposals_;
  double total_weight_ = 0, total_square_ = 0, total_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace shoal
