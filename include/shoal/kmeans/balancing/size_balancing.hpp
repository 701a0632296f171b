// What decides how many rows the clusters of k-means hold: the concept.
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <vector>

#include <shoal/kmeans/assigner.hpp>

namespace shoal {

/// The rows and centroids of one round, as a size balancing sees them: it gives each cluster a price and asks
/// where rows go. The cost of a row in a cluster is ‖x − c‖² / 2 up to a constant of the row (under cosine
/// 1 − cos(x, c)), times scale(), and prices are in the same unit.
class PricedRows {
 public:
  PricedRows(const CheckedRows& rows, const Shard& shard, Index clusters, CentroidSearch& search,
             double scale = 1)
      : rows_(rows), shard_(shard), clusters_(clusters), search_(search), scale_(scale) {}

  /// Of all ranks: every rank asks and is answered for all rows.
  [[nodiscard]] Index rows() const { return shard_.total(); }
  [[nodiscard]] Index clusters() const { return clusters_; }
  /// What costs are multiplied by: 1, but for rows so small or large that their squares leave float32's
  /// range.
  [[nodiscard]] double scale() const { return scale_; }

  /// The cluster of least cost + price of every row, ties to the lowest; prices [C]. O(n · C · d).
  [[nodiscard]] std::vector<Label> cheapest(std::span<const float> prices) const {
    std::vector<Label> labels(static_cast<std::size_t>(rows_.rows()));
    search_.find({.rows = rows_, .prices = prices}, [&](const FoundCentroids& found) {
      std::copy_n(found.labels.data, found.labels.rows, labels.data() + found.place);
    });
    return shard_.ranks().all_gather(labels);
  }

  /// For the rows of those ids, ascending: the labels.cols clusters of least cost + price, cheapest first,
  /// and these sums. A cluster of infinite price is not to be had. O(ids · C · d).
  void cheapest(std::span<const Index> ids, std::span<const float> prices, MatrixView<Label> labels,
                MatrixView<float> sums) const {
    std::vector<Index> own;
    for (const Index id : ids)
      if (shard_.holds(id)) own.push_back(id - shard_.first());
    std::vector<Label> nearest(own.size() * static_cast<std::size_t>(labels.cols));
    std::vector<float> values(nearest.size());
    const CentroidQuestion question{.rows = rows_, .ids = own, .count = labels.cols, .prices = prices};
    search_.find(question, [&](const FoundCentroids& found) {
      std::copy_n(found.labels.data, found.labels.rows * labels.cols,
                  nearest.data() + found.place * labels.cols);
      std::copy_n(found.values.data, found.values.rows * labels.cols,
                  values.data() + found.place * labels.cols);
    });
    nearest = shard_.ranks().all_gather(nearest);  // ids ascend through the ranks
    values = shard_.ranks().all_gather(values);
    std::copy(nearest.begin(), nearest.end(), labels.data);
    std::copy(values.begin(), values.end(), sums.data);
  }

 private:
  const CheckedRows& rows_;
  const Shard& shard_;
  Index clusters_;
  CentroidSearch& search_;
  double scale_;
};

/// A rule for the sizes of clusters, as `balancing` of KMeans. Where `active` is false it has none
/// (NoBalance), and nothing else is asked of it; else k-means goes on, after the iterations without prices,
/// with rounds of
///   std::vector<Label> assign(const PricedRows& rows, std::span<float> prices) const
/// which returns the label of each row and may leave prices [C] in `prices`, where it finds those of the
/// round before (first 0). Before work starts, check(n, C) throws where the rule cannot be met, and bytes(n,
/// C) says what assign holds. Laws (laws/size_balancing.hpp): every row gets a label in [0, C); at the
/// prices that are left each row is where cost + price is least, to rounding; the largest cluster is no
/// larger, and the smallest no smaller, than without prices; the same question gives the same answer.
template <class S>
concept SizeBalancing = std::copyable<S> && requires {
  { S::active } -> std::convertible_to<bool>;
} &&(!S::active || requires(const S rule, Index n, const PricedRows& rows, std::span<float> prices) {
  rule.check(n, n);
  { rule.bytes(n, n) } -> std::convertible_to<std::size_t>;
  { rule.assign(rows, prices) } -> std::same_as<std::vector<Label>>;
});

/// Any size balancing behind one type, by reference.
class AnySizeBalancing {
 public:
  template <class S>  // the type itself first: clang asks of it while it lays the class out
    requires(!std::same_as<S, AnySizeBalancing> && SizeBalancing<S>)
  explicit AnySizeBalancing(const S& rule) : rule_(std::addressof(rule)) {
    if constexpr (S::active) {
      check_ = [](const void* r, Index n, Index clusters) { static_cast<const S*>(r)->check(n, clusters); };
      bytes_ = [](const void* r, Index n, Index clusters) -> std::size_t {
        return static_cast<const S*>(r)->bytes(n, clusters);
      };
      assign_ = [](const void* r, const PricedRows& rows, std::span<float> prices) {
        return static_cast<const S*>(r)->assign(rows, prices);
      };
    }
  }

  [[nodiscard]] bool active() const { return assign_ != nullptr; }
  void check(Index n, Index clusters) const {
    if (active()) check_(rule_, n, clusters);
  }
  [[nodiscard]] std::size_t bytes(Index n, Index clusters) const {
    return active() ? bytes_(rule_, n, clusters) : 0;
  }
  [[nodiscard]] std::vector<Label> assign(const PricedRows& rows, std::span<float> prices) const {
    return assign_(rule_, rows, prices);
  }

 private:
  const void* rule_;
  void (*check_)(const void*, Index, Index) = nullptr;
  std::size_t (*bytes_)(const void*, Index, Index) = nullptr;
  std::vector<Label> (*assign_)(const void*, const PricedRows&, std::span<float>) = nullptr;
};

}  // namespace shoal
