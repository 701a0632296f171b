// The neighbour graph of rows given in one or several views: finds neighbours and sums their graphs.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

namespace shoal {

/// The default number of neighbours for the graph of n rows in C clusters.
inline Index default_neighbors(Index n, Index clusters) {
  return std::min(n - 1, std::clamp<Index>(n / (2 * std::max<Index>(clusters, 1)), 5, 60));
}

/// Up to so many rows view_graph() compares all pairs; beyond, neighbours come from inverted lists.
inline constexpr Index most_rows_searched_exactly = 200'000;

namespace view_graph_impl {

/// The nearest neighbours of rows, and their similarities (negative ones as 0) raised to a power.
template <Backend B>
Neighbors search(AnyRows rows, Index count, double power, const B& backend, const Hook& hook) {
  const NeighborSettings settings{.count = count, .keep_similarities = true};
  Neighbors found = rows.rows() <= most_rows_searched_exactly
                        ? exact_neighbors(rows, settings, backend, hook)
                        : approximate_neighbors(rows, settings, ListSettings{}, backend, hook);
  for (Index i = 0; i < found.similarities.size(); ++i) {
    float& similarity = found.similarities.data()[i];
    similarity = static_cast<float>(std::pow(std::max(double{similarity}, 0.), power));
  }
  return found;
}

}  // namespace view_graph_impl

/// The neighbour graph of rows given in several views (row sources with equally many rows): the `count`
/// nearest neighbours by cosine in each view, exact for up to 200,000 rows and from inverted lists above. The
/// weight of an edge is its similarity (negative ones count as 0) to the power `power`; 0 makes all weights
/// equal. The graphs of the views are summed. The same bits for any number of threads. Throws
/// invalid_argument if there are no views or they differ in rows, for count outside [0, n − 1], and for a
/// power that is negative or not finite; further as the neighbour search does.
template <Backend B>
NeighborGraph view_graph(std::span<const BorrowedView<AnyRows>> views, Index count, double power,
                         const B& backend, const Hook& hook = {}) {
  const char* who = "view_graph";
  check(!views.empty(), Errc::invalid_argument, who, ": at least one view is needed");
  const Index n = views.front().rows();
  check(count >= 0 && count < std::max<Index>(n, 1), Errc::invalid_argument, who, ": neighbors (", count,
        ") must be below the number of rows (", n, ")");
  check(power >= 0 && is_finite(power), Errc::invalid_argument, who, ": power (", power,
        ") must be finite and at least 0");
  std::vector<Neighbors> found;
  for (const AnyRows& view : views) {
    check(view.rows() == n, Errc::invalid_argument, who, ": a view has ", view.rows(),
          " rows where the first has ", n);
    found.push_back(count > 0 ? view_graph_impl::search(view, count, power, backend, hook)
                              : Neighbors{Matrix<std::int32_t>(n, 0), {}});
  }
  return neighbor_graph(std::vector<NeighborView>(found.begin(), found.end()), backend);
}
/// The neighbour graph of rows given in a single view.
template <Backend B>
NeighborGraph view_graph(AnyRows rows, Index count, double power, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return view_graph(std::span<const BorrowedView<AnyRows>>(&view, 1), count, power, backend, hook);
}

}  // namespace shoal
