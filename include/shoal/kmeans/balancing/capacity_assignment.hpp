// The assignment of least total cost with hard bounds on the sizes of clusters, a transportation problem.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/kmeans/balancing/sparse_cost_table.hpp>

namespace shoal {

/// The least and the greatest number of rows of a cluster.
struct CapacityBounds {
  Index lo, hi;
};

/// K below: the number of clusters whose costs are looked up for a row at a time.
inline constexpr Index capacity_listed = 16;

/// Assigns n rows to C clusters of lo to hi rows at the least total cost. This transportation problem is
/// solved exactly by shortest augmenting paths over the clusters (Ahuja, Magnanti and Orlin, Network Flows,
/// 1993, chapter 9) with column generation.
///
/// Each cluster has a price, and each row is in the cluster of least cost + price among those whose cost for
/// it is known. A cluster with a price above 0 must have hi rows, one with a price below 0 must have lo rows.
/// A cluster with too many rows pushes one out along the cheapest chain of moves, to a cluster that has room;
/// one with too few pulls one in. Then prices change so that all rows still are where cost + price is least.
/// At the end, the rows for which an unknown cost could be lower at these prices are looked up, and the
/// search continues until there are none. So the prices prove that the total is the least, up to the rounding
/// of costs.
///
/// nearest(ids, prices, labels [m × K], sums [m × K]) must write, for each row, the K clusters of least cost
/// + price in ascending order, with these sums; ids ascend. Starting from the prices of an earlier, similar
/// problem saves most of the work. Deterministic; one thread, except in `nearest`. A path visits the rows of
/// a few clusters, O(n K / C) each. Pre: C lo ≤ n ≤ C hi and C ≥ 1.
template <class Nearest> class CapacityAssignment {
 public:
  /// `prices` [C] holds the initial prices, any values; run() overwrites them with the final ones.
  CapacityAssignment(Index n, CapacityBounds bounds, std::span<float> prices, Nearest nearest)
      : bounds_(bounds),
        start_(prices),
        nearest_(std::move(nearest)),
        price_(prices.begin(), prices.end()),
        known_(n, static_cast<Index>(prices.size())),
        labels_(static_cast<std::size_t>(n), Label{-1}),
        cost_(labels_.size(), 0.f),
        last_(labels_.size(), 0.f),
        epoch_(labels_.size(), 0),
        place_(labels_.size(), 0),
        members_(std::ssize(prices)),
        reach_(prices.size(), Reach{}) {}

  std::vector<Label> run() {
    std::vector<Index> all(labels_.size());
    std::iota(all.begin(), all.end(), Index{0});
    look_up(all);
    do balance();
    while (look_up(rows_in_doubt()) > 0);
    for (std::size_t c = 0; c < price_.size(); ++c) start_[c] = static_cast<float>(price_[c]);
    return std::move(labels_);
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  enum class Direction { push, pull };
  /// The step by which a search reached a cluster: the row that would move between it and the cluster `next`.
  struct Reach {
    double distance = infinity;
    Index row = -1;
    Label next = -1;
  };

  [[nodiscard]] double price(Label c) const { return price_[static_cast<std::size_t>(c)]; }
  [[nodiscard]] Label label(Index row) const { return labels_[static_cast<std::size_t>(row)]; }
  [[nodiscard]] Index size(Label c) const { return static_cast<Index>(members_[c].size()); }
  [[nodiscard]] Index least(Label c) const { return price(c) > 0 ? bounds_.hi : bounds_.lo; }
  [[nodiscard]] Index most(Label c) const { return price(c) < 0 ? bounds_.lo : bounds_.hi; }

  /// Looks up the nearest clusters of rows at the current prices. Returns the number of rows that then moved.
  Index look_up(const std::vector<Index>& ids) {
    if (ids.empty()) return 0;
    const std::vector<float> prices(price_.begin(), price_.end());
    const Matrix<float> sums = list(ids, prices, static_cast<Index>(prices.size()));
    for (std::size_t k = 0; k < ids.size(); ++k) {
      const auto row = static_cast<std::size_t>(ids[k]);
      last_[row] = sums.cols() < static_cast<Index>(prices.size())
                       ? sums(static_cast<Index>(k), sums.cols() - 1)
                       : std::numeric_limits<float>::infinity();
      epoch_[row] = static_cast<Index>(asked_at_.size());
    }
    asked_at_.push_back(prices);
    return place(ids);
  }

  /// Stores the costs of the K nearest of the `available` clusters, those whose price is finite.
  Matrix<float> list(const std::vector<Index>& ids, const std::vector<float>& prices, Index available) {
    const Index m = static_cast<Index>(ids.size()), k = std::min(capacity_listed, available);
    Matrix<Label> labels(m, k);
    Matrix<float> sums(m, k), costs(m, k);
    nearest_(std::span<const Index>(ids), std::span<const float>(prices), labels.view(), sums.view());
    for (Index i = 0; i < sums.size(); ++i)
      costs.data()[i] = sums.data()[i] - prices[static_cast<std::size_t>(labels.data()[i])];
    known_.add(ids, labels, costs);
    return sums;
  }

  /// Moves rows to where cost + price is least; on ties they stay. Returns the number of rows that moved.
  Index place(const std::vector<Index>& ids) {
    Index moved = 0;
    for (const Index row : ids) {
      Label best = label(row);
      double sum = best < 0 ? infinity : cost_[static_cast<std::size_t>(row)] + price(best);
      for (const auto& pair : known_.of(row))
        if (pair.cost + price(pair.cluster) < sum) {
          best = pair.cluster;
          sum = pair.cost + price(best);
        }
      if (best == label(row)) continue;
      move(row, best);
      ++moved;
    }
    return moved;
  }

  /// The rows for which a cluster of unknown cost may be better at the current prices.
  [[nodiscard]] std::vector<Index> rows_in_doubt() const {
    std::vector<double> fallen;  // the largest fall of a price since each look-up
    for (const auto& then : asked_at_) {
      double least = infinity;
      for (std::size_t c = 0; c < price_.size(); ++c) least = std::min(least, price_[c] - then[c]);
      fallen.push_back(least);
    }
    std::vector<Index> doubt;
    for (std::size_t row = 0; row < labels_.size(); ++row)
      if (cost_[row] + price(labels_[row]) > last_[row] + fallen[static_cast<std::size_t>(epoch_[row])])
        doubt.push_back(static_cast<Index>(row));
    return doubt;
  }

  void move(Index row, Label to) {
    const auto at = static_cast<std::size_t>(row);
    if (labels_[at] >= 0) {
      auto& from = members_[labels_[at]];
      from[static_cast<std::size_t>(place_[at])] = from.back();
      place_[static_cast<std::size_t>(from.back())] = place_[at];
      from.pop_back();
    }
    place_[at] = size(to);
    members_[to].push_back(row);
    labels_[at] = to;
    cost_[at] = known_.cost(row, to);
  }

  /// Moves rows until every cluster has as many as its price requires.
  void balance() {
    for (bool done = false; !done;) {
      done = true;
      for (const Direction direction : {Direction::push, Direction::pull}) {
        std::vector<bool> stuck(price_.size(), false);
        bool any = false;
        for (Label c = 0; c < static_cast<Label>(price_.size()); ++c)
          while (direction == Direction::push ? size(c) > most(c) : size(c) < least(c)) {
            done = false;
            if (shift(c, direction)) continue;
            any = true;
            for (const Label reached : touched_) stuck[static_cast<std::size_t>(reached)] = true;
            break;
          }
        if (any) connect(stuck, direction);
      }
    }
  }

  /// Looks up pairs that lead out of (push) or into (pull) the stuck clusters, if no known pair does.
  void connect(const std::vector<bool>& stuck, Direction direction) {
    const bool push = direction == Direction::push;
    std::vector<float> prices(price_.begin(), price_.end());
    Index available = 0;
    for (std::size_t c = 0; c < prices.size(); ++c)
      if (stuck[c] == push)
        prices[c] = std::numeric_limits<float>::infinity();
      else
        ++available;
    std::vector<Index> ids;
    for (std::size_t row = 0; row < labels_.size(); ++row)
      if (stuck[static_cast<std::size_t>(labels_[row])] == push) ids.push_back(static_cast<Index>(row));
    list(ids, prices, available);
    place(ids);
  }

  /// The cost of ending the chain at c, besides the path to it; infinite if it can't end there.
  [[nodiscard]] double end_cost(Label c, Direction direction) const {
    const bool push = direction == Direction::push, free = bounds_.lo < bounds_.hi;
    const double p = push ? price(c) : -price(c);
    if (push ? size(c) < least(c) : size(c) > most(c)) return 0;
    if (p < 0) return free ? -p : infinity;
    return p == 0 && (push ? size(c) < bounds_.hi : size(c) > bounds_.lo) ? 0 : infinity;
  }

  /// Moves a row out of a cluster (push) or into it (pull) by the cheapest chain of moves, and adjusts the
  /// prices (Dijkstra's search over clusters, which stops at the first end of a chain). Returns false if
  /// there is no chain; then touched_ holds the clusters that the search reached.
  bool shift(Label from, Direction direction) {
    for (const Label c : touched_) reach_[static_cast<std::size_t>(c)] = {};
    touched_.clear();
    queue_ = {};
    relax(from, 0, -1, -1, infinity);
    double end = infinity;
    Label stop = -1;
    while (!queue_.empty() && queue_.top().first < end) {
      const auto [distance, c] = queue_.top();
      queue_.pop();
      if (distance > reach_[static_cast<std::size_t>(c)].distance) continue;
      if (const double total = distance + end_cost(c, direction); total < end) {
        end = total;
        stop = c;
      }
      if (distance < end) scan(c, distance, direction, end);
    }
    if (stop < 0) return false;
    reprice(end, stop, direction);
    for (Label c = stop; c != from;) {
      const Reach step = reach_[static_cast<std::size_t>(c)];
      move(step.row, direction == Direction::push ? c : step.next);
      c = step.next;
    }
    return true;
  }

  void relax(Label c, double distance, Index row, Label next, double end) {
    Reach& reach = reach_[static_cast<std::size_t>(c)];
    if (distance >= reach.distance || distance >= end) return;
    if (reach.distance == infinity) touched_.push_back(c);
    reach = {distance, row, next};
    queue_.emplace(distance, c);
  }

  /// Relaxes the moves of one row out of cluster c (push) or into it (pull).
  void scan(Label c, double distance, Direction direction, double end) {
    if (direction == Direction::pull) {
      for (const auto& offer : known_.in(c)) {
        const Label own = label(offer.row);
        if (own == c) continue;
        const double loss = offer.cost + price(c) - (cost_[static_cast<std::size_t>(offer.row)] + price(own));
        relax(own, distance + std::max(0.0, loss), offer.row, c, end);
      }
      return;
    }
    for (const Index row : members_[c]) {
      const double held = cost_[static_cast<std::size_t>(row)] + price(c);
      for (const auto& pair : known_.of(row))
        relax(pair.cluster, distance + std::max(0.0, pair.cost + price(pair.cluster) - held), row, c, end);
    }
  }

  /// Raises (push) or lowers (pull) the prices of the clusters nearer than the end by the difference, which
  /// leaves no reduced cost below 0. The price of a cluster at a bound does not cross 0 by rounding.
  void reprice(double end, Label stop, Direction direction) {
    const double sign = direction == Direction::push ? 1 : -1;
    for (const Label c : touched_) {
      double& p = price_[static_cast<std::size_t>(c)];
      const double gap = end - reach_[static_cast<std::size_t>(c)].distance;
      if (!(gap > 0)) continue;
      const bool to_zero = sign * p < 0 && bounds_.lo < bounds_.hi;
      p += sign * gap;
      if (to_zero && (sign * p > 0 || c == stop)) p = 0;
    }
  }

  CapacityBounds bounds_;
  std::span<float> start_;
  Nearest nearest_;
  std::vector<double> price_;
  SparseCostTable known_;
  std::vector<Label> labels_;
  std::vector<float> cost_;                   // [n] cost of each row in its cluster
  std::vector<float> last_;                   // [n] a lower bound on the sums of its unknown clusters
  std::vector<Index> epoch_;                  // [n] the look-up for whose prices that bound holds
  std::vector<std::vector<float>> asked_at_;  // the prices of each look-up
  std::vector<Index> place_;                  // [n] in members_
  FixedArray<std::vector<Index>> members_;    // [C] rows
  Buffer<Reach> reach_;
  std::vector<Label> touched_;
  std::priority_queue<std::pair<double, Label>, std::vector<std::pair<double, Label>>, std::greater<>> queue_;
};

}  // namespace shoal
