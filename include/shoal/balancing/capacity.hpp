// Hard bounds on the sizes of clusters: every cluster between lo and hi rows, guaranteed.
#pragma once

#include <algorithm>
#include <limits>
#include <queue>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// The balancing of KMeans<Geometry, Capacity>: each cluster gets at least `lo` and at most `hi` rows.
struct Capacity {
  Index lo = 0;
  Index hi = std::numeric_limits<Index>::max();
};

/// Assigns n rows to C clusters of at most `hi` rows at little total cost, then tops clusters up to `lo`.
///
/// First an auction (Bertsekas and Castañon, Computational Optimization and Applications 1, 1992): a row bids
/// for its best cluster, at cost + price, what it would lose by its second best, plus ε; a full cluster drops
/// its lowest bid, which becomes its price. The total is within n ε of the least for the upper bound. Then
/// rows that lose least are moved from clusters that can spare them into those below lo: greedy, so the total
/// is near the least but not proven so.
///
/// cost(row) -> const float* gives the costs of a row to all C clusters; few [n × K] holds its K nearest
/// clusters, so that most bids need no full row. One thread, deterministic. Pre: C lo ≤ n ≤ C hi.
template <class CostRow> class CapacityAssignment {
 public:
  CapacityAssignment(MatrixView<const Label> few, MatrixView<const float> few_costs, Index clusters,
                     Capacity bounds, float epsilon, CostRow cost)
      : few_(few),
        few_costs_(few_costs),
        clusters_(clusters),
        bounds_(bounds),
        epsilon_(epsilon),
        cost_(std::move(cost)),
        price_(static_cast<std::size_t>(clusters), 0.f),
        held_(static_cast<std::size_t>(clusters)),
        labels_(static_cast<std::size_t>(few.rows), Label{-1}) {}

  std::vector<Label> run() {
    for (Index row = 0; row < few_.rows; ++row)
      for (Index bidder = row; bidder >= 0;) bidder = bid(bidder);
    top_up();
    return std::move(labels_);
  }

 private:
  struct Bid {
    float price;
    Index row;
    bool operator<(const Bid& other) const {
      return price != other.price ? price > other.price : row > other.row;
    }
  };
  struct Choice {
    Label cluster = -1;
    float best = std::numeric_limits<float>::infinity(), second = best;
    void offer(Label c, float value) {
      if (value < best || (value == best && c < cluster)) {
        second = best;
        best = value;
        cluster = c;
      } else {
        second = std::min(second, value);
      }
    }
  };

  /// The row bids; returns the row that it drives out, or -1.
  Index bid(Index row) {
    Choice choice;
    for (Index k = 0; k < few_.cols; ++k) {
      const Label c = few_(row, k);
      choice.offer(c, few_costs_(row, k) + price_[static_cast<std::size_t>(c)]);
    }
    // Any cluster outside the few costs at least as much as the last of them: prices are not negative.
    if (few_.cols < clusters_ && choice.second > few_costs_(row, few_.cols - 1)) {
      const float* costs = cost_(row);
      choice = {};
      for (Index c = 0; c < clusters_; ++c)
        choice.offer(static_cast<Label>(c), costs[c] + price_[static_cast<std::size_t>(c)]);
    }
    const auto at = static_cast<std::size_t>(choice.cluster);
    const float gain =
        choice.second < std::numeric_limits<float>::infinity() ? choice.second - choice.best : 0.f;
    auto& held = held_[at];
    held.push({price_[at] + gain + epsilon_, row});
    labels_[static_cast<std::size_t>(row)] = choice.cluster;
    if (static_cast<Index>(held.size()) <= bounds_.hi) return -1;
    const Index out = held.top().row;
    held.pop();
    price_[at] = std::max(price_[at], held.empty() ? 0.f : held.top().price);
    labels_[static_cast<std::size_t>(out)] = -1;
    return out;
  }

  /// Moves rows into clusters below lo, the cheapest moves first.
  void top_up() {
    std::vector<Index> size(static_cast<std::size_t>(clusters_), 0);
    for (const Label label : labels_) ++size[static_cast<std::size_t>(label)];
    std::vector<Label> poor;
    for (Index c = 0; c < clusters_; ++c)
      if (size[static_cast<std::size_t>(c)] < bounds_.lo) poor.push_back(static_cast<Label>(c));
    if (poor.empty()) return;
    struct Offer {
      float loss;
      Index row;
      Label to;
    };
    std::vector<Offer> offers;
    for (Index row = 0; row < few_.rows; ++row) {
      const Label own = labels_[static_cast<std::size_t>(row)];
      if (size[static_cast<std::size_t>(own)] <= bounds_.lo) continue;
      const float* costs = cost_(row);
      for (const Label to : poor) offers.push_back({costs[to] - costs[own], row, to});
      if (offers.size() > std::size_t{1} << 25) break;  // 400 MB: the rest comes in the next round
    }
    std::sort(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) {
      return a.loss != b.loss ? a.loss < b.loss : a.row != b.row ? a.row < b.row : a.to < b.to;
    });
    std::vector<bool> moved(labels_.size(), false);
    for (const Offer& offer : offers) {
      Label& own = labels_[static_cast<std::size_t>(offer.row)];
      if (moved[static_cast<std::size_t>(offer.row)] ||
          size[static_cast<std::size_t>(offer.to)] >= bounds_.lo ||
          size[static_cast<std::size_t>(own)] <= bounds_.lo)
        continue;
      --size[static_cast<std::size_t>(own)];
      ++size[static_cast<std::size_t>(offer.to)];
      own = offer.to;
      moved[static_cast<std::size_t>(offer.row)] = true;
    }
    top_up();  // each round moves a row at least, or nothing is below lo any more
  }

  MatrixView<const Label> few_;
  MatrixView<const float> few_costs_;
  Index clusters_;
  Capacity bounds_;
  float epsilon_;
  CostRow cost_;
  std::vector<float> price_;
  std::vector<std::priority_queue<Bid>> held_;
  std::vector<Label> labels_;
};

}  // namespace shoal
