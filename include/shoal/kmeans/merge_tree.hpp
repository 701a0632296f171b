// Over-cluster once, then merge: a tree over clusters that can be cut at any number of them.
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include <shoal/core/ordered.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// One merge of two clusters. Clusters 0 to C − 1 are the leaves; merge i makes cluster C + i.
struct Merge {
  Label first, second;
  double cost;  ///< by how much the sum of squared distances grows
};

/// Ward's tree over centroids.
struct MergeTree {
  Index leaves = 0;
  std::vector<Merge> merges;  ///< [C − 1], cost never falling

  /// The cluster, in [0, count), of each leaf when `count` clusters are left; numbered by their lowest leaf.
  [[nodiscard]] std::vector<Label> cut(Index count) const {
    check(count >= 1 && count <= leaves, Errc::invalid_argument, "MergeTree::cut: count (", count,
          ") must be from 1 to the number of leaves (", leaves, ")");
    std::vector<Label> parent(static_cast<std::size_t>(2 * leaves - 1));
    std::iota(parent.begin(), parent.end(), Label{0});
    for (Index i = 0; i < leaves - count; ++i) {
      const Merge& merge = merges[static_cast<std::size_t>(i)];
      parent[static_cast<std::size_t>(merge.first)] = parent[static_cast<std::size_t>(merge.second)] =
          static_cast<Label>(leaves + i);
    }
    std::vector<Label> name(parent.size(), -1), cluster(static_cast<std::size_t>(leaves));
    Label next = 0;
    for (Index leaf = 0; leaf < leaves; ++leaf) {
      auto top = static_cast<std::size_t>(leaf);
      while (static_cast<std::size_t>(parent[top]) != top) top = static_cast<std::size_t>(parent[top]);
      if (name[top] < 0) name[top] = next++;
      cluster[static_cast<std::size_t>(leaf)] = name[top];
    }
    return cluster;
  }
};

/// Ward's tree of the centroids [C × d] (Ward, JASA 58, 1963). Each step merges the pair whose union costs
/// least, w_a w_b / (w_a + w_b) ‖c_a − c_b‖²; the pairs are found by chains of nearest neighbours (Murtagh,
/// Computer Journal 26, 1983). For cosine pass centroids of unit length, which are then treated as points.
/// `weights` [C] are the rows, or the weight, of each cluster; clusters without any are merged first, at no
/// cost. Deterministic, one thread. O(C² d) time, O(C d) memory.
inline MergeTree merge_tree(MatrixView<const float> centroids, std::span<const double> weights) {
  const Index leaves = centroids.rows, d = centroids.cols;
  check(leaves >= 1 && static_cast<Index>(weights.size()) == leaves, Errc::invalid_argument,
        "merge_tree: weights (", weights.size(), ") must be one a centroid (", leaves, "), and at least one");
  const auto ids = static_cast<std::size_t>(2 * leaves - 1);
  Matrix<float> mean(2 * leaves - 1, d);
  std::vector<double> weight(weights.begin(), weights.end());
  weight.resize(ids, 0);
  std::vector<Label> alive(static_cast<std::size_t>(leaves));
  std::iota(alive.begin(), alive.end(), Label{0});
  for (Index c = 0; c < leaves; ++c) std::copy_n(centroids.row(c), d, mean.row(c));
  const auto cost = [&](Label a, Label b) {
    const double wa = weight[static_cast<std::size_t>(a)], wb = weight[static_cast<std::size_t>(b)];
    return wa + wb > 0 ? wa * wb / (wa + wb) * squared_distance(mean.row(a), mean.row(b), d) : 0;
  };
  MergeTree tree{leaves, {}};
  std::vector<Label> chain;
  while (alive.size() > 1) {
    if (chain.empty()) chain.push_back(alive.front());
    const Label top = chain.back(), before = chain.size() > 1 ? chain[chain.size() - 2] : Label{-1};
    Label nearest = before;
    double least = before >= 0 ? cost(top, before) : std::numeric_limits<double>::infinity();
    for (const Label other : alive) {
      if (other == top || other == before) continue;
      const double next = cost(top, other);
      if (next < least) {
        least = next;
        nearest = other;
      }
    }
    if (nearest != before || before < 0) {
      chain.push_back(nearest);
      continue;
    }
    chain.resize(chain.size() - 2);
    const auto made = static_cast<Label>(leaves + static_cast<Index>(tree.merges.size()));
    const double wa = weight[static_cast<std::size_t>(top)], wb = weight[static_cast<std::size_t>(before)];
    const double share = wa + wb > 0 ? wa / (wa + wb) : 0.5;
    for (Index j = 0; j < d; ++j)
      mean(made, j) = static_cast<float>(share * mean(top, j) + (1 - share) * mean(before, j));
    weight[static_cast<std::size_t>(made)] = wa + wb;
    std::erase_if(alive, [&](Label c) { return c == top || c == before; });
    alive.push_back(made);
    tree.merges.push_back({std::min(top, before), std::max(top, before), least});
  }
  // Chains find merges out of order: sort them by cost, children before parents, and renumber them.
  const std::vector<std::size_t> order =
      ordered(tree.merges.size(), [&](auto a, auto b) { return tree.merges[a].cost < tree.merges[b].cost; });
  std::vector<Label> name(ids);
  std::iota(name.begin(), name.end(), Label{0});
  for (std::size_t i = 0; i < order.size(); ++i)
    name[static_cast<std::size_t>(leaves) + order[i]] = static_cast<Label>(leaves + static_cast<Index>(i));
  std::vector<Merge> sorted;
  for (const std::size_t i : order) {
    const Merge merge = tree.merges[i];
    const Label a = name[static_cast<std::size_t>(merge.first)],
                b = name[static_cast<std::size_t>(merge.second)];
    sorted.push_back({std::min(a, b), std::max(a, b), merge.cost});
  }
  tree.merges = std::move(sorted);
  return tree;
}

}  // namespace shoal
