// The neighbour graph: nearest neighbours made symmetric and weighted, and summed over views.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <span>
#include <utility>

#include <shoal/core/finite.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/graph/weighted_graph.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>

namespace shoal {

/// A view of the nearest neighbours of n rows: ids [n × m], and their similarities [n × m] or none. Ids below
/// 0 and a row's own id stand for no neighbour.
struct NeighborView {
  MatrixView<const std::int32_t> ids;
  MatrixView<const float> similarities = {};

  NeighborView(MatrixView<const std::int32_t> table, MatrixView<const float> scores = {})  // NOLINT: a view
      : ids(table), similarities(scores) {}
  NeighborView(const Neighbors& found)  // NOLINT: a view
      : ids(found.ids), similarities(found.similarities) {}
  NeighborView(const MappedNeighbors& file) : ids(file.ids()) {}  // NOLINT: a view
};

/// The peak memory of neighbor_graph() for n rows with `neighbors` neighbours each, summed over all views, in
/// bytes.
inline MemoryPlan plan_neighbor_graph(Index n, Index neighbors) {
  MemoryPlan plan;
  plan.add("both ends of every neighbour", bytes_for(n * neighbors, 2 * sizeof(Edge<float>)));
  plan.add("offsets, lengths and degrees", bytes_for(n + 1, 3 * sizeof(Index)));
  return plan;
}

namespace neighbor_graph_impl {

/// The number of bits kept of a weight, below the power of two that bounds all similarities.
inline constexpr int weight_bits = 20;

class Builder {
 public:
  Builder(std::span<const NeighborView> views, Workers workers) : views_(views), workers_(workers) {
    check(!views.empty(), Errc::invalid_argument, "neighbor_graph: at least one view is needed");
    n_ = views.front().ids.rows;
    Index neighbors = 0;
    for (const NeighborView& view : views) {
      check(view.ids.rows == n_, Errc::invalid_argument, "neighbor_graph: a view has ", view.ids.rows,
            " rows where the first has ", n_);
      check(view.similarities.rows == 0 ||
                (view.similarities.rows == n_ && view.similarities.cols == view.ids.cols),
            Errc::invalid_argument, "neighbor_graph: similarities (", view.similarities.rows, " × ",
            view.similarities.cols, ") must be of the shape of the ids (", n_, " × ", view.ids.cols, ")");
      neighbors += view.ids.cols;
    }
    check_budget("neighbor_graph", plan_neighbor_graph(n_, neighbors), workers.memory());
    check(n_ * std::max<Index>(neighbors, 1) < Index{1} << 31, Errc::too_large, "neighbor_graph: ", n_,
          " rows of ", neighbors, " neighbours are more than 2^31, whose sums would not be exact");
  }

  NeighborGraph run() {
    scale_ = std::ldexp(1.f, weight_bits - exponent_of(largest()));
    count();
    place();
    merge();
    compact();
    sum_degrees(graph_, workers_);
    return std::move(graph_);
  }

 private:
  /// f(row, neighbour, similarity) for all neighbours of the rows in all views. Ids are checked each time:
  /// they may lie in a file that is written to meanwhile.
  template <class F> void each_neighbor(Block b, const F& f) const {
    for (const NeighborView& view : views_)
      for (Index i = b.first; i < b.first + b.count; ++i)
        for (Index k = 0; k < view.ids.cols; ++k) {
          const Label j = view.ids(i, k);
          if (j < 0 || j == i) continue;
          check(j < n_, Errc::bad_data, "neighbor_graph: neighbour ", j, " of row ", i, " must be below ", n_,
                ", the number of rows");
          f(i, j, view.similarities.rows > 0 ? view.similarities(i, k) : 1.f);
        }
  }

  /// The largest similarity, all checked.
  [[nodiscard]] float largest() const {
    const auto one_block = [&](Block b) {
      float top = 0;
      each_neighbor(b, [&](Index i, Label j, float similarity) {
        check(is_finite(similarity), Errc::bad_data, "neighbor_graph: the similarity of rows ", i, " and ", j,
              " must be finite");
        top = std::max(top, similarity);
      });
      return top;
    };
    return workers_.reduce_blocks(n_, block, 0.f, one_block,
                                  [](float& top, float part) { top = std::max(top, part); });
  }
  static int exponent_of(float x) {
    int exponent = 0;
    std::frexp(x, &exponent);
    return x > 0 && x != 1.f ? exponent : 0;
  }
  /// ½ s, with negative s as 0, rounded to a multiple of the unit.
  [[nodiscard]] float weight(float similarity) const {
    return std::nearbyint(std::max(similarity, 0.f) * 0.5f * scale_) / scale_;
  }

  /// Counts in lengths_ the edges of each row before duplicates are merged, and sets offsets to their starts.
  void count() {
    lengths_.assign(static_cast<std::size_t>(n_), 0);
    workers_.each_block(n_, block, [&](Block b, int) {
      each_neighbor(b, [&](Index i, Label j, float similarity) {
        if (weight(similarity) > 0) counted(i, 1), counted(j, 1);
      });
    });
    graph_.offsets.reserve(lengths_.size() + 1);
    for (const Index length : lengths_) graph_.offsets.push_back(graph_.offsets.back() + length);
  }
  /// lengths_[row] before it changes by `by`; from several threads.
  Index counted(Index row, Index by) {
    return __atomic_fetch_add(&lengths_[static_cast<std::size_t>(row)], by, __ATOMIC_RELAXED);
  }

  /// Both ends of every neighbour, in no certain order within a row; counts lengths_ down to 0.
  void place() {
    graph_.edges.resize(static_cast<std::size_t>(graph_.offsets.back()));
    workers_.each_block(n_, block, [&](Block b, int) {
      each_neighbor(b, [&](Index i, Label j, float similarity) {
        const float half = weight(similarity);
        if (!(half > 0)) return;
        put(i, {j, half});
        put(j, {static_cast<Label>(i), half});
      });
    });
    check(std::all_of(lengths_.begin(), lengths_.end(), [](Index left) { return left == 0; }), Errc::bad_data,
          changed);
  }
  void put(Index row, Edge<float> edge) {
    const Index left = counted(row, -1);
    check(left > 0, Errc::bad_data, changed);
    graph_.edges[static_cast<std::size_t>(graph_.offsets[static_cast<std::size_t>(row)] + left - 1)] = edge;
  }

  /// Sorts each row by target and sums duplicate edges. The sums are exact, so that the order does not
  /// matter.
  void merge() {
    workers_.each_row(n_, [&](Index i) {
      Edge<float>* first = graph_.edges.data() + graph_.offsets[static_cast<std::size_t>(i)];
      Edge<float>* last = graph_.edges.data() + graph_.offsets[static_cast<std::size_t>(i) + 1];
      std::sort(first, last, [](const auto& a, const auto& b) { return a.target < b.target; });
      Edge<float>* out = first;
      for (const Edge<float>* edge = first; edge != last; ++edge)
        if (out != first && out[-1].target == edge->target)
          out[-1].weight += edge->weight;
        else
          *out++ = *edge;
      lengths_[static_cast<std::size_t>(i)] = static_cast<Index>(out - first);
    });
  }

  /// Closes the gaps between rows.
  void compact() {
    Index to = 0;
    for (std::size_t i = 0; i < lengths_.size(); ++i) {
      std::copy_n(graph_.edges.data() + std::exchange(graph_.offsets[i], to), lengths_[i],
                  graph_.edges.data() + to);
      to += lengths_[i];
    }
    graph_.offsets.back() = to;
    graph_.edges.resize(static_cast<std::size_t>(to));
  }

  static constexpr Index block = 1024;
  static constexpr const char* changed = "neighbor_graph: the neighbours were changed while they were read";
  std::span<const NeighborView> views_;
  Workers workers_;
  Index n_ = 0;
  float scale_ = 1;
  std::vector<Index> lengths_;
  NeighborGraph graph_;
};

}  // namespace neighbor_graph_impl

/// Builds the graph of n rows with the weights a_ij = ½ s_ij [i is a neighbour of j] + ½ s_ij [j is a
/// neighbour of i]. s is the similarity (negative ones count as 0), or 1 if none are given, rounded to 20
/// bits below the largest. The graphs of several views of the same rows are summed. A neighbour that is
/// listed twice counts twice. The same bits for any number of threads. O(n m log m) time; 16 bytes for each
/// neighbour at the peak. The neighbours are read sequentially three times. Throws invalid_argument for views
/// with different numbers of rows, bad_data for ids ≥ n and similarities that are not finite, and too_large
/// beyond the memory budget or 2^31 neighbours in total.
inline NeighborGraph neighbor_graph(std::span<const NeighborView> views, Workers workers) {
  return neighbor_graph_impl::Builder(views, workers).run();
}
inline NeighborGraph neighbor_graph(const NeighborView& neighbors, Workers workers) {
  return neighbor_graph(std::span(&neighbors, 1), workers);
}
inline NeighborGraph neighbor_graph(std::initializer_list<NeighborView> views, Workers workers) {
  return neighbor_graph(std::span(views.begin(), views.size()), workers);
}

}  // namespace shoal
