// Local moves: each node in turn moves to the neighbouring cluster with the largest gain.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/node_moves.hpp>

namespace shoal {

/// The record of one sweep of local moves.
struct Sweep {
  double objective = 0;  ///< F after the sweep
  Index visited = 0;     ///< number of nodes visited
  Index moved = 0;       ///< number of nodes that changed their cluster
};

/// Whether local moves may change the number of clusters.
enum class ClusterCount {
  kept,  ///< a cluster never loses its last node, and none is added
  free,  ///< clusters may become empty, and a node may move to an empty one
};

/// Sweeps of local moves over a graph, in parallel and with the same bits for any number of threads.
///
/// A sweep visits the nodes in random order, in blocks whose size depends on the number of nodes only. First,
/// the nodes of a block are tested in parallel for whether they would move, given the clusters at the start
/// of the block. Then those that would are evaluated again one after another, given the current clusters, and
/// moved. So F never decreases, and only moves are done sequentially, of which there are few after the first
/// sweeps. The difference from moving nodes one by one is this: a node that would stay at the start of its
/// block is not evaluated again within it.
template <class Weight, GraphObjective O> class LocalMoves {
 public:
  /// labels [n] in [0, clusters) are changed in place. They, the graph and the workers' backend must outlive
  /// this object. block: the number of nodes that are tested together; 0 means block_size(n).
  LocalMoves(const WeightedGraph<Weight>& graph, std::span<Label> labels, Index clusters, const O& objective,
             ClusterCount count, Workers workers, Index block = 0)
      : graph_(graph),
        labels_(labels),
        objective_(objective),
        count_(count),
        block_(block > 0 ? block : block_size(graph.nodes())),
        workers_(workers),
        totals_(graph, labels, clusters, workers),
        values_(static_cast<std::size_t>(clusters)),
        waiting_(static_cast<std::size_t>(graph.nodes()), 1),
        moves_(workers.threads(), clusters) {
    for (Index c = clusters - 1; c >= 0; --c) {
      values_[static_cast<std::size_t>(c)] = totals_.value(objective_, c);
      if (totals_.count[static_cast<std::size_t>(c)] == 0) empty_.push_back(static_cast<Label>(c));
    }
  }

  /// Visits the waiting nodes: all of them at first, later those that have a neighbour which moved to a
  /// different cluster than theirs since their last visit.
  Sweep sweep(const Philox& random) {
    shuffle_waiting(random);
    Sweep done{0, static_cast<Index>(order_.size()), 0};
    for (Index b = 0; b < block_count(done.visited, block_); ++b) {
      const Block block = block_at(done.visited, block_, b);
      ask(block);
      for (Index k = 0; k < block.count; ++k)
        if (would_move_[static_cast<std::size_t>(k)] != 0 &&
            move(order_[static_cast<std::size_t>(block.first + k)]))
          ++done.moved;
    }
    for (const double value : values_) done.objective += value;
    return done;
  }

  /// Marks all nodes as waiting.
  void visit_all() { std::fill(waiting_.begin(), waiting_.end(), std::uint8_t{1}); }
  [[nodiscard]] const ClusterTotals& totals() const { return totals_; }

  /// The number of nodes in a block.
  static Index block_size(Index nodes) { return std::clamp<Index>(nodes / 64, 32, 4096); }

 private:
  void shuffle_waiting(const Philox& random) {
    order_.clear();
    for (std::size_t i = 0; i < waiting_.size(); ++i)
      if (waiting_[i] != 0) order_.push_back(static_cast<Label>(i));
    for (auto left = static_cast<Index>(order_.size()); left > 1; --left)  // Fisher-Yates shuffle
      std::swap(order_[static_cast<std::size_t>(left - 1)],
                order_[static_cast<std::size_t>(random.below(left, static_cast<std::uint64_t>(left)))]);
  }

  /// Tests which nodes of a block would move.
  void ask(Block block) {
    would_move_.resize(static_cast<std::size_t>(block.count));
    workers_.each_block(block.count, 32, [&](Block part, int worker) {
      for (Index k = part.first; k < part.first + part.count; ++k) {
        const Index i = order_[static_cast<std::size_t>(block.first + k)];
        const NodeMove move = best(i, worker);
        would_move_[static_cast<std::size_t>(k)] = move.to != move.from;
        waiting_[static_cast<std::size_t>(i)] = 0;
      }
    });
  }

  [[nodiscard]] NodeMove best(Index i, int worker) {
    const Label own = labels_[static_cast<std::size_t>(i)];
    const bool last = totals_.count[static_cast<std::size_t>(own)] == 1;
    if (last && count_ == ClusterCount::kept) return {own, own};
    const Label empty = count_ == ClusterCount::free && !last && !empty_.empty() ? empty_.back() : Label{-1};
    return moves_[worker].best(graph_, i, labels_, totals_, values_, objective_, empty);
  }

  bool move(Index i) {
    const NodeMove move = best(i, 0);
    if (move.to == move.from) return false;
    const double degree = graph_.degree(i), loop = graph_.loop(i);
    change(move.from, -2 * move.inside_from - loop, -degree, -1);
    change(move.to, 2 * move.inside_to + loop, degree, 1);
    labels_[static_cast<std::size_t>(i)] = move.to;
    if (!empty_.empty() && empty_.back() == move.to) empty_.pop_back();
    if (totals_.count[static_cast<std::size_t>(move.from)] == 0) empty_.push_back(move.from);
    for (const Edge<Weight>& edge : graph_.row(i))
      if (labels_[static_cast<std::size_t>(edge.target)] != move.to)
        waiting_[static_cast<std::size_t>(edge.target)] = 1;
    return true;
  }

  void change(Label cluster, double inside, double degree, Index count) {
    const auto c = static_cast<std::size_t>(cluster);
    totals_.inside[c] += inside;
    totals_.degree[c] += degree;
    totals_.count[c] += count;
    values_[c] = totals_.value(objective_, cluster);
  }

  const WeightedGraph<Weight>& graph_;
  std::span<Label> labels_;
  O objective_;
  ClusterCount count_;
  Index block_;
  Workers workers_;
  ClusterTotals totals_;
  std::vector<double> values_;         // [C] the value of each cluster
  std::vector<std::uint8_t> waiting_;  // [n] whether a node is waiting for a visit
  FixedArray<NodeMoves> moves_;        // one for each worker
  std::vector<Label> order_;           // the nodes of this sweep
  std::vector<std::uint8_t> would_move_;
  std::vector<Label> empty_;  // clusters without nodes, taken from the back
};

}  // namespace shoal
