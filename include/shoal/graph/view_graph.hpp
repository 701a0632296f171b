// The neighbour graph of rows seen in one view or several: neighbours are found, and their graphs summed.
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

/// The neighbours that the graph of n rows in C clusters is built of, where no number is given.
inline Index default_neighbors(Index n, Index clusters) {
  return std::min(n - 1, std::clamp<Index>(n / (2 * std::max<Index>(clusters, 1)), 5, 60));
}

namespace view_graph_impl {

inline constexpr Index exact_rows = 200'000;  // beyond, neighbours come from inverted lists

/// The nearest neighbours of rows, and their similarities, floored at 0, to a power.
template <Backend B>
Neighbors search(AnyRows rows, Index count, double power, const B& backend, const Hook& hook) {
  const NeighborSettings settings{.count = count, .keep_similarities = true};
  Neighbors found = rows.rows() <= exact_rows
                        ? exact_neighbors(rows, settings, backend, hook)
                        : approximate_neighbors(rows, settings, ListSettings{}, backend, hook);
  for (Index i = 0; i < found.similarities.size(); ++i) {
    float& similarity = found.similarities.data()[i];
    similarity = static_cast<float>(std::pow(std::max(double{similarity}, 0.), power));
  }
  return found;
}

}  // namespace view_graph_impl

/// The neighbour graph of rows seen in several views (row sources of equally many rows): the `count` nearest
/// neighbours by cosine in each view, exact up to 200,000 rows and from inverted lists beyond; an edge weighs
/// its similarity, floored at 0, to the power `power` (0: all weigh the same); the views' graphs are summed.
/// Same bits for any number of threads. Throws invalid_argument for no views, views that differ in rows,
/// count outside [0, n − 1] and a power that is negative or not finite, and as the search for neighbours
/// does.
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
template <Backend B>
NeighborGraph view_graph(AnyRows rows, Index count, double power, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return view_graph(std::span<const BorrowedView<AnyRows>>(&view, 1), count, power, backend, hook);
}

}  // namespace shoal
